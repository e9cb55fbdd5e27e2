"""``GET findings``: what is wrong, worst first."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..findings import gather
from .python import InterpreterHandler


class FindingsHandler(InterpreterHandler):
    """Every check, made now."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer a ``FindingReport``."""
        await self.tell(gather.findings)
