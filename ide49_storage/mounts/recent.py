"""The mount report for a server: made in a thread, and for a second the same for all who ask.

Two tabs, a notebook and a status bar that ask at once cost one look at the disks. A change of the mount
table is never hidden by this: it is read for every answer, from the kernel's memory.
"""

from __future__ import annotations

import asyncio
import time
from typing import NamedTuple

from ..model.mounts import MountReport
from . import report
from .local import read_mountinfo

#: So many seconds the room on the storages may be old. The report's ``at`` says when it was measured.
FRESH = 1.0


class _Made(NamedTuple):
    notebooks: str
    table: bytes | None
    when: float
    report: MountReport


_last: list[_Made] = []


async def mount_report(notebooks: str) -> MountReport:
    """``report.mount_report``, at most ``FRESH`` seconds old and of the mount table as it is now."""
    table = _table()
    for made in _last:
        if made.notebooks == notebooks and made.table == table and time.monotonic() - made.when < FRESH:
            return made.report
    when = time.monotonic()
    answer = await asyncio.to_thread(report.mount_report, notebooks)
    _last[:] = [_Made(notebooks, table, when, answer)]
    return answer


def _table() -> bytes | None:
    """Mountinfo as it is now; ``None`` where there is none. The kernel writes it from memory: no disk is asked."""
    try:
        return read_mountinfo()
    except OSError:
        return None
