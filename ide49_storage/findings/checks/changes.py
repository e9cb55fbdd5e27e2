"""Checks of the container layer: what the last scan found that the next update throws away."""

from __future__ import annotations

from collections.abc import Iterator

from ...model.changes import ChangesReport, Group, GroupTotals
from ...model.findings import Level
from ..registry import Observation, check


def _group(report: ChangesReport, group: Group) -> GroupTotals | None:
    found = (each for each in report.groups if each.group is group and (each.files or each.folders))
    return next(found, None)


def _sentence(group: GroupTotals) -> str:
    return " ".join(remedy.sentence for remedy in group.remedies) or "Move to a volume what you want to keep."


def _lines(group: GroupTotals) -> tuple[str, ...]:
    """Commands first; a comment says where lines for a Dockerfile begin, which no shell understands."""
    found: list[str] = []
    for remedy in group.remedies:
        if found and remedy.lines:
            found.append("# and in the Dockerfile of the image:")
        found += remedy.lines
    return tuple(found)


def _as_of(report: ChangesReport) -> str:
    return f"So says the scan that ended at {report.ended_at}."


@check("CH01", Level.WARNING, "System packages will be lost at the next update")
def system_packages(changes: ChangesReport) -> Iterator[Observation]:
    """System packages were installed in the running container (`apt-get install`). They are in its own layer,
    which the next update throws away.

    Add them to the image: the lines are for its Dockerfile.
    """
    wanted = [package.name for package in changes.system_packages if not package.automatic]
    group = _group(changes, Group.SYSTEM_PACKAGES)
    if group is None or not changes.system_packages:
        return
    names = ", ".join((wanted or [package.name for package in changes.system_packages])[:5])
    count = len(changes.system_packages)
    what = f"{names} was installed here" if count == 1 else f"{count} packages were installed here, {names} among them"
    yield Observation(
        f"{what}. {_as_of(changes)}",
        _sentence(group),
        lines=_lines(group),
        title=f"{count} system package{'s' * (count != 1)} will be lost at the next update",
    )


@check("CH02", Level.WARNING, "Files of yours will be lost at the next update")
def own_files(changes: ChangesReport) -> Iterator[Observation]:
    """Files in home folders or data folders are in the container's own layer, which the next update throws away.

    Move them to a volume.
    """
    group = _group(changes, Group.HOME_AND_DATA)
    if group is not None and group.files:
        largest = ", ".join(each.path for each in group.largest[:3])
        yield Observation(
            f"{group.files} files ({group.size / 1e6:.1f} MB) are in the container layer, such as {largest}."
            f" {_as_of(changes)}",
            _sentence(group),
            lines=_lines(group),
        )


@check("CH03", Level.ADVICE, "Something of yours may be lost at the next update")
def not_sure(changes: ChangesReport) -> Iterator[Observation]:
    """A scan of the container layer cannot tell whether the next update throws away something of yours. Some files
    were written near a start of the container, by the image's start script or by somebody, or something could
    not be looked into.

    Look at what `jupyter storage changes` lists, and move to a volume what is yours.
    """
    reasons = [doubt.message for doubt in changes.doubts if doubt.may_be_loss]
    if reasons:
        group = _group(changes, Group.MADE_AT_START)
        largest = [] if group is None else [each.path for each in group.largest[:3]]
        such = f" Written near a start: {', '.join(largest)}." if largest else ""
        yield Observation(
            f"{' '.join(reasons)}{such} {_as_of(changes)}",
            "Look at what `jupyter storage changes` lists, and move to a volume what is yours.",
        )
