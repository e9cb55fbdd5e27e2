"""The kernel's own announcement that the mount table changed, as a descriptor an event loop can wait on."""

from __future__ import annotations

import select

MOUNTINFO = "/proc/self/mountinfo"


class MountEvents:
    """Readable when mounts changed since the last ``drain``. Linux only; close it when done.

    The kernel raises ``POLLPRI`` and ``POLLERR`` on an open mountinfo, which is besides always readable,
    so an event loop that waits for "readable" would spin. It is therefore registered for ``POLLPRI`` in
    an epoll of its own, and that epoll's descriptor becomes readable exactly on an announcement.
    Nothing is read and no timer runs while nothing changes.
    """

    def __init__(self, path: str = MOUNTINFO) -> None:
        """Open ``path``. ``OSError`` where there is no such file."""
        self._table = open(path, "rb")
        self._epoll = select.epoll()
        self._epoll.register(self._table.fileno(), select.EPOLLPRI)

    def fileno(self) -> int:
        """The descriptor to wait on for "readable"."""
        return self._epoll.fileno()

    def drain(self) -> None:
        """Take note of what was announced, so that the descriptor is quiet until the next. Never blocks.

        That the descriptor was readable *is* the announcement: the loop's own look at it already made
        the kernel forget the event, so what this poll returns says nothing.
        """
        self._epoll.poll(0)

    def announced(self) -> bool:
        """Whether anything was announced since the last call, for one whose descriptor no loop waits on."""
        return bool(self._epoll.poll(0))

    def close(self) -> None:
        """Give both descriptors back."""
        self._epoll.close()
        self._table.close()
