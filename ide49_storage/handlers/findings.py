"""``GET findings``: what is wrong, worst first."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..changes.scans import Scans
from ..findings import gather
from ..samba.report import SambaDesk
from .python import InterpreterHandler


class FindingsHandler(InterpreterHandler):
    """Every check, made now."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer a ``FindingReport``."""
        desk: SambaDesk = self.settings["ide49_storage_samba"]
        try:
            share = await desk.report(self.settings["ide49_storage_setups"], self.root_dir)
        except Exception:  # its own call says what is wrong; the other checks are made all the same
            self.log.exception("The report of the share failed: checks of it are not made")
            share = None
        scans: Scans = self.settings["ide49_storage_scans"]
        await self.tell(gather.findings, share, await self.off_loop(scans.report))
