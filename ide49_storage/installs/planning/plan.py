"""From pip's report to what a person reads: new, upgraded, shadowing, yanked, built from source. Pure, but for
``read_installed_state``, which lists the distributions there are.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from ...model.installs import InstallChange, InstallPlan, PlannedChange
from ...model.packages import Unmet
from ...python.site_packages.dependencies import needed_by
from ...python.site_packages.scan import normalize
from ..distributions import InstalledDistribution, effective_distributions, scan, unmet
from ..interpreter import TargetFacts

#: Unpacked files and their byte code against the wheel: about four times, the wheel itself on top.
_UNPACKED = 5
SERVER = "jupyter-server"


class InstalledState(msgspec.Struct, frozen=True, kw_only=True):
    """What an interpreter sees: the user's distributions, the image's, and under which markers."""

    user: tuple[InstalledDistribution, ...]
    image: tuple[InstalledDistribution, ...]
    markers: dict[str, str]

    @property
    def seen(self) -> dict[str, InstalledDistribution]:
        """By name, the user's copy over the image's."""
        return effective_distributions(self.user, self.image)

    @property
    def unmet(self) -> frozenset[Unmet]:
        """The requirements that are not met now."""
        return unmet(self.seen, self.markers)


def read_installed_state(facts: TargetFacts, local: Iterable[str]) -> InstalledState:
    """List what the interpreter sees. ``local`` are the folders of its path that may be touched."""
    image: list[InstalledDistribution] = []
    user_site = os.path.realpath(facts.user_site)
    for folder in local:
        if os.path.realpath(folder) != user_site and not folder.endswith(".zip"):
            image.extend(scan(folder))
    return InstalledState(
        user=scan(facts.user_site), image=tuple(effective_distributions(image).values()), markers=dict(facts.markers)
    )


def constraints(scene: InstalledState) -> str:
    """A constraints file that keeps every distribution of the image at its version.

    What the user has a copy of already is left free: that decision was made.
    """
    from packaging.version import InvalidVersion, Version

    mine = {each.name for each in scene.user}
    lines = []
    for each in sorted(scene.image, key=lambda one: one.name):
        try:
            version = Version(each.version)
        except InvalidVersion:
            continue
        if each.name not in mine:
            lines.append(f"{each.name}=={version}\n")
    return "".join(lines)


def from_report(
    report: Mapping[str, Any], scene: InstalledState, sizes: Mapping[str, int], yanked: Collection[str] = ()
) -> tuple[PlannedChange, ...]:
    """The distributions that pip's installation report says it would install."""
    items = [item for item in report.get("install", ()) if isinstance(item, dict)]
    future = _future(items, scene)
    broken = unmet(future, scene.markers) - scene.unmet
    closure = needed_by([SERVER], effective_distributions(scene.image), scene.markers)
    user = {each.name: each.version for each in scene.user}
    image = {each.name: each.version for each in scene.image}
    planned = (_planned(item, user, image, closure, broken, sizes=sizes) for item in items)
    return tuple(msgspec.structs.replace(each, yanked=each.yanked or each.name in yanked) for each in planned)


def _future(items: Sequence[Mapping[str, Any]], scene: InstalledState) -> dict[str, InstalledDistribution]:
    coming = [
        InstalledDistribution(
            site="",
            folder="",
            name=normalize(item["metadata"]["name"]),
            shown_name=item["metadata"]["name"],
            version=item["metadata"]["version"],
            requires=tuple(item["metadata"].get("requires_dist", ())),
        )
        for item in items
    ]
    return effective_distributions(coming, scene.user, scene.image)


def _planned(
    item: Mapping[str, Any],
    user: Mapping[str, str],
    image: Mapping[str, str],
    closure: Mapping[str, tuple[str, ...]],
    broken: Iterable[Unmet],
    *,
    sizes: Mapping[str, int],
) -> PlannedChange:
    name, version = normalize(item["metadata"]["name"]), str(item["metadata"]["version"])
    url = str(item.get("download_info", {}).get("url", ""))
    file = url.rpartition("/")[2].partition("#")[0]
    shadows = image.get(name) if name not in user else None
    return PlannedChange(
        name=name,
        version=version,
        change=change_of(user.get(name), version),
        installed=user.get(name) or image.get(name),
        requested=bool(item.get("requested")),
        yanked=bool(item.get("is_yanked")),
        source=not file.endswith(".whl"),
        size=_size(url, file, sizes),
        shadows=shadows,
        needed_by=closure.get(name, ()) if shadows else (),
        breaks=_breaks(name, broken),
    )


def _size(url: str, file: str, sizes: Mapping[str, int]) -> int | None:
    from urllib.parse import unquote, urlsplit

    if url.startswith("file://"):
        try:
            return os.stat(unquote(urlsplit(url).path)).st_size
        except OSError:
            return None
    return sizes.get(unquote(file))


def _breaks(name: str, broken: Iterable[Unmet]) -> tuple[str, ...]:
    return tuple(
        f"{each.name} needs {each.requirement}" for each in sorted(broken, key=str) if _names(each.requirement) == name
    )


def _names(requirement: str) -> str:
    from packaging.requirements import Requirement

    return normalize(Requirement(requirement).name)


def change_of(installed: str | None, version: str) -> InstallChange:
    """What putting ``version`` in place of the user's ``installed`` is called."""
    from packaging.version import InvalidVersion, Version

    if installed is None:
        return InstallChange.NEW
    try:
        old, new = Version(installed), Version(version)
    except InvalidVersion:
        return InstallChange.REINSTALL if installed == version else InstallChange.UPGRADE
    if old == new:
        return InstallChange.REINSTALL
    return InstallChange.UPGRADE if old < new else InstallChange.DOWNGRADE


def install_plan(changes: Sequence[PlannedChange], **more: Any) -> InstallPlan:
    """A plan of installations, with its sizes added up where all are known."""
    sizes = [each.size for each in changes]
    known = [size for size in sizes if size is not None]
    download = sum(known) if len(known) == len(sizes) else None
    return InstallPlan(
        changes=tuple(changes), download=download, space=download * _UNPACKED if download is not None else None, **more
    )


def removal(names: Sequence[str], scene: InstalledState) -> tuple[PlannedChange, ...]:
    """The user's copies of ``names``, with what their going leaves unmet."""
    going = set(names)
    left = tuple(each for each in scene.user if each.name not in going)
    broken = unmet(effective_distributions(left, scene.image), scene.markers) - scene.unmet
    return tuple(
        PlannedChange(
            name=each.name,
            version=each.version,
            change=InstallChange.REMOVE,
            installed=each.version,
            requested=True,
            breaks=_breaks(each.name, broken),
        )
        for each in scene.user
        if each.name in going
    )


def shadowing(changes: Iterable[PlannedChange]) -> tuple[PlannedChange, ...]:
    """Those changes that would hide a distribution of the image."""
    return tuple(each for each in changes if each.shadows is not None)


def shadow_sentence(each: PlannedChange) -> str:
    """What hiding the image's copy means."""
    needs = f", which {', '.join(each.needed_by)} of this Jupyter need" if each.needed_by else ""
    return f"{each.name} {each.version} would hide the image's {each.name} {each.shadows}{needs}."
