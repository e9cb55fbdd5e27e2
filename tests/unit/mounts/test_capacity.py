"""The capacity of storages, asked through real helper processes."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from ide49_storage.model.mounts import CapacityStatus
from ide49_storage.mounts.capacity import CapacityReading, StorageKey, capacity_reading
from ide49_storage.mounts.remote_filesystems import RemoteFilesystems
from ide49_storage.mounts.table import MountTable
from ide49_storage.processes import pool
from ide49_storage.processes.replies import Answered, Failed, Silent

from .lines import DISK_ROOT, line, table_of


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with other things must not count as one that does not answer."""
    monkeypatch.setattr(pool, "DEADLINE", 8.0)


def capacities(table: MountTable) -> dict[StorageKey, CapacityReading]:
    async def ask() -> dict[StorageKey, CapacityReading]:
        remote = RemoteFilesystems()
        try:
            return await remote.capacities(table)
        finally:
            await remote.close()

    return asyncio.run(ask())


def test_each_storage_is_measured_once_and_agrees_with_the_kernel(tmp_path: Path) -> None:
    table = table_of(
        DISK_ROOT,
        line(2, 1, str(tmp_path)),
        line(3, 1, "/proc", fs="proc"),
        line(4, 2, str(tmp_path / "gone")),
    )
    readings = capacities(table)
    measured = readings["0:2", "/"]
    assert measured.status is CapacityStatus.MEASURED
    assert measured.capacity is not None
    real = os.statvfs(tmp_path)
    assert measured.capacity.total == real.f_blocks * real.f_frsize
    assert measured.capacity.inodes_total == (real.f_files or None)
    assert readings["0:3", "/"].status is CapacityStatus.NOT_APPLICABLE
    assert readings["0:4", "/"].status is CapacityStatus.FAILED


def test_a_hidden_mount_is_never_measured_through_its_own_path(tmp_path: Path) -> None:
    hidden = line(2, 1, str(tmp_path), device="8:7")
    over = line(3, 2, str(tmp_path))
    assert set(capacities(table_of(DISK_ROOT, hidden, over))) == {("8:2", "/"), ("0:3", "/")}
    elsewhere = line(4, 1, str(tmp_path.parent), device="8:7")
    assert ("8:7", "/") in capacities(table_of(DISK_ROOT, hidden, over, elsewhere))


def test_inodes_that_are_not_counted_are_unknown_and_not_zero() -> None:
    capacity = capacity_reading(Answered((100, 60, 30, 0, 0)), "now", None).capacity
    assert capacity is not None
    assert (capacity.inodes_total, capacity.inodes_free) == (None, None)


def test_without_an_answer_the_last_capacity_stays_with_the_time_of_its_measurement() -> None:
    known = capacity_reading(Answered((100, 60, 30, 10, 5)), "before", None)
    silent = capacity_reading(Silent("The share does not answer", "since then"), "now", known)
    assert (silent.status, silent.since) == (CapacityStatus.NOT_ANSWERING, "since then")
    assert (silent.capacity, silent.at) == (known.capacity, "before")
    failed = capacity_reading(Failed(5), "now", known)
    assert (failed.status, failed.capacity, failed.at) == (CapacityStatus.FAILED, known.capacity, "before")
