"""Watches the jobs' files and tells the websockets: whoever started a job, every client hears of it.

Jobs are files that other processes write. While one is not over they are looked at ten times a second (a
listing and two stats a job); while somebody watches but nothing runs, every other second; else not at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from logging import Logger
from typing import TYPE_CHECKING, TypeVar

from .events import EventBus
from .services import Lazy

if TYPE_CHECKING:
    from ..installs.manager import InstallManager
    from ..model.installs import Job, Preview

T = TypeVar("T")
BUSY, IDLE = 0.1, 2.0
#: So many seconds a preview waits for somebody who asks again.
UNDELIVERED = 60.0
Seen = dict[str, tuple[int, int]]


class JobMonitor:
    """The service of this server, and the one task that watches its jobs."""

    def __init__(self, service: Lazy[InstallManager], hub: EventBus, log: Logger) -> None:
        self.service = service
        self.active = 0
        self._hub = hub
        self._log = log
        self._seen: Seen = {}
        self._task: asyncio.Task[None] | None = None
        self._beginning: asyncio.Task[None] | None = None
        self._closed = False
        self._woken = asyncio.Event()
        # Previews wait for the network: they must not fill the threads that everything else uses.
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="ide49-installs")
        self._previewers = ThreadPoolExecutor(4, thread_name_prefix="ide49-previews")
        self._previews: dict[bytes, asyncio.Future[Preview]] = {}

    async def ask(self, call: Callable[[InstallManager], T]) -> T:
        """Call the service in a thread, and watch its jobs from now on."""
        answer = await asyncio.get_running_loop().run_in_executor(self._threads, lambda: call(self.service()))
        self.wake()
        return answer

    async def preview(self, request: bytes, call: Callable[[InstallManager], Preview]) -> Preview:
        """A dry run, in which pip may wait for the network for minutes. Asked the same ``request`` again before it has
        ended, or before its answer was ``delivered``, it is the same one: a proxy gives up after a minute.
        """
        loop = asyncio.get_running_loop()
        running = self._previews.get(request)
        if running is None:
            running = loop.run_in_executor(self._previewers, lambda: call(self.service()))
            self._previews[request] = running
            running.add_done_callback(lambda _: loop.call_later(UNDELIVERED, self._previews.pop, request, None))
        return await asyncio.shield(running)

    def delivered(self, request: bytes) -> None:
        """Somebody has the answer: whoever asks again wants a new one."""
        self._previews.pop(request, None)

    def wake(self) -> None:
        """Look now, and watch until there is nothing to watch and nobody who does."""
        self._woken.set()
        if self._closed:
            return
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._watch())

    def begin(self) -> None:
        """When the server starts: put back what an interrupted job left, find jobs that outlived the last server."""
        if not self._closed:
            self._beginning = asyncio.get_running_loop().create_task(self._recover())

    async def _recover(self) -> None:
        try:
            job = await self.ask(lambda service: service.recover())
        except (OSError, ValueError) as error:  # a Refused is a ValueError
            self._log.warning("Installs: an interrupted job could not be looked for: %s", error)
        else:
            if job is not None:
                self._log.warning("Installs: an installation was interrupted; job %s puts it back", job.id)

    async def close(self) -> None:
        """Stop watching. Jobs go on."""
        self._closed = True
        for task in (self._beginning, self._task):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        if self.service.made is not None:
            self.service.made.close()
        for threads in (self._threads, self._previewers):
            threads.shutdown(wait=False, cancel_futures=True)

    async def _watch(self) -> None:
        while True:
            self._woken.clear()
            try:
                changed = await asyncio.to_thread(self._look)
            except (OSError, ValueError) as error:  # a Refused is a ValueError
                self._log.warning("Installs: the jobs cannot be watched: %s", error)
                return
            for job in changed:
                from ..model.installs import InstallProgressed  # which the look has imported

                self._hub.tell(
                    InstallProgressed,
                    job=job.id,
                    state=job.state,
                    verdict=job.verdict,
                    message=job.message,
                    progress=job.progress,
                )
            if not self.active and not self._hub.watched:
                return
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._woken.wait(), BUSY if self.active else IDLE)

    def _look(self) -> list[Job]:
        """The jobs that changed since the last look."""
        from ..model.installs import JobState

        service = self.service()
        now: Seen = {}
        for folder in service.folders():
            now[os.path.basename(folder)] = (_stamp(folder, "record.json"), _stamp(folder, "log.jsonl"))
        # A supervisor that was killed changes no file, so jobs that were not over are read each time.
        if now == self._seen and not self.active:
            return []
        before, self._seen = self._seen, now
        jobs = service.jobs().jobs
        was_active, self.active = self.active, sum(1 for each in jobs if each.state is not JobState.ENDED)
        ended = self.active < was_active
        return [
            each for each in jobs if before.get(each.id) != now.get(each.id) or (ended and each.state is JobState.ENDED)
        ]


def _stamp(folder: str, name: str) -> int:
    try:
        seen = os.stat(os.path.join(folder, name))
    except OSError:
        return 0
    return seen.st_mtime_ns + seen.st_size
