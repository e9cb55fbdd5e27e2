"""The server's way to install: the calls of ``InstallManager``, which block, as coroutines over the bytes of requests.

Imports all that an install needs, so it is imported in a thread, by ``services.py`` only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from logging import Logger
from typing import TypeVar

from ..installs.manager import InstallManager, InstallRefused
from ..model.installs import InstallRequest, Job, Jobs, NamesReport, NamesRequest, Preview, UserPackages
from .events import EventBus
from .job_monitor import JobMonitor
from .refusal import RequestRefused, decode_body

T = TypeVar("T")
#: So many seconds a preview waits for somebody who asks again.
UNDELIVERED = 60.0


class InstallService:
    """The installs of one server. Belongs to its event loop; ``close`` it.

    Raises ``RequestRefused`` for what is not done. A ``body`` is the JSON of a request, as openapi.json describes it.
    """

    def __init__(self, manager: InstallManager, events: EventBus, log: Logger) -> None:
        self.manager = manager
        self.monitor = JobMonitor(manager, events, log)
        # Previews wait for the network: they must not fill the threads that everything else uses.
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="ide49-installs")
        self._previewers = ThreadPoolExecutor(4, thread_name_prefix="ide49-previews")
        self._previews: dict[bytes, asyncio.Future[Preview]] = {}

    async def close(self) -> None:
        """End what waits. Jobs go on."""
        await self.monitor.close()
        self.manager.close()
        for threads in (self._threads, self._previewers):
            threads.shutdown(wait=False, cancel_futures=True)

    async def recover(self) -> Job | None:
        """Put back what an interrupted job left: the job that does it, if one was needed. Raises ``InstallRefused``."""
        return await self._call(self.manager.recover)

    async def jobs(self) -> Jobs:
        """All jobs, newest first."""
        return await self._ask(self.manager.jobs)

    async def job(self, identifier: str, after: str | None) -> Job:
        """One job, with the lines of its log behind the cursor ``after``."""
        return await self._ask(lambda: self.manager.job(identifier, after))

    async def start(self, body: bytes) -> Job:
        """Start the job of an ``InstallRequest``."""
        return await self._ask(lambda: self.manager.start(decode_body(body, InstallRequest)))

    async def cancel(self, identifier: str) -> Job:
        """Cancel a job; the job as it is now."""
        return await self._ask(lambda: self.manager.cancel(identifier))

    async def check(self, body: bytes) -> NamesReport:
        """What is wrong with the names of a ``NamesRequest``."""
        return await self._ask(lambda: self.manager.check(decode_body(body, NamesRequest).text))

    async def packages(self, kernel: str | None) -> UserPackages:
        """The user's own packages, and those of other Pythons."""
        return await self._ask(lambda: self.manager.packages(kernel))

    async def preview(self, body: bytes) -> Preview:
        """The dry run of an ``InstallRequest``, in which pip may wait for the network for minutes.

        Asked the same ``body`` again before it has ended, or before its answer was ``delivered``, it is the same one:
        a proxy gives up after a minute.
        """
        loop = asyncio.get_running_loop()
        running = self._previews.get(body)
        if running is None:
            running = loop.run_in_executor(self._previewers, self._preview, body)
            self._previews[body] = running
            running.add_done_callback(lambda _: loop.call_later(UNDELIVERED, self._previews.pop, body, None))
        return await asyncio.shield(running)

    def delivered(self, body: bytes) -> None:
        """Somebody has the answer: whoever asks again wants a new one."""
        self._previews.pop(body, None)

    def _preview(self, body: bytes) -> Preview:
        return _within_http(lambda: self.manager.preview(decode_body(body, InstallRequest)))

    async def _ask(self, call: Callable[[], T]) -> T:
        return await self._call(lambda: _within_http(call))

    async def _call(self, call: Callable[[], T]) -> T:
        """Call the manager in a thread, and watch its jobs from now on."""
        answer = await asyncio.get_running_loop().run_in_executor(self._threads, call)
        self.monitor.wake()
        return answer


def _within_http(call: Callable[[], T]) -> T:
    """What ``call`` gives; an ``InstallRefused`` as the answer of the request."""
    try:
        return call()
    except InstallRefused as error:
        raise RequestRefused(error.status, error.message, error.code) from None
