"""Sums and the largest items, in memory that does not grow."""

from __future__ import annotations

import random
import tracemalloc

from ide49_storage.changes.path_index import PathIndex
from ide49_storage.changes.totals import MOST_LARGEST, FolderSummary, Item, Totals


def test_an_index_finds_every_path_and_no_other() -> None:
    index = PathIndex()
    for number in range(5000):
        index.add(b"/usr/share/%d" % number, number % 7)
    assert all(index.find(b"/usr/share/%d" % number) == number % 7 for number in range(5000))
    assert index.find(b"/usr/share/5000") is None
    index.add(b"/late", 3)
    assert index.find(b"/late") == 3
    assert index.find(b"/usr/share/1") == 1


def test_an_index_of_many_paths_stays_small_also_while_it_is_sorted() -> None:
    tracemalloc.start()
    try:
        index = PathIndex()
        for number in range(100_000):
            index.add(b"/%d" % number, number)
        assert index.find(b"/77") == 77
        assert tracemalloc.get_traced_memory()[1] < 2_500_000
    finally:
        tracemalloc.stop()


def test_an_empty_index_claims_nothing() -> None:
    assert PathIndex().find(b"/") is None


def test_the_largest_are_exact_however_many_there_are() -> None:
    sizes = list(range(2000))
    random.Random(1).shuffle(sizes)
    branch = FolderSummary()
    for size in sizes:
        branch.add("home-and-data", Item(size, b"/%d" % size, "file", 1))
    assert [item.size for item in branch.largest("home-and-data")] == list(range(1999, 1999 - MOST_LARGEST, -1))
    assert branch.size == sum(sizes)


def test_a_folder_is_whole_only_with_one_group_in_it() -> None:
    branch = FolderSummary()
    assert branch.whole == ""
    branch.add("home-and-data", Item(1, b"/a", "file", 1))
    assert branch.whole == "home-and-data"
    branch.add("caches-and-logs", Item(1, b"/b", "file", 1))
    assert branch.whole is None


def test_an_entry_of_the_image_makes_a_folder_not_whole() -> None:
    branch = FolderSummary()
    branch.mix(None)
    branch.add("home-and-data", Item(1, b"/a", "file", 1))
    assert branch.whole is None


def test_totals_count_files_folders_and_packages_apart() -> None:
    totals = Totals()
    totals.add("system-packages", folder=False, size=10, package=2)
    totals.add("system-packages", folder=True, size=0, package=2)
    totals.add("configuration", folder=False, size=5, package=None)
    assert (totals.files["system-packages"], totals.folders["system-packages"]) == (1, 1)
    assert (totals.package_files[2], totals.package_sizes[2]) == (1, 10)
    assert (totals.count, totals.size) == (3, 15)
