"""Sums over all changes, and the largest of them, in memory that does not grow with their number.

Pure: fed by the walk in its order (a folder's entries before the folder itself).
"""

from __future__ import annotations

import heapq
from collections import Counter
from typing import NamedTuple

MOST_LARGEST = 50
"""So many of the largest items are kept for each group."""


class Item(NamedTuple):
    """A changed file, or a folder that is new with everything in it."""

    size: int
    path: bytes
    type: str
    files: int


class FolderSummary:
    """A folder while the walk is in it: what its entries amount to.

    ``whole`` is the group that everything in it belongs to, ``""`` while it is empty, ``None`` once
    something in it is of another group, is no change, or could not be looked at.
    """

    __slots__ = ("files", "items", "size", "whole")

    def __init__(self) -> None:
        self.files = 0
        self.size = 0
        self.whole: str | None = ""
        self.items: dict[str, list[Item]] = {}

    def add(self, group: str, item: Item) -> None:
        """An item directly in this folder."""
        self.files += item.files
        self.size += item.size
        self.mix(group)
        self._keep(group, item)

    def mix(self, group: str | None) -> None:
        """Take note of what an entry's group does to ``whole``."""
        if self.whole == "":
            self.whole = group
        elif self.whole != group:
            self.whole = None

    def absorb(self, below: FolderSummary) -> None:
        """The items of a folder that is no item itself."""
        for group, items in below.items.items():
            for item in items:
                self._keep(group, item)

    def _keep(self, group: str, item: Item) -> None:
        kept = self.items.setdefault(group, [])
        if len(kept) < MOST_LARGEST:
            heapq.heappush(kept, item)
        else:
            heapq.heappushpop(kept, item)

    def largest(self, group: str) -> list[Item]:
        """The kept items of a group, the largest first."""
        return sorted(self.items.get(group, ()), reverse=True)


class Totals:
    """Counts for each group and each package."""

    def __init__(self) -> None:
        self.files: Counter[str] = Counter()
        self.folders: Counter[str] = Counter()
        self.sizes: Counter[str] = Counter()
        self.package_files: Counter[int] = Counter()
        self.package_sizes: Counter[int] = Counter()
        self.count = 0
        self.size = 0

    def add(self, group: str, *, folder: bool, size: int, package: int | None) -> None:
        """One change."""
        self.count += 1
        self.size += size
        (self.folders if folder else self.files)[group] += 1
        self.sizes[group] += size
        if package is not None and not folder:
            self.package_files[package] += 1
            self.package_sizes[package] += size
