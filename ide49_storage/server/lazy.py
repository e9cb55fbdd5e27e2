"""A thread-safe lazy singleton: what most servers never use is imported and made when a request first needs it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Lazy(Generic[T]):
    """One object, made by the first call. Any thread may call; the event loop awaits ``get``."""

    def __init__(self, make: Callable[[], T]) -> None:
        """``make`` is called again only if it raised."""
        self._make = make
        self._lock = threading.Lock()
        self._made: T | None = None

    def __call__(self) -> T:
        """The object. The first call may import whole packages, so it waits for a disk."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    async def get(self) -> T:
        """The object; a thread makes it where nobody has yet."""
        made = self._made
        return made if made is not None else await asyncio.to_thread(self)

    @property
    def made(self) -> T | None:
        """The object if somebody needed it, for those who clean up."""
        return self._made
