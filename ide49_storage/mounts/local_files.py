"""Asks this machine about single paths, but only on file systems that cannot hang.

A path may be touched when *every* mount on the way to it answers from this machine's kernel (``is_local``).
Samba, network and FUSE mounts are left to the probes (``remote_filesystems``); here they are "not asked".
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable
from typing import Protocol

from . import fstypes
from .mountinfo import MountRow
from .path_walk import Answer, DirEntry, EntryKind, Lstat, ResolvedPath, Unanswered, resolve_path, run
from .table import UNLISTED, MountTable, below

_MAGIC_LINK = re.compile(r"(\d+|self|thread-self)/(?:task/\d+/)?(?:cwd|root|exe|fd/\d+|map_files/.*|ns/.*)")


class Files(Protocol):
    """What answers questions about single paths: this machine's kernel, or a made-up tree in a test."""

    def look(self, request: Lstat) -> Answer:
        """What is at this path."""

    def writable(self, path: str, crossed: tuple[MountRow, ...]) -> bool | None:
        """Whether this process may write there; ``None`` if that is not asked."""


def is_local(table: MountTable, found: ResolvedPath) -> bool:
    """Whether this process may touch what a path leads to: the whole way is known, and no mount on it can hang."""
    return found.doubt is None and all(map(table.is_local, found.crossed))


def why_not_asked(row: MountRow) -> str:
    """Why a mount that is not local is left alone, for a person."""
    if row.fs_type == UNLISTED:
        return f"The kernel does not list what {row.mount_point} is on, so it was not asked."
    if row.fs_type in fstypes.SAMBA or row.fs_type in fstypes.NETWORK:
        what = f"on a network file system ({row.fs_type})"
    elif row.fs_type.startswith("fuse"):
        what = f"served by a program ({row.fs_type})"
    else:
        what = f"of a type that may wait for something else ({row.fs_type})"
    return f"What is mounted at {row.mount_point} is {what} that may not answer, so it was not asked."


def why_failed(path: str, number: int, *, folder_is_shut: bool = True) -> Unanswered:
    """What the walk is told where the system refused to look at ``path``: it may be a link to anywhere."""
    if number == errno.EACCES and folder_is_shut:
        folder = path.rpartition("/")[0] or "/"
        return Unanswered(
            f"The folder {folder} may not be searched by this user ({os.strerror(number)}): "
            f"{path} could be a link that leads to any other place.",
            may_be_symlink=True,
        )
    return Unanswered(f"{path} could not be looked at: {os.strerror(number)}.", may_be_symlink=True)


class LocalFiles:
    """Asks the kernel about paths on local mounts, each path once."""

    def __init__(self, table: MountTable) -> None:
        self._table = table
        self._known: dict[str, Answer] = {}

    def look(self, request: Lstat) -> Answer:
        """See ``Files``."""
        answer = self._known.get(request.path)
        if answer is None:
            answer = self._known[request.path] = self._look(request)
        return answer

    def _look(self, request: Lstat) -> Answer:
        path, row = request.path, request.row
        if not self._table.is_local(row):
            return Unanswered(why_not_asked(row))
        raw = path.encode("utf-8", "surrogateescape")
        mode = None
        try:
            mode = os.lstat(raw).st_mode
            if not stat.S_ISLNK(mode):
                return DirEntry(_KINDS.get(stat.S_IFMT(mode), EntryKind.OTHER))
            target = os.readlink(raw).decode("utf-8", "surrogateescape")
        except (FileNotFoundError, NotADirectoryError):
            return DirEntry(EntryKind.MISSING)
        except OSError as error:
            # The text of a link in proc can be refused where its folder is open.
            return why_failed(path, error.errno or errno.EIO, folder_is_shut=mode is None)
        if row.fs_type == "proc":
            return _proc_link(row, path, target)
        return DirEntry(EntryKind.LINK, target)

    def writable(self, path: str, crossed: tuple[MountRow, ...]) -> bool | None:
        """See ``Files``."""
        if not all(map(self._table.is_local, crossed)):
            return None
        effective = os.access in os.supports_effective_ids
        return os.access(path.encode("utf-8", "surrogateescape"), os.W_OK, effective_ids=effective)


_KINDS = {stat.S_IFDIR: EntryKind.FOLDER, stat.S_IFREG: EntryKind.FILE}


def _proc_link(row: MountRow, path: str, target: str) -> Answer:
    """A link in proc whose text is not where the kernel goes: into another process, or to no path."""
    magic = _MAGIC_LINK.fullmatch(below(row.mount_point, path))
    if magic is None:
        return DirEntry(EntryKind.LINK, target)
    if magic[1] not in ("self", "thread-self", str(os.getpid())):
        return Unanswered(f"{path} leads into another process, which may see other mounts.", may_be_symlink=True)
    if not target.startswith("/"):
        return DirEntry(EntryKind.OTHER)
    return DirEntry(EntryKind.LINK, target)


def read_text(path: str, most: int = 65536) -> str | None:
    """A small file of the kernel or the engine, ``None`` if it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(most).decode("utf-8", "surrogateescape").strip()
    except OSError:
        return None


def read_small(table: MountTable) -> Callable[[str], str | None]:
    """A reader for small files, that reads only what lies on local mounts and is a file."""
    files = LocalFiles(table)

    def read(path: str) -> str | None:
        found = run(resolve_path(table, path), files.look)
        if found.exists is not True or not is_local(table, found):
            return None
        if files.look(Lstat(found.resolved, found.row)) != DirEntry(EntryKind.FILE):
            return None
        return read_text(found.resolved)

    return read
