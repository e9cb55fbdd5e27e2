"""``GET findings``: what is wrong, worst first; ``GET findings/{id}``: what a check looks for."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import StorageHandler


class FindingsHandler(StorageHandler):
    """Every check, made now."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer a ``FindingReport``."""
        kernel = self.get_query_argument("kernel", None)
        reports = await self.reports()
        self.send(await reports.findings(kernel))


class FindingPageHandler(StorageHandler):
    """What a check looks for, why it matters and what to do."""

    @web.authenticated
    @authorized
    async def get(self, id: str) -> None:  # noqa: A002  (the contract's name)
        """Answer a ``FindingPage``."""
        reports = await self.reports()
        self.send(await reports.finding_page(id))
