"""What a changed entry is to a person, and what nobody made: pure rules on paths and times.

Paths are bytes as the kernel has them, times nanoseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

SYSTEM, PYTHON, CONFIGURATION = "system-packages", "python-packages", "configuration"
HOME, CACHES, START = "home-and-data", "caches-and-logs", "made-at-start"
GROUPS = (SYSTEM, PYTHON, CONFIGURATION, HOME, CACHES, START)

START_WINDOW = 10_000_000_000
"""So long after a start (ns) what is written may be the start script's work, or a person's: nobody can tell."""
_BEFORE = 100_000_000

#: Made by the engine for every container, on whichever image.
ENGINE_MADE = frozenset(
    b"/.dockerenv /run/.containerenv /run/secrets /run/lock /dev /proc /sys"
    b" /etc/mtab /etc/hosts /etc/hostname /etc/resolv.conf".split()
)
# Patterns as text: most scans find nothing, and compiling these takes longer than such a scan.
_DPKG_OWN = rb"/var/lib/(?:dpkg|apt/(?!lists)|ucf|systemd/deb-systemd)"
_CACHES = (
    rb"(?s)/(?:tmp|var/tmp|var/cache|var/log|var/spool|var/backups|var/lib/apt/lists|run|var/run)(?:/|$)"
    rb"|/(?:.*/)?(?:\.cache|__pycache__|\.ipynb_checkpoints|\.npm/_cacache|\.mypy_cache|\.pytest_cache|\.Trash-?\d*"
    rb"|\.local/share/Trash|\.local/share/jupyter/runtime)(?:/|$)"
)
_PYTHON = rb"/(?:site|dist)-packages(?:/|$)"
_CONFIGURATION = rb"/(?:usr/local/)?etc(?:/|$)"
_SYSTEM_PLACES = rb"/(?:etc|usr|var|lib\w*|s?bin|boot)(?:/|$)"
_OWN_PLACES = rb"/usr/local(?:/|$)"


class TimeSpans:
    """Spans of time (ns), each with both ends, for asking whether a moment lies in one."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self.spans = tuple(spans)

    def hold(self, moment: int) -> bool:
        """Whether the moment lies in one of the spans."""
        for start, end in self.spans:  # noqa: SIM110  # a generator costs more than the comparison
            if start <= moment <= end:
                return True
        return False


class ChangedEntry(NamedTuple):
    """A changed entry as the rules see it. ``owner`` is who claims the path: the index of what dpkg or a
    RECORD lists (``SYSTEM`` or ``PYTHON``), else ``None``.
    """

    path: bytes
    change: int
    folder: bool
    owner: str | None


def start_windows(*moments: int | None) -> TimeSpans:
    """When start scripts ran: from the container's making, and from its last start, by each clock that tells it."""
    return TimeSpans((moment - _BEFORE, moment + START_WINDOW) for moment in moments if moment is not None)


def group_of(entry: ChangedEntry, installs: TimeSpans, starts: TimeSpans) -> str:
    """The group of an entry. ``installs``: when dpkg ran (no spans: not known)."""
    path = entry.path
    if re.match(_DPKG_OWN, path):
        return SYSTEM
    # An installed file that was edited afterwards does not come back with the package.
    if entry.owner == SYSTEM and (entry.folder or not installs.spans or installs.hold(entry.change)):
        return SYSTEM
    if entry.owner == PYTHON or re.search(_PYTHON, path):
        if installs.hold(entry.change) and not re.match(_OWN_PLACES, path):
            return SYSTEM
        return PYTHON
    # A cache is one by its place; that is more than nearness to a start can tell.
    if re.match(_CACHES, path):
        return CACHES
    if starts.hold(entry.change) and not entry.folder:
        return START
    if not entry.folder and installs.hold(entry.change) and _made_by_dpkg(path):
        return SYSTEM
    return CONFIGURATION if re.match(_CONFIGURATION, path) else HOME


def _made_by_dpkg(path: bytes) -> bool:
    """A place where packages' scripts write, in a moment in which they ran: ld.so.cache, alternatives, users."""
    return bool(re.match(_SYSTEM_PLACES, path)) and not re.match(_OWN_PLACES, path)


def engine_folders(places: Iterable[bytes]) -> frozenset[bytes]:
    """The folders that the engine touches to make mount points and its own files: all above these places."""
    above: set[bytes] = set()
    for place in (*places, *ENGINE_MADE):
        parts = place.split(b"/")
        above.update(b"/".join(parts[:depth]) for depth in range(2, len(parts)))
    return frozenset(above)
