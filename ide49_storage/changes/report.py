"""The records of a scan, from the helper's summary: a pure function."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from ..model.changes import (
    ChangesReport,
    Clock,
    Doubt,
    EntryType,
    Group,
    GroupTotals,
    Largest,
    Method,
    Missing,
    PythonPackage,
    ScanState,
    SystemPackage,
)
from ..mounts.redact import redact_source
from .listing import rfc3339
from .remedies import Known, dockerfile, remedies

#: What the engine says was deleted: how many paths, and the first of them.
Deleted = tuple[int, Sequence[str]]
#: What nobody would miss: it is made again by itself.
_HARMLESS = (Group.CACHES_AND_LOGS,)
#: The doubts that hide nothing that somebody made: each is about what is listed, or about what the image brings again.
_HIDE_NOTHING = frozenset({"deletions", "new-or-modified", "change-time", "many-links"})
MOST_MISSING = 1000


def empty(state: ScanState, evidence: str) -> ChangesReport:
    """The report before any scan has ended."""
    return ChangesReport(
        state=state,
        started_at=None,
        ended_at=None,
        seconds=None,
        progress=None,
        error=None,
        evidence=evidence,
        clock=None,
        nothing_to_lose=None,
        files=0,
        folders=0,
        size=0,
        groups=(),
        system_packages=(),
        python_packages=(),
        dockerfile=(),
        missing=(),
        missing_count=0,
        unreadable=(),
        unreadable_count=0,
        doubts=(),
        changes=(),
        next=None,
    )


def build(
    summary: Mapping[str, Any],
    destinations: Sequence[str],
    deleted: Deleted | None,
    times: tuple[str, str, float],
    taken: Callable[[str], bool] = lambda _path: False,
) -> ChangesReport:
    """The report of a scan that ended. ``deleted`` is from the engine's diff; ``times``: start, end, seconds;
    ``taken``: whether a path below a destination is there already.
    """
    system = _system_packages(summary)
    python = _python_packages(summary)
    managed = frozenset(row["location"] for row in summary["packages"] if row.get("managed"))
    made_here = {row["interpreter"]: row["base"] for row in summary["packages"] if row.get("made_here")}
    removed = summary.get("removed", ())
    known = Known(system, python, managed, removed, made_here, destinations, taken)
    groups = sorted((_group(row, known) for row in summary["groups"]), key=_weight)
    missing, missing_count = _missing(summary, deleted)
    doubts = _doubts(summary, groups, missing_count)
    return ChangesReport(
        state=ScanState.ENDED,
        started_at=times[0],
        ended_at=times[1],
        seconds=times[2],
        progress=None,
        error=None,
        evidence=summary["evidence"],
        clock=_clock(summary),
        nothing_to_lose=_nothing_to_lose(groups, doubts),
        files=sum(group.files for group in groups),
        folders=sum(group.folders for group in groups),
        size=sum(group.size for group in groups),
        groups=tuple(group for group in groups if group.files or group.folders),
        system_packages=system,
        python_packages=python,
        dockerfile=dockerfile(groups),
        missing=missing,
        missing_count=missing_count,
        unreadable=tuple(summary["unreadable"]),
        unreadable_count=summary["unreadable_count"],
        doubts=doubts,
        changes=(),
        next=None,
    )


def _clock(summary: Mapping[str, Any]) -> Clock:
    made, started = summary["made"], summary["started"]
    return Clock(
        made_at=None if made is None else rfc3339(made),
        started_at=None if started is None else rfc3339(started),
        method=Method(summary["method"]),
        evidence=summary["evidence"],
    )


def _weight(group: GroupTotals) -> tuple[int, int, int]:
    return (not group.missed, -group.size, -group.files)


def _group(row: Mapping[str, Any], known: Known) -> GroupTotals:
    group = Group(row["group"])
    largest = tuple(
        Largest(path=path, type=EntryType(kind), files=files, size=size) for path, kind, files, size in row["largest"]
    )
    return GroupTotals(
        group=group,
        missed=group not in _HARMLESS,
        files=row["files"],
        folders=row["folders"],
        size=row["size"],
        largest=largest,
        remedies=remedies(group, row["files"], largest, known),
    )


def _system_packages(summary: Mapping[str, Any]) -> tuple[SystemPackage, ...]:
    rows = [row for row in summary["packages"] if row["owner"] == Group.SYSTEM_PACKAGES.value]
    rows.sort(key=lambda row: (-row["size"], row["name"]))
    return tuple(
        SystemPackage(
            name=row["name"], version=row["version"], automatic=row["automatic"], files=row["files"], size=row["size"]
        )
        for row in rows
    )


def _python_packages(summary: Mapping[str, Any]) -> tuple[PythonPackage, ...]:
    rows = [row for row in summary["packages"] if row["owner"] == Group.PYTHON_PACKAGES.value]
    rows.sort(key=lambda row: (-row["size"], row["name"]))
    return tuple(
        PythonPackage(
            name=row["name"],
            version=row["version"],
            location=row["location"],
            interpreter=row["interpreter"],
            requirement=row["requirement"] and redact_source(row["requirement"]),
            files=row["files"],
            size=row["size"],
        )
        for row in rows
    )


def _missing(summary: Mapping[str, Any], deleted: Deleted | None) -> tuple[tuple[Missing, ...], int]:
    """With the engine's diff exactly what it says was deleted; else what packages' own lists prove missing."""
    packages = dict(map(tuple, summary["missing"]))
    if deleted is not None:
        rows = [Missing(path=path, package=packages.get(path), certain=True) for path in sorted(deleted[1])]
        return tuple(rows[:MOST_MISSING]), deleted[0]
    rows = [Missing(path=path, package=package, certain=False) for path, package in sorted(packages.items())]
    return tuple(rows), summary["missing_count"]


def _nothing_to_lose(groups: Sequence[GroupTotals], doubts: Sequence[Doubt]) -> bool | None:
    """True only where nothing that was found, and nothing that may have been overlooked, can be somebody's work."""
    if any(group.files for group in groups if group.missed and group.group is not Group.MADE_AT_START):
        return False
    return None if any(doubt.may_be_loss for doubt in doubts) else True


