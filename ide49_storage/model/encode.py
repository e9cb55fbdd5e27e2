"""Records to JSON, as REST, the websocket and ``--json`` all send them."""

from __future__ import annotations

import json

import msgspec


def encode(answer: object) -> bytes:
    r"""JSON of a record or a sequence of records, in UTF-8.

    A path may hold bytes that are no UTF-8, as ``surrogateescape`` code points. msgspec refuses to
    encode those, so such an answer goes through the standard library, which writes ``\udcXX`` escapes.
    """
    try:
        return msgspec.json.encode(answer)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(answer)).encode("ascii")
