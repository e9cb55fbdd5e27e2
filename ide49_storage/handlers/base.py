"""What every REST handler shares: the resource it is authorised as, JSON answers, and errors as records."""

from __future__ import annotations

from http.client import responses
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError

from ..model.json import encode
from ..model.vocabulary import ErrorBody
from ..server.refusal import RequestRefused
from ..server.services import SETTING, Services

if TYPE_CHECKING:
    from ..server.reports import Reports

#: What an authorizer is asked about for everything that only looks.
REPORTS = "ide49_storage"


class ErrorsAsRecords:
    """For every handler of ours: an error's body is an ``ErrorBody``, never a page or a traceback."""

    def write_error(self: Any, status_code: int, **kwargs: Any) -> None:
        """Answer the error; its traceback stays in the server's log."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, RequestRefused):
            body = error.body
        else:
            phrase = responses.get(status_code, "Error")
            message = (error.log_message if isinstance(error, HTTPError) else None) or phrase
            body = ErrorBody(message=message, code=phrase.lower().replace(" ", "-"))
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
    def services(self) -> Services:
        """The services of this server."""
        services: Services = self.settings[SETTING]
        return services

    async def reports(self) -> Reports:
        """Everything that only looks; the first call imports it, in a thread."""
        return await self.services.reports.get()

    def query(self, *names: str) -> dict[str, str]:
        """Those of the parameters ``names`` that were given, with their (last) values."""
        return {name: self.get_query_argument(name) for name in names if name in self.request.query_arguments}

    def compute_etag(self) -> None:
        """None: an answer carries the time it was made, so hashing it would tell nothing."""

    def send(self, record: object, status: int = 200) -> None:
        """Send a record (or a sequence of them) as JSON."""
        self.set_status(status)
        self.finish(encode(record))
