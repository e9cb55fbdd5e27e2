"""``changes``: what the next update throws away, and the scan that finds it."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import StorageHandler


class ChangesHandler(StorageHandler):
    """The last scan's answer; start one, cancel one."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer a ``ChangesReport`` with one page of the listing."""
        query = self.query("after", "limit", "group")
        reports = await self.reports()
        self.send(await reports.changes(query))

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Start a scan unless one runs; answer how things stand."""
        reports = await self.reports()
        self.send(await reports.start_scan(), 202)

    @web.authenticated
    @authorized
    async def delete(self) -> None:
        """Cancel the scan that runs, wait until it has ended, and answer how things stand."""
        reports = await self.reports()
        self.send(await reports.cancel_scan())
