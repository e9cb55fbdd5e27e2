"""What most servers never use, and so is imported and made when a request first needs it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Lazy(Generic[T]):
    """Calling it gives the thing, made by the first call. Any thread may call; an event loop lets one do it."""

    def __init__(self, make: Callable[[], T]) -> None:
        """``make`` is called again only if it raised."""
        self._make = make
        self._lock = threading.Lock()
        self._made: T | None = None

    def __call__(self) -> T:
        """The thing. The first call may import whole folders, so it waits for a disk."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    @property
    def made(self) -> T | None:
        """The thing if somebody needed it, for those who clean up."""
        return self._made
