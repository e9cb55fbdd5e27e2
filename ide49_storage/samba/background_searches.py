"""Keeps what only a walk through folders tells, and lets such a walk go on when an answer cannot wait for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

FRESH = 60.0
"""Seconds for which what was found is given again."""
_MOST_KEPT = 100

T = TypeVar("T")


class BackgroundSearches:
    """What was found, by key, and who still looks. Belongs to one event loop."""

    def __init__(self) -> None:
        self._searches: dict[object, asyncio.Future[Any]] = {}
        self._kept: dict[object, tuple[float, Any]] = {}

    async def get(self, key: object, ask: Callable[[], Coroutine[Any, Any, tuple[T, bool]]], until: float) -> T | None:
        """What ``ask`` found within the last minute, if it said that this may be kept, or finds until then.

        ``until`` is on ``time.monotonic``'s clock. ``None`` when it still looks: the next answer has it.
        """
        when, value = self._kept.get(key, (0.0, None))
        if value is not None and time.monotonic() - when < FRESH:
            found: T = value
            return found
        if key not in self._searches:
            self._searches[key] = asyncio.ensure_future(self._search(key, ask))
        done, _ = await asyncio.wait({self._searches[key]}, timeout=max(0.0, until - time.monotonic()))
        return done.pop().result() if done else None

    async def _search(self, key: object, ask: Callable[[], Coroutine[Any, Any, tuple[T, bool]]]) -> T:
        try:
            found, lasting = await ask()
        finally:
            del self._searches[key]
        if lasting:
            if len(self._kept) > _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = time.monotonic(), found
        return found
