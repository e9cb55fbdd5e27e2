"""One running call serves all who ask the same meanwhile, as Go's ``singleflight`` does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class SingleFlight:
    """Shares running calls by key. Belongs to one event loop; keeps nothing once a call has ended.

    An answer may have begun before it was asked for, by as long as a call takes: whoever needs to know gives it
    the time at which it began. A call that fails fails for all who wait for it, and who asks next begins a new
    one. A waiter that is cancelled leaves the call to the others; it runs to its end even if all have left.
    """

    def __init__(self) -> None:
        self._running: dict[Hashable, asyncio.Future[Any]] = {}

    async def share(self, key: Hashable, call: Callable[[], Awaitable[T]]) -> T:
        """What the running call of this ``key`` gives; ``call()`` if none runs.

        ``key`` has all that the answer depends on: what is being called, and every parameter.
        """
        running = self._running.get(key)
        # One that has ended stays until the loop runs its callbacks, and is none to wait for.
        if running is None or running.done():
            running = self._running[key] = asyncio.ensure_future(call())
            running.add_done_callback(lambda ended: self._forget(key, ended))
        result: T = await asyncio.shield(running)
        return result

    def _forget(self, key: Hashable, ended: asyncio.Future[Any]) -> None:
        if self._running.get(key) is ended:
            del self._running[key]
        if not ended.cancelled():
            ended.exception()  # looked at, or asyncio complains where all who waited have left
