"""Which package a path belongs to, for a million paths in a few megabytes."""

from __future__ import annotations

from array import array
from bisect import bisect_left

_PART = 0xFF


class PathIndex:
    """From a path to a number, both added in any order; of a path added twice, one of the numbers stands.

    Twelve bytes a path: a 64-bit digest stands for it (two of a million paths share one in
    once in thirty million cases). In many small parts, so that sorting them takes no further memory.
    """

    def __init__(self) -> None:
        self._parts: dict[int, _Part] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, path: bytes, number: int) -> None:
        """Claim the path for a number."""
        digest = _digest(path)
        part = self._parts.get(digest & _PART)
        if part is None:
            part = self._parts[digest & _PART] = _Part()
        part.add(digest, number)
        self._count += 1

    def find(self, path: bytes) -> int | None:
        """The number that claims the path."""
        if not self._parts:
            return None
        digest = _digest(path)
        part = self._parts.get(digest & _PART)
        return None if part is None else part.find(digest)


class _Part:
    """The paths whose digests end alike."""

    __slots__ = ("_digests", "_numbers", "_sorted")

    def __init__(self) -> None:
        self._digests = array("Q")
        self._numbers = array("I")
        self._sorted = True

    def add(self, digest: int, number: int) -> None:
        self._digests.append(digest)
        self._numbers.append(number)
        self._sorted = False

    def find(self, digest: int) -> int | None:
        if not self._sorted:
            order = sorted(range(len(self._digests)), key=self._digests.__getitem__)
            self._digests = array("Q", (self._digests[at] for at in order))
            self._numbers = array("I", (self._numbers[at] for at in order))
            self._sorted = True
        at = bisect_left(self._digests, digest)
        if at < len(self._digests) and self._digests[at] == digest:
            return self._numbers[at]
        return None


def _digest(path: bytes) -> int:
    from hashlib import blake2b

    return int.from_bytes(blake2b(path, digest_size=8).digest(), "little")
