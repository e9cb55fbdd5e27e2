"""The plain report for systems without mountinfo, from made-up partitions (all synthetic)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from ide49_storage.model.mounts import CapacityStatus, EngineName
from ide49_storage.model.vocabulary import Fate, Kind
from ide49_storage.mounts.other_os import partition_report, partition_where


class Partition(NamedTuple):
    """As psutil gives it."""

    device: str
    mountpoint: str
    fstype: str
    opts: str


MAC = [
    Partition("/dev/disk1s1", "/", "apfs", "ro,local,rootfs"),
    Partition("/dev/disk2s1", "/Volumes/STICK", "msdos", "rw,local"),
    Partition("//iot:tweety@nas/iot-data", "/Volumes/iot-data", "smbfs", "rw"),
]


def test_each_partition_is_a_mount_of_host_or_disk() -> None:
    report = partition_report(partitions=MAC[:2])
    assert report.engine.name is EngineName.NONE
    assert [(m.kind, m.mount_point, m.name, m.fate.update) for m in report.mounts] == [
        (Kind.HOST, "/", None, Fate.KEPT),
        (Kind.DISK, "/Volumes/STICK", "STICK", Fate.KEPT),
    ]
    assert [m.options.read_only for m in report.mounts] == [True, False]
    assert report.mounts[0].capacity_status is CapacityStatus.MEASURED


def test_a_share_is_told_and_not_asked_and_its_password_left_out() -> None:
    share = partition_report(partitions=MAC).mounts[2]
    assert (share.kind, share.capacity_status, share.capacity) == (Kind.SAMBA, CapacityStatus.NOT_ASKED, None)
    assert "tweety" not in repr(share)
    (answer,) = partition_where(["/Volumes/iot-data/x"], MAC)
    assert (answer.kind, answer.exists, answer.writable) == (Kind.SAMBA, None, None)
    assert answer.doubt
    assert "tweety" not in repr(answer)


def test_a_path_is_on_the_partition_with_the_longest_mount_point_above_it(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "ab").mkdir()
    partitions = [MAC[0], Partition("/dev/x", os.path.realpath(tmp_path / "a"), "apfs", "rw")]
    inside, beside, missing = partition_where(
        [str(tmp_path / "a"), str(tmp_path / "ab"), str(tmp_path / "a/none")], partitions
    )
    assert (inside.mount_id, inside.exists, inside.writable) == (2, True, True)
    assert beside.mount_id == 1
    assert (missing.mount_id, missing.exists, missing.nearest) == (2, False, os.path.realpath(tmp_path / "a"))


def test_where_there_is_no_statvfs_psutil_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = psutil.disk_usage("/")
    monkeypatch.setattr(psutil, "disk_usage", lambda _: usage)
    monkeypatch.delattr(os, "statvfs")
    capacity = partition_report(partitions=MAC[:1]).mounts[0].capacity
    assert capacity is not None
    assert (capacity.total, capacity.inodes_total) == (usage.total, None)


def test_a_path_on_no_partition_is_unknown() -> None:
    (answer,) = partition_where(["/x"], [MAC[1]])
    assert (answer.kind, answer.exists) == (Kind.UNKNOWN, None)


def test_the_partitions_of_this_machine_are_listed_without_raising() -> None:
    report = partition_report(os.getcwd())
    assert report.notebooks is not None
    assert report.notebooks.path == os.getcwd()
