"""Which storages a mount hides, and where the same files are still reached. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from ..model.mounts import Place, Relation
from ..model.samba import HiddenStorage, Name
from ..model.vocabulary import Kind
from ..processes.replies import Answered, Reply
from . import fstypes
from .mountinfo import MountRow
from .snapshot import MountSnapshot
from .table import join

MOST_NAMES = 12
"""So many names are listed, of the first ``LOOKED_AT`` that the system gives; hidden files come last."""
LOOKED_AT = 500
_NOBODYS = (Kind.KERNEL, Kind.ENGINE, Kind.CONFIG)


class Cover(msgspec.Struct, frozen=True):
    """A hidden mount, the one over it, and another path to the same files (``None``: there is none)."""

    row: MountRow
    over: MountRow
    still_at: str | None


def covers(snapshot: MountSnapshot) -> list[Cover]:
    """The hidden mounts that hold somebody's files."""
    table = snapshot.table
    found = []
    for row in table.rows:
        if row.id not in table.hidden or row.fs_type in fstypes.KERNEL:
            continue
        verdict = snapshot.verdict(row)
        over = table.hidden_by(row)
        if over is None or verdict.internal or verdict.kind in _NOBODYS:
            continue
        still = next((_whole_at(place) for place in table.places(row) if not place.hidden and _whole_at(place)), None)
        found.append(Cover(row, over, still))
    return found


def _whole_at(place: Place) -> str | None:
    """The path at which a place shows all of the storage; ``None`` if it shows a part of it."""
    if place.relation is Relation.SAME:
        return place.path
    return join(place.path, place.subpath) if place.relation is Relation.CONTAINS else None


def hidden_storage(snapshot: MountSnapshot, cover: Cover, names: Reply | None, usage: Reply | None) -> HiddenStorage:
    """The record of a hidden storage, with what a probe told of it."""
    verdict = snapshot.verdict(cover.row)
    what = f"the {verdict.kind.value} {verdict.name}" if verdict.name else f"what was there ({cover.row.fs_type})"
    sentence = f"{cover.over.source} ({cover.over.fs_type}) is mounted over {cover.row.mount_point} and hides {what}."
    sentence += f" Its files are still at {cover.still_at}." if cover.still_at else " No other path leads to its files."
    told: dict[str, Any] = names.value if isinstance(names, Answered) else {"names": [], "more": True}
    # A home begins with dozens of names that nobody looks for.
    wanted = sorted(told["names"], key=lambda each: (each[0].startswith("."), each[0].lower()))
    counted = usage.value if isinstance(usage, Answered) else None
    return HiddenStorage(
        path=cover.row.mount_point,
        kind=verdict.kind,
        name=verdict.name,
        by=cover.over.source,
        by_mount_id=cover.over.id,
        still_at=cover.still_at,
        bytes=counted["bytes"] if counted else None,
        complete=bool(counted and counted["complete"]),
        names=tuple(Name(name=name, kind=kind) for name, kind in wanted[:MOST_NAMES]),
        more=told["more"] or len(wanted) > MOST_NAMES,
        evidence=sentence,
    )
