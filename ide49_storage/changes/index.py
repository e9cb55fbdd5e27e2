"""Which package a path belongs to, for a million paths in a few megabytes."""

from __future__ import annotations

from array import array
from bisect import bisect_left


class PathIndex:
    """From a path to a number, both added in any order; of a path added twice, one of the numbers stands.

    Twelve bytes a path: a 64-bit digest stands for it (two of a million paths share one in
    once in thirty million cases).
    """

    def __init__(self) -> None:
        self._digests = array("Q")
        self._numbers = array("I")
        self._sorted = True

    def __len__(self) -> int:
        return len(self._digests)

    def add(self, path: bytes, number: int) -> None:
        """Claim the path for a number."""
        self._digests.append(_digest(path))
        self._numbers.append(number)
        self._sorted = False

    def find(self, path: bytes) -> int | None:
        """The number that claims the path."""
        if not self._digests:
            return None
        if not self._sorted:
            self._sort()
        digest = _digest(path)
        at = bisect_left(self._digests, digest)
        if at < len(self._digests) and self._digests[at] == digest:
            return self._numbers[at]
        return None

    def _sort(self) -> None:
        order = sorted(range(len(self._digests)), key=self._digests.__getitem__)
        self._digests = array("Q", (self._digests[at] for at in order))
        self._numbers = array("I", (self._numbers[at] for at in order))
        self._sorted = True


def _digest(path: bytes) -> int:
    from hashlib import blake2b

    return int.from_bytes(blake2b(path, digest_size=8).digest(), "little")
