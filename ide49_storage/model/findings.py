"""Records of the findings: what is wrong, worst first, and what to do about it."""

from __future__ import annotations

import enum

from .vocabulary import Moment, Record


class Level(str, enum.Enum):
    """How bad. ``error``: something is broken or will be lost; ``warning``: it may; ``advice``: could be better."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


class Finding(Record, frozen=True, kw_only=True):
    """A named check that failed.

    ``key`` is the same as long as it is about the same thing: a panel hides by it. ``about`` is the path,
    package or kernel. ``evidence`` is a sentence from observed facts. ``remedy`` is a sentence, ``lines`` the
    exact lines to paste where there are any. ``docs`` is the address of
    its page (a ``FindingPage``) below ``{base_url}ide49-storage/``, such as ``findings/PY11``.
    """

    id: str
    key: str
    level: Level
    title: str
    about: str | None
    evidence: str
    remedy: str
    lines: tuple[str, ...]
    docs: str


class FindingPage(Record, frozen=True, kw_only=True):
    """What a check looks for: what is seen, why it matters, what to do. ``text`` is Markdown without a heading."""

    id: str
    title: str
    level: Level
    text: str


class NotChecked(Record, frozen=True, kw_only=True):
    """A check that could not be made, and why."""

    id: str
    why: str


class FindingReport(Record, frozen=True, kw_only=True):
    """The answer of ``GET findings``. ``checks`` counts the checks that were made.

    They saw what was there from ``at`` on. Who asks while an answer is being made gets that one, so ``at`` may be
    some seconds before the request.
    """

    at: Moment
    findings: tuple[Finding, ...]
    checks: int
    not_checked: tuple[NotChecked, ...]
