"""What pip would remove together with a distribution, and which of it lies outside of the user base.

pip deletes whatever a RECORD names: it keeps rows such as ``../../../../notes.txt`` from a wheel, and follows links.
So everything it would go by is read here as pip reads it, before pip runs.
"""

from __future__ import annotations

import contextlib
import csv
import os
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from ..formats.reading import read_head
from ..formats.record import MOST_RECORD
from ..jobs.user_base import UserBase
from .distributions import InstalledDistribution, require_local, walk

_LISTS = ("RECORD", "installed-files.txt", "top_level.txt", "entry_points.txt")
_COMMANDS = ("console_scripts", "gui_scripts", "DEFAULT")
_SHOWN = 5


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs to a distribution: absolute paths in the user base, byte code included, and, as its metadata
    names them, those outside.
    """

    paths: tuple[str, ...]
    outside: tuple[str, ...]


def claims(distribution: InstalledDistribution, base: UserBase) -> Claims:
    """Read the claims of one distribution. Raises ``LeadsAway``. What lies outside of the base is not looked at."""
    places = list(_places(distribution, base))
    outside = [said for said, path in places if path is None]
    near = {path: said for said, path in places if path is not None}
    require_local([*near, *(os.path.join(folder, "__pycache__", "any") for folder in _modules(near))])
    near.update(_byte_code(near))
    site = os.path.realpath(distribution.site) + "/"
    found = set(walk(distribution.path))
    for path, said in near.items():
        if base.inner(path) is None or site.startswith(path + "/"):
            outside.append(said)
        elif os.path.isdir(path) and not os.path.islink(path):
            # pip takes a whole folder away when a row names one.
            require_local([os.path.join(path, "any")])
            found.update(walk(path))
        else:
            found.add(path)
    return Claims(paths=tuple(sorted(found)), outside=tuple(dict.fromkeys(outside)))


def outside_sentence(distributions: Iterable[InstalledDistribution], base: UserBase) -> str | None:
    """Why pip must not remove these: which claims of them lead outside. ``None``: none does. Raises ``LeadsAway``."""
    found = [(each, claims(each, base).outside) for each in distributions]
    return " ".join(outside_claims(each.path, rows) for each, rows in found if rows) or None


def outside_claims(where: str, rows: Iterable[str]) -> str:
    """The sentence about rows that lead out of the user base. Pure."""
    rows = list(rows)
    shown = ", ".join(map(_shown, rows[:_SHOWN]))
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    return f"{where} names files outside of the user base, which pip would write or delete: {shown}{more}."


def _shown(row: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in row[:200]) or "(an empty path)"


def _places(distribution: InstalledDistribution, base: UserBase) -> Iterator[tuple[str, str | None]]:
    """What the metadata says, and the path in the base that it means; ``None`` for one outside."""
    root = os.path.realpath(distribution.site)
    for name in _LISTS:
        if _size(os.path.join(distribution.path, name)) > MOST_RECORD:
            yield f"({name} is too long to be read)", None
    if not (root + "/").startswith(base.real + "/"):
        yield distribution.site, None
        return
    for said in _names(distribution):
        yield said, base.named(root, said)
    entries = _text(distribution, "entry_points.txt") or ""
    for said in (*entry_names(entries), *_listed(os.path.join(distribution.path, "scripts"))):
        yield said, base.named(os.path.join(base.real, "bin"), said)


def _names(distribution: InstalledDistribution) -> Iterator[str]:
    """The paths that the metadata names, relative to the site, from the first list that there is."""
    record = _text(distribution, "RECORD")
    rows = record_names(record) if record is not None else []
    if rows:
        yield from rows
        return
    installed = _text(distribution, "installed-files.txt")
    if installed is not None:
        yield from (_from_site(distribution.folder, line) for line in installed.splitlines() if line)
        return
    top = _text(distribution, "top_level.txt")
    for name in top.splitlines() if top is not None else [distribution.name.replace("-", "_")]:
        if name:
            yield from (name, *(f"{name}.{ending}" for ending in ("py", "pyc", "pyo")))
    if distribution.folder.endswith(".egg-info"):
        yield "easy-install.pth"


def _text(distribution: InstalledDistribution, name: str) -> str | None:
    try:
        content = read_head(os.path.join(distribution.path, name), MOST_RECORD)
    except OSError:
        return None
    return content.decode("utf-8", "surrogateescape")


def _from_site(folder: str, line: str) -> str:
    """A path relative to the metadata's folder as one relative to the site. Pure."""
    if line.startswith("/"):
        return line
    return line[3:] if line.startswith("../") else f"{folder}/{line}"


def record_names(text: str) -> list[str]:
    """The paths in a RECORD, all of them. Pure. An unreadable rest is left out: pip gives up there, before it
    removes anything.
    """
    found: list[str] = []
    with contextlib.suppress(csv.Error):
        found.extend(fields[0] for fields in csv.reader(text.splitlines()) if fields)
    return found


def entry_names(entry_points: str) -> Iterator[str]:
    """The commands in an ``entry_points.txt``, by the widest reading that any pip has. Pure."""
    section = ""
    for line in map(str.strip, entry_points.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            section = line.strip("[] ")
        elif section in _COMMANDS and "=" in line and not line.startswith("#"):
            yield line.partition("=")[0].strip()


def _modules(paths: Iterable[str]) -> dict[str, set[str]]:
    """The names of the modules among these paths, by folder. Pure."""
    found: dict[str, set[str]] = {}
    for path in paths:
        folder, name = os.path.split(path)
        if name.endswith(".py"):
            found.setdefault(folder, set()).add(name)
    return found


def _byte_code(near: Mapping[str, str]) -> dict[str, str]:
    """What pip removes with the modules among these paths, and what the metadata says of the module."""
    found = {}
    for folder, modules in _modules(near).items():
        for module in modules:
            path = os.path.join(folder, module)
            found.update({old: near[path] for old in (path + "c", path + "o") if os.path.lexists(old)})
        cache = os.path.join(folder, "__pycache__")
        for name in _listed(cache):
            if (module := name.partition(".")[0] + ".py") in modules:
                found[os.path.join(cache, name)] = near[os.path.join(folder, module)]
    return found


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _listed(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
