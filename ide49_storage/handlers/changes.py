"""``changes``: what the next update throws away, and the scan that finds it."""

from __future__ import annotations

import asyncio
import contextlib

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..changes.scans import Scans, Tell
from ..changes.spool import MOST_IN_PAGE, BadCursor
from ..model.changes import Group, ScanProgress, ScanState
from ..model.watch import ChangesEnded, ChangesProgressed
from .base import Refusal, StorageHandler
from .hub import Hub

_USUAL_LIMIT = 100


class ChangesHandler(StorageHandler):
    """The last scan's answer; start one, cancel one."""

    @property
    def _scans(self) -> Scans:
        scans: Scans = self.settings["ide49_storage_scans"]
        return scans

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer a ``ChangesReport`` with one page of the listing."""
        after = self.get_query_argument("after", None)
        try:
            self.answer(await self.off_loop(self._scans.report, after, self._limit(), self._group()))
        except BadCursor as error:
            raise Refusal(400, str(error), "bad-cursor") from None

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Start a scan unless one runs; answer how things stand."""
        await self.off_loop(self._scans.start, _teller(self.settings["ide49_storage_hub"]))
        self.answer(await self.off_loop(self._scans.report), 202)

    @web.authenticated
    @authorized
    async def delete(self) -> None:
        """Cancel the scan that runs, wait until it has ended, and answer how things stand."""
        if self._scans.cancel():
            await self.off_loop(self._scans.wait, 5)
        self.answer(await self.off_loop(self._scans.report))

    def _limit(self) -> int:
        text = self.get_query_argument("limit", str(_USUAL_LIMIT))
        if not (text.isascii() and text.isdecimal() and len(text) < 9 and int(text) <= MOST_IN_PAGE):
            raise Refusal(400, f"limit is a number from 0 to {MOST_IN_PAGE}, not {text[:20]!r}", "bad-limit")
        return int(text)

    def _group(self) -> Group | None:
        name = self.get_query_argument("group", None)
        if name is None:
            return None
        try:
            return Group(name)
        except ValueError:
            known = ", ".join(group.value for group in Group)
            raise Refusal(400, f"There is no group {name[:40]!r}: name one of {known}", "unknown-group") from None


def _teller(hub: Hub) -> Tell:
    """Passes what a scan tells in its own thread on to the hub in this loop."""
    loop = asyncio.get_running_loop()

    def tell(state: ScanState, progress: ScanProgress | None) -> None:
        with contextlib.suppress(RuntimeError):  # the server has stopped meanwhile
            if progress is None:
                loop.call_soon_threadsafe(lambda: hub.tell(ChangesEnded, state=state))
            else:
                loop.call_soon_threadsafe(lambda: hub.tell(ChangesProgressed, progress=progress))

    return tell
