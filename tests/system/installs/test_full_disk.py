"""A full disk, on a real small ext4: the packages are as they were, and the answer says why."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ide49_storage.model.installs import Action, Cause, JobVerdict
from tests.needs import need, need_command, need_root
from tests.pypi.bench import Bench
from tests.pypi.wheels import Package


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """An ext4 of 48 MB with room for 6,000 files."""
    need_root()
    need_command("mkfs.ext4", "mount", "umount")
    image, folder = tmp_path / "disk.img", tmp_path / "disk"
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(48_000_000)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-N", "6000", "-m", "0", str(image)], check=True)
    mounted = subprocess.run(["mount", "-o", "loop", str(image), str(folder)], capture_output=True, check=False)
    need(mounted.returncode == 0, "a loop device that can be mounted")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("action", [Action.INSTALL, Action.UPGRADE])
@pytest.mark.parametrize("room", [600_000, 2_000_000, 4_000_000])
def test_a_disk_that_fills_up_changes_nothing(bench: Bench, small: Path, action: Action, room: int) -> None:
    bench = Bench(bench.folder, bench.index, base=small / "base")
    bench.index.add(Package(name="big", modules=200))
    if action is Action.UPGRADE:
        assert bench.do("big", imports=False).verdict is JobVerdict.INSTALLED
    before = bench.files()
    bench.index.add(Package(name="big", version="2.0", modules=900, code="# " + "x" * 3_000_000 + "\n"))
    # 20 MB are the least that is not refused before pip runs, so the rest is filled while it is held at its gate.
    ballast = small / "ballast"
    job = bench.service.start(bench.request("big", action=action, imports=False))
    while (now := bench.service.job(job.id)).plan is None and now.verdict is None:
        pass
    with ballast.open("wb") as file, contextlib.suppress(OSError):
        free = os.statvfs(small)
        file.write(b"x" * max(0, free.f_bavail * free.f_frsize - room))
        file.flush()
        os.fsync(file.fileno())
    ended = bench.ended(job)
    ballast.unlink()
    bench.rest()
    after = bench.files()
    if ended.verdict is JobVerdict.INSTALLED:
        assert bench.service.packages("outside").packages[0].problem is None
    else:
        assert (ended.verdict, ended.cause) == (JobVerdict.FAILED, Cause.DISK_FULL), ended
        assert after == before


def test_no_room_at_all_is_refused_before_anything_runs(bench: Bench, small: Path) -> None:
    bench = Bench(bench.folder, bench.index, base=small / "base")
    free = os.statvfs(small)
    (small / "ballast").write_bytes(b"x" * (free.f_bavail * free.f_frsize - 1_000_000))
    bench.index.add(Package(name="one"))
    with pytest.raises(Exception, match="full") as refused:
        bench.service.start(bench.request("one"))
    assert getattr(refused.value, "code", "") == "full"
    assert bench.index.asked == []


def test_no_inodes_is_found_at_the_gate(bench: Bench, small: Path) -> None:
    bench = Bench(bench.folder, bench.index, base=small / "base")
    bench.index.add(Package(name="big", modules=4_000))
    job = bench.do("big", imports=False)
    assert (job.verdict, job.cause) == (JobVerdict.FAILED, Cause.DISK_FULL)
    assert "inodes" in job.message
    assert bench.files() == {}
    bench.rest()
