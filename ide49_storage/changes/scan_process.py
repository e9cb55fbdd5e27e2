"""The helper process: one scan, from a task as JSON on stdin to progress and a summary as JSON lines on stdout.

Started by ``scan_client`` without site-packages. The listing goes to the descriptors named in the task, one
for each group, so that neither process holds it in memory. It ends when nobody reads its progress.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from . import detection
from . import groups as rules
from .overlay_handle import Handles
from .package_owners import OWNERS
from .package_owners.owner import OwnedPackage, PackageOwner
from .path_index import PathIndex
from .statx import StatxReader
from .totals import Item, Totals
from .walk import FoundChange, PathOwners, Scan, ScanBrokenError, ScanTask, observe

MOST_MISSING = 1000
_BUFFER = 1 << 18


class PackageCatalogue(PathOwners):
    """The packages that came since, and what they claim. A package's number is its place in ``packages``."""

    def __init__(self, root: bytes, is_new: Callable[[bytes], bool], folders: list[bytes], since: int | None) -> None:
        self.owners = [owner(root, is_new, since, folders) for owner in OWNERS]
        self.packages: list[tuple[PackageOwner, Any]] = []
        self.installs = rules.TimeSpans(span for owner in self.owners for span in owner.ran())
        self._index = PathIndex()
        for owner in self.owners:
            self._claim(owner, owner.came_since())

    def owner(self, path: bytes) -> tuple[str | None, int | None]:
        """See `PathOwners`."""
        number = self._index.find(path)
        if number is not None:
            return self.packages[number][0].group, number
        return next((owner.group for owner in self.owners if owner.owns(path)), None), None

    def enter(self, path: bytes) -> None:
        """See `PathOwners`."""
        for owner in self.owners:
            self._claim(owner, owner.enter(path))

    def _claim(self, owner: PackageOwner, found: Iterable[OwnedPackage]) -> None:
        for package, sign, paths in found:
            if self._index.find(sign) is not None:
                continue
            self.packages.append((owner, package))
            for path in paths:
                self._index.add(path, len(self.packages) - 1)

    def name(self, number: int | None) -> str | None:
        """A package's name."""
        if number is None:
            return None
        owner, package = self.packages[number]
        return owner.name(package)

    @property
    def removed(self) -> frozenset[str]:
        """The names of packages that were taken away."""
        return frozenset().union(*(owner.removed for owner in self.owners))

    def rows(self) -> list[dict[str, Any]]:
        """Of each package, by its number, what the records need."""
        rows: list[dict[str, Any]] = [{}] * len(self.packages)
        for owner in self.owners:
            numbers = [number for number, (of, _) in enumerate(self.packages) if of is owner]
            for number, row in zip(numbers, owner.rows([self.packages[each][1] for each in numbers]), strict=True):
                rows[number] = {"owner": owner.group, **row}
        return rows


class ListingWriter:
    """Writes changes to the files of their groups, one JSON array a line."""

    def __init__(self, descriptors: dict[str, int], name: Callable[[int | None], str | None]) -> None:
        self._files = {group: open(fd, "w", buffering=_BUFFER, encoding="ascii") for group, fd in descriptors.items()}
        self._name = name
        self._encode = json.JSONEncoder(separators=(",", ":")).encode

    def write(self, found: FoundChange) -> None:
        """One change."""
        package = self._name(found.package)
        row = [os.fsdecode(found.path), found.change, found.type, found.size, found.at, package]
        self._files[found.group].write(self._encode(row) + "\n")

    def close(self) -> None:
        """Write out what is buffered."""
        try:
            for file in self._files.values():
                file.close()
        except OSError as error:
            raise ScanBrokenError(f"The listing cannot be written: {error.strerror}.") from error


