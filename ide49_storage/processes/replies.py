"""What comes back from a probe: an answer, an error that the system gave, or silence."""

from __future__ import annotations

import os
from typing import Any

import msgspec


class Target(msgspec.Struct, frozen=True):
    """What a question is asked of: all questions with one ``key`` go to one process, since they may hang together.

    ``what`` names it in sentences ("The Samba share at /home/iot").
    """

    key: str
    what: str


LOCAL = Target("local", "This machine's own file system")
"""Whatever this machine's own kernel answers: disks, memory, overlays."""


class Answered(msgspec.Struct, frozen=True):
    """The result of one question, as ``worker.py`` describes it."""

    value: Any


class Failed(msgspec.Struct, frozen=True):
    """The system answered with an error."""

    errno: int

    @property
    def reason(self) -> str:
        """The system's own words for it."""
        return os.strerror(self.errno)


class Silent(msgspec.Struct, frozen=True):
    """There was no answer in time, or none was asked for because there would be none.

    ``since`` is when the target stopped answering (RFC 3339), ``None`` where only this question came too
    late or was not asked; ``reason`` is a sentence for a person.
    """

    reason: str
    since: str | None


Reply = Answered | Failed | Silent


class TargetStatus(msgspec.Struct, frozen=True):
    """What is known of a target.

    ``answering`` is ``None`` before the first question. Times are RFC 3339: ``since`` of the first question
    in this silence, ``answered_at`` of the last answer, ``recovered_at`` of the first answer after the last
    silence, which began at ``silent_from``. ``latency`` is in seconds, of the last questions; ``stuck``
    counts processes that were killed and have not ended.
    """

    answering: bool | None
    since: str | None
    answered_at: str | None
    recovered_at: str | None
    silent_from: str | None
    latency: float | None
    stuck: int
