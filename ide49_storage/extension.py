"""The Jupyter server extension: its settings, its services and its routes; it decides nothing.

Every server pays for what is imported here at its start: see ``server/services.py``.
"""

from __future__ import annotations

from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool

from .handlers.routes import url_patterns
from .server.services import SETTING, Services


class StorageExtension(ExtensionApp):
    """Tells where everything in this Jupyter lives and what becomes of it."""

    name = "ide49_storage"
    services: Services | None = None

    installs_enabled = Bool(True, help="Whether packages can be installed, upgraded and removed at all").tag(
        config=True
    )
    installs_from_urls = Bool(
        False, help="Whether packages can be named by an https address that carries a sha256 hash"
    ).tag(config=True)

    def initialize_settings(self) -> None:
        """Make the services; they start once the loop runs."""
        assert self.serverapp is not None
        self.services = Services(
            self.serverapp.web_app.settings,
            self.log,
            installs_enabled=self.installs_enabled,
            installs_from_urls=self.installs_from_urls,
        )
        self.settings[SETTING] = self.services
        # Not _start_jupyter_server_extension: servers before 2.16 never call it.
        self.serverapp.io_loop.add_callback(self.services.start)

    def initialize_handlers(self) -> None:
        """Add every route below ``ide49-storage/`` (``ExtensionApp`` puts base_url before it)."""
        self.handlers.extend(url_patterns())

    def current_activity(self) -> int:
        """The number of jobs that are not over: the server is not culled under them."""
        return self.services.active_jobs if self.services is not None else 0

    async def stop_extension(self) -> None:
        """Give back what was opened. Jobs go on by themselves."""
        if self.services is not None:
            await self.services.close()
