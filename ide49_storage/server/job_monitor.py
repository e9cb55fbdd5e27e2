"""Watches the jobs' files and publishes what changed: whoever started a job, every client hears of it.

Jobs are files that other processes write. While one is not over they are looked at ten times a second (a
listing and two stats a job); while somebody watches but nothing runs, every other second; else not at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from logging import Logger

from ..installs.manager import InstallManager
from ..model.installs import InstallProgressed, Job, JobState
from .events import EventBus

BUSY, IDLE = 0.1, 2.0
JobStamps = dict[str, tuple[int, int]]
"""Stamps of each job's record and log, by its id: they change when the job does."""


class JobMonitor:
    """The one task that watches a server's jobs. Belongs to its event loop; ``close`` it."""

    def __init__(self, manager: InstallManager, events: EventBus, log: Logger) -> None:
        #: The number of jobs that are not over.
        self.active = 0
        self._manager = manager
        self._events = events
        self._log = log
        self._stamps: JobStamps = {}
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look now, and watch until there is nothing to watch and nobody who does."""
        self._woken.set()
        if not self._closed and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._watch())

    async def close(self) -> None:
        """Stop watching. Jobs go on."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _watch(self) -> None:
        while True:
            self._woken.clear()
            try:
                changed = await asyncio.to_thread(self._changed_jobs)
            except (OSError, ValueError) as error:  # an InstallRefused is a ValueError
                self._log.warning("Installs: the jobs cannot be watched: %s", error)
                return
            for job in changed:
                self._publish(job)
            if not self.active and not self._events.watched:
                return
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._woken.wait(), BUSY if self.active else IDLE)

    def _publish(self, job: Job) -> None:
        self._events.publish(
            InstallProgressed,
            job=job.id,
            state=job.state,
            verdict=job.verdict,
            message=job.message,
            progress=job.progress,
        )

    def _changed_jobs(self) -> list[Job]:
        """The jobs that changed since the last look."""
        now: JobStamps = {}
        for folder in self._manager.folders():
            now[os.path.basename(folder)] = (_stamp(folder, "record.json"), _stamp(folder, "log.jsonl"))
        # A supervisor that was killed changes no file, so jobs that were not over are read each time.
        if now == self._stamps and not self.active:
            return []
        before, self._stamps = self._stamps, now
        jobs = self._manager.jobs().jobs
        was_active, self.active = self.active, sum(1 for each in jobs if each.state is not JobState.ENDED)
        ended = self.active < was_active
        return [
            each for each in jobs if before.get(each.id) != now.get(each.id) or (ended and each.state is JobState.ENDED)
        ]


def _stamp(folder: str, name: str) -> int:
    try:
        status = os.stat(os.path.join(folder, name))
    except OSError:
        return 0
    return status.st_mtime_ns + status.st_size
