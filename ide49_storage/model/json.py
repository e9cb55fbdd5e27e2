"""Records to JSON, as REST, the websocket and ``--json`` all send them, and requests back to records."""

from __future__ import annotations

import json
from typing import TypeVar

import msgspec

T = TypeVar("T")


def encode(answer: object) -> bytes:
    r"""JSON of a record or a sequence of records, in UTF-8.

    A path may hold bytes that are no UTF-8, as ``surrogateescape`` code points. msgspec refuses to
    encode those, so such an answer goes through the standard library, which writes ``\udcXX`` escapes.
    """
    try:
        return msgspec.json.encode(answer)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(answer)).encode("ascii")


def decode(body: bytes, record_type: type[T]) -> T:
    r"""The record that JSON holds, ``\udcXX`` escapes as ``encode`` writes them included. Raises ``ValueError``."""
    if b"\\ud" in body.lower():  # msgspec refuses half of a surrogate pair, which stands for an undecodable byte
        try:
            return msgspec.convert(json.loads(body), record_type)
        except RecursionError:
            raise ValueError("Its lists and objects are nested too deeply") from None
    try:
        return msgspec.json.decode(body, type=record_type)
    except RecursionError:
        raise ValueError("Its lists and objects are nested too deeply") from None
