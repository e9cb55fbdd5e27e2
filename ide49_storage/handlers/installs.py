"""``installs``: check, preview, start, list, follow and cancel jobs, and what they can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..server.refusal import RequestRefused
from .base import REPORTS, StorageHandler

if TYPE_CHECKING:
    from ..server.installs import InstallService

#: What an authorizer is asked about for everything that runs pip: it can allow reports and refuse this.
INSTALLS = "ide49_storage:installs"
MAX_BODY = 1_000_000


class InstallsBase(StorageHandler):
    """What these handlers share."""

    async def installs(self) -> InstallService:
        """The service that installs, for a request that is not too large for it."""
        if len(self.request.body) > MAX_BODY:
            raise RequestRefused(413, f"A request has at most {MAX_BODY:,} bytes", "too-much")
        return await self.services.installs.get()


class InstallsHandler(InstallsBase):
    """The jobs, and starting one."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer ``Jobs``, newest first."""
        installs = await self.installs()
        self.send(await installs.jobs())

    @web.authenticated
    @authorized(action="write", resource=INSTALLS)  # type: ignore[untyped-decorator]  # jupyter_server does not type its use with arguments
    async def post(self) -> None:
        """Start a job: 202 with its ``Job``."""
        installs = await self.installs()
        self.send(await installs.start(self.request.body), 202)


class InstallPreviewHandler(InstallsBase):
    """The dry run."""

    _gone = False

    def on_connection_close(self) -> None:
        """The client, or a proxy before it, did not wait."""
        self._gone = True
        super().on_connection_close()

    @web.authenticated
    @authorized(action="write", resource=INSTALLS)  # type: ignore[untyped-decorator]  # jupyter_server does not type its use with arguments
    async def post(self) -> None:
        """Answer a ``Preview``."""
        installs = await self.installs()
        try:
            self.send(await installs.preview(self.request.body))
        finally:
            if not self._gone:
                installs.delivered(self.request.body)


class InstallCheckHandler(InstallsBase):
    """The rules for names, for a form that checks as a person types."""

    @web.authenticated
    @authorized(action="read", resource=REPORTS)  # type: ignore[untyped-decorator]  # jupyter_server does not type its use with arguments
    async def post(self) -> None:
        """Answer a ``NamesReport``."""
        installs = await self.installs()
        self.send(await installs.check(self.request.body))


class InstallPackagesHandler(InstallsBase):
    """The user's own packages, and those of other Pythons."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer ``UserPackages`` for ``?kernel=``."""
        kernel = self.get_query_argument("kernel", None)
        installs = await self.installs()
        self.send(await installs.packages(kernel))


class InstallHandler(InstallsBase):
    """One job."""

    @web.authenticated
    @authorized
    async def get(self, id: str) -> None:  # noqa: A002  (the contract's name)
        """Answer the ``Job`` with its lines behind ``?after=``."""
        after = self.get_query_argument("after", None)
        installs = await self.installs()
        self.send(await installs.job(id, after))

    @web.authenticated
    @authorized(action="write", resource=INSTALLS)  # type: ignore[untyped-decorator]  # jupyter_server does not type its use with arguments
    async def delete(self, id: str) -> None:  # noqa: A002  (the contract's name)
        """Cancel it; answer the ``Job`` as it is now."""
        installs = await self.installs()
        self.send(await installs.cancel(id))
