"""Reads files that anybody may have put there: never waits for one that is no plain file, never reads without end."""

from __future__ import annotations

import os

_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK
_PART = 65_536


def read_head(path: str, most: int) -> bytes:
    """The first ``most`` bytes of a file. Raises ``OSError``; a named pipe gives nothing instead of waiting."""
    descriptor = os.open(path, _FLAGS)
    try:
        parts = []
        while most > 0 and (part := os.read(descriptor, min(most, _PART))):
            parts.append(part)
            most -= len(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)


def read_text(path: str, most: int) -> str | None:
    """The first ``most`` bytes as text, with U+FFFD for what is no UTF-8; ``None`` if it cannot be read."""
    try:
        return read_head(path, most).decode("utf-8", "replace")
    except OSError:
        return None
