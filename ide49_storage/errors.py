"""What this package raises for a person to read. Every message says what is wrong, and what to do where that is known.

``StorageError`` is the base of all of them. A failure of the system stays an ``OSError``; what happened is never
told by raising: the end of a job is a ``JobResult``.
"""

from __future__ import annotations

from collections.abc import Iterable


class StorageError(Exception):
    """The base. ``code`` is a word in kebab-case for programs, ``message`` a sentence for people."""

    code = "failed"

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class BadPath(StorageError, ValueError):
    """A path that no file can have: ``path`` as it was given."""

    code = "bad-path"

    def __init__(self, path: str, code: str, message: str) -> None:
        super().__init__(message, code)
        self.path = path


class UnknownKernel(StorageError, ValueError):
    """There is no such kernel; ``known`` are those that there are."""

    code = "no-such-kernel"

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        there = ", ".join(known) or "none at all"
        super().__init__(f"There is no kernel named {name!r}. Known kernels: {there}.")
        self.name = name
        self.known = known


class OtherServer(StorageError, ValueError):
    """A file server was named that is neither configured nor mounted. ``known`` are the names of those that are."""

    code = "other-server"

    def __init__(self, known: Iterable[str]) -> None:
        self.known = tuple(dict.fromkeys(known))
        if self.known:
            remedy = f"Ask for {' or '.join(self.known)}, written just so, or set SAMBA_SERVER_IP to another server."
        else:
            remedy = "None is: set SAMBA_SERVER_IP to it, or mount its share."
        super().__init__(f"Only the server that is configured or mounted is signed in to. {remedy}")
