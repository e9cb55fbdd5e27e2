"""How much room a storage has: what was measured, when, and what is known where nothing was."""

from __future__ import annotations

import msgspec

from ..model.mounts import Capacity, CapacityStatus
from ..processes.replies import Failed, Reply, Silent


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


def capacity_reading(reply: Reply, at: str, before: CapacityReading | None) -> CapacityReading:
    """The reading that a reply to ``statvfs`` gives. Without an answer the capacity is the last that was known.

    ``at`` is the time of the reply; ``before`` the reading that was known until now.
    """
    capacity, measured = (before.capacity, before.at) if before else (None, None)
    if isinstance(reply, Silent):
        status = CapacityStatus.NOT_ASKED if reply.since is None else CapacityStatus.NOT_ANSWERING
        return CapacityReading(status, capacity, measured, reply.since)
    if isinstance(reply, Failed):
        return CapacityReading(CapacityStatus.FAILED, capacity, measured)
    total, used, free, inodes, inodes_free = reply.value
    counted = inodes > 0  # CIFS and others report none, which does not mean that none are left
    return CapacityReading(
        CapacityStatus.MEASURED,
        Capacity(
            total=total,
            used=used,
            free=free,
            inodes_total=inodes if counted else None,
            inodes_free=inodes_free if counted else None,
        ),
        at,
    )
