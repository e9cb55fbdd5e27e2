"""``GET python``, ``packages``, ``requirements``: where an interpreter finds things, and what is installed."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import StorageHandler

#: The parameters of ``packages`` beside the kernel.
_FILTER = ("text", "role", "fate", "problem", "requested", "sort", "offset", "limit", "sizes")


class PythonHandler(StorageHandler):
    """The layout of the server's or a kernel's interpreter."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer a ``Layout``."""
        kernel = self.get_query_argument("kernel", None)
        reports = await self.reports()
        self.send(await reports.layout(kernel))


class PackagesHandler(StorageHandler):
    """The distributions of an interpreter."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer a ``PackageReport``: filtered, sorted, one page."""
        query = self.query("kernel", *_FILTER)
        reports = await self.reports()
        self.send(await reports.packages(query))


class RequirementsHandler(StorageHandler):
    """What a person asked for, as a requirements file."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer ``Requirements``."""
        query = self.query("kernel", "pinned")
        reports = await self.reports()
        self.send(await reports.requirements(query))
