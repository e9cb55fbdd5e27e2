"""What every REST handler shares: the resource it is authorised as, JSON answers, and errors as records."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from http.client import responses
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError

from ..model.json import decode, encode
from ..model.vocabulary import ErrorBody

if TYPE_CHECKING:
    from ..mounts.service import MountService
    from ..server.services import Lazy

T = TypeVar("T")

#: What an authorizer is asked about for everything that only looks.
REPORTS = "ide49_storage"


class Refusal(HTTPError):
    """A 4xx with a sentence that says what to do, a word for programs, and the path it is about."""

    def __init__(self, status: int, message: str, reason: str, path: str | None = None) -> None:
        super().__init__(status, reason=responses[status])
        self.body = ErrorBody(message=message, reason=reason, path=path)


class ErrorsAsRecords:
    """For every handler of ours: an error's body is an ``ErrorBody``, never a page or a traceback."""

    def write_error(self: Any, status_code: int, **kwargs: Any) -> None:
        """Answer the error; its traceback stays in the server's log."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, Refusal):
            body = error.body
        else:
            phrase = responses.get(status_code, "Error")
            message = (error.log_message if isinstance(error, HTTPError) else None) or phrase
            body = ErrorBody(message=message, reason=phrase.lower().replace(" ", "-"))
        self.set_header("Content-Type", "application/json")
        self.finish(encode(body))


class StorageHandler(ErrorsAsRecords, APIHandler):
    """The base of the REST handlers. Each concrete method is decorated ``@web.authenticated`` and then
    ``@authorized`` in its own class: the decorator keeps the first ``auth_resource`` that it sees.
    """

    auth_resource = REPORTS
    #: The panel asks by itself, so being asked is no sign that a person is there.
    _track_activity = False

    @property
    def root_dir(self) -> str:
        """The folder that Jupyter serves, absolute; relative paths in requests are below it."""
        return os.path.expanduser(str(self.settings["server_root_dir"]))

    async def asking(self) -> MountService:
        """The server's one way to ask storages."""
        asking: MountService = await self.made("ide49_storage_asking")
        return asking

    async def made(self, setting: str) -> Any:
        """What stands ``Lazy`` under this setting; a thread makes it where nobody has."""
        once: Lazy[Any] = self.settings[setting]
        return once.made or await self.off_loop(once)

    def compute_etag(self) -> None:
        """None: an answer carries the time it was made, so hashing it would tell nothing."""

    async def off_loop(self, call: Callable[..., T], *arguments: Any) -> T:
        """Run what reads files, or imports, in a thread, so that the event loop never waits for a disk."""
        return await asyncio.to_thread(call, *arguments)

    def answer(self, record: object, status: int = 200) -> None:
        """Send a record (or a sequence of them) as JSON."""
        self.set_status(status)
        self.finish(encode(record))


def decoded(body: bytes, record_type: type[T]) -> T:
    """A request's JSON body as a record; ``Refusal`` 400 naming the field that is wrong."""
    try:
        return decode(body, record_type)
    except ValueError as error:  # all that either reader of JSON raises
        raise Refusal(400, f"The request's body is not as openapi.json says: {error}", "bad-body") from None
