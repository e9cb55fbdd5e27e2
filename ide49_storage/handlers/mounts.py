"""``GET mounts`` and ``where``: what the mount table says, and where given paths live."""

from __future__ import annotations

import os

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import REPORTS, StorageHandler


class MountsHandler(StorageHandler):
    """The mount report, with ``where`` for the folder that Jupyter serves."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer a ``MountReport``."""
        reports = await self.reports()
        self.send(await reports.mount_report())


class WhereHandler(StorageHandler):
    """Where each of the given paths lives, in their order."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer a list of ``Where`` for ``?path=`` (repeatable)."""
        # tornado's own get_query_arguments replaces control characters and refuses bytes that are no
        # UTF-8; both occur in real file names.
        paths = [os.fsdecode(path) for path in self.request.query_arguments.get("path", [])]
        reports = await self.reports()
        self.send(await reports.where(paths))

    @web.authenticated
    @authorized(action="read", resource=REPORTS)  # type: ignore[untyped-decorator]  # jupyter_server does not type its use with arguments
    async def post(self) -> None:
        """The same for the paths in the body: to look is to read, by whatever method."""
        reports = await self.reports()
        self.send(await reports.where_of(self.request.body))
