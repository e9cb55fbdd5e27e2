"""What a program printed, as it can be shown and stored. Pure."""

from __future__ import annotations

import re

MAX_LINE = 2_000
#: To the last @ before the path: a password may hold one.
_SECRET = re.compile(r"(://)[^/\s]+@")


def clean(raw: bytes) -> str:
    """One line of output as it can be shown and stored: no control characters, no passwords, bounded."""
    text = raw.decode("utf-8", "replace").rstrip("\r\n")
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\t", "    ")
    text = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
    text = _SECRET.sub(r"\1****@", text)
    return text if len(text) <= MAX_LINE else text[:MAX_LINE] + " ..."
