"""``GET findings``: what is wrong, worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized
from tornado import web

from .python import InterpreterHandler
from .samba import SambaBase

if TYPE_CHECKING:
    from ..changes.scanner import LayerScanner
    from ..model.findings import FindingReport
    from ..model.mounts import MountReport
    from ..model.samba import SambaReport
    from ..python.service import InterpreterRequest
    from ..server.services import Lazy
    from .single_flight import SingleFlight


class FindingsHandler(InterpreterHandler, SambaBase):
    """Every check, made now."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer a ``FindingReport``. Who asks while one is being made gets that one; its ``at`` says when it began."""
        flight: SingleFlight = self.settings["ide49_storage_flight"]
        kernel = self.get_query_argument("kernel", None) or None
        self.answer(await flight.share(("findings", kernel), self._report))

    async def _report(self) -> FindingReport:
        try:
            share = await self.share_report()
        except Exception:  # its own call says what is wrong; the other checks are made all the same
            self.log.exception("The report of the share failed: checks of it are not made")
            share = None
        try:
            # The same report as ``GET mounts`` gives, so the two never contradict each other.
            mounts = await (await self.asking()).mount_report(self.root_dir)
        except Exception:
            self.log.exception("The report of the mounts failed: checks of them are not made")
            mounts = None
        return await self.result(_findings, mounts, share, self.settings["ide49_storage_scans"])


def _findings(
    asked: InterpreterRequest, mounts: MountReport | None, share: SambaReport | None, scans: Lazy[LayerScanner]
) -> FindingReport:
    from ..findings import inputs

    return inputs.findings(asked, mounts, share, scans().report())
