"""What to type so that an update does not lose a group: pure functions from records to lines.

Every name comes from files that anybody may have written, so each is quoted for the place it stands in.
"""

from __future__ import annotations

import itertools
import json
import re
import shlex
from collections.abc import Callable, Mapping, Sequence

import msgspec

from ..model.changes import EntryType, Group, GroupTotals, Largest, PythonPackage, Remedy, RemedyKind, SystemPackage
from .package_owners import OWNERS
from .package_owners.owner import InstallLines, one_line

_PROGRAMS = re.compile(r"/(?:usr|opt|lib\w*|s?bin|boot|var)(?:/|$)")
_PLAIN_COPY = re.compile(r"[\w@%+=:,./-]+", re.ASCII)
_ODD = re.compile(r"""['"\\\[\]*?]""")


class Known(msgspec.Struct, frozen=True):
    """What remedies are made from. ``managed`` are the site folders whose pip wants ``--break-system-packages``,
    ``removed`` the system packages that were taken away, ``made_here`` the interpreters that are changes
    themselves, with what makes each again (``None``: not known), ``destinations`` folders that an update keeps,
    the best first, ``taken`` whether there is a path in them.
    """

    system: Sequence[SystemPackage] = ()
    python: Sequence[PythonPackage] = ()
    managed: frozenset[str] = frozenset()
    removed: Sequence[str] = ()
    made_here: Mapping[str, str | None] = {}
    destinations: Sequence[str] = ()
    taken: Callable[[str], bool] = lambda _path: False


def remedies(group: Group, files: int, largest: Sequence[Largest], known: Known) -> tuple[Remedy, ...]:
    """What to do about a group with so many files, of which ``largest`` are the largest items."""
    if not files and not largest:
        return ()
    for owner in OWNERS:
        if owner.group == group.value:
            return (_install(owner.install_lines(known)),)
    if group is Group.CACHES_AND_LOGS:
        return (_nothing("Caches, logs and temporary files: programs make them again."),)
    if group is Group.MADE_AT_START:
        return (_look(known.destinations),)
    items = sorted(largest, key=lambda item: item.path)
    beyond = files - sum(item.files for item in items)
    if group is Group.CONFIGURATION:
        return (copies(items, beyond),)
    return _home(items, beyond, known)


def copies(items: Sequence[Largest], beyond: int) -> Remedy:
    """``COPY`` lines. ``beyond``: files that the items do not cover.

    What cannot be named in a Dockerfile comes with its folder: beside the Dockerfile that holds nothing but copies.
    """
    lines, widened = [], set()
    for item in items:
        line, folder = copy_line(item), _nameable_folder(item.path)
        if line is not None:
            lines.append(line)
        elif item.type is EntryType.OTHER or folder is None:
            beyond += max(1, item.files)
        else:
            lines.append(f"# with its folder: {one_line(item.path)}")
            widened.add(folder)
    lines += [f"COPY {_copied(folder + '/')}" for folder in sorted(widened)]
    sentence = (
        "Put copies of these beside the Dockerfile of the image, below their own path, and add these lines to it;"
        " or keep them on a volume."
    )
    return Remedy(kind=RemedyKind.DOCKERFILE, sentence=sentence, lines=tuple(lines), left_out=beyond)


def copy_line(item: Largest) -> str | None:
    """The ``COPY`` of a path; ``None`` for one that cannot be written in a Dockerfile, for links, and for what is
    no file. Of a link, ``COPY`` would take the target.
    """
    if item.type not in (EntryType.FILE, EntryType.FOLDER) or not _nameable(item.path):
        return None
    return f"COPY {_copied(item.path + ('/' if item.type is EntryType.FOLDER else ''))}"


def _nameable(path: str) -> bool:
    """Docker and Buildah agree on what the name means. They do not on quotes, backslashes, brackets and wildcards."""
    return path.isprintable() and not _ODD.search(path)


def _copied(path: str) -> str:
    words = [path[1:], path]
    if _PLAIN_COPY.fullmatch(path) and not path.startswith("/-"):
        return " ".join(words)
    return json.dumps([word.replace("$", "\\$") for word in words], ensure_ascii=False)


