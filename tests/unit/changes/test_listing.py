"""The listing, read back a page at a time."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from ide49_storage.changes.listing import BadCursor, ChangeListing, ListingClosedError, rfc3339
from ide49_storage.model.changes import Change, ChangeKind, EntryType, Group


def write(spool: ChangeListing, group: Group, *paths: str) -> None:
    rows = [json.dumps([path, "new", "file", 1, 1_000_000_000, None]) + "\n" for path in paths]
    os.write(spool.descriptors()[group.value], "".join(rows).encode("ascii"))


@pytest.fixture
def spool() -> Iterator[ChangeListing]:
    made = ChangeListing()
    write(made, Group.SYSTEM_PACKAGES, "/usr/a", "/usr/b")
    write(made, Group.CONFIGURATION, "/etc/a", "/etc/\udcff\n", "/etc/c")
    write(made, Group.CACHES_AND_LOGS, "/tmp/a")
    yield made
    made.close()


def pages(spool: ChangeListing, limit: int, group: Group | None) -> list[list[str]]:
    found = []
    after = None
    while True:
        page, after = spool.page(after, limit, group)
        found.append([change.path for change in page])
        if after is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6, 7, 100])
def test_the_pages_together_are_the_listing_whatever_their_size(spool: ChangeListing, limit: int) -> None:
    read = pages(spool, limit, None)
    assert [path for page in read for path in page] == [
        "/usr/a",
        "/usr/b",
        "/etc/a",
        "/etc/\udcff\n",
        "/etc/c",
        "/tmp/a",
    ]
    assert all(len(page) == limit for page in read[:-1])
    assert read[-1], "no empty page at the end"


def test_a_group_has_pages_of_its_own(spool: ChangeListing) -> None:
    assert pages(spool, 2, Group.CONFIGURATION) == [["/etc/a", "/etc/\udcff\n"], ["/etc/c"]]
    assert pages(spool, 2, Group.HOME_AND_DATA) == [[]]


def test_a_row_becomes_a_record(spool: ChangeListing) -> None:
    page, _ = spool.page(None, 1, None)
    at = "1970-01-01T00:00:01.000Z"
    assert page == (Change(path="/usr/a", change=ChangeKind.NEW, type=EntryType.FILE, size=1, at=at, package=None),)


def test_asking_for_none_gives_none_and_the_way_on(spool: ChangeListing) -> None:
    page, after = spool.page(None, 0, None)
    assert page == ()
    assert after is not None
    assert [change.path for change in spool.page(after, 1, None)[0]] == ["/usr/a"]


def test_a_cursor_of_another_scan_is_refused(spool: ChangeListing) -> None:
    _, after = spool.page(None, 1, None)
    other = ChangeListing()
    try:
        with pytest.raises(BadCursor, match="another scan"):
            other.page(after, 1, None)
    finally:
        other.close()


@pytest.mark.parametrize(
    "tail",
    [
        "",
        ".",
        "configuration.-1",
        "configuration.x",
        "configuration.1",
        "nonsense.0",
        "configuration.99999",
        "configuration.²",
    ],
)
def test_a_made_up_cursor_is_refused(spool: ChangeListing, tail: str) -> None:
    _, after = spool.page(None, 1, None)
    assert after is not None
    with pytest.raises(BadCursor):
        spool.page(f"{after.partition('.')[0]}.{tail}", 1, None)


def test_a_cursor_of_another_group_is_refused(spool: ChangeListing) -> None:
    _, after = spool.page(None, 1, Group.CONFIGURATION)
    with pytest.raises(BadCursor):
        spool.page(after, 1, Group.SYSTEM_PACKAGES)


def test_after_closing_it_says_so_and_no_page_is_empty() -> None:
    spool = ChangeListing()
    spool.close()
    with pytest.raises(ListingClosedError):
        spool.page(None, 10, None)


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (-1_000_000_000, "1969-12-31T23:59:59.000Z"),
        (1795482968_524445873, "2026-11-24T01:16:08.524Z"),
        (2**63, "2262-04-11T23:47:16.854Z"),
        (10**30, "9999-12-31T23:59:59.999Z"),
    ],
)
def test_a_moment_is_written_in_utc(nanoseconds: int, text: str) -> None:
    assert rfc3339(nanoseconds) == text