def doubting(report: ChangesReport, doubt: Doubt | None) -> ChangesReport:
    """The report with one more doubt (``None``: as it is)."""
    if doubt is None:
        return report
    doubts = (*report.doubts, doubt)
    return msgspec.structs.replace(
        report, doubts=doubts, nothing_to_lose=report.nothing_to_lose and _nothing_to_lose(report.groups, doubts)
    )


def _doubts(summary: Mapping[str, Any], groups: Sequence[GroupTotals], missing: int) -> tuple[Doubt, ...]:
    found = [(reason, message) for reason, message in summary["doubts"]]
    if summary["method"] not in (Method.DIFF.value, Method.NONE.value):
        found.append(
            ("deletions", "What was deleted cannot be seen from inside, except files of packages that are missing.")
        )
    if missing:
        files = "One file" if missing == 1 else f"{missing} files"
        text = f"{files} of the image or of packages cannot be found: deleted or moved here"
        certain = summary["method"] == Method.DIFF.value
        found.append(("missing", text + ("." if certain else ", or the image came without.")))
    if count := summary["unreadable_count"]:
        folders = "One changed folder" if count == 1 else f"{count} changed folders"
        text = f"{folders} cannot be looked into by this user: what is in there is not listed."
        found.append(("unreadable", text))
    if count := sum(group.files for group in groups if group.group is Group.MADE_AT_START):
        files = "One file was" if count == 1 else f"{count} files were"
        text = f"{files} written near a start: by the image's own start script, or by somebody. Look whose they are."
        found.append(("near-start", text))
    return tuple(
        Doubt(reason=reason, message=message, may_be_loss=reason not in _HIDE_NOTHING) for reason, message in found
    )
