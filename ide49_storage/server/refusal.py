"""A request that is refused: the status of HTTP and the record that is its body."""

from __future__ import annotations

from http.client import responses

from tornado.web import HTTPError

from ..model.vocabulary import ErrorBody


class RequestRefused(HTTPError):
    """A 4xx with a sentence that says what to do, a word for programs, and the path it is about."""

    def __init__(self, status: int, message: str, reason: str, path: str | None = None) -> None:
        super().__init__(status, reason=responses[status])
        self.body = ErrorBody(message=message, reason=reason, path=path)
