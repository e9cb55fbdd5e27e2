"""What `changes` said of a container against what really changed in it."""

from __future__ import annotations

import dataclasses
import os
import stat
from collections.abc import Collection, Iterable
from typing import Any

from . import truth
from .engine import Container
from .markers import shown
from .operations import Operated
from .truth import Truth

# the scan itself writes there
OWN_WORK = frozenset({"/tmp"})
IOT = 1000


@dataclasses.dataclass(frozen=True)
class Scanned:
    """One answer. ``said`` and ``true`` are paths; ``right`` and ``wrong`` of what is told ``new`` or ``modified``."""

    said: frozenset[str]
    true: frozenset[str]
    told_right: int
    told_unknown: int
    told_wrong: tuple[str, ...]
    size: int
    true_size: int
    complaints: tuple[str, ...]

    @property
    def problems(self) -> list[str]:
        """Everything that is wrong, in words."""
        found = [f"changes: {shown(path)} is listed, but did not change" for path in sorted(self.said - self.true)]
        found += [f"changes: {shown(path)} changed, but is not listed" for path in sorted(self.true - self.said)]
        found += [f"changes: {shown(path)} is told the wrong way (new, modified)" for path in self.told_wrong]
        if abs(self.size - self.true_size) > self.true_size / 100:
            found.append(f"changes: {self.size} bytes are told of {self.true_size}")
        return [*found, *self.complaints]


def scanned(container: Container, operated: Operated, user: str | None) -> Scanned:
    """Ask ``changes`` as ``user`` (``None``: root) and compare."""
    answer = truth.changes(container, user=user)
    seen = truth.upper(container)
    true = truth.reachable(seen, truth.mount_points(container))
    shut = set() if user is None else _shut(seen, true)
    true = {path for path in true if not _is_below(path, shut)} - OWN_WORK
    listed = {change["path"]: change for change in answer["changes"] if change["path"] not in OWN_WORK}
    right, unknown, wrong = _told(listed.values(), truth.image_had(container, listed), operated)
    return Scanned(
        frozenset(listed),
        frozenset(true),
        right,
        unknown,
        wrong,
        answer["size"],
        truth.sizes(seen, true),
        tuple(_complaints(container, answer, shut)),
    )


def _complaints(container: Container, answer: dict[str, Any], shut: set[str]) -> Iterable[str]:
    if answer["state"] != "ended":
        yield f"changes: the scan is {answer['state']}: {answer['error']}"
    if set(answer["unreadable"]) != shut:
        yield f"changes: unreadable is {sorted(answer['unreadable'])!a}, in truth {sorted(shut)!a}"
    gone = [missing["path"] for missing in answer["missing"]]
    if not gone:
        return
    for path, there in truth.present(container, gone).items():
        if there:
            yield f"changes: {shown(path)} is said to be missing, but is there"


def _shut(seen: Truth, true: set[str]) -> set[str]:
    """The changed folders that user ``iot`` may not list or search, without those in them."""
    closed = {path for path in true if stat.S_ISDIR(seen[path].st_mode) and not _is_open(seen[path])}
    return {path for path in closed if not _is_below(path, closed)}


def _is_open(seen: os.stat_result) -> bool:
    needed = stat.S_IROTH | stat.S_IXOTH
    if seen.st_uid == IOT:
        needed <<= 6
    elif seen.st_gid == IOT:
        needed <<= 3
    return seen.st_mode & needed == needed


def _is_below(path: str, folders: Collection[str]) -> bool:
    return any(path.startswith(f"{folder}/") for folder in folders)


def _told(
    listed: Iterable[dict[str, Any]], in_image: Collection[str], operated: Operated
) -> tuple[int, int, tuple[str, ...]]:
    """How often ``new`` and ``modified`` are right and not told, and the paths at which they are wrong.

    An image's file under another name may be called modified, and something new under an image's name new.
    """
    right, unknown, wrong = 0, 0, []
    for change in listed:
        path, kind = change["path"], change["change"]
        if kind == "unknown":
            unknown += 1
        elif (kind == "modified") is (path in in_image) or _is_excused(path, kind, operated):
            right += 1
        else:
            wrong.append(path)
    return right, unknown, tuple(wrong)


def _is_excused(path: str, kind: str, operated: Operated) -> bool:
    if kind == "modified":
        return path in operated.moved
    return path in operated.replaced or _is_below(path, operated.replaced)
