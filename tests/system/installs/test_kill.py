"""kill -9 at random moments: what is there after the next start is the old state or the new one, bit for bit."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import time

import psutil
import pytest

from ide49_storage.installs.distributions import damaged, scan
from ide49_storage.model.installs import Action, JobState, JobVerdict
from tests.pypi.bench import Bench
from tests.pypi.wheels import Package

#: 4 ways to kill x 2 actions x 8 = 64 moments, each with a package of more than 2,500 files.
MOMENTS = 8


def package(version: str, count: int, data: str) -> Package:
    """Most of its files are no modules: writing them is quick, compiling them would not be."""
    files = {f"texts/{number // 500}/{number}.txt": f"{version} {number}" for number in range(count)}
    return Package(
        name="big",
        version=version,
        modules=100,
        files=files,
        scripts=["big-command"],
        data={f"share/big/{data}": version},
    )


OLD = package("1.0", 2_400, "notes.txt")
NEW = package("2.0", 2_500, "more.txt")


def kill_pip(bench: Bench) -> None:
    for child in bench.supervisor().children():
        child.kill()


def kill_group(bench: Bench) -> None:
    for child in bench.supervisor().children():
        os.killpg(child.pid, signal.SIGKILL)


def kill_supervisor(bench: Bench) -> None:
    """pip goes on without it, holding the lock."""
    bench.supervisor().kill()


def kill_everything(bench: Bench) -> None:
    """As when the container is stopped at once."""
    supervisor = bench.supervisor()
    children = supervisor.children()
    supervisor.kill()
    for child in children:
        os.killpg(child.pid, signal.SIGKILL)


@pytest.mark.parametrize("kill", [kill_pip, kill_group, kill_supervisor, kill_everything])
@pytest.mark.parametrize("action", [Action.INSTALL, Action.UPGRADE])
def test_every_state_after_a_kill_is_the_old_or_the_new_one(bench: Bench, action: Action, kill: object) -> None:
    random.seed(f"{action}{kill}")
    bench.index.add(OLD)
    if action is Action.UPGRADE:
        assert bench.do("big", imports=False).verdict is JobVerdict.INSTALLED
        (bench.site / "big" / "mine.txt").write_text("a file of the person, in the package's folder")
    (bench.base / "bin").mkdir(parents=True, exist_ok=True)
    (bench.base / "bin" / "mine").write_text("a command of the person")
    before = bench.files()
    bench.index.add(NEW)
    shutil.copytree(bench.base, bench.folder / "kept", symlinks=True)
    assert bench.do("big", action=action, imports=False).verdict is JobVerdict.INSTALLED
    after = bench.files()
    assert before != after
    # The time from pip's first change to its last, in which a kill does harm, and a little around it.
    seen = {"old": 0, "new": 0}
    for _ in range(MOMENTS):
        shutil.rmtree(bench.base)
        shutil.copytree(bench.folder / "kept", bench.base, symlinks=True)
        job = bench.service.start(bench.request("big", action=action, imports=False))
        _wait_for_change(bench, job.id)
        time.sleep(random.uniform(0, 0.6))
        with contextlib.suppress(ProcessLookupError, psutil.NoSuchProcess):
            kill(bench)  # type: ignore[operator]  # one of the functions above
        bench.ended(job)
        if kill in (kill_supervisor, kill_everything):  # otherwise it has put everything back itself
            bench.do(action=Action.RESTORE)
        now = bench.files()
        seen["old" if now == before else "new" if now == after else "broken"] += 1
        assert [damaged(each, hashes=True) for each in scan(str(bench.site))] in ([None], [])
        assert not [name for name in os.listdir(bench.site) if name.startswith("~")] if bench.site.exists() else True
        ended = bench.service.job(job.id)
        assert ended.state is JobState.ENDED
        assert (ended.verdict is JobVerdict.INSTALLED) == (now == after), ended
    assert seen["old"] > 0


def _wait_for_change(bench: Bench, job: str) -> None:
    """Until pip is about to change something."""
    while True:
        now = bench.service.job(job)
        if now.state is JobState.ENDED or now.plan is not None:
            return
        time.sleep(0.01)
