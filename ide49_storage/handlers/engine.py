"""``GET engine``: what the container engine itself tells, where that is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import StorageHandler

if TYPE_CHECKING:
    from ..model.engines import EngineReport


class EngineHandler(StorageHandler):
    """The container as its engine knows it, its volumes, and which other containers mount them."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer an ``EngineReport``; the engine has a few seconds to answer."""
        self.answer(await self.off_loop(_report))


def _report() -> EngineReport:
    from ..engines.ask import engine_report

    return engine_report()
