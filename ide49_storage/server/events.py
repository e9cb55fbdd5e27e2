"""Publishes messages to all websockets of a server, and keeps the last ones for those that come back."""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from collections.abc import Callable
from logging import Logger
from typing import Protocol

from ..model.json import encode
from ..model.timestamps import now
from ..model.watch import Hello, MountsChanged, WatchMessage
from ..mounts.mountinfo_events import MountEvents

#: So many messages are kept for clients that come back; one that was away longer is told to ask anew.
KEPT = 256
#: A longer number is of no message (and beyond 4,300 digits Python does not even read one).
MOST_DIGITS = 18

Send = Callable[[bytes], None]


class Monitor(Protocol):
    """Something that works for watchers, and only while there are some. ``stop`` may come without a ``start``."""

    def start(self) -> None:
        """The first watcher came."""

    def stop(self) -> None:
        """The last one went."""

    def mounts_changed(self) -> None:
        """The kernel announced another mount table."""


class EventBus:
    """Sends each message to all who watch, and keeps the last ones.

    While nobody watches nothing runs: the kernel's announcements are listened to from the first
    watcher to the last. What changed in between is not known, so cursors from before are not resumed.
    All methods belong to the event loop's thread.
    """

    def __init__(self, log: Logger) -> None:
        """``log`` is told when the mount table cannot be watched."""
        self._log = log
        self._watchers: set[Send] = set()
        self._kept: deque[tuple[int, bytes]] = deque(maxlen=KEPT)
        self._run = ""
        self._count = 0
        self._mount_events: MountEvents | None = None
        #: What works only while somebody watches: started with the first watcher, stopped with the last.
        self.monitors: list[Monitor] = []

    @property
    def listening(self) -> bool:
        """Whether the kernel's announcements are listened to."""
        return self._mount_events is not None

    @property
    def watched(self) -> bool:
        """Whether anybody watches."""
        return bool(self._watchers)

    def _cursor(self) -> str:
        return f"{self._run}-{self._count}"

    def subscribe(self, send: Send, after: str | None) -> None:
        """Add a watcher: it gets a ``Hello``, and what came after its cursor where that is known."""
        if not self._watchers:
            self._start()
        missed = self._after(after)
        resumed = missed is not None
        send(encode(Hello(cursor=after if resumed and after else self._cursor(), at=now(), resumed=resumed)))
        for message in missed or ():
            send(message)
        self._watchers.add(send)

    def unsubscribe(self, send: Send) -> None:
        """Forget a watcher; with the last one, stop listening."""
        self._watchers.discard(send)
        if not self._watchers:
            self.close()

    def publish(self, make: type[WatchMessage], **fields: object) -> None:
        """Send a message of this type to all who watch, with the next cursor."""
        self._count += 1
        message = encode(make(cursor=self._cursor(), at=now(), **fields))
        self._kept.append((self._count, message))
        for send in tuple(self._watchers):
            send(message)

    def close(self) -> None:
        """Stop listening to the kernel, and all that works for watchers."""
        for monitor in self.monitors:
            monitor.stop()
        if self._mount_events is not None:
            asyncio.get_running_loop().remove_reader(self._mount_events.fileno())
            self._mount_events.close()
            self._mount_events = None

    def _start(self) -> None:
        self._run, self._count = uuid.uuid4().hex, 0
        self._kept.clear()
        for monitor in self.monitors:
            monitor.start()
        try:
            self._mount_events = MountEvents()
        except (OSError, AttributeError) as error:  # no procfs; no epoll off Linux
            self._log.warning("The mount table cannot be watched here (%s): reload to see changes", error)
            return
        asyncio.get_running_loop().add_reader(self._mount_events.fileno(), self._announced)

    def _announced(self) -> None:
        if self._mount_events is not None:
            self._mount_events.drain()
            self.publish(MountsChanged)
            for monitor in self.monitors:
                monitor.mounts_changed()

    def _after(self, cursor: str | None) -> list[bytes] | None:
        """The kept messages after a cursor; ``None`` where the cursor is not of this run, or too old."""
        run, _, number = (cursor or "").rpartition("-")
        if run != self._run or not number.isdecimal() or len(number) > MOST_DIGITS:
            return None
        seen = int(number)
        oldest = self._kept[0][0] if self._kept else self._count + 1
        if seen > self._count or seen + 1 < oldest:
            return None
        return [message for count, message in self._kept if count > seen]
