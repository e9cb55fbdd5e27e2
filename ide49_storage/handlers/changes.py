"""``changes``: what the next update throws away, and the scan that finds it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..server.events import EventBus
from .base import Refusal, StorageHandler

if TYPE_CHECKING:
    from ..changes.scanner import LayerScanner, Tell
    from ..model.changes import ChangesReport, Group, ScanProgress, ScanState

_USUAL_LIMIT = 100


class ChangesHandler(StorageHandler):
    """The last scan's answer; start one, cancel one."""

    async def _scans(self) -> LayerScanner:
        scans: LayerScanner = await self.made("ide49_storage_scans")
        return scans

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer a ``ChangesReport`` with one page of the listing."""
        after, limit, group = (self.get_query_argument(name, None) for name in ("after", "limit", "group"))
        self.answer(await self.off_loop(_page, await self._scans(), after, limit, group))

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Start a scan unless one runs; answer how things stand."""
        scans = await self._scans()
        await self.off_loop(scans.start, _teller(self.settings["ide49_storage_hub"]))
        self.answer(await self.off_loop(scans.report), 202)

    @web.authenticated
    @authorized
    async def delete(self) -> None:
        """Cancel the scan that runs, wait until it has ended, and answer how things stand."""
        scans = await self._scans()
        if scans.cancel():
            await self.off_loop(scans.wait, 5)
        self.answer(await self.off_loop(scans.report))


def _page(scans: LayerScanner, after: str | None, limit: str | None, group: str | None) -> ChangesReport:
    from ..changes.listing import MOST_IN_PAGE, BadCursor

    try:
        return scans.report(after, _limit(limit, MOST_IN_PAGE), _group(group))
    except BadCursor as error:
        raise Refusal(400, str(error), "bad-cursor") from None


def _limit(text: str | None, most: int) -> int:
    if text is None:
        return _USUAL_LIMIT
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and int(text) <= most):
        raise Refusal(400, f"limit is a number from 0 to {most}, not {text[:20]!r}", "bad-limit")
    return int(text)


def _group(name: str | None) -> Group | None:
    from ..model.changes import Group

    if name is None:
        return None
    try:
        return Group(name)
    except ValueError:
        known = ", ".join(group.value for group in Group)
        raise Refusal(400, f"There is no group {name[:40]!r}: name one of {known}", "unknown-group") from None


def _teller(hub: EventBus) -> Tell:
    """Passes what a scan tells in its own thread on to the hub in this loop."""
    from ..model.changes import ChangesEnded, ChangesProgressed  # which the scans have imported

    loop = asyncio.get_running_loop()

    def tell(state: ScanState, progress: ScanProgress | None) -> None:
        with contextlib.suppress(RuntimeError):  # the server has stopped meanwhile
            if progress is None:
                loop.call_soon_threadsafe(lambda: hub.tell(ChangesEnded, state=state))
            else:
                loop.call_soon_threadsafe(lambda: hub.tell(ChangesProgressed, progress=progress))

    return tell
