"""Resolves a path one component at a time along with the mount walk, without touching a file system.

``resolve_path`` is a generator: it asks for what it must know (``Lstat``: what is at this path, on this mount?)
and is sent the answer. So a symbolic link is only read where somebody decided that the mount answers,
and the same walk can be driven by plain calls or by probe processes.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Generator

import msgspec

from .mountinfo import MountRow
from .table import MountTable, join

MOST_LINKS = 40
"""How many symbolic links the kernel follows in one path before it gives up with ELOOP."""
LONGEST_NAME = 255
LONGEST_PATH = 4095


class EntryKind(str, enum.Enum):
    """What is at a path, not following a link."""

    FOLDER = "dir"
    FILE = "file"
    LINK = "link"
    OTHER = "other"
    MISSING = "missing"


class Lstat(msgspec.Struct, frozen=True):
    """The walk's question: what is at ``path``, which is on the mount ``row``?"""

    path: str
    row: MountRow


class DirEntry(msgspec.Struct, frozen=True):
    """An answer. ``target`` is the text of a link."""

    kind: EntryKind
    target: str | None = None


class Unanswered(msgspec.Struct, frozen=True):
    """Nobody asked, or nobody answered. ``reason`` is a sentence for a person.

    ``may_be_symlink``: what is there may be a link to anywhere, so the text of the path says nothing. Not so where a
    mount was left alone: its own text leads on.
    """

    reason: str
    may_be_symlink: bool = False


class ResolvedPath(msgspec.Struct, frozen=True):
    """Where a path leads.

    ``row`` is the mount of ``resolved`` if it exists or nobody knows, else of ``nearest``, the deepest
    existing parent. ``exists`` is ``None`` when it was not asked; ``doubt`` then says why, and ``may_be_symlink``
    whether the path may lead to another mount than ``row``. ``crossed`` has every mount that was walked
    through, also on the way to a link.
    """

    resolved: str
    row: MountRow
    nearest: str
    exists: bool | None
    doubt: str | None
    crossed: tuple[MountRow, ...]
    may_be_symlink: bool = False


Answer = DirEntry | Unanswered
Walk = Generator[Lstat, Answer, ResolvedPath]


def run(walking: Walk, look: Callable[[Lstat], Answer]) -> ResolvedPath:
    """Drive a walk with plain calls."""
    try:
        request = next(walking)
        while True:
            request = walking.send(look(request))
    except StopIteration as end:
        found: ResolvedPath = end.value
        return found


def resolve_path(table: MountTable, path: str) -> Walk:
    """Resolve the absolute ``path`` as the kernel would; the result is the generator's value (``ResolvedPath``)."""
    state = _State(table, path)
    while state.pending:
        name = state.pending.pop()
        if name == ".":
            continue
        if name == "..":
            state.climb()
            continue
        here, row = state.trail[-1]
        there = join(here, name)
        top = table.enter(row, there)
        # A mount point exists, the table says so: at the end of a path its file system need not be asked.
        if state.doubt is not None or (top is not row and not state.pending):
            state.step(there, top)
            continue
        ended = state.missing(name) if _too_long(name, there) else state.take((yield Lstat(there, top)), name, top)
        if ended is not None:
            return ended
    return state.end()


