"""``GET samba`` and ``POST samba/check``."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import StorageHandler


class SambaHandler(StorageHandler):
    """The state of the share, as client and as server."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer a ``SambaReport``."""
        reports = await self.reports()
        self.send(await reports.share())


class SambaCheckHandler(StorageHandler):
    """One attempt to sign in, because a person asked for it."""

    # It uses the password: who may only look may not.
    auth_resource = "ide49_storage:samba"

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Answer a ``Check``."""
        reports = await self.reports()
        self.send(await reports.check_share(self.request.body))
