"""Messages of the websocket ``watch``. Each carries a cursor from which a client can resume.

Those of scans and installs stand with their records, which a server that starts does not need.
"""

from __future__ import annotations

from .vocabulary import Moment, Record


class WatchMessage(Record, frozen=True, kw_only=True, tag_field="type"):
    """The base of every message. ``cursor`` is opaque: send it back as ``?after=`` to resume."""

    cursor: str
    at: Moment


class Hello(WatchMessage, frozen=True, kw_only=True, tag="hello"):
    """The first message. ``resumed`` is false when what came after the client's cursor is not known
    any more: ask for every report again.
    """

    resumed: bool


class MountsChanged(WatchMessage, frozen=True, kw_only=True, tag="mounts-changed"):
    """The kernel announced that the mount table changed: ask for ``mounts`` again."""


class SambaChanged(WatchMessage, frozen=True, kw_only=True, tag="samba-changed"):
    """A share came, went, stopped answering or answers again: ask for ``samba`` again."""
