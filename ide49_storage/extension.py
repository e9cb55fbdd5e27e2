"""The Jupyter server extension: wires handlers and what they share, and decides nothing.

Every server pays for what is imported here at its start, and most are never asked anything. So nothing of
this package is but the handlers: what answers is made ``Lazy`` a request needs it.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.utils import url_path_join
from traitlets import Bool

from .handlers import ROUTES
from .handlers.single_flight import SingleFlight
from .server.events import EventBus
from .server.job_monitor import JobMonitor
from .server.services import Lazy
from .server.share_monitor import ShareMonitor

if TYPE_CHECKING:
    from .changes.scanner import LayerScanner
    from .installs.manager import InstallManager
    from .mounts.service import MountService
    from .python.jupyter_home import JupyterHome
    from .samba.service import SambaService


class StorageExtension(ExtensionApp):
    """Tells where everything in this Jupyter lives and what becomes of it."""

    name = "ide49_storage"
    hub: EventBus | None = None
    asking: Lazy[MountService] | None = None
    scans: Lazy[LayerScanner] | None = None
    jobs: JobMonitor | None = None

    installs_enabled = Bool(True, help="Whether packages can be installed, upgraded and removed at all").tag(
        config=True
    )
    installs_from_urls = Bool(
        False, help="Whether packages can be named by an https address that carries a sha256 hash"
    ).tag(config=True)

    def initialize_settings(self) -> None:
        """Name what the handlers share; once the loop runs, put back what an interrupted job left."""
        self.hub = EventBus(self.log)
        self.asking = asking = Lazy(_asking)
        desk = Lazy(lambda: _desk(asking()))
        self.hub.attendants.append(ShareMonitor(desk, self.hub))
        self.scans = Lazy(_scans)
        self.jobs = JobMonitor(Lazy(self._installs), self.hub, self.log)
        self.settings.update(
            ide49_storage_hub=self.hub,
            ide49_storage_asking=self.asking,
            ide49_storage_samba=desk,
            ide49_storage_home=Lazy(_home),
            ide49_storage_scans=self.scans,
            ide49_storage_jobs=self.jobs,
            ide49_storage_flight=SingleFlight(),
        )
        # Not _start_jupyter_server_extension: servers before 2.16 never call it.
        assert self.serverapp is not None
        self.serverapp.io_loop.add_callback(self.jobs.begin)
        self.serverapp.io_loop.add_callback(self._import_while_it_answers)

    def initialize_handlers(self) -> None:
        """Hang every route below ``ide49-storage/`` (``ExtensionApp`` puts base_url before it)."""
        self.handlers.extend((url_path_join("/ide49-storage", pattern(path)), handler) for path, handler in ROUTES)

    def current_activity(self) -> int:
        """The number of jobs that are not over: the server is not culled under them."""
        return self.jobs.active if self.jobs is not None else 0

    async def stop_extension(self) -> None:
        """Give back what was opened; end a scan. Jobs go on by themselves."""
        if self.scans is not None and self.scans.made is not None:
            await asyncio.to_thread(self.scans.made.close)
        if self.jobs is not None:
            await self.jobs.close()
        if self.hub is not None:
            self.hub.close()
        if self.asking is not None and self.asking.made is not None:
            await self.asking.made.close()

    async def _import_while_it_answers(self) -> None:
        """What is found on a share, or behind one, cannot be imported while that is silent: when people ask."""
        await asyncio.to_thread(import_from_a_share)

    def _installs(self) -> InstallManager:
        from .installs.manager import InstallManager

        return InstallManager(enabled=self.installs_enabled, allow_urls=self.installs_from_urls)


def _asking() -> MountService:
    from .mounts.service import MountService

    return MountService()


def _home() -> JupyterHome:
    from .python.jupyter_home import jupyter_home

    return jupyter_home()


def _desk(asking: MountService) -> SambaService:
    from .samba.service import SambaService

    return SambaService(asking.prober)


def _scans() -> LayerScanner:
    from .changes.scanner import LayerScanner
    from .engines.socket_client import engine_diff

    return LayerScanner(ask_engine=engine_diff)


#: What answers, and is imported with the first request else.
_ANSWERS = (
    ".changes.scanner",
    ".engines.socket_client",
    ".findings.inputs",
    ".installs.manager",
    ".mounts.service",
    ".python.jupyter_home",
    ".samba.service",
)


def import_from_a_share() -> bool:
    """Import all that answers if this package or a folder of ``sys.path`` is on a mount that may hang; whether so."""
    from .mounts.locator import PathLocator
    from .mounts.report import working_directory

    searched = [__file__, *(entry or working_directory() or "/" for entry in sys.path)]
    if all(map(PathLocator().is_local, filter(os.path.isabs, searched))):
        return False
    for name in _ANSWERS:
        import_module(name, __package__)
    return True


def pattern(path: str) -> str:
    """A route's path as tornado wants it: ``installs/{id}`` matches any one part there."""
    return re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", re.escape(path).replace("\\{", "{").replace("\\}", "}"))