def run(task: dict[str, Any], tell: Callable[[dict[str, Any]], None]) -> None:
    """Do what ``task`` says (see ``request``), telling progress and in the end the summary."""
    root = os.fsencode(task["root"])
    engine_files = [os.fsencode(path) for path in task["engine_files"]]
    sign = task.get("start_sign")
    observed = observe(root, task["storage"], engine_files, None if sign is None else os.fsencode(sign))
    choice = detection.choose_method(observed)
    started = detection.observe_start(choice.made)
    diff = _read_diff(task["diff"])
    if diff is not None:
        choice = detection.by_diff(choice)
    young = _young_at(root, choice, diff)
    catalogue = PackageCatalogue(root, young, [os.fsencode(path) for path in task["sites"]], choice.made)
    listing = ListingWriter(task["listing"], catalogue.name)
    skip = frozenset(os.fsencode(path) for path in task["skip"])
    starts = rules.start_windows(choice.made, started, observed.at_start)
    scan = Scan(
        ScanTask(root, skip, choice, starts, diff),
        catalogue,
        listing.write,
        lambda seen, totals, folder: tell(_progress(seen, totals, folder)),
    )
    if choice.method != detection.NONE:
        scan.run()
    listing.close()
    tell(_summary(scan, catalogue, choice, started, root))


def _young_at(root: bytes, choice: detection.DetectionMethod, diff: PathIndex | None) -> Callable[[bytes], bool]:
    """Whether a path is younger than the container, by what tells changes: mostly its birth or last change."""
    look, is_new = StatxReader().look, Handles().is_new

    def young(path: bytes) -> bool:
        if choice.method == detection.HANDLE and is_new(-100, root + path):
            return True
        if choice.made is None:
            return diff is not None and diff.find(path) is not None
        try:
            found = look(-100, root + path)
        except OSError:
            return False
        moment = found.birth if choice.on_birth else found.change
        return moment is not None and moment >= choice.made

    return young


def _read_diff(path: str | None) -> PathIndex | None:
    """The engine's diff, as lines of a letter and a JSON string."""
    if path is None:
        return None
    index = PathIndex()
    with open(path, encoding="ascii") as file:
        for line in file:
            index.add(os.fsencode(json.loads(line[1:])), ord(line[0]))
    return index


def _progress(seen: int, totals: Totals, folder: bytes) -> dict[str, Any]:
    return {"seen": seen, "found": totals.count, "size": totals.size, "folder": os.fsdecode(folder) or "/"}


def _summary(
    scan: Scan, catalogue: PackageCatalogue, choice: detection.DetectionMethod, started: int | None, root: bytes
) -> dict[str, Any]:
    totals = scan.totals
    missing, count = _missing(scan, catalogue, root)
    groups = [
        {
            "group": group,
            "files": totals.files[group],
            "folders": totals.folders[group],
            "size": totals.sizes[group],
            "largest": [_item(item) for item in scan.top.largest(group)],
        }
        for group in rules.GROUPS
    ]
    return {
        "summary": True,
        "seen": scan.seen,
        "made": choice.made,
        "started": started,
        "method": choice.method,
        "evidence": choice.evidence,
        "doubts": [*choice.doubts, *scan.doubts.items()],
        "groups": groups,
        "packages": _packages(catalogue, totals),
        "removed": sorted(catalogue.removed),
        "missing": [[os.fsdecode(path), package] for path, package in missing],
        "missing_count": count,
        "unreadable": [os.fsdecode(path) or "/" for path in scan.unreadable],
        "unreadable_count": scan.unreadable_count,
    }


def _item(item: Item) -> list[Any]:
    return [os.fsdecode(item.path), item.type, item.files, item.size]


def _packages(catalogue: PackageCatalogue, totals: Totals) -> list[dict[str, Any]]:
    return [
        {**row, "files": totals.package_files[number], "size": totals.package_sizes[number]}
        for number, row in enumerate(catalogue.rows())
    ]


def _missing(scan: Scan, catalogue: PackageCatalogue, root: bytes) -> tuple[list[tuple[bytes, str]], int]:
    """Packaged files that are gone from changed folders; the count is complete, the list at most ``MOST_MISSING``."""
    if not scan.folders:
        return [], 0

    def there(path: bytes) -> bool:
        try:
            os.lstat(root + path)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return True

    gone: dict[bytes, str] = {}
    for owner in catalogue.owners:
        for path, package in owner.missing(scan.folders, there):
            gone.setdefault(path, package)
    return list(islice(gone.items(), MOST_MISSING)), len(gone)


def main() -> None:
    """Read the task, do it, and stop quietly when the asking process is gone."""
    task = json.load(sys.stdin)

    def tell(line: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()

    try:
        run(task, tell)
    except BrokenPipeError:
        os._exit(1)
    except ScanBrokenError as error:
        print(error, file=sys.stderr, flush=True)
        os._exit(1)
