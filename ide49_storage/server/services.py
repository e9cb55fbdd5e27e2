"""What lives as long as the server. The one lazy seam: nothing behind it is imported before somebody asks.

Every server pays for what is imported at its start, and most are never asked anything. So this module imports only
what is needed to listen; ``reports.py`` and ``installs.py`` import everything that answers, each once, in a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from logging import Logger
from typing import TYPE_CHECKING, Any

from .events import EventBus
from .lazy import Lazy
from .share_monitor import ShareMonitor

if TYPE_CHECKING:
    from .installs import InstallService
    from .reports import Reports

#: The one name under which handlers find the services in the server's settings. (jupyter_server itself
#: keeps the extension's application under the extension's own name.)
SETTING = "ide49_storage_services"


class Services:
    """The services of one server. Belongs to its event loop; ``close`` it.

    ``events``: what is published to the websockets. ``reports``: everything that only looks, and the scan.
    ``installs``: everything that runs pip.
    """

    def __init__(
        self, settings: Mapping[str, Any], log: Logger, *, installs_enabled: bool, installs_from_urls: bool
    ) -> None:
        """``settings`` are the server's own: they are read when something is asked."""
        self._settings = settings
        self._log = log
        self._installs_enabled = installs_enabled
        self._installs_from_urls = installs_from_urls
        self._starting: list[asyncio.Task[Any]] = []
        self._closed = False
        self.events = EventBus(log)
        self.reports: Lazy[Reports] = Lazy(self._make_reports)
        self.installs: Lazy[InstallService] = Lazy(self._make_installs)
        self.events.monitors.append(ShareMonitor(self.reports, self.events))

    @property
    def active_jobs(self) -> int:
        """The number of jobs that are not over, as far as they were looked for."""
        return self.installs.made.monitor.active if self.installs.made is not None else 0

    def start(self) -> None:
        """When the event loop runs: put back what an interrupted job left, import what cannot be imported later."""
        if not self._closed:
            loop = asyncio.get_running_loop()
            calls = self._recover(), asyncio.to_thread(import_if_remote)
            self._starting = [loop.create_task(call) for call in calls]

    async def close(self) -> None:
        """Give back what was opened; end a scan. Jobs go on by themselves."""
        self._closed = True
        for task in self._starting:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if self.installs.made is not None:
            await self.installs.made.close()
        self.events.close()
        if self.reports.made is not None:
            await self.reports.made.close()

    async def _recover(self) -> None:
        """Find an interrupted job, and jobs that outlived the last server."""
        try:
            job = await (await self.installs.get()).recover()
        except (OSError, ValueError) as error:  # an InstallRefused is a ValueError
            self._log.warning("Installs: an interrupted job could not be looked for: %s", error)
        else:
            if job is not None:
                self._log.warning("Installs: an installation was interrupted; job %s puts it back", job.id)

    def _make_reports(self) -> Reports:
        from .reports import Reports

        return Reports(self._settings, self.events, self._log)

    def _make_installs(self) -> InstallService:
        from ..installs.manager import InstallManager
        from .installs import InstallService

        manager = InstallManager(enabled=self._installs_enabled, allow_urls=self._installs_from_urls)
        return InstallService(manager, self.events, self._log)


def import_if_remote() -> bool:
    """Import all that answers if this package or a folder of ``sys.path`` is on a mount that may hang; whether so.

    What is found on a share, or behind one, cannot be imported while that is silent: when people ask.
    """
    from ..mounts.locator import PathLocator
    from ..mounts.report import working_directory

    searched = [__file__, *(entry or working_directory() or "/" for entry in sys.path)]
    absolute = [path for path in searched if os.path.isabs(path)]
    locator = PathLocator(absolute)
    if all(locator.is_local(path) for path in absolute):
        return False
    for name in (".reports", ".installs"):
        import_module(name, __package__)
    return True
