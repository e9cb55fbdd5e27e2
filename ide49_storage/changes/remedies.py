"""What to type so that an update does not lose a group: pure functions from records to lines.

Every name comes from files that anybody may have written, so each is quoted for the place it stands in.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence

import msgspec

from ..model.changes import EntryType, Group, Largest, PythonPackage, Remedy, RemedyKind, SystemPackage

_PROGRAMS = re.compile(r"/(?:usr|opt|lib\w*|s?bin|boot|var)(?:/|$)")
_PLAIN_COPY = re.compile(r"[\w@%+=:,./-]+", re.ASCII)
_PATTERN = re.compile(r"([*?\[])")


class Known(msgspec.Struct, frozen=True):
    """What remedies are made from. ``managed`` are the site folders whose pip wants ``--break-system-packages``,
    ``destinations`` folders that an update keeps, the best first.
    """

    system: Sequence[SystemPackage] = ()
    python: Sequence[PythonPackage] = ()
    managed: frozenset[str] = frozenset()
    destinations: Sequence[str] = ()


def remedies(group: Group, files: int, largest: Sequence[Largest], known: Known) -> tuple[Remedy, ...]:
    """What to do about a group with so many files, of which ``largest`` are the largest items."""
    if not files and not largest:
        return ()
    if group is Group.SYSTEM_PACKAGES:
        return (system_packages(known.system),)
    if group is Group.PYTHON_PACKAGES:
        return (python_packages(known),)
    if group is Group.CACHES_AND_LOGS:
        return (_nothing("Caches, logs and temporary files: programs make them again."),)
    if group is Group.MADE_AT_START:
        return (_nothing("Written within seconds of a start, probably by the image's own start script."),)
    items = sorted(largest, key=lambda item: item.path)
    beyond = files - sum(item.files for item in items)
    if group is Group.CONFIGURATION:
        return (copies(items, beyond),)
    return _home(items, beyond, known.destinations)


def system_packages(packages: Sequence[SystemPackage]) -> Remedy:
    """The ``RUN`` line that installs what was asked for; dependencies come by themselves."""
    wanted = sorted({each.name for each in packages if not each.automatic} or {each.name for each in packages})
    if not wanted:
        return _nothing("Written by the package manager, which did not install anything: lists and logs of its own.")
    names = " ".join(map(shlex.quote, wanted))
    line = f"RUN apt-get update && apt-get install -y {names} && rm -rf /var/lib/apt/lists/*"
    sentence = (
        "Add this line to the Dockerfile of the image. What was installed from a .deb file of your own"
        " needs a COPY of that file."
    )
    return Remedy(kind=RemedyKind.DOCKERFILE, sentence=sentence, lines=(line,), left_out=0)


def python_packages(known: Known) -> Remedy:
    """One ``RUN`` line for each interpreter, with the versions that are here now."""
    folders: dict[tuple[str | None, bool], list[str]] = {}
    notes = []
    for package in sorted(known.python, key=lambda each: each.name.lower()):
        if package.requirement is None:
            came = "came from a local folder or file: COPY that and install it"
            notes.append(f"# {_one_line(package.name)} {_one_line(package.version)} {came}")
            continue
        key = (package.interpreter, package.location in known.managed)
        folders.setdefault(key, []).append(shlex.quote(_one_line(package.requirement)))
    lines = []
    for (interpreter, managed), words in folders.items():
        pip = f"{shlex.quote(interpreter)} -m pip" if interpreter else "pip"
        option = "--break-system-packages " if managed else ""
        lines.append(f"RUN {pip} install --no-cache-dir {option}{' '.join(words)}")
    if not lines and not notes:
        return _nothing("Files in Python's package folders that no installed package claims: compiled or left over.")
    sentence = (
        "Add this to the Dockerfile of the image, or install these packages into a user base on a volume"
        " (pip install --user)."
    )
    return Remedy(kind=RemedyKind.DOCKERFILE, sentence=sentence, lines=(*lines, *notes), left_out=0)


def copies(items: Sequence[Largest], beyond: int) -> Remedy:
    """``COPY`` lines. ``beyond``: files that the items do not cover."""
    lines = []
    for item in items:
        line = copy_line(item)
        if line is None:
            beyond += max(1, item.files)
        else:
            lines.append(line)
    sentence = (
        "Put copies of these beside the Dockerfile of the image, below their own path, and add these lines to it;"
        " or keep them on a volume."
    )
    return Remedy(kind=RemedyKind.DOCKERFILE, sentence=sentence, lines=tuple(lines), left_out=beyond)


def copy_line(item: Largest) -> str | None:
    """The ``COPY`` of a path; ``None`` for one that cannot be written in a Dockerfile, and for what is no file."""
    path = item.path
    if item.type not in (EntryType.FILE, EntryType.FOLDER) or not path.isprintable():
        return None
    tail = "/" if item.type is EntryType.FOLDER else ""
    source, target = path[1:] + tail, path + tail
    if _PLAIN_COPY.fullmatch(path):
        return f"COPY {source} {target}"
    source = _PATTERN.sub(r"[\1]", source)
    words = [word.replace("\\", "\\\\").replace("$", "\\$") for word in (source, target)]
    return f"COPY {json.dumps(words, ensure_ascii=False)}"


def _home(items: Sequence[Largest], beyond: int, destinations: Sequence[str]) -> tuple[Remedy, ...]:
    """Programs into the image, everything else onto a volume."""
    programs = [item for item in items if _PROGRAMS.match(item.path)]
    own = [item for item in items if not _PROGRAMS.match(item.path)]
    if not destinations:
        remedy = copies(items, beyond)
        sentence = "No storage that an update keeps can be written to here: add a volume. " + remedy.sentence
        return (msgspec.structs.replace(remedy, sentence=sentence),)
    made = []
    if own or not programs:
        made.append(moves(own, destinations[0], beyond))
        beyond = 0
    if programs:
        made.append(copies(programs, beyond))
    return tuple(made)


def moves(items: Sequence[Largest], destination: str, beyond: int) -> Remedy:
    """``mv`` commands that overwrite nothing."""
    target = shell_word(destination.rstrip("/") + "/")
    movable = [item for item in items if item.type is not EntryType.OTHER]
    lines = tuple(f"mv -n -- {shell_word(item.path)} {target}" for item in movable)
    sentence = f"Move to {_one_line(destination)}, which an update keeps. Programs must then look there."
    return Remedy(kind=RemedyKind.MOVE, sentence=sentence, lines=lines, left_out=beyond)


def shell_word(path: str) -> str:
    """One word of a shell command; bash's ``$'…'`` where a name holds control characters or no UTF-8."""
    if path.isprintable():
        return shlex.quote(path)
    raw = path.encode("utf-8", "surrogateescape")
    plain = {ord("'"): "\\'", ord("\\"): "\\\\"}
    return (
        "$'" + "".join(plain.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}") for byte in raw) + "'"
    )


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _nothing(sentence: str) -> Remedy:
    return Remedy(kind=RemedyKind.NONE, sentence=sentence, lines=(), left_out=0)
