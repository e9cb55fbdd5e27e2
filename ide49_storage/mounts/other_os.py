"""The plain report for macOS and Windows, where no container's mounts are to be told apart.

psutil lists the partitions; each is the computer's own (``host`` for the one with the system, ``disk``
for the others) unless its type says that a server keeps it. A server is never asked.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Protocol

from ..model.mounts import (
    Capacity,
    CapacityStatus,
    Engine,
    EngineName,
    Mount,
    MountOptions,
    MountReport,
    Storage,
    Where,
)
from ..model.timestamps import now
from ..model.vocabulary import Kind
from .capacity import FAILED, NOT_ASKED, CapacityReading
from .classify.context import KEPT, LOST, THIS_MACHINE, UNKNOWN, Classification, classification
from .redact import redact_options, redact_source

_REMOTE = frozenset({"smbfs", "cifs", "nfs", "afpfs", "webdav", "ftp", "remote"})
_OTHER = "Only on Linux can a process see how its container is put together."


class Partition(Protocol):
    """What ``psutil.disk_partitions`` gives for each partition."""

    @property
    def device(self) -> str: ...  # noqa: D102
    @property
    def mountpoint(self) -> str: ...  # noqa: D102
    @property
    def fstype(self) -> str: ...  # noqa: D102
    @property
    def opts(self) -> str: ...  # noqa: D102


def partition_report(notebooks: str | None = None, partitions: Sequence[Partition] | None = None) -> MountReport:
    """The partitions (those of this machine, if none are given) as mounts, in psutil's order."""
    found = _partitions() if partitions is None else partitions
    mounts = tuple(_mount(number, partition) for number, partition in enumerate(found, 1))
    folder = None
    if notebooks is not None:
        folder = partition_where([os.path.abspath(notebooks)], found)[0]
    return MountReport(
        at=now(),
        engine=Engine(name=EngineName.NONE, evidence=(_OTHER,)),
        notebooks=folder,
        mounts=mounts,
        problems=(),
    )


def partition_where(paths: Sequence[str], partitions: Sequence[Partition] | None = None) -> tuple[Where, ...]:
    """Where absolute paths live: on the partition with the longest mount point that contains them."""
    found = _partitions() if partitions is None else partitions
    return tuple(_where(path, found) for path in paths)


def _partitions() -> Sequence[Partition]:
    import psutil

    return list(psutil.disk_partitions(all=False))


def _verdict(partition: Partition) -> Classification:
    if _is_remote(partition):
        stays = f"The files are on the server of {redact_source(partition.device)}."
        kind = Kind.SAMBA if partition.fstype.lower() in ("smbfs", "cifs") else Kind.NETWORK
        what = f"{partition.mountpoint} has the file system type {partition.fstype or partition.opts}."
        return classification(kind, (KEPT, KEPT, KEPT), (what, stays, stays, stays))
    system = _folder_of(partition) in ("/", os.path.normcase(os.environ.get("SYSTEMDRIVE", "C:") + "\\"))
    stays = "There is no container that could be replaced."
    return classification(
        Kind.HOST if system else Kind.DISK,
        (KEPT, KEPT, LOST),
        (
            f"{partition.mountpoint} is on {partition.device} ({partition.fstype}), a disk of this computer.",
            stays,
            stays,
            THIS_MACHINE,
        ),
        name=None if system else os.path.basename(partition.mountpoint.rstrip("/\\")) or partition.mountpoint,
    )


def _mount(number: int, partition: Partition) -> Mount:
    found = _verdict(partition)
    reading = NOT_ASKED if _is_remote(partition) else _read_capacity(partition.mountpoint)
    options = redact_options(partition.opts.split(","))
    return Mount(
        id=number,
        parent=0,
        mount_point=partition.mountpoint,
        storage=Storage(device=redact_source(partition.device), root="/"),
        fs_type=partition.fstype,
        source=redact_source(partition.device),
        kind=found.kind,
        name=found.name,
        fate=found.fate,
        evidence=found.evidence,
        options=MountOptions(mount=options, super=(), propagation=(), read_only="ro" in options),
        capacity=reading.capacity,
        capacity_status=reading.status,
        hidden=False,
        hidden_by=None,
        internal=False,
        also_at=(),
    )


def _read_capacity(path: str) -> CapacityReading:
    """Bytes only: not every system counts inodes, and psutil tells of none."""
    import psutil

    try:
        usage = psutil.disk_usage(path)
    except OSError:
        return FAILED
    capacity = Capacity(total=usage.total, used=usage.used, free=usage.free, inodes_total=None, inodes_free=None)
    return CapacityReading(CapacityStatus.MEASURED, capacity)


def _where(path: str, partitions: Sequence[Partition]) -> Where:
    number, partition = _partition_of(path, partitions)
    if partition is None:
        return _nowhere(path)
    asked = not _is_remote(partition)
    resolved, nearest, exists, writable = path, path, None, None
    if asked:
        resolved = os.path.realpath(path)
        number, partition = _partition_of(resolved, partitions)
        if partition is None:
            return _nowhere(path)
        asked = not _is_remote(partition)
    if asked:
        exists = os.path.lexists(resolved)
        nearest = resolved
        while not os.path.lexists(nearest) and os.path.dirname(nearest) != nearest:
            nearest = os.path.dirname(nearest)
        writable = os.access(nearest, os.W_OK)
    found = _verdict(partition)
    return Where(
        path=path,
        resolved=resolved,
        exists=exists,
        nearest=nearest,
        mount_id=number,
        mount_point=partition.mountpoint,
        kind=found.kind,
        name=found.name,
        fate=found.fate,
        evidence=found.evidence,
        also_at=(),
        writable=writable,
        doubt=None if asked else f"{partition.mountpoint} is on a server, which was not asked.",
    )


def _nowhere(path: str) -> Where:
    """No partition that psutil lists contains the path."""
    why = "psutil lists no partition that contains this path."
    found = classification(Kind.UNKNOWN, (UNKNOWN, UNKNOWN, UNKNOWN), (why, why, why, why))
    return Where(
        path=path,
        resolved=path,
        exists=None,
        nearest=path,
        mount_id=0,
        mount_point="",
        kind=found.kind,
        name=None,
        fate=found.fate,
        evidence=found.evidence,
        also_at=(),
        writable=None,
        doubt=why,
    )


def _partition_of(path: str, partitions: Sequence[Partition]) -> tuple[int, Partition | None]:
    """The partition with the longest mount point above ``path``, and its number from 1."""
    best: tuple[int, Partition | None] = (0, None)
    longest = -1
    path = os.path.normcase(path)
    for number, partition in enumerate(partitions, 1):
        folder = _folder_of(partition)
        inside = path == folder or path.startswith(folder.rstrip("/\\") + os.sep)
        if inside and len(folder) > longest:
            best, longest = (number, partition), len(folder)
    return best


def _folder_of(partition: Partition) -> str:
    return os.path.normcase(partition.mountpoint)


def _is_remote(partition: Partition) -> bool:
    words = {partition.fstype.lower(), *partition.opts.lower().split(",")}
    return bool(words & _REMOTE)
