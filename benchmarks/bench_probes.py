"""What a probe costs, and what a dead mount does to the answers. Needs root and /dev/fuse for the dead mount.

A warm round trip against a thread; a cold helper; then a real server with a FUSE mount that never answers:
``GET mounts`` and ``GET samba`` within the deadline plus 0.2 s, ``api/status`` under 50 ms at p99, and the
server's exit. Exit status 1 if a target is missed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Verdicts, medians
from benchmarks.server import Server, running
from ide49_storage.processes.pool import DEADLINE, Pool
from ide49_storage.processes.replies import LOCAL

SILENT = Path(__file__).parents[1] / "tests" / "lab" / "silent_fuse.py"
MOUNTS = 50


async def round_trips() -> dict[str, float]:
    """Median seconds: a cold helper, a warm question, fifty in one, and a thread for comparison."""
    cold = []
    for _ in range(10):
        pool = Pool(5.0)
        start = time.perf_counter()
        await pool.ask(LOCAL, [("look", "/")])
        cold.append(time.perf_counter() - start)
        await pool.close()
    taken: dict[str, list[float]] = {"warm": [], "fifty": [], "thread": []}
    pool = Pool(5.0)
    await pool.ask(LOCAL, [("look", "/")])
    for _ in range(500):
        start = time.perf_counter()
        await pool.ask(LOCAL, [("statvfs", "/")])
        taken["warm"].append(time.perf_counter() - start)
        start = time.perf_counter()
        await pool.ask(LOCAL, [("statvfs", "/")] * MOUNTS)
        taken["fifty"].append(time.perf_counter() - start)
        start = time.perf_counter()
        await asyncio.to_thread(os.statvfs, "/")
        taken["thread"].append(time.perf_counter() - start)
    await pool.close()
    return {"cold": statistics.median(cold), **{name: statistics.median(times) for name, times in taken.items()}}


@contextlib.contextmanager
def dead_mount(folder: str) -> Iterator[subprocess.Popen[bytes]]:
    """A FUSE mount that answers until it is sent SIGUSR1."""
    process = subprocess.Popen([sys.executable, str(SILENT), folder], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)
        subprocess.run(["umount", "-l", folder], check=False)


def longest(server: Server, path: str, seconds: float) -> float:
    """The longest answer in that time."""
    worst, end = 0.0, time.monotonic() + seconds
    while time.monotonic() < end:
        start = time.perf_counter()
        server.get(path)
        worst = max(worst, time.perf_counter() - start)
        time.sleep(0.05)
    return worst


def status_p99(server: Server, count: int) -> float:
    """The 99th percentile of ``api/status``, in seconds."""
    times = []
    for _ in range(count):
        start = time.perf_counter()
        server.get("/api/status")
        times.append(time.perf_counter() - start)
    return sorted(times)[int(count * 0.99)]


def with_dead_mount(verdicts: Verdicts) -> None:
    """A server beside a file system that fell silent."""
    with tempfile.TemporaryDirectory() as folder, dead_mount(folder) as fuse:
        with running(extension=True) as server:
            for path in ("mounts", "samba"):
                server.get(f"/ide49-storage/{path}")
            calls = {path: (lambda path=path: server.get(f"/ide49-storage/{path}")) for path in ("mounts", "samba")}
            healthy = medians(calls, 50)
            print(f"     healthy: mounts {healthy['mounts'] * 1e3:.2f} ms, samba {healthy['samba'] * 1e3:.2f} ms")
            fuse.send_signal(signal.SIGUSR1)
            time.sleep(1.1)
            for path in ("mounts", "samba"):
                worst = longest(server, f"/ide49-storage/{path}", 5)
                verdicts.at_most(f"GET {path} with a dead mount, the longest", worst, DEADLINE + 0.2, "s")
            other = threading.Thread(
                target=longest, args=(Server(server.process, server.port), "/ide49-storage/samba", 5)
            )
            other.start()
            verdicts.at_most("api/status at p99 meanwhile", status_p99(server, 1000) * 1e3, 50, "ms")
            other.join()
            start = time.monotonic()
        verdicts.at_most("the server's exit with the mount still dead", time.monotonic() - start, 5, "s")


def main() -> int:
    """Measure and judge."""
    verdicts = Verdicts()
    took = asyncio.run(round_trips())
    print("     " + ", ".join(f"{name} {seconds * 1e3:.3f} ms" for name, seconds in took.items()))
    verdicts.at_most("a warm question against a thread", took["warm"] / took["thread"], 3, "x")
    if os.geteuid() != 0 or not os.path.exists("/dev/fuse"):
        print("cannot run here: a dead mount needs root and /dev/fuse", file=sys.stderr)
        return 1
    with_dead_mount(verdicts)
    return verdicts.exit_status()


if __name__ == "__main__":
    raise SystemExit(main())
