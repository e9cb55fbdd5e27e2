"""The reports over probes: fresh where it matters, one look for all who ask at once, never a hang."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec
import pytest

from ide49_storage.errors import BadPath
from ide49_storage.model.mounts import CapacityStatus, MountReport, Where
from ide49_storage.mounts import mountinfo, snapshot
from ide49_storage.mounts import service as asking_module
from ide49_storage.mounts.locator import PathLocator, listed_mounts
from ide49_storage.mounts.remote_filesystems import RemoteFilesystems
from ide49_storage.mounts.service import MountService, wait_for
from ide49_storage.processes import pool
from ide49_storage.processes.replies import LOCAL, Reply, Silent, Target
from ide49_storage.processes.worker import Question

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


def test_where_is_that_of_the_locator_for_what_cannot_hang(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder/../folder")
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / os.fsdecode(b"b\xff")).touch()
    names = ["link", "link/x", "loop", "fifo", "fifo/x", "../..", "/proc/self/cwd", "/proc/1/cwd", "/dev/null"]
    names += [os.fsdecode(b"b\xff"), "x" * 300, "/" + "long/" * 2000, "/proc/self/fd/0"]
    paths = [os.path.join(tmp_path, name) for name in names]

    async def test(asking: MountService) -> None:
        assert await asking.where(names, str(tmp_path)) == tuple(map(PathLocator(paths), paths))

    run(test)


@pytest.fixture
def share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the mount table calls a FUSE mount, with a file in it."""
    folder = tmp_path / "share"
    folder.mkdir()
    (folder / "file").touch()
    holder = snapshot.take_snapshot().table.mount_of(str(tmp_path)).id
    text = mountinfo.read_mountinfo() + f"999999 {holder} 0:999 / {folder} rw - fuse.sshfs nas:/data rw\n".encode()
    monkeypatch.setattr(mountinfo, "read_mountinfo", lambda *_: text)
    monkeypatch.setattr(MountService, "_unchanged", lambda _: False)
    return folder


class SilentRemotes(pool.Pool):
    """Local questions are really asked; what may hang says nothing."""

    async def ask(self, target: Target, questions: Sequence[Question], deadline: float | None = None) -> list[Reply]:
        """See `Pool.ask`."""
        if target == LOCAL:
            return await super().ask(target, questions, deadline)
        return [Silent("It does not answer", "2021-07-01T00:00:00Z")] * len(questions)


def without_doubt(where: Where) -> Where:
    """All but the sentence that says why a mount was not asked, or that it gave no answer."""
    return msgspec.structs.replace(where, doubt=None)


def test_a_silent_fuse_mount_gets_the_same_answers_from_the_service_and_the_locator(share: Path) -> None:
    paths = [str(share), f"{share}/file", f"{share}/none/..", str(share.parent), f"{share.parent}/none"]

    async def main() -> tuple[tuple[Where, ...], MountReport]:
        service = MountService(RemoteFilesystems(SilentRemotes()))
        try:
            return await service.where(paths, None), await service.mount_report()
        finally:
            await service.close()

    probed, report = asyncio.run(main())
    locator = PathLocator(paths)
    assert list(map(without_doubt, probed)) == [without_doubt(locator(path)) for path in paths]
    told = [(each.exists, each.writable) for each in probed]
    assert told == [(True, None), (None, None), (None, None), (True, True), (False, True)]
    assert [locator.is_local(path) for path in paths] == [False, False, False, True, True]
    asked, listed = ({mount.id: mount for mount in mounts} for mounts in (report.mounts, listed_mounts()))
    assert asked[999999].capacity_status is CapacityStatus.NOT_ANSWERING
    assert listed[999999].capacity_status is CapacityStatus.NOT_ASKED
    assert asked[999999].capacity is None
    assert all(mount.capacity is None for mount in listed.values())


def test_an_answering_fuse_mount_is_known_to_the_service_and_not_asked_by_the_locator(share: Path) -> None:
    path = f"{share}/file"

    async def test(service: MountService) -> None:
        (probed,) = await service.where([path], None)
        assert (probed.exists, probed.writable, probed.doubt) == (True, True, None)
        listed = PathLocator()(path)
        assert (listed.exists, listed.writable) == (None, None)
        assert "was not asked" in str(listed.doubt)
        assert (listed.mount_id, listed.kind, listed.fate) == (probed.mount_id, probed.kind, probed.fate)

    run(test)


def test_a_path_on_no_file_system_gets_the_answer_of_the_root() -> None:
    locator = PathLocator()
    assert locator("").path == locator("/\0").path == "/"
    assert not locator.is_local("")
    assert not locator.is_local("/\0")


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
