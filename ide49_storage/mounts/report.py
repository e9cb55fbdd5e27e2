"""Builds the records: the report of all mounts with their fates, and where one path lives.

Pure: a snapshot goes in, and what was found out about paths and capacities. ``service`` finds that out through the
probes; ``locator`` asks only what cannot hang. Both build their answers here, so they differ in nothing but in
what was not asked.
"""

from __future__ import annotations

import os

import msgspec

from ..errors import BadPath
from ..model.mounts import CapacityStatus, Mount, MountOptions, MountReport, Place, Storage, Where
from ..model.vocabulary import Kind
from . import fstypes
from .capacity import NOT_APPLICABLE, NOT_ASKED, CapacityReading
from .classify.disk import unresolvable_path
from .mountinfo import MountRow
from .path_walk import ResolvedPath
from .snapshot import MountSnapshot
from .table import MountTable


def build_report(snapshot: MountSnapshot, notebooks: Where | None = None) -> MountReport:
    """The report of a snapshot. ``notebooks`` is where the folder lives that Jupyter serves, if there is one."""
    return MountReport(
        at=snapshot.at,
        engine=snapshot.engine,
        notebooks=notebooks,
        mounts=tuple(_mount(snapshot, row) for row in snapshot.table.rows),
        problems=snapshot.problems,
    )


def build_where(snapshot: MountSnapshot, path: str, found: ResolvedPath, writable: bool | None) -> Where:
    """Where ``path`` lives, which ``found`` says it leads to. ``writable`` is ``None`` where nobody asked."""
    row = found.row
    verdict = unresolvable_path(found.doubt) if found.may_be_symlink and found.doubt else snapshot.verdict(row)
    place = found.resolved if found.exists is None else found.nearest
    other: tuple[Place, ...] = ()
    if row.fs_type not in fstypes.KERNEL and not found.may_be_symlink:
        other = _files_only(snapshot.table, snapshot.table.other_paths(row, place))
    return Where(
        path=path,
        resolved=found.resolved,
        exists=found.exists,
        nearest=found.nearest,
        mount_id=row.id,
        mount_point=row.mount_point,
        kind=verdict.kind,
        name=verdict.name,
        fate=verdict.fate,
        evidence=verdict.evidence,
        also_at=other,
        writable=writable,
        doubt=found.doubt,
    )


def working_directory() -> str | None:
    """The current directory; ``None`` where it was deleted, and so nothing relative can be meant."""
    try:
        return os.getcwd()
    except FileNotFoundError:
        return None


def absolute(path: str, base: str | None) -> str:
    """``path`` below ``base`` unless it is absolute. ``..`` stays: what it means depends on links.

    Raises ``BadPath``, for a relative path without a ``base`` too.
    """
    if not path:
        raise BadPath(path, "empty-path", "The path is empty: name a file or folder.")
    if "\0" in path:
        raise BadPath(path, "nul-in-path", "A path cannot contain a NUL character.")
    try:
        path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        message = "The path contains half of a surrogate pair, which stands for no bytes."
        raise BadPath(path, "undecodable-path", message) from None
    if path.startswith("/"):
        return path
    if base is None:
        raise BadPath(path, "no-folder", "The current directory was deleted: name an absolute path.")
    return f"{base.rstrip('/')}/{path}"


def _mount(snapshot: MountSnapshot, row: MountRow) -> Mount:
    mount = snapshot.described.get(row.id)
    if mount is None:
        mount = snapshot.described[row.id] = _describe(snapshot, row)
    reading = _reading(snapshot, row, mount.kind)
    if reading.status is mount.capacity_status and reading.capacity is None and reading.since is None:
        return mount
    return msgspec.structs.replace(
        mount,
        capacity=reading.capacity,
        capacity_status=reading.status,
        capacity_at=reading.at or (snapshot.at if reading.capacity else None),
        not_answering_since=reading.since,
    )


def _describe(snapshot: MountSnapshot, row: MountRow) -> Mount:
    """All of a mount's record but its capacity."""
    table = snapshot.table
    verdict = snapshot.verdict(row)
    over = table.hidden_by(row)
    return Mount(
        id=row.id,
        parent=row.parent,
        mount_point=row.mount_point,
        storage=Storage(device=row.device, root=row.root),
        fs_type=row.fs_type,
        source=row.source,
        kind=verdict.kind,
        name=verdict.name,
        fate=verdict.fate,
        evidence=verdict.evidence,
        options=MountOptions(
            mount=row.mount_options,
            super=row.super_options,
            propagation=row.optional,
            read_only=row.read_only,
        ),
        capacity=None,
        capacity_status=CapacityStatus.NOT_ASKED,
        hidden=row.id in table.hidden,
        hidden_by=None if over is None else over.id,
        internal=verdict.internal,
        also_at=() if verdict.kind is Kind.KERNEL else _files_only(table, table.places(row)),
    )


def _reading(snapshot: MountSnapshot, row: MountRow, kind: Kind) -> CapacityReading:
    if kind is Kind.KERNEL:
        return NOT_APPLICABLE
    reading = snapshot.capacities.get((row.device, row.root), NOT_ASKED)
    return NOT_ASKED if reading.status is CapacityStatus.NOT_APPLICABLE else reading


def _files_only(table: MountTable, places: tuple[Place, ...]) -> tuple[Place, ...]:
    """Without the masks that an engine binds over files of /proc and /sys: they show one empty device."""
    return tuple(
        place for place in places if table.by_id[place.mount_id].root != "/null" and not _shows_kernel(place.path)
    )


def _shows_kernel(path: str) -> bool:
    return path.startswith(("/proc/", "/sys/"))
