"""``GET findings``: what is wrong, worst first; ``GET findings/{id}``: what a check looks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import Refusal, StorageHandler
from .python import InterpreterHandler
from .samba import SambaBase

if TYPE_CHECKING:
    from ..changes.scanner import LayerScanner
    from ..model.findings import FindingPage, FindingReport
    from ..model.samba import SambaReport
    from ..python.service import InterpreterRequest
    from ..server.services import Lazy


class FindingsHandler(InterpreterHandler, SambaBase):
    """Every check, made now."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer a ``FindingReport``."""
        try:
            share = await self.share_report()
        except Exception:  # its own call says what is wrong; the other checks are made all the same
            self.log.exception("The report of the share failed: checks of it are not made")
            share = None
        await self.tell(_findings, share, self.settings["ide49_storage_scans"])


def _findings(asked: InterpreterRequest, share: SambaReport | None, scans: Lazy[LayerScanner]) -> FindingReport:
    from ..findings import inputs

    return inputs.findings(asked, share, scans().report())


class FindingPageHandler(StorageHandler):
    """What a check looks for, why it matters and what to do."""

    @web.authenticated
    @authorized
    async def get(self, id: str) -> None:  # noqa: A002  (the contract's name)
        """Answer a ``FindingPage``."""
        self.answer(await self.off_loop(_page, id))


def _page(identifier: str) -> FindingPage:
    from ..findings.docs import page_record

    page = page_record(identifier)
    if page is None:
        raise Refusal(404, "There is no check of this name: see the ids in GET findings.", "unknown-finding")
    return page
