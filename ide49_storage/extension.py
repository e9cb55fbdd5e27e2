"""The Jupyter server extension: wires handlers and the hub, and decides nothing."""

from __future__ import annotations

import asyncio
import re

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.utils import url_path_join
from traitlets import Bool

from .changes.scans import Scans
from .engines.ask import engine_diff
from .handlers import ROUTES
from .handlers.hub import Hub
from .handlers.jobs import JobWatch
from .handlers.samba import setups
from .handlers.samba_watch import ShareWatch
from .installs.service import Installs
from .mounts.asking import Asking
from .python.jupyter_home import jupyter_home
from .samba.report import SambaDesk


class StorageExtension(ExtensionApp):
    """Tells where everything in this Jupyter lives and what becomes of it."""

    name = "ide49_storage"
    hub: Hub | None = None
    asking: Asking | None = None
    scans: Scans | None = None
    jobs: JobWatch | None = None

    installs_enabled = Bool(True, help="Whether packages can be installed, upgraded and removed at all").tag(
        config=True
    )
    installs_from_urls = Bool(
        False, help="Whether packages can be named by an https address that carries a sha256 hash"
    ).tag(config=True)

    def initialize_settings(self) -> None:
        """Make what the handlers share; once the loop runs, put back what an interrupted job left."""
        self.hub = Hub(self.log)
        self.settings["ide49_storage_hub"] = self.hub
        self.asking = Asking()
        self.settings["ide49_storage_asking"] = self.asking
        desk = SambaDesk(self.asking.prober)
        self.settings["ide49_storage_samba"] = desk
        home = jupyter_home()
        self.settings["ide49_storage_setups"] = setups(self.settings, home)
        self.settings["ide49_storage_kernel_folders"] = home.kernels
        self.hub.attendants.append(ShareWatch(desk, self.hub))
        self.scans = Scans(ask_engine=engine_diff)
        self.settings["ide49_storage_scans"] = self.scans
        service = Installs(enabled=self.installs_enabled, allow_urls=self.installs_from_urls)
        self.jobs = JobWatch(service, self.hub, self.log)
        self.settings["ide49_storage_jobs"] = self.jobs
        # Not _start_jupyter_server_extension: servers before 2.16 never call it.
        assert self.serverapp is not None
        self.serverapp.io_loop.add_callback(self.jobs.begin)

    def initialize_handlers(self) -> None:
        """Hang every route below ``ide49-storage/`` (``ExtensionApp`` puts base_url before it)."""
        self.handlers.extend((url_path_join("/ide49-storage", pattern(path)), handler) for path, handler in ROUTES)

    def current_activity(self) -> int:
        """The number of jobs that are not over: the server is not culled under them."""
        return self.jobs.active if self.jobs is not None else 0

    async def stop_extension(self) -> None:
        """Give back what was opened; end a scan. Jobs go on by themselves."""
        if self.scans is not None:
            await asyncio.to_thread(self.scans.close)
        if self.jobs is not None:
            await self.jobs.close()
        if self.hub is not None:
            self.hub.close()
        if self.asking is not None:
            await self.asking.close()


def pattern(path: str) -> str:
    """A route's path as tornado wants it: ``installs/{id}`` matches any one part there."""
    return re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", re.escape(path).replace("\\{", "{").replace("\\}", "}"))