def _nameable_folder(path: str) -> str | None:
    """The nearest folder above that can be named, other than ``/``."""
    while path := path.rpartition("/")[0]:
        if _nameable(path):
            return path
    return None


def _home(items: Sequence[Largest], beyond: int, known: Known) -> tuple[Remedy, ...]:
    """Programs into the image, everything else onto a volume."""
    programs = [item for item in items if _PROGRAMS.match(item.path)]
    own = [item for item in items if not _PROGRAMS.match(item.path)]
    if not known.destinations:
        remedy = copies(items, beyond)
        sentence = "No storage that an update keeps can be written to here: add a volume. " + remedy.sentence
        return (msgspec.structs.replace(remedy, sentence=sentence),)
    made = []
    if own or not programs:
        made.append(moves(own, known.destinations[0], beyond, known.taken))
        beyond = 0
    if programs:
        made.append(copies(programs, beyond))
    return tuple(made)


def moves(items: Sequence[Largest], destination: str, beyond: int, taken: Callable[[str], bool]) -> Remedy:
    """``mv`` commands that overwrite nothing: what has a name that is taken there gets another."""
    folder = destination.rstrip("/") + "/"
    lines: list[str] = []
    given: set[str] = set()
    for item in items:
        if item.type is EntryType.OTHER:
            beyond += 1
            continue
        name = item.path.rpartition("/")[2]
        target = _free(folder + name, lambda path: path in given or taken(path))
        given.add(target)
        # `mv -n` leaves alone what it cannot move, and does not say so.
        renamed = target != folder + name
        words = ("-nT", target) if renamed else ("-n", folder)
        lines.append(f"mv {words[0]} -- {shell_word(item.path)} {shell_word(words[1])}")
    sentence = f"Move to {one_line(destination)}, which an update keeps. Programs must then look there."
    return Remedy(kind=RemedyKind.MOVE, sentence=sentence, lines=tuple(lines), left_out=beyond)


def _look(destinations: Sequence[str]) -> Remedy:
    """What was written near a start. Without lines: moving what the start script makes would break things."""
    place = one_line(destinations[0]) if destinations else "a volume"
    sentence = (
        "Written within seconds of a start: by the image's own start script, which makes it again, or by somebody,"
        f" and then it is lost. Look, and move what is yours to {place}."
    )
    return Remedy(kind=RemedyKind.MOVE, sentence=sentence, lines=(), left_out=0)


def _free(path: str, taken: Callable[[str], bool]) -> str:
    """The path, or the first of ``path.2``, ``path.3``, ... that is not taken."""
    if not taken(path):
        return path
    return next(found for number in itertools.count(2) if not taken(found := f"{path}.{number}"))


def dockerfile(groups: Sequence[GroupTotals]) -> tuple[str, ...]:
    """The lines of all groups that belong into a Dockerfile, in the order of `Group`, with comments."""
    lines = []
    for group in sorted(groups, key=lambda each: list(Group).index(each.group)):
        for remedy in group.remedies:
            if remedy.kind is RemedyKind.DOCKERFILE and (remedy.lines or remedy.left_out):
                title = group.group.value.replace("-", " ").capitalize()
                lines += [f"# {title}: {one_line(remedy.sentence)}", *remedy.lines]
                if remedy.left_out:
                    lines.append(f"# and {remedy.left_out} more")
    return tuple(lines)


def shell_word(path: str) -> str:
    """One word of a shell command; bash's ``$'…'`` where a name holds control characters or no UTF-8."""
    if path.isprintable():
        return shlex.quote(path)
    raw = path.encode("utf-8", "surrogateescape")
    plain = {ord("'"): "\\'", ord("\\"): "\\\\"}
    return (
        "$'" + "".join(plain.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}") for byte in raw) + "'"
    )


def _install(again: InstallLines) -> Remedy:
    if not again.lines:
        return _nothing(again.sentence)
    return Remedy(kind=RemedyKind.DOCKERFILE, sentence=again.sentence, lines=again.lines, left_out=0)


def _nothing(sentence: str) -> Remedy:
    return Remedy(kind=RemedyKind.NONE, sentence=sentence, lines=(), left_out=0)
