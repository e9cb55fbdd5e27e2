"""The reports over probes: fresh where it matters, one look for all who ask at once, never a hang."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from ide49_storage.errors import BadPath
from ide49_storage.model.mounts import CapacityStatus
from ide49_storage.mounts import report
from ide49_storage.mounts import service as asking_module
from ide49_storage.mounts.service import MountService, wait_for
from ide49_storage.processes import pool

Test = Callable[[MountService], Awaitable[None]]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with other things must not count as one that does not answer."""
    monkeypatch.setattr(pool, "DEADLINE", 8.0)


def run(test: Test) -> None:
    async def main() -> None:
        asking = MountService()
        try:
            await test(asking)
        finally:
            await asking.close()

    asyncio.run(main())


def test_asking_twice_at_once_looks_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking_module, "FRESH", 600.0)

    async def test(asking: MountService) -> None:
        monkeypatch.setattr(asking, "_unchanged", lambda: True)  # whatever others on this machine mount
        first, second = await asyncio.gather(asking.mount_report("/"), asking.mount_report("/"))
        assert first is second
        assert (await asking.mount_report("/")) is first

    run(test)


def test_another_folder_is_another_question() -> None:
    async def test(asking: MountService) -> None:
        first, second = await asking.mount_report("/"), await asking.mount_report("/usr")
        assert second is not first
        assert second.notebooks is not None
        assert second.notebooks.path == "/usr"

    run(test)


def test_an_old_answer_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking_module, "FRESH", 0.0)

    async def test(asking: MountService) -> None:
        first = await asking.mount_report("/")
        assert (await asking.mount_report("/")) is not first

    run(test)


def test_a_change_of_the_table_is_seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(asking: MountService) -> None:
        first = await asking.mount_report("/")
        monkeypatch.setattr(asking, "_unchanged", lambda: False)
        assert (await asking.mount_report("/")) is not first

    run(test)


def test_the_report_is_that_of_the_plain_functions_for_what_they_may_ask() -> None:
    async def test(asking: MountService) -> None:
        while True:  # until nobody else on this machine mounts in between
            probed, plain = await asking.mount_report("/"), report.mount_report("/")
            if [mount.id for mount in probed.mounts] == [mount.id for mount in plain.mounts]:
                break
        assert [mount.evidence for mount in probed.mounts] == [mount.evidence for mount in plain.mounts]
        for mine, theirs in zip(probed.mounts, plain.mounts, strict=True):
            if theirs.capacity_status is CapacityStatus.MEASURED:
                assert mine.capacity_status is CapacityStatus.MEASURED
                assert mine.capacity is not None
                assert theirs.capacity is not None
                assert mine.capacity.total == theirs.capacity.total
                assert mine.capacity_at is not None

    run(test)


def test_where_is_that_of_the_plain_function(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder/../folder")
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / os.fsdecode(b"b\xff")).touch()
    paths = ["link", "link/x", "loop", "fifo", "fifo/x", "../..", "/proc/self/cwd", "/proc/1/cwd", "/dev/null"]
    paths += [os.fsdecode(b"b\xff"), "x" * 300, "/" + "long/" * 2000, "/proc/self/fd/0"]

    async def test(asking: MountService) -> None:
        assert await asking.where(paths, str(tmp_path)) == report.where(paths, str(tmp_path))

    run(test)


def test_what_cannot_be_a_path_is_refused() -> None:
    async def test(asking: MountService) -> None:
        with pytest.raises(BadPath):
            await asking.where(["a\0b"], "/")

    run(test)


def test_a_program_waits_for_the_answer_with_or_without_a_running_loop() -> None:
    async def inside() -> int:
        return len(wait_for(lambda asking: asking.where(["/", "/usr"], "/")))

    assert asyncio.run(inside()) == 2
    assert len(wait_for(lambda asking: asking.where(["/"], "/"))) == 1


def test_errors_reach_the_program_that_waits() -> None:
    async def inside() -> None:
        with pytest.raises(BadPath):
            wait_for(lambda asking: asking.where([""], "/"))

    asyncio.run(inside())
