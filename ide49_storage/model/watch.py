"""Messages of the websocket ``watch``. Each carries a cursor from which a client can resume."""

from __future__ import annotations

from .changes import ScanProgress, ScanState
from .installs import Progress, State, Verdict
from .words import Record


class WatchMessage(Record, frozen=True, kw_only=True, tag_field="type"):
    """The base of every message. ``cursor`` is opaque: send it back as ``?after=`` to resume."""

    cursor: str
    at: str


class Hello(WatchMessage, frozen=True, kw_only=True, tag="hello"):
    """The first message. ``resumed`` is false when what came after the client's cursor is not known
    any more: ask for every report again.
    """

    resumed: bool


class MountsChanged(WatchMessage, frozen=True, kw_only=True, tag="mounts-changed"):
    """The kernel announced that the mount table changed: ask for ``mounts`` again."""


class SambaChanged(WatchMessage, frozen=True, kw_only=True, tag="samba-changed"):
    """A share came, went, stopped answering or answers again: ask for ``samba`` again."""


class ChangesProgressed(WatchMessage, frozen=True, kw_only=True, tag="changes-progressed"):
    """A scan of the container layer is under way. Sent a few times a second."""

    progress: ScanProgress


class ChangesEnded(WatchMessage, frozen=True, kw_only=True, tag="changes-ended"):
    """A scan of the container layer has ended, in this state: ask for ``changes`` again."""

    state: ScanState


class InstallProgressed(WatchMessage, frozen=True, kw_only=True, tag="install-progressed"):
    """A job went on: its state, what it does now, or its log. ``job`` is its id; ask for it from the cursor of
    the lines already seen. Sent at most five times a second for each job.
    """

    job: str
    state: State
    verdict: Verdict | None
    message: str
    progress: Progress | None
