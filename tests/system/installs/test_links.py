"""Links in a user base that lead to a share which never answers: nothing there is touched, and nobody waits."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ide49_storage.installs.manager import InstallRefused
from ide49_storage.model.installs import Action, Cause, JobVerdict
from tests.needs import need, need_command, need_root
from tests.pypi.bench import Bench
from tests.pypi.index import Index
from tests.pypi.wheels import Package
from tests.system.test_silent_fuse import PROGRAM, abort


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[Path]:
    """A FUSE mount that has never answered."""
    need_root()
    need_command("umount")
    need(os.path.exists("/dev/fuse"), "/dev/fuse")
    point = tmp_path / "share"
    point.mkdir()
    with subprocess.Popen([sys.executable, str(PROGRAM), str(point), "silent"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == b"ready\n"
            yield point
        finally:
            abort(point)
            process.kill()


def reason(bench: Bench, *names: str, action: Action = Action.INSTALL) -> str:
    with pytest.raises(InstallRefused) as refused:
        bench.service.start(bench.request(*names, action=action))
    return refused.value.code


def test_a_link_to_a_share_is_named_and_never_followed(bench: Bench, index: Index, silent: Path) -> None:
    index.add(Package(name="big"), Package(name="other"))
    assert bench.do("big", "other", imports=False).verdict is JobVerdict.INSTALLED
    (bench.site / "big").rename(bench.folder / "big")
    (bench.site / "big").symlink_to(silent / "big")
    problems = {each.name: each.problem for each in bench.service.packages("outside").packages}
    assert problems["other"] is None
    assert "leads to a share" in str(problems["big"])
    for action in (Action.UNINSTALL, Action.REPAIR):
        job = bench.do("big", action=action)
        assert (job.verdict, job.cause) == (JobVerdict.FAILED, Cause.TARGET), job
        assert "Remove the link" in job.message
    assert (bench.site / "big").is_symlink()

    far = bench.site / "far-1.0.dist-info"
    far.symlink_to(silent / "far")
    assert reason(bench, "other") == "link-to-share"
    assert {each.name for each in bench.service.packages("outside").packages} == {"big", "other"}
    far.unlink()

    (bench.base / "lib").rename(bench.folder / "lib")
    (bench.base / "lib").symlink_to(silent / "lib")
    assert reason(bench, "other") == "not-asked"
    assert bench.service.packages("outside").packages == ()
    assert bench.service.recover() is None
    (bench.base / "lib").unlink()
