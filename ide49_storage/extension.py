"""The Jupyter server extension: wires handlers and the hub, and decides nothing."""

from __future__ import annotations

import re

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join
from traitlets import Bool

from .handlers import ROUTES
from .handlers.hub import Hub
from .handlers.jobs import JobWatch
from .installs.service import Installs


class StorageExtension(ExtensionApp):
    """Tells where everything in this Jupyter lives and what becomes of it."""

    name = "ide49_storage"
    hub: Hub | None = None
    jobs: JobWatch | None = None

    installs_enabled = Bool(True, help="Whether packages can be installed, upgraded and removed at all").tag(
        config=True
    )
    installs_from_urls = Bool(
        False, help="Whether packages can be named by an https address that carries a sha256 hash"
    ).tag(config=True)

    def initialize_settings(self) -> None:
        """Make the one hub that all websockets share."""
        self.hub = Hub(self.log)
        self.settings["ide49_storage_hub"] = self.hub
        service = Installs(enabled=self.installs_enabled, allow_urls=self.installs_from_urls)
        self.jobs = JobWatch(service, self.hub, self.log)
        self.settings["ide49_storage_jobs"] = self.jobs

    def initialize_handlers(self) -> None:
        """Hang every route below ``ide49-storage/`` (``ExtensionApp`` puts base_url before it)."""
        self.handlers.extend((url_path_join("/ide49-storage", pattern(path)), handler) for path, handler in ROUTES)

    def current_activity(self) -> int:
        """The number of jobs that are not over: the server is not culled under them."""
        return self.jobs.active if self.jobs is not None else 0

    async def _start_jupyter_server_extension(self, _serverapp: ServerApp) -> None:
        """Put back what an interrupted job left, once the loop runs."""
        if self.jobs is not None:
            await self.jobs.begin()

    async def stop_extension(self) -> None:
        """Give back the descriptors of the watch."""
        if self.jobs is not None:
            await self.jobs.close()
        if self.hub is not None:
            self.hub.close()


def pattern(path: str) -> str:
    """A route's path as tornado wants it: ``installs/{id}`` matches any one part there."""
    return re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", re.escape(path).replace("\\{", "{").replace("\\}", "}"))
