"""Code of a package's author that runs away: a daemon, output without end, an import that never returns."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from ide49_storage.model.installs import InstallProblemKind, JobState, JobVerdict
from tests.pypi.bench import Bench
from tests.pypi.index import Index
from tests.pypi.wheels import Package

DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        with open(os.environ["HOME"] + "-daemon", "w") as file:
            file.write(str(os.getpid()))
        time.sleep(3600)
    os._exit(0)
while not os.path.exists(os.environ["HOME"] + "-daemon"):
    time.sleep(0.01)
"""


def daemon_lives(bench: Bench) -> bool:
    """Not as a zombie: the first process of a container may never take note of one."""
    try:
        process = psutil.Process(int(Path(bench.environ["HOME"] + "-daemon").read_text()))
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_an_import_that_starts_a_daemon_ends_with_it(bench: Bench, index: Index) -> None:
    index.add(Package(name="starter", code=DAEMON), Package(name="leaver", code="raise SystemExit(3)\n"))
    job = bench.do("starter", "leaver")
    assert [each.package for each in job.problems if each.kind is InstallProblemKind.IMPORT] == ["leaver"]
    assert not daemon_lives(bench)


def test_an_import_that_hangs_can_be_cancelled(bench: Bench, index: Index) -> None:
    seen = bench.folder / "importing"
    code = f"import time\nopen({str(seen)!r}, 'w').close()\ntime.sleep(3600)\n"
    index.add(Package(name="sleeper", code=code))
    job = bench.service.start(bench.request("sleeper"))
    while not seen.exists():
        assert bench.service.job(job.id).state is not JobState.ENDED
        time.sleep(0.02)
    bench.service.cancel(job.id)
    ended = bench.ended(job)
    assert (ended.verdict, ended.restored) == (JobVerdict.CANCELLED, True)
    assert bench.files() == {}


@pytest.mark.parametrize("call", ["job", "preview"])
def test_a_build_that_does_not_end_and_left_a_daemon_is_ended_whole(bench: Bench, index: Index, call: str) -> None:
    index.add_sdist(Package(name="endless"), backend=DAEMON + "while True:\n    print('x' * 100)\n")
    mark = Path(bench.environ["HOME"] + "-daemon")
    running: Future[Any]
    with ThreadPoolExecutor(1) as pool:
        if call == "preview":
            running = pool.submit(bench.service.preview, bench.request("endless"))
        else:
            job = bench.service.start(bench.request("endless"))
            running = pool.submit(bench.ended, job)
        while not (mark.exists() and mark.read_text()):
            assert not running.done(), running.result()
            time.sleep(0.02)
        if call == "preview":
            bench.service.close()  # the server ends: it must not wait for a preview
            assert running.result().plan is None
        else:
            bench.service.cancel(job.id)
            assert running.result().verdict is JobVerdict.CANCELLED
    assert not daemon_lives(bench)
