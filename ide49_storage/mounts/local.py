"""The edge to this machine: reads the mount table, and asks those file systems that cannot hang.

Everything here may only touch a path when *every* mount on the way to it answers from this machine's
kernel. Samba, network and FUSE mounts are left to the probes; here they are "not asked".
"""

from __future__ import annotations

import errno
import os
import re
import select
import stat
from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from ..model.mounts import Capacity, CapacityStatus
from . import fstypes
from .mountinfo import MountRow
from .path_walk import Answer, DirEntry, EntryKind, Lstat, Unanswered, resolve_path, run
from .table import UNLISTED, MountTable, below

MOUNTINFO = "/proc/self/mountinfo"
_MOST_READINGS = 5
_MAGIC_LINK = re.compile(r"(\d+|self|thread-self)/(?:task/\d+/)?(?:cwd|root|exe|fd/\d+|map_files/.*|ns/.*)")
_SYS_BLOCK = "/sys/class/block"


class CapacityReading(msgspec.Struct, frozen=True):
    """The capacity of one storage, and how it came about.

    ``at``: when it was measured; ``since``: when the storage stopped answering (both RFC 3339).
    """

    status: CapacityStatus
    capacity: Capacity | None = None
    at: str | None = None
    since: str | None = None


NOT_ASKED = CapacityReading(CapacityStatus.NOT_ASKED)
NOT_APPLICABLE = CapacityReading(CapacityStatus.NOT_APPLICABLE)
FAILED = CapacityReading(CapacityStatus.FAILED)

StorageKey = tuple[str, str]
"""``(device, root)``: what makes two mounts the same storage."""


class Files(Protocol):
    """Whom the reports ask about single paths: this machine's kernel, or a test's made-up tree."""

    def look(self, request: Lstat) -> Answer:
        """What is at this path."""

    def writable(self, path: str, crossed: tuple[MountRow, ...]) -> bool | None:
        """Whether this process may write there; ``None`` if that is not asked."""


def read_mountinfo(path: str = MOUNTINFO) -> bytes:
    """All of mountinfo, from one state of the table. Raises ``OSError``.

    The kernel hands it out in pieces, and a mount may come or go between two of them. It announces that
    on the open file, so the reading is repeated.
    """
    with open(path, "rb", buffering=0) as file:
        data = b""
        for _ in range(_MOST_READINGS):
            file.seek(0)
            data = file.readall()
            if not _announced(file.fileno()):
                break
        return data


def _announced(descriptor: int) -> bool:
    """Whether the mounts changed since the last call: always false for an ordinary file."""
    poll = select.poll()
    poll.register(descriptor, select.POLLPRI)
    return any(event & (select.POLLPRI | select.POLLERR) for _, event in poll.poll(0))


def is_local(row: MountRow, table: MountTable) -> bool:
    """Whether the mount answers from this machine's kernel alone.

    fuse-overlayfs counts when it is the root: Python itself was read from it, so nothing is risked that
    this process does not hang on anyway.
    """
    if row.fs_type in fstypes.LOCAL:
        return True
    return row.fs_type == fstypes.FUSE_OVERLAY and row is table.root


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
            astray=True,
        )
    return Unanswered(f"{path} could not be looked at: {os.strerror(number)}.", astray=True)


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
        if not is_local(row, self._table):
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
        if not all(is_local(row, self._table) for row in crossed):
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
        return Unanswered(f"{path} leads into another process, which may see other mounts.", astray=True)
    if not target.startswith("/"):
        return DirEntry(EntryKind.OTHER)
    return DirEntry(EntryKind.LINK, target)


def measurable(table: MountTable) -> dict[StorageKey, str | None]:
    """For each storage the mount point at which its room may be asked without risk; ``None``: it has none.

    A hidden mount's own path shows another mount, so it only shares what a visible one of the same storage
    says. What is missing from the answer must not be asked.
    """
    places: dict[StorageKey, str | None] = {}
    for row in table.rows:
        key = (row.device, row.root)
        if key in places or row.id in table.hidden:
            continue
        if row.fs_type in fstypes.KERNEL:
            places[key] = None
        elif all(is_local(mount, table) for mount in table.crossed(row.mount_point)):
            places[key] = row.mount_point
    return places


def measure(places: Mapping[StorageKey, str | None]) -> dict[StorageKey, CapacityReading]:
    """The room on each storage of ``measurable``, asked now and once."""
    return {key: NOT_APPLICABLE if path is None else read_capacity(path) for key, path in places.items()}


def read_capacity(path: str) -> CapacityReading:
    """The room at a path that is known to answer.

    One ``statvfs`` for bytes and inodes, reckoned as ``psutil.disk_usage`` does, which would ask a second time
    and knows no inodes.
    """
    try:
        told = os.statvfs(path.encode("utf-8", "surrogateescape"))
    except OSError:
        return FAILED
    unit = told.f_frsize
    # CIFS and others report no inodes, which does not mean that none are left.
    counted = told.f_files > 0
    capacity = Capacity(
        total=told.f_blocks * unit,
        used=(told.f_blocks - told.f_bfree) * unit,
        free=told.f_bavail * unit,
        inodes_total=told.f_files if counted else None,
        inodes_free=told.f_favail if counted else None,
    )
    return CapacityReading(CapacityStatus.MEASURED, capacity)


def removable_devices(table: MountTable, folder: str = _SYS_BLOCK) -> Mapping[str, bool]:
    """For each block device that a mount is on: can it be taken out? By ``major:minor`` and ``/dev/NAME``.

    ``/sys/dev/block`` is masked in podman's containers, ``/sys/class/block`` is not. Nothing is said of a
    device that cannot be read.
    """
    found: dict[str, bool] = {}
    wanted = set()
    for row in table.rows:
        # Major number 0 is for file systems without a block device.
        if not row.device.startswith("0:"):
            wanted.add(row.device)
        if row.source.startswith("/dev/") and row.source not in found:
            _add_device(found, folder, row.source.removeprefix("/dev/"))
    if not wanted <= found.keys():
        for name in _names(folder):
            if _text(f"{folder}/{name}/dev") in wanted:
                _add_device(found, folder, name)
    return found


def _add_device(found: dict[str, bool], folder: str, name: str) -> None:
    """Look at one device. The flag ``removable`` is the whole disk's; a partition's folder lies inside it."""
    device = f"{folder}/{name}"
    number = _text(f"{device}/dev")
    if number is None:
        return
    real = os.path.realpath(device)
    removable = "/usb" in real or "1" in (
        _text(f"{real}/removable"),
        _text(f"{os.path.dirname(real)}/removable"),
    )
    found[f"/dev/{name}"] = found[number] = removable


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _text(path: str, most: int = 65536) -> str | None:
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
        if found.exists is not True or not all(is_local(row, table) for row in found.crossed):
            return None
        if files.look(Lstat(found.resolved, found.row)) != DirEntry(EntryKind.FILE):
            return None
        return _text(found.resolved)

    return read
