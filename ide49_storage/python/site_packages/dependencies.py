"""What distributions require: read from their headers, compared as pip compares it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

import msgspec

from ...formats.metadata import MOST_HEADERS, headers
from ...formats.reading import read_head
from ...model.packages import Unmet
from .scan import normalize


class Requiring(Protocol):
    """A distribution that an import finds: its name as written, its version, and its requirements as text."""

    @property
    def name(self) -> str:
        """As written."""

    @property
    def version(self) -> str:
        """As written."""

    @property
    def requires(self) -> tuple[str, ...]:
        """``Requires-Dist`` values as they stand."""


class Installed(msgspec.Struct, frozen=True):
    """What a ``Requiring`` has, and no more."""

    name: str
    version: str
    requires: tuple[str, ...] = ()
    requested: bool = False


class Requestable(Requiring, Protocol):
    """A distribution of which is known whether an installer marked it ``REQUESTED``."""

    @property
    def requested(self) -> bool:
        """Whether it is marked: a person asked for it by name."""


_Requestable = TypeVar("_Requestable", bound=Requestable)


def read_requirements(site: str, entries: list[str]) -> list[list[str]]:
    """The ``Requires-Dist`` lines of each metadata folder. Touches the file system; never raises."""
    return [_requirements(f"{site}/{entry}") for entry in entries]


def _requirements(folder: str) -> list[str]:
    name = "METADATA" if folder.endswith(".dist-info") else "PKG-INFO"
    try:
        content = read_head(f"{folder}/{name}", MOST_HEADERS)
    except OSError:
        return []
    return headers(content.decode("utf-8", "replace")).get("requires-dist", [])


def unmet(installed: Mapping[str, Requiring], markers: Mapping[str, str]) -> list[Unmet]:
    """Requirements that what is installed does not meet. ``installed`` is by normalised name.

    ``markers`` is the environment of the interpreter that was asked. What only an extra requires does not count.
    """
    found = []
    for package in installed.values():
        for name, text, specifier in _wanted(package.requires, markers):
            there = installed.get(name)
            if there is None:
                found.append(Unmet(name=package.name, requirement=text, found=None))
            elif not _accepts(specifier, there.version):
                found.append(Unmet(name=package.name, requirement=text, found=there.version))
    return found


def closure(roots: Iterable[str], installed: Mapping[str, Requiring], markers: Mapping[str, str]) -> set[str]:
    """The normalised names of ``roots`` and of all that they require, as far as it is installed."""
    roots = [normalize(root) for root in roots]
    return {name for name in (*roots, *needed_by(roots, installed, markers)) if name in installed}


def needed_by(
    roots: Iterable[str], installed: Mapping[str, Requiring], markers: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Everything that ``roots`` (normalised names) require, however far, with those of them that require it.

    ``installed`` is by normalised name; what is required and not installed is in the answer too.
    """
    needs: dict[str, set[str]] = {}
    seen: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name in seen or name not in installed:
            continue
        seen.add(name)
        for wanted in required_names(installed[name].requires, markers):
            needs.setdefault(wanted, set()).add(name)
            waiting.append(wanted)
    return {name: tuple(sorted(owners)) for name, owners in needs.items()}


def required_names(texts: Iterable[str], markers: Mapping[str, str]) -> list[str]:
    """The normalised names that these requirements ask for where their markers hold, without any extra."""
    return [name for name, _, _ in _wanted(texts, markers)]


def top_level_requests(tree: Sequence[_Requestable], markers: Mapping[str, str]) -> tuple[_Requestable, ...]:
    """What a person asked for in a site directory of distributions: those marked ``REQUESTED``. Where a tool marked
    everything or nothing: those that no other distribution requires. What only an extra requires does not count. Pure.
    """
    marked = tuple(each for each in tree if each.requested)
    if marked and len(marked) < len(tree):
        return marked
    wanted = {name for each in tree for name in required_names(each.requires, markers) if name != normalize(each.name)}
    return tuple(each for each in tree if normalize(each.name) not in wanted)


def _wanted(texts: Iterable[str], markers: Mapping[str, str]) -> list[tuple[str, str, object]]:
    from packaging.markers import UndefinedComparison, UndefinedEnvironmentName
    from packaging.requirements import InvalidRequirement, Requirement

    found: list[tuple[str, str, object]] = []
    for text in texts:
        if "extra ==" in text or "extra==" in text:
            continue
        try:
            requirement = Requirement(text)
            environment = {**markers, "extra": ""}
            if requirement.marker is not None and not requirement.marker.evaluate(environment):
                continue
        except (InvalidRequirement, UndefinedComparison, UndefinedEnvironmentName):
            continue  # pip check says so for itself; a requirement that nobody can read is not unmet
        shown = str(requirement).partition(";")[0].strip()
        found.append((normalize(requirement.name), shown, requirement.specifier))
    return found


def _accepts(specifier: object, version: str) -> bool:
    from packaging.specifiers import SpecifierSet
    from packaging.version import InvalidVersion

    assert isinstance(specifier, SpecifierSet)
    try:
        return specifier.contains(version, prereleases=True)
    except InvalidVersion:
        return True
