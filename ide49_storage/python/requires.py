"""What distributions require: read from their headers, compared as pip compares it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

import msgspec

from ..model.packages import Unmet
from .scan import normalize

#: The description comes after the headers and can be long; no headers are longer than this.
MOST_HEADERS = 262_144


class Installed(msgspec.Struct, frozen=True):
    """A distribution that an import finds: its name as written, its version, and its requirements as text."""

    name: str
    version: str
    requires: tuple[str, ...] = ()


def read_requirements(site: str, entries: list[str]) -> list[list[str]]:
    """The ``Requires-Dist`` lines of each metadata folder. Touches the file system; never raises."""
    return [_requirements(f"{site}/{entry}") for entry in entries]


def _requirements(folder: str) -> list[str]:
    path = f"{folder}/METADATA" if folder.endswith(".dist-info") else f"{folder}/PKG-INFO"
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return []
    try:
        content = os.read(descriptor, MOST_HEADERS)
    except OSError:
        return []
    finally:
        os.close(descriptor)
    return parse_requirements(content)


def parse_requirements(content: bytes) -> list[str]:
    """The ``Requires-Dist`` values among the headers; a long one may go on in an indented line."""
    found: list[str] = []
    open_line = False
    for line in content.decode("utf-8", "replace").replace("\r\n", "\n").split("\n"):
        if not line:  # a line of blanks is part of a folded header, such as a whole licence
            break
        if line[0] in " \t":
            if open_line:
                found[-1] += " " + line.strip()
            continue
        name, _, value = line.partition(":")
        open_line = name.lower() == "requires-dist"
        if open_line:
            found.append(value.strip())
    return found


def unmet(installed: Mapping[str, Installed], markers: Mapping[str, str]) -> list[Unmet]:
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


def closure(roots: Iterable[str], installed: Mapping[str, Installed], markers: Mapping[str, str]) -> set[str]:
    """The normalised names of ``roots`` and of all that they require, as far as it is installed."""
    seen: set[str] = set()
    waiting = [normalize(root) for root in roots]
    while waiting:
        name = waiting.pop()
        package = installed.get(name)
        if name in seen or package is None:
            continue
        seen.add(name)
        waiting += [wanted for wanted, _, _ in _wanted(package.requires, markers)]
    return seen


def required_by_others(requires: Mapping[str, Iterable[str]]) -> set[str]:
    """The normalised names that anything in ``requires`` (by normalised name) asks for, markers aside."""
    from packaging.requirements import InvalidRequirement, Requirement

    names = set()
    for owner, texts in requires.items():
        for text in texts:
            try:
                name = normalize(Requirement(text).name)
            except InvalidRequirement:
                continue
            if name != owner:
                names.add(name)
    return names


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
