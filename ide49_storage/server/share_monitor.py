"""Looks at the shares while somebody watches, and publishes when one changes its state."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ..model.watch import SambaChanged
from .events import EventBus
from .lazy import Lazy

if TYPE_CHECKING:
    from .reports import Reports

#: Seconds between two looks. The kernel announces a mount, and nobody a server that falls silent.
PERIOD = 2.0


class ShareMonitor:
    """One task while there are watchers; it sleeps without a timer where no share is mounted."""

    def __init__(self, reports: Lazy[Reports], events: EventBus) -> None:
        self._reports, self._events = reports, events
        self._task: asyncio.Task[None] | None = None
        self._mounts = asyncio.Event()

    def start(self) -> None:
        """With the first watcher."""
        self._mounts.clear()
        self._task = asyncio.get_running_loop().create_task(self._watch())

    def stop(self) -> None:
        """With the last."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def mounts_changed(self) -> None:
        """The kernel announced it."""
        self._mounts.set()

    async def _watch(self) -> None:
        before: object = None
        reports = await self._reports.get()
        while True:
            shares = await reports.samba.shares()
            states = {(share.mount_id, share.mount_point): share.state for share in shares}
            if before is not None and states != before:
                self._events.publish(SambaChanged)
            before = states
            try:
                await asyncio.wait_for(self._mounts.wait(), PERIOD if shares else None)
            except asyncio.TimeoutError:
                continue
            self._mounts.clear()
