"""``GET engine``: what the container engine itself tells, where that is allowed."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import StorageHandler


class EngineHandler(StorageHandler):
    """The container as its engine knows it, its volumes, and which other containers mount them."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer an ``EngineReport``; the engine has a few seconds to answer."""
        reports = await self.reports()
        self.send(await reports.engine())
