"""A closer look at site directories: files against RECORD, processors, dead commands, owners, what nobody owns.

Each function touches the file system, takes and gives plain values (so that it can run in another process),
and never raises for what it finds there.
"""

from __future__ import annotations

import os
import stat

import msgspec

from ...formats.compatibility import elf_machine, same_machine, tag_machines, wheel_tags
from ...formats.reading import read_head, read_text
from ...formats.record import MOST_FILES, read_record

#: A WHEEL file has less than this.
_SMALL = 20_000
_NOT_PACKAGES = {"__pycache__", "bin", "include", "share", "lib", "etc", "man", "doc", "docs", "test", "tests"}


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """One distribution against its RECORD. ``size`` counts what is there; ``tops`` are its top-level names.

    ``foreign`` is an extension module built for another machine, with that machine's name. It is ``None`` if there
    is one for this machine too, or the wheel is for any machine: those bring helpers for several (debugpy).
    ``commands`` are the paths of what it put into a folder of commands; ``native``: it has code for this machine.
    """

    entry: str
    size: int = 0
    missing: int = 0
    differing: int = 0
    outside: int = 0
    examples: tuple[str, ...] = ()
    tops: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    foreign: tuple[str, str] | None = None
    native: bool = False
    readable: bool = True


def recorded(site: str, entries: list[str], prefix: str, machine: str, compiled: bool = False) -> list[Recorded]:
    """Each ``.dist-info`` of ``site`` against its RECORD. Entries that lead out of ``prefix`` are only counted.

    ``prefix`` is the folder that an installer may write below: the user base, or the interpreter's prefix. ``size``
    counts the ``.pyc`` files of which RECORD does not know the size only with ``compiled``: nothing else asks for them.
    """
    return [_recorded(site, entry, prefix, machine, compiled) for entry in entries]


def _recorded(site: str, entry: str, prefix: str, machine: str, compiled: bool) -> Recorded:
    rows = read_record(f"{site}/{entry}")
    if rows is None:
        return Recorded(entry=entry, readable=False)
    size = missing = differing = outside = 0
    examples: list[str] = []
    tops: dict[str, None] = {}
    commands: list[str] = []
    foreign, native = None, False
    inside = os.path.normpath(prefix) + "/"
    for row in rows:
        path, expected = row.path, row.size
        full = _file_of_row(site, path, inside)
        if full is None:
            outside += 1
            continue
        if not path.startswith(("../", "/")):
            tops[path.partition("/")[0]] = None
        elif os.path.basename(os.path.dirname(full)) == "bin":
            commands.append(full)
        may_go = path.endswith(".pyc")  # they come and go by themselves
        actual = _size(full) if compiled or expected is not None or not may_go else 0
        if actual is None:
            missing += not may_go
        elif expected is not None and actual != expected:
            differing += 1
        size += actual or 0
        if len(examples) < 5 and not may_go and (actual is None or expected not in (None, actual)):
            examples.append(path)
        if not native and actual and path.endswith(".so"):
            built = elf_machine(_first_bytes(full))
            native = built is not None and same_machine(built, machine)
            foreign = foreign or ((path, built) if built is not None and not native else None)
    return Recorded(
        entry=entry,
        size=size,
        missing=missing,
        differing=differing,
        outside=outside,
        examples=tuple(examples),
        tops=tuple(tops),
        commands=tuple(commands),
        foreign=None if native or (foreign and _for_any_machine(f"{site}/{entry}")) else foreign,
        native=native,
    )


def _file_of_row(site: str, path: str, inside: str) -> str | None:
    """The file that a row of RECORD names; ``None`` if it is neither below ``inside`` (ends in ``/``) nor ``site``."""
    if "./" not in path and "//" not in path and path[0] != "/" and path[-1] not in "./":
        return f"{site}/{path}"  # as nearly all are written, and there are tens of thousands
    full = os.path.normpath(os.path.join(site, path))
    return full if full.startswith((inside, site + "/")) else None


def _for_any_machine(folder: str) -> bool:
    tags = wheel_tags(read_text(f"{folder}/WHEEL", _SMALL) or "")
    return bool(tags) and tag_machines(tags) is None


def _size(path: str) -> int | None:
    try:
        return os.stat(path).st_size
    except (OSError, ValueError):
        return None


def _first_bytes(path: str, count: int = 20) -> bytes:
    try:
        return read_head(path, count)
    except OSError:
        return b""


def machine_of(program: str) -> str | None:
    """The processor that an executable was built for; ``None`` if it is no ELF file."""
    return elf_machine(_first_bytes(program))


class Script(msgspec.Struct, frozen=True):
    """A command with the interpreter in its first line, and whether that is there."""

    path: str
    interpreter: str
    alive: bool


def scripts(folder: str) -> list[Script]:
    """The commands in a folder whose first line names a Python."""
    found = []
    for name in _names(folder):
        path = os.path.join(folder, name)
        if not os.path.isfile(path):
            continue
        interpreter = _shebang(_first_bytes(path, 1000))
        if interpreter is not None and "python" in os.path.basename(interpreter):
            found.append(Script(path, interpreter, os.path.exists(interpreter)))
    return found


def _shebang(head: bytes) -> str | None:
    """The interpreter of a script; pip writes long paths as a ``/bin/sh`` line with ``exec`` in the second."""
    lines = head.decode("utf-8", "surrogateescape").split("\n")
    if not lines[0].startswith("#!"):
        return None
    words = lines[0][2:].split()
    if words[:1] == ["/bin/sh"] and len(lines) > 1 and lines[1].startswith("'''exec' "):
        words = [lines[1][len("'''exec' ") :].split(' "$0"')[0].strip().strip('"')]
    return words[0] if words and words[0].startswith("/") else None


class Owners(msgspec.Struct, frozen=True):
    """How many entries of ``path`` belong to ``uid``, with some of their names."""

    path: str
    uid: int
    count: int
    examples: tuple[str, ...]


def owners(folders: list[str]) -> list[Owners]:
    """Who owns the folders and their entries (not deeper): one record for each folder and owner."""
    found: list[Owners] = []
    for folder in folders:
        by_uid: dict[int, list[str]] = {}
        for path in [folder, *(os.path.join(folder, name) for name in _names(folder))]:
            uid = _owner(path)
            if uid is not None:
                by_uid.setdefault(uid, []).append(path)
        found += [Owners(folder, uid, len(paths), tuple(paths[:5])) for uid, paths in by_uid.items()]
    return found


def top_packages(site: str) -> list[str]:
    """The top-level folders of ``site`` that look like packages: they hold Python files."""
    found = []
    for name in _names(site):
        path = os.path.join(site, name)
        if name in _NOT_PACKAGES or not name.isidentifier() or not _is_folder(path):
            continue
        if any(each.endswith((".py", ".so")) for each in _names(path)):
            found.append(name)
    return found


def egg_tops(site: str, entries: list[str]) -> list[str]:
    """The top-level names that old-style metadata (``top_level.txt``) claims."""
    names: list[str] = []
    for entry in entries:
        names += _first_bytes(f"{site}/{entry}/top_level.txt", 10_000).decode("utf-8", "replace").split()
    return names


def _owner(path: str) -> int | None:
    try:
        return os.lstat(path).st_uid
    except OSError:
        return None


def _is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))[:MOST_FILES]
    except OSError:
        return []
