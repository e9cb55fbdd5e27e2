"""``GET openapi.json``: the contract, as checked in."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import StorageHandler


def _document() -> bytes:
    # Imported when it is asked for: a server that starts does not need the whole table of calls.
    from .. import openapi

    return openapi.FILE.read_bytes()


class ContractHandler(StorageHandler):
    """The OpenAPI document of this extension."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer the file's bytes."""
        self.set_header("Content-Type", "application/json")
        self.finish(await self.off_loop(_document))
