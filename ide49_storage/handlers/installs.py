"""``installs``: check, preview, start, list, follow and cancel jobs, and what they can act on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..server.job_monitor import JobMonitor
from .base import REPORTS, Refusal, StorageHandler, decoded

if TYPE_CHECKING:
    from ..installs.manager import InstallManager
    from ..model.installs import Job, NamesReport, Preview

T = TypeVar("T")

#: What an authorizer is asked about for everything that runs pip: it can allow reports and refuse this.
INSTALLS = "ide49_storage:installs"
MAX_BODY = 1_000_000


class InstallsBase(StorageHandler):
    """What these handlers share."""

    @property
    def jobs(self) -> JobMonitor:
        """The watch over jobs, which has the service."""
        found: JobMonitor = self.settings["ide49_storage_jobs"]
        return found

    async def ask(self, call: Callable[[InstallManager], T]) -> T:
        """Ask the service, off the event loop; a ``InstallRefused`` becomes the answer."""
        return await self.jobs.ask(self.within_bounds(call))

    def within_bounds(self, call: Callable[[InstallManager], T]) -> Callable[[InstallManager], T]:
        """The call, if the request is not too large for it, with a ``InstallRefused`` as the answer."""
        if len(self.request.body) > MAX_BODY:
            raise Refusal(413, f"A request has at most {MAX_BODY:,} bytes", "too-much")
        return lambda service: _asked(call, service)


def _asked(call: Callable[[InstallManager], T], service: InstallManager) -> T:
    from ..installs.manager import InstallRefused

    try:
        return call(service)
    except InstallRefused as error:
        raise Refusal(error.status, error.message, error.reason) from None


def _start(service: InstallManager, body: bytes) -> Job:
    from ..model.installs import InstallRequest

    return service.start(decoded(body, InstallRequest))


def _preview(service: InstallManager, body: bytes) -> Preview:
    from ..model.installs import InstallRequest

    return service.preview(decoded(body, InstallRequest))


def _check(service: InstallManager, body: bytes) -> NamesReport:
    from ..model.installs import NamesRequest

    return service.check(decoded(body, NamesRequest).text)


class InstallsHandler(InstallsBase):
    """The jobs, and starting one."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer ``Jobs``, newest first."""
        self.answer(await self.ask(lambda service: service.jobs()))

    @web.authenticated
    @authorized(action="write", resource=INSTALLS)  # type: ignore[untyped-decorator]  # jupyter_server does not type its use with arguments
    async def post(self) -> None:
        """Start a job: 202 with its ``Job``."""
        self.answer(await self.ask(lambda service: _start(service, self.request.body)), 202)


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
        body = self.request.body
        try:
            self.answer(await self.jobs.preview(body, self.within_bounds(lambda service: _preview(service, body))))
        finally:
            if not self._gone:
                self.jobs.delivered(body)


class InstallCheckHandler(InstallsBase):
    """The rules for names, for a form that checks as a person types."""

    @web.authenticated
    @authorized(action="read", resource=REPORTS)  # type: ignore[untyped-decorator]  # jupyter_server does not type its use with arguments
    async def post(self) -> None:
        """Answer a ``NamesReport``."""
        self.answer(await self.ask(lambda service: _check(service, self.request.body)))


class InstallPackagesHandler(InstallsBase):
    """The user's own packages, and those of other Pythons."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer ``UserPackages`` for ``?kernel=``."""
        kernel = self.get_query_argument("kernel", None)
        self.answer(await self.ask(lambda service: service.packages(kernel)))


class InstallHandler(InstallsBase):
    """One job."""

    @web.authenticated
    @authorized
    async def get(self, id: str) -> None:  # noqa: A002  (the contract's name)
        """Answer the ``Job`` with its lines behind ``?after=``."""
        after = self.get_query_argument("after", None)
        self.answer(await self.ask(lambda service: service.job(id, after)))

    @web.authenticated
    @authorized(action="write", resource=INSTALLS)  # type: ignore[untyped-decorator]  # jupyter_server does not type its use with arguments
    async def delete(self, id: str) -> None:  # noqa: A002  (the contract's name)
        """Cancel it; answer the ``Job`` as it is now."""
        self.answer(await self.ask(lambda service: service.cancel(id)))


ROUTES: tuple[tuple[str, Any], ...] = (
    ("installs", InstallsHandler),
    ("installs/preview", InstallPreviewHandler),
    ("installs/check", InstallCheckHandler),
    ("installs/packages", InstallPackagesHandler),
    ("installs/{id}", InstallHandler),
)
