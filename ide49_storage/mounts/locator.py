"""Where paths live, for callers that block: what cannot hang is asked at once, and nothing else is asked at all.

No process is started, so a lookup is cheap. For a path behind a mount that may not answer, ``exists`` and
``writable`` are ``None`` ("not asked") where ``MountService.where`` asks through the probes; all else is the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

import msgspec

from ..errors import BadPath
from ..model.mounts import Mount, Where
from .local_files import Files, LocalFiles, is_local
from .path_walk import resolve_path, run
from .report import absolute, build_report, build_where
from .snapshot import ON_LINUX, MountSnapshot, take_snapshot


class Location(msgspec.Struct, frozen=True):
    """Where a path lives, and whether this process may touch it (``is_local``: nothing on its way can hang)."""

    where: Where
    is_local: bool


def listed_mounts() -> tuple[Mount, ...]:
    """All mounts of this process now. No storage is asked, so their capacities are unknown (on Linux)."""
    if not ON_LINUX:
        from .other_os import partition_report

        return partition_report().mounts
    return build_report(take_snapshot()).mounts


def locate(snapshot: MountSnapshot, paths: Sequence[str], files: Files) -> tuple[Location, ...]:
    """Where each of the absolute ``paths`` lives, in order. ``files`` is asked about what is on the way."""
    locations = []
    for path in paths:
        found = run(resolve_path(snapshot.table, path), files.look)
        writable = files.writable(found.nearest, found.crossed) if found.doubt is None else None
        locations.append(Location(build_where(snapshot, path, found, writable), is_local(snapshot.table, found)))
    return tuple(locations)


def _locate_here(paths: Sequence[str]) -> tuple[Location, ...]:
    """The same on this machine."""
    if not ON_LINUX:
        from .other_os import partition_where

        return tuple(Location(where, where.doubt is None) for where in partition_where(paths))
    snapshot = take_snapshot()
    return locate(snapshot, paths, LocalFiles(snapshot.table))


class PathLocator:
    """Gives the ``Where`` of absolute paths and remembers it, so it lives no longer than one report or decision.

    ``prefetch`` many paths at once; one that was not prefetched is looked up alone.
    """

    def __init__(self, paths: Iterable[str] = ()) -> None:
        self._known: dict[str, Location] = {}
        self.prefetch(paths)

    def prefetch(self, paths: Iterable[str]) -> None:
        """Look up all of ``paths`` that are not known yet, with one reading of the mount table."""
        new = [path for path in dict.fromkeys(paths) if path not in self._known]
        if new:
            self._known.update(zip(new, _locate_here([_absolute_or_root(path) for path in new]), strict=True))

    def __call__(self, path: str) -> Where:
        """Where ``path`` lives. One that cannot be a path gets the answer of ``/``."""
        return self._location(path).where

    def is_local(self, path: str) -> bool:
        """Whether this process may touch ``path``: every mount on its way is known, and none of them can hang.

        A relative path starts at the working directory. ``False`` for one that cannot be a path.
        """
        # Not by ``exists``: that a share's own mount point exists is known without looking.
        return bool(path) and "\0" not in path and self._location(os.path.abspath(path)).is_local

    def local_subset(self, paths: Iterable[str]) -> set[str]:
        """Those of ``paths`` that this process may touch."""
        given = [path for path in paths if path and "\0" not in path]
        self.prefetch(os.path.abspath(path) for path in given)
        return {path for path in given if self.is_local(path)}

    def _location(self, path: str) -> Location:
        self.prefetch([path])
        return self._known[path]


def on_path(program: str, search: str, locator: PathLocator) -> str | None:
    """The program's path; ``None`` when it is certainly not there. What may not be looked at may be there."""
    if "/" in program:
        return None if locator(program).exists is False else program
    doubtful = None
    for folder in search.split(":"):
        path = f"{folder}/{program}"
        if not folder.startswith("/"):
            continue
        if not locator.is_local(path):
            doubtful = doubtful or path
        elif os.access(path, os.X_OK) and os.path.isfile(path):
            return path
    return doubtful


def _absolute_or_root(path: str) -> str:
    try:
        return absolute(path, "/")
    except BadPath:
        return "/"
