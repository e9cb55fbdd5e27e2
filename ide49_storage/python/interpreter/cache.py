"""Answers of interpreters, remembered while nothing changed that they depend on; one that asks, others wait for it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import contextmanager

import msgspec

from .facts import ProbeResult

#: Which of these paths may be touched from this process.
Local = Callable[[Iterable[str]], Set[str]]
#: So many answers are remembered; a server has a handful of kernels.
MOST = 64
#: Seconds for which a trouble is given again (unless a file of it changed), so that one report waits for it once.
TROUBLE_FRESH = 10.0
#: As long for an answer that depends on files which nobody here may look at.
FAR_FRESH = 30.0
#: A change this many seconds before a question may or may not be in the answer.
_LEEWAY = 0.1

Stamp = tuple[tuple[object, ...], ...]


class Watch(msgspec.Struct, frozen=True):
    """``contents``: files and folders whose change could change the answer; ``states``: only what they are."""

    contents: tuple[str, ...] = ()
    states: tuple[str, ...] = ()

    def stamp(self, local: Local) -> Stamp:
        """The same as long as nothing changed. Paths that may not be touched are passed over."""
        near = local([*self.contents, *self.states])
        seen = [_content(path) for path in self.contents if path in near]
        return (*seen, *(_state(path) for path in self.states if path in near))

    def is_near(self, local: Local) -> bool:
        """Whether all that is watched may be looked at."""
        return not {*self.contents, *self.states} - local([*self.contents, *self.states])


class _Entry(msgspec.Struct, frozen=True):
    asked: ProbeResult
    watch: Watch
    stamp: Stamp
    until: float


class _Turn:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting = 0


class ProbeCache:
    """Remembers by a key that stands for the question. For all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry] = {}
        self._turns: dict[str, _Turn] = {}

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()

    def known(self, key: str, local: Local) -> ProbeResult | None:
        """What was answered, if that still holds."""
        with self._lock:
            entry = self._entries.get(key)
        fresh = entry is not None and time.monotonic() < entry.until and entry.watch.stamp(local) == entry.stamp
        return entry.asked if fresh and entry is not None else None

    def keep(self, key: str, asked: ProbeResult, watch: Watch, local: Local, started: float) -> None:
        """Remember what was asked at ``started`` (the clock's time), unless something may have changed meanwhile."""
        stamp = watch.stamp(local)
        fresh = FAR_FRESH if not watch.is_near(local) else float("inf")
        if asked.answer is None:
            fresh = TROUBLE_FRESH
        elif any(_changed(each) > (started - _LEEWAY) * 1e9 for each in stamp):
            return
        with self._lock:
            self._entries.pop(key, None)
            self._entries[key] = _Entry(asked, watch, stamp, time.monotonic() + fresh)
            while len(self._entries) > MOST:
                self._entries.pop(next(iter(self._entries)))

    @contextmanager
    def turn(self, key: str) -> Iterator[None]:
        """One at a time for each key: who comes later finds the answer."""
        with self._lock:
            turn = self._turns.setdefault(key, _Turn())
            turn.waiting += 1
        try:
            with turn.lock:
                yield
        finally:
            with self._lock:
                turn.waiting -= 1
                if not turn.waiting:
                    self._turns.pop(key, None)


def _content(path: str) -> tuple[object, ...]:
    try:
        seen = os.stat(path)
    except (OSError, ValueError):
        return path, None
    return path, seen.st_mtime_ns, seen.st_size, seen.st_ino


def _state(path: str) -> tuple[object, ...]:
    try:
        seen = os.stat(path)
        # the asked interpreter is started by this process's user, so it may do what we may
        return path, 0, seen.st_ino, seen.st_mode, seen.st_uid, os.access(path, os.R_OK), os.access(path, os.W_OK)
    except (OSError, ValueError) as error:
        return path, None, type(error).__name__


def _changed(stamp: tuple[object, ...]) -> int:
    return stamp[1] if isinstance(stamp[1], int) else 0
