"""What a job costs over the same pip command alone, and what the journal of a 1,000-file distribution costs.

Runs real pips against a local index, in a temporary folder. Exit status 1 if a target is missed.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.measure import Verdicts
from ide49_storage.installs.claims import claims
from ide49_storage.installs.distributions import scan
from ide49_storage.jobs import journal
from ide49_storage.jobs.user_base import UserBase
from ide49_storage.model.installs import JobVerdict
from tests.pypi.bench import Bench, write_kernel
from tests.pypi.index import running_index
from tests.pypi.wheels import Package

ROUNDS = 7
FILES = 1_000


def alone(bench: Bench) -> float:
    """Seconds of plain ``pip install --user`` into an empty user base."""
    shutil.rmtree(bench.base, ignore_errors=True)
    start = time.perf_counter()
    done = bench.pip("install", "--user", "--no-input", "big")
    assert done.returncode == 0, done.stderr
    return time.perf_counter() - start


def as_job(bench: Bench) -> tuple[float, float]:
    """Seconds of the same as a job until it starts to verify, and of all of it."""
    shutil.rmtree(bench.base, ignore_errors=True)
    start = time.perf_counter()
    job = bench.service.start(bench.request("big", imports=False))
    until_verified = 0.0
    while True:
        now = bench.service.job(job.id)
        if now.state.value in ("verifying", "ended") and not until_verified:
            until_verified = time.perf_counter() - start
        if now.verdict is not None:
            assert now.verdict is JobVerdict.INSTALLED, now
            bench.rest()
            return until_verified, time.perf_counter() - start
        time.sleep(0.01)


def journals(bench: Bench) -> tuple[float, float]:
    """Seconds to take the journal of the installed distribution, and to put everything back."""
    (found,) = scan(str(bench.site))
    folder = bench.base / ".ide49-storage" / "bench"
    folder.parent.mkdir(exist_ok=True)
    files = claims(found, UserBase(str(bench.base))).paths
    assert len(files) > FILES
    # What an upgrade replaces has long been on the disk; pip's writes of a moment ago have not.
    os.sync()
    start = time.perf_counter()
    journal.take(str(folder), "bench", str(bench.base), files, [])
    taken = time.perf_counter() - start
    for path in files:
        os.unlink(path)
    start = time.perf_counter()
    journal.restore(str(folder), str(bench.base))
    return taken, time.perf_counter() - start


def main() -> int:
    """Measure in turns and compare."""
    verdicts = Verdicts()
    with tempfile.TemporaryDirectory() as name, running_index(Path(name) / "index") as index:
        os.environ["JUPYTER_PATH"], os.environ["JUPYTER_RUNTIME_DIR"] = f"{name}/jupyter", f"{name}/runtime"
        write_kernel(Path(name) / "jupyter")
        bench = Bench(Path(name), index)
        # Half of the files are modules; their byte code is the other half.
        index.add(Package(name="big", modules=FILES // 2))
        plain, until, whole, taken, back = [], [], [], [], []
        for number in range(ROUNDS + 1):
            pair = alone(bench), as_job(bench), journals(bench)
            if number:
                plain.append(pair[0])
                until.append(pair[1][0])
                whole.append(pair[1][1])
                taken.append(pair[2][0])
                back.append(pair[2][1])
    median = statistics.median
    print(
        f"pip alone {median(plain):.2f} s, job without verification {median(until):.2f} s, whole {median(whole):.2f} s"
    )
    overheads = [one - other for one, other in zip(until, plain, strict=True)]
    verdicts.at_most("a job over pip alone, without verification", median(overheads), 1.0, "s")
    verdicts.at_most(f"journal of {FILES} files", median(taken) * 1000, 100, "ms")
    print(f"     putting {FILES} files back: {median(back) * 1000:.0f} ms")
    return verdicts.exit_status()


if __name__ == "__main__":
    raise SystemExit(main())
