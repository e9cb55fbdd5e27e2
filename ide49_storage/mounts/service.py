"""The mount report and ``where``, with every storage asked through the probes, so that nothing here can hang.

There is no other mount report: whoever shows capacities is handed one of these. ``locator`` answers for single paths
without probes, from the same table and the same builders, and says "not asked" for what may hang.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from ..model.mounts import MountReport, Where
from .mountinfo_events import MountEvents
from .remote_filesystems import RemoteFilesystems
from .report import absolute, build_report, build_where
from .snapshot import ON_LINUX, MountSnapshot, take_snapshot

T = TypeVar("T")

FRESH = 1.0
"""Seconds for which a report is given again. Its ``at`` and ``capacity_at`` say how old it is."""


class MountService:
    """The mount report and ``where`` of one process. Belongs to one event loop; ``close`` it when done."""

    def __init__(self, prober: RemoteFilesystems | None = None) -> None:
        self.prober = prober or RemoteFilesystems()
        self._making = asyncio.Lock()
        self._made: tuple[str | None, float, MountReport] | None = None
        self._mount_events: MountEvents | None = None

    async def close(self) -> None:
        """End the helper processes and give the descriptors back."""
        if self._mount_events is not None:
            self._mount_events.close()
            self._mount_events = None
        await self.prober.close()

    async def mount_report(self, notebooks: str | None = None) -> MountReport:
        """All mounts of this process now. ``notebooks``: the folder that Jupyter serves, if there is one.

        A report that is less than ``FRESH`` old is given again, unless the kernel announced another table.
        ``notebooks`` is absolute; ``BadPath`` for one that cannot be a path.
        """
        if notebooks is not None:
            notebooks = absolute(notebooks, "/")
        if not ON_LINUX:
            from .other_os import partition_report

            return await asyncio.to_thread(partition_report, notebooks)
        async with self._making:
            if not self._unchanged():
                self._made = None  # at once: the kernel does not announce it again if making another fails
            if self._made is not None:
                asked, moment, made = self._made
                if asked == notebooks and time.monotonic() - moment < FRESH:
                    return made
            moment = time.monotonic()
            made = await self._report(notebooks)
            self._made = notebooks, moment, made
            return made

    def _unchanged(self) -> bool:
        """Whether the kernel has announced nothing since the last call. To be asked before the table is read."""
        if self._mount_events is None:
            with contextlib.suppress(OSError):
                self._mount_events = MountEvents()
            return False
        return not self._mount_events.announced()

    async def _report(self, notebooks: str | None) -> MountReport:
        snapshot = await asyncio.to_thread(take_snapshot)
        until = time.monotonic() + self.prober.pool.deadline
        # At the same time: a mount that falls silent costs one deadline, and not one for each question.
        capacities, folder = await asyncio.gather(
            self.prober.capacities(snapshot.table),
            self._where(snapshot, [] if notebooks is None else [notebooks], until),
        )
        return build_report(snapshot.with_capacities(snapshot.at, capacities), folder[0] if folder else None)

    async def where(self, paths: Sequence[str], base: str | None) -> tuple[Where, ...]:
        """Where each path lives, in order. Relative ones start at the absolute folder ``base``.

        Raises ``BadPath`` for one that cannot be a path, and for a relative one where ``base`` is ``None``.
        """
        absolute_paths = [absolute(path, base) for path in paths]
        if not ON_LINUX:
            from .other_os import partition_where

            return await asyncio.to_thread(partition_where, absolute_paths)
        return await self._where(await asyncio.to_thread(take_snapshot), absolute_paths)

    async def _where(
        self, snapshot: MountSnapshot, paths: Sequence[str], until: float | None = None
    ) -> tuple[Where, ...]:
        resolved = await self.prober.resolve(snapshot.table, paths, until)
        writable = await self.prober.writable(snapshot.table, resolved, until)
        answers = []
        for step, (path, found, may_write) in enumerate(zip(paths, resolved, writable, strict=True)):
            answers.append(build_where(snapshot, path, found, may_write))
            if step % 100 == 99:
                await asyncio.sleep(0)
        return tuple(answers)


def wait_for(question: Callable[[MountService], Coroutine[Any, Any, T]]) -> T:
    """Ask from a program without an event loop, with helpers that end afterwards.

    Where a loop runs already (a notebook's cell) it is asked in a thread: the caller waits either way, but
    no longer than the probes' deadlines.
    """

    async def ask() -> T:
        service = MountService()
        try:
            return await question(service)
        finally:
            await service.close()

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(ask())
    outcome: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(asyncio.run(ask()))
        except BaseException as error:  # handed to the caller, who is waiting
            errors.append(error)

    thread = threading.Thread(target=run, name="ide49-storage")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return outcome[0]
