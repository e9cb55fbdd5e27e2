"""The two reports: all mounts with their fates, and where single paths live.

``build_report`` and ``build_where`` are pure given an ``MountSnapshot`` and somebody to ask about paths;
``mount_report`` and ``where`` read this machine. None of them may block on a network file system.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

import msgspec

from ..errors import BadPath
from ..model.mounts import CapacityStatus, Mount, MountOptions, MountReport, Place, Storage, Where
from ..model.vocabulary import Kind
from . import fstypes
from .classify.disk import unresolvable_path
from .local import NOT_APPLICABLE, NOT_ASKED, CapacityReading, Files, LocalFiles
from .mountinfo import MountRow
from .path_walk import ResolvedPath, resolve_path, run
from .snapshot import ON_LINUX, MountSnapshot, take_snapshot
from .table import MountTable


def mount_report(notebooks: str | None = None) -> MountReport:
    """All mounts of this process now. ``notebooks``: the folder that Jupyter serves, if there is one.

    Raises ``BadPath`` for a ``notebooks`` that cannot be a path.
    """
    if not ON_LINUX:
        from .other_os import partition_report

        return partition_report(notebooks)
    observation = take_snapshot()
    if notebooks is not None:
        notebooks = absolute(notebooks, working_directory())
    return build_report(observation, notebooks, LocalFiles(observation.table))


def where(paths: Iterable[str], base: str | None = None) -> tuple[Where, ...]:
    """Where each path lives, in order. Relative ones start at ``base``, else at the working directory.

    ``writable`` is ``None`` for all that this process must not touch: no other answer tells that, since a share's
    own mount point is known to exist. Raises ``BadPath`` for one that cannot be a path.
    """
    base = os.path.abspath(base) if base is not None else working_directory()
    if not ON_LINUX:
        from .other_os import partition_where

        return partition_where([absolute(path, base) for path in paths])
    observation = take_snapshot(with_room=False)
    return build_where(observation, paths, base, LocalFiles(observation.table))


def build_report(observation: MountSnapshot, notebooks: str | None = None, files: Files | None = None) -> MountReport:
    """The report of an observation. ``files`` is asked for ``notebooks`` only."""
    folder = None
    if notebooks is not None:
        table = observation.table
        folder = build_where(observation, [notebooks], "/", files or LocalFiles(table))[0]
    return MountReport(
        at=observation.at,
        engine=observation.engine,
        notebooks=folder,
        mounts=tuple(_mount(observation, row) for row in observation.table.rows),
        problems=observation.problems,
    )


def build_where(observation: MountSnapshot, paths: Iterable[str], base: str | None, files: Files) -> tuple[Where, ...]:
    """Where each path lives, in order. ``base`` is absolute. Raises ``BadPath``."""
    founds = [
        (asked, run(resolve_path(observation.table, asked), files.look)) for asked in [absolute(p, base) for p in paths]
    ]
    return tuple(
        place_of(
            observation,
            asked,
            found,
            files.writable(found.nearest, found.crossed) if found.doubt is None else None,
        )
        for asked, found in founds
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


def _mount(observation: MountSnapshot, row: MountRow) -> Mount:
    mount = observation.described.get(row.id)
    if mount is None:
        mount = observation.described[row.id] = _describe(observation, row)
    room = _room(observation, row, mount.kind)
    if room.status is mount.capacity_status and room.capacity is None and room.since is None:
        return mount
    return msgspec.structs.replace(
        mount,
        capacity=room.capacity,
        capacity_status=room.status,
        capacity_at=room.at or (observation.at if room.capacity else None),
        not_answering_since=room.since,
    )


def _describe(observation: MountSnapshot, row: MountRow) -> Mount:
    """All of a mount's record but its room."""
    table = observation.table
    verdict = observation.verdict(row)
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


def _room(observation: MountSnapshot, row: MountRow, kind: Kind) -> CapacityReading:
    if kind is Kind.KERNEL:
        return NOT_APPLICABLE
    room = observation.rooms.get((row.device, row.root), NOT_ASKED)
    return NOT_ASKED if room.status is CapacityStatus.NOT_APPLICABLE else room


def _files_only(table: MountTable, places: tuple[Place, ...]) -> tuple[Place, ...]:
    """Without the masks that an engine binds over files of /proc and /sys: they show one empty device."""
    return tuple(
        place for place in places if table.by_id[place.mount_id].root != "/null" and not _shows_kernel(place.path)
    )


def _shows_kernel(path: str) -> bool:
    return path.startswith(("/proc/", "/sys/"))


def place_of(observation: MountSnapshot, asked: str, found: ResolvedPath, writable: bool | None) -> Where:
    """The answer for a path that was walked."""
    row = found.row
    verdict = unresolvable_path(found.doubt) if found.astray and found.doubt else observation.verdict(row)
    place = found.resolved if found.exists is None else found.nearest
    other: tuple[Place, ...] = ()
    if row.fs_type not in fstypes.KERNEL and not found.astray:
        other = _files_only(observation.table, observation.table.other_paths(row, place))
    return Where(
        path=asked,
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
