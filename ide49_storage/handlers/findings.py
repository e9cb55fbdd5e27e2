"""``GET findings``: what is wrong, worst first."""

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