class _State:
    """Where a walk stands. ``trail`` has the folders from ``/`` to here, each with the mount it is on."""

    def __init__(self, table: MountTable, path: str) -> None:
        self.table = table
        self.trail = [("/", table.root)]
        self.pending = _components(path)
        self.links = 0
        self.doubt: str | None = None
        self.may_be_symlink = False
        self.known = "/"
        self.parent_unverified = False
        self.crossed = {table.root.id: table.root}

    def step(self, path: str, row: MountRow) -> None:
        """Go down into ``path``, which is on ``row``."""
        self.trail.append((path, row))
        if row.id not in self.crossed:
            for mount in self.table.crossed(path):
                self.crossed[mount.id] = mount
            self.crossed[row.id] = row

    def take(self, answer: Answer, name: str, top: MountRow) -> ResolvedPath | None:
        """Go on by the answer for the component ``name``, on ``top``; the result, if the path ends here."""
        there = join(self.trail[-1][0], name)
        if isinstance(answer, Unanswered):
            self._go_blind(answer, there, top)
            return None
        if answer.kind is EntryKind.LINK and answer.target:
            self.links += 1
            if self.links > MOST_LINKS:
                return self._too_many_links(name)
            self._follow(answer.target)
            return None
        if answer.kind in (EntryKind.MISSING, EntryKind.LINK):
            return self.missing(name)
        self.step(there, top)
        if answer.kind is not EntryKind.FOLDER and self.pending:
            return self.missing(None)
        return None

    def climb(self) -> None:
        """``..``: links were resolved before, so it is the folder we came from."""
        self.parent_unverified = self.parent_unverified or self.doubt is not None
        if len(self.trail) > 1:
            self.trail.pop()
        else:
            # At the root the kernel stays, but then does enter what is mounted over it.
            self.trail = [("/", self.table.enter(self.table.root, "/"))]

    def _follow(self, target: str) -> None:
        """Replace the link just read by its text."""
        if target.startswith("/"):
            self.trail = [("/", self.table.root)]
        self.pending.extend(_components(target))

    def _go_blind(self, answer: Unanswered, path: str, row: MountRow) -> None:
        """From here on only the text of the path and the mount table lead the way."""
        here, row_here = self.trail[-1]
        self.doubt, self.may_be_symlink = answer.reason, answer.may_be_symlink
        self.known = path if row is not row_here else here
        self.step(path, row)

    def missing(self, name: str | None) -> ResolvedPath:
        """The path ends at the last folder of the trail; ``name`` is the component that is not there."""
        nearest, row = self.trail[-1]
        rest = self._rest(name)
        return ResolvedPath(join(nearest, rest), row, nearest, False, None, self._crossed())

    def _too_many_links(self, name: str) -> ResolvedPath:
        """What the kernel calls ELOOP."""
        nearest, row = self.trail[-1]
        path = join(nearest, name)
        doubt = (
            f"{path} is one symbolic link too many: the kernel follows {MOST_LINKS} in one path "
            "and then gives up. The links probably lead in a circle."
        )
        return ResolvedPath(join(nearest, self._rest(name)), row, nearest, None, doubt, self._crossed())

    def end(self) -> ResolvedPath:
        """Every component was walked."""
        path, row = self.trail[-1]
        if self.doubt is None:
            return ResolvedPath(path, row, path, True, None, self._crossed())
        if not self.parent_unverified:
            # Mount points met in the text are in the table, hence known to exist.
            for folder, mount in reversed(self.trail):
                if mount.mount_point == folder and len(folder) >= len(self.known):
                    self.known = folder
                    break
            if self.known == path:
                return ResolvedPath(path, row, path, True, None, self._crossed())
        return ResolvedPath(path, row, self.known, None, self.doubt, self._crossed(), self.may_be_symlink)

    def _rest(self, name: str | None) -> str:
        rest = [part for part in reversed(self.pending) if part != "."]
        return "/".join(rest if name is None else [name, *rest])

    def _crossed(self) -> tuple[MountRow, ...]:
        return tuple(self.crossed.values())


def _components(path: str) -> list[str]:
    """The path's components, the last one first; a slash at the end counts as ``.`` (it must be a folder)."""
    names = [name for name in path.split("/") if name]
    if names and path.endswith("/"):
        names.append(".")
    names.reverse()
    return names


def _too_long(name: str, path: str) -> bool:
    """Longer than the kernel takes, in bytes."""
    if len(path) * 4 < LONGEST_NAME:
        return False
    return (
        len(name.encode("utf-8", "surrogateescape")) > LONGEST_NAME
        or len(path.encode("utf-8", "surrogateescape")) > LONGEST_PATH
    )
