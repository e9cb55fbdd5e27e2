"""The Jupyter server extension: wires handlers and the hub, and decides nothing."""

from __future__ import annotations

import asyncio

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.utils import url_path_join

from .changes.scans import Scans
from .handlers import ROUTES
from .handlers.hub import Hub
from .handlers.samba import kernel_folders, setups
from .handlers.samba_watch import ShareWatch
from .mounts.asking import Asking
from .samba.report import SambaDesk


class StorageExtension(ExtensionApp):
    """Tells where everything in this Jupyter lives and what becomes of it."""

    name = "ide49_storage"
    hub: Hub | None = None
    asking: Asking | None = None
    scans: Scans | None = None

    def initialize_settings(self) -> None:
        """Make the one hub that all websockets share."""
        self.hub = Hub(self.log)
        self.settings["ide49_storage_hub"] = self.hub
        self.asking = Asking()
        self.settings["ide49_storage_asking"] = self.asking
        desk = SambaDesk(self.asking.prober)
        self.settings["ide49_storage_samba"] = desk
        self.settings["ide49_storage_setups"] = setups(self.settings)
        self.settings["ide49_storage_kernel_folders"] = kernel_folders()
        self.hub.attendants.append(ShareWatch(desk, self.hub))
        self.scans = Scans()
        self.settings["ide49_storage_scans"] = self.scans

    def initialize_handlers(self) -> None:
        """Hang every route below ``ide49-storage/`` (``ExtensionApp`` puts base_url before it)."""
        self.handlers.extend((url_path_join("/ide49-storage", path), handler) for path, handler in ROUTES)

    async def stop_extension(self) -> None:
        """Give back the descriptors of the watch; end a scan."""
        if self.scans is not None:
            await asyncio.to_thread(self.scans.close)
        if self.hub is not None:
            self.hub.close()
        if self.asking is not None:
            await self.asking.close()
