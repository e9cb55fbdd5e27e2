"""The two reports with every storage asked through the probes, for whoever must not wait: the server.

The functions of ``report.py`` give the same answers without probes, and so say "not asked" for what may hang.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import msgspec

from ..model.mounts import MountReport, Where
from . import report
from .mountinfo_events import MountEvents
from .remote_filesystems import RemoteFilesystems
from .snapshot import ON_LINUX, MountSnapshot, take_snapshot

T = TypeVar("T")

FRESH = 1.0
"""Seconds for which a report is given again. Its ``at`` and ``capacity_at`` say how old it is."""


class MountService:
    """The reports of one server. Belongs to one event loop; ``close`` it."""

    def __init__(self, prober: RemoteFilesystems | None = None) -> None:
        self.prober = prober or RemoteFilesystems()
        self._making = asyncio.Lock()
        self._made: tuple[str | None, float, MountReport] | None = None
        self._announcer: MountEvents | None = None

    async def close(self) -> None:
        """End the helper processes and give the descriptors back."""
        if self._announcer is not None:
            self._announcer.close()
            self._announcer = None
        await self.prober.close()

    async def mount_report(self, notebooks: str | None = None) -> MountReport:
        """As ``report.mount_report``, with the room on every storage; ``notebooks`` is absolute.

        One that is less than ``FRESH`` old is given again, unless the kernel announced another table.
        """
        if not ON_LINUX:
            return await asyncio.to_thread(report.mount_report, notebooks)
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
        if self._announcer is None:
            with contextlib.suppress(OSError):
                self._announcer = MountEvents()
            return False
        return not self._announcer.announced()

    async def _report(self, notebooks: str | None) -> MountReport:
        observation = await asyncio.to_thread(take_snapshot, with_room=False)
        until = time.monotonic() + self.prober.pool.deadline
        paths = [] if notebooks is None else [report.absolute(notebooks, "/")]
        # At the same time: a mount that falls silent costs one deadline, and not one for each question.
        rooms, places = await asyncio.gather(
            self.prober.rooms(observation.table), self._where(observation, paths, until)
        )
        made = report.build_report(observation.at_another_time(observation.at, rooms))
        return msgspec.structs.replace(made, notebooks=places[0] if places else None)

    async def where(self, paths: Sequence[str], base: str | None) -> tuple[Where, ...]:
        """As ``report.where``, with the answers of network and FUSE mounts too. Raises ``BadPath``."""
        if not ON_LINUX:
            return await asyncio.to_thread(report.where, paths, base)
        asked = [report.absolute(path, base) for path in paths]
        observation = await asyncio.to_thread(take_snapshot, with_room=False)
        return await self._where(observation, asked)

    async def _where(
        self, observation: MountSnapshot, asked: Sequence[str], until: float | None = None
    ) -> tuple[Where, ...]:
        table = observation.table
        founds = await self.prober.resolve(table, asked, until)
        writable = await self.prober.writable(table, founds, until)
        answers = []
        for step, (path, found, may) in enumerate(zip(asked, founds, writable, strict=True)):
            answers.append(report.place_of(observation, path, found, may))
            if step % 100 == 99:
                await asyncio.sleep(0)
        return tuple(answers)


def wait_for(question: Callable[[MountService], Coroutine[Any, Any, T]]) -> T:
    """Ask from a program without an event loop, with helpers that end afterwards.

    Where a loop runs already (a notebook's cell) it is asked in a thread: the caller waits either way, but
    no longer than the probes' deadlines.
    """

    async def ask() -> T:
        asking = MountService()
        try:
            return await question(asking)
        finally:
            await asking.close()

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
