"""The listing of a scan: one unlinked file for each group on a local disk, read back a page at a time."""

from __future__ import annotations

import datetime
import json
import os
import threading
import uuid
from typing import IO

from ..model.changes import Change, ChangeKind, EntryType, Group
from ..mounts.temporary import temporary_file, temporary_folder

MOST_IN_PAGE = 10_000


class BadCursor(ValueError):
    """A cursor that this listing did not give out. The message says what to do."""


class ListingClosedError(Exception):
    """Another listing has taken this one's place meanwhile."""


class ChangeListing:
    """The files, and pages of them. A cursor is opaque, and belongs to this listing alone."""

    def __init__(self) -> None:
        """Open the files. ``OSError`` where there is no room for any."""
        self._id = uuid.uuid4().hex[:12]
        self._files: dict[Group, IO[bytes]] = {}
        self._lock = threading.Lock()
        self._closed = False
        try:
            folder = temporary_folder()
            for group in Group:
                self._files[group] = temporary_file(folder)
        except OSError:
            self.close()
            raise

    def descriptors(self) -> dict[str, int]:
        """For the process that writes: each group's descriptor."""
        return {group.value: file.fileno() for group, file in self._files.items()}

    def close(self) -> None:
        """Give the room back."""
        with self._lock:
            self._closed = True
            for file in self._files.values():
                file.close()

    def page(self, after: str | None, limit: int, group: Group | None) -> tuple[tuple[Change, ...], str | None]:
        """At most ``limit`` changes behind a cursor, of one group or of all, and the cursor of the next page.

        Raises ``BadCursor``, and ``ListingClosedError`` after ``close``.
        """
        groups = list(Group) if group is None else [group]
        found: list[Change] = []
        with self._lock:
            if self._closed:
                raise ListingClosedError
            at, offset = self._place(after, groups)
            while at < len(groups):
                room = limit - len(found)
                if room <= 0:
                    return tuple(found), self._cursor(groups, at, offset)
                rows, offset = self._read(groups[at], offset, room)
                found += rows
                if len(rows) < room:
                    at, offset = at + 1, 0
        return tuple(found), None

    def _read(self, group: Group, offset: int, limit: int) -> tuple[list[Change], int]:
        file = self._files[group]
        rows: list[Change] = []
        # A descriptor of its own position: the writer shares this one's.
        with open(os.dup(file.fileno()), "rb") as reader:
            reader.seek(offset)
            while len(rows) < limit and (line := reader.readline()).endswith(b"\n"):
                rows.append(_change(line))
                offset += len(line)
        return rows, offset

    def _cursor(self, groups: list[Group], at: int, offset: int) -> str | None:
        size = os.fstat(self._files[groups[at]].fileno()).st_size
        while offset >= size:
            at, offset = at + 1, 0
            if at == len(groups):
                return None
            size = os.fstat(self._files[groups[at]].fileno()).st_size
        return f"{self._id}.{groups[at].value}.{offset}"

    def _place(self, after: str | None, groups: list[Group]) -> tuple[int, int]:
        if after is None:
            return 0, 0
        identity, _, rest = after.partition(".")
        name, _, offset = rest.rpartition(".")
        if identity != self._id:
            raise BadCursor("This cursor is of another scan: ask again without `after`.")
        if name not in [group.value for group in groups] or not (offset.isascii() and offset.isdecimal()):
            raise BadCursor("This cursor does not belong to what is asked for: ask again without `after`.")
        place = int(offset)
        file = self._files[Group(name)]
        if place > os.fstat(file.fileno()).st_size or (place and os.pread(file.fileno(), 1, place - 1) != b"\n"):
            raise BadCursor("This cursor points nowhere: ask again without `after`.")
        return groups.index(Group(name)), place


def _change(line: bytes) -> Change:
    path, change, kind, size, at, package = json.loads(line)
    return Change(
        path=path, change=ChangeKind(change), type=EntryType(kind), size=size, at=rfc3339(at), package=package
    )


def rfc3339(nanoseconds: int) -> str:
    """A moment as RFC 3339 in UTC, to the millisecond; years outside 1 to 9999 as the nearest of them."""
    start = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    try:
        moment = start + datetime.timedelta(microseconds=nanoseconds // 1000)
    except OverflowError:
        moment = datetime.datetime.max if nanoseconds > 0 else datetime.datetime.min
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
