"""``GET openapi.json``: the contract, as checked in."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import StorageHandler


class ContractHandler(StorageHandler):
    """The OpenAPI document of this extension."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer the file's bytes."""
        reports = await self.reports()
        document = await reports.contract()
        self.set_header("Content-Type", "application/json")
        self.finish(document)
