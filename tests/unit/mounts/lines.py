"""Short ways to write mount tables and file trees for the tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping

from ide49_storage.model.mounts import Engine, EngineName
from ide49_storage.mounts.capacity import CapacityReading
from ide49_storage.mounts.mountinfo import MountRow, escape, parse
from ide49_storage.mounts.path_walk import Answer, DirEntry, EntryKind, Lstat
from ide49_storage.mounts.snapshot import MountSnapshot
from ide49_storage.mounts.table import MountTable

HEX = "0123456789abcdef" * 4
"""Stands for the id that an engine gives."""

OVERLAY_ROOT = (
    "1 0 0:50 / / rw - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/A,"
    "upperdir=/var/lib/docker/overlay2/x/diff,workdir=/var/lib/docker/overlay2/x/work"
)
DISK_ROOT = "1 0 8:2 / / rw - ext4 /dev/sda2 rw"


def table_of(*lines: str) -> MountTable:
    """A table of whole mountinfo lines."""
    rows, problems = parse("\n".join(lines).encode("utf-8", "surrogateescape"))
    assert problems == []
    return MountTable(rows)


def line(
    mount_id: int,
    parent: int,
    mount_point: str,
    *,
    device: str | None = None,
    root: str = "/",
    options: str = "rw",
    fs: str = "tmpfs",
    source: str = "tmpfs",
    whole: str = "rw",
) -> str:
    """One line; without a device, each mount is a file system of its own."""
    return (
        f"{mount_id} {parent} {device or f'0:{mount_id}'} {escape(root)} {escape(mount_point)} {options} - "
        f"{fs} {escape(source)} {whole}"
    )


def row_of(text: str) -> MountRow:
    """The row of one line."""
    return table_of(text).rows[0]


def snapshot_of(
    table: MountTable,
    engine: EngineName = EngineName.DOCKER,
    *,
    capacities: Mapping[tuple[str, str], CapacityReading] | None = None,
    removable: Mapping[str, bool] | None = None,
) -> MountSnapshot:
    """A snapshot in which the engine is known."""
    known = Engine(name=engine, evidence=("said by the test",))
    return MountSnapshot(
        at="2021-07-01T00:00:00Z", table=table, engine=known, capacities=capacities, removable=removable
    )


class Tree:
    """A made-up file tree: ``None`` is a folder, ``""`` a file, other text a link to it."""

    def __init__(self, entries: Mapping[str, str | None], *, silent: frozenset[int] = frozenset()) -> None:
        self.entries = {"/": None, **entries}
        self.silent = silent
        self.asked: list[str] = []

    def look(self, request: Lstat) -> Answer:
        """Answers, and notes what was asked. A mount in ``silent`` must not be asked."""
        assert request.row.id not in self.silent, f"{request.path} was asked"
        self.asked.append(request.path)
        if request.path not in self.entries:
            return DirEntry(EntryKind.MISSING)
        text = self.entries[request.path]
        if text is None:
            return DirEntry(EntryKind.FOLDER)
        return DirEntry(EntryKind.LINK, text) if text else DirEntry(EntryKind.FILE)

    def writable(self, path: str, crossed: tuple[MountRow, ...]) -> bool | None:
        """Every mount that was crossed must be one that may be asked."""
        if any(row.id in self.silent for row in crossed):
            return None
        return path in self.entries
