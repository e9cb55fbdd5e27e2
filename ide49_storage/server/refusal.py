"""A request that is refused: the status of HTTP and the record that is its body; first of all a body that is wrong."""

from __future__ import annotations

from http.client import responses
from typing import TypeVar

from tornado.web import HTTPError

from ..model.json import decode
from ..model.vocabulary import ErrorBody

T = TypeVar("T")


class RequestRefused(HTTPError):
    """A 4xx with a sentence that says what to do, a kebab-case code for programs, and the path it is about."""

    def __init__(self, status: int, message: str, code: str, path: str | None = None) -> None:
        super().__init__(status, reason=responses[status])
        self.body = ErrorBody(message=message, code=code, path=path)


def decode_body(body: bytes, record_type: type[T]) -> T:
    """A request's JSON body as a record; refused with 400 naming the field that is wrong."""
    try:
        return decode(body, record_type)
    except ValueError as error:  # all that either reader of JSON raises
        raise RequestRefused(400, f"The request's body is not as openapi.json says: {error}", "bad-body") from None
