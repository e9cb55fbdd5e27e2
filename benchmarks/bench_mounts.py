"""The mount report's speed: the call against ``api/status``, the core alone, two common peers, and how soon a
change is told.

Needs root for the mounts it makes (in a mount namespace of its own). Exit status 1 if a target is missed.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time

import psutil
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from benchmarks.measure import Verdicts, medians
from benchmarks.server import TOKEN, Server, running
from ide49_storage.model.mounts import EngineName, MountReport
from ide49_storage.mounts import service as mount_service
from ide49_storage.mounts.classify.rules import classify, context_of
from ide49_storage.mounts.mountinfo import parse
from ide49_storage.mounts.report import build_report
from ide49_storage.mounts.snapshot import take_snapshot
from ide49_storage.mounts.table import MountTable

MOUNTS = 50


def synthetic(count: int) -> bytes:
    """A container's table with volumes, binds, tmpfs and nested mounts: ``count`` lines."""
    lines = ["10 1 0:40 / / rw,relatime - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w"]
    roots = (
        "8:1 /var/lib/docker/volumes/v{0}/_data /srv/v{0} rw - ext4 /dev/sda1 rw",
        "8:1 /home/host/data{0} /data/d{0} rw - ext4 /dev/sda1 rw",
        "0:{0} / /tmp/t{0} rw - tmpfs tmpfs rw,size=65536k",
        "8:1 /var/lib/docker/volumes/v{0}/_data/sub /srv/v{1}/sub{0} rw,relatime shared:9 - ext4 /dev/sda1 rw",
    )
    lines += [f"{number} 10 {roots[number % 4].format(number, number - 3)}" for number in range(100, 99 + count)]
    return ("\n".join(lines) + "\n").encode()


def core(table: bytes) -> int:
    """Parse, walk to every mount point (which finds the hidden ones), find other places, classify."""
    rows, _ = parse(table)
    made = MountTable(rows)
    around = context_of(made, EngineName.DOCKER, {})
    hidden = len(made.hidden)
    for row in rows:
        made.places(row)
        classify(row, around)
    return hidden


def table_report() -> MountReport:
    """The report of the mount table alone: as with the two peers, no storage is asked."""
    return build_report(take_snapshot())


async def until_told(server: Server) -> list[float]:
    """Seconds from the start of a ``mount`` or ``umount`` command until a watcher hears of it."""
    address = f"ws://127.0.0.1:{server.port}/ide49-storage/watch"
    socket = await websocket_connect(HTTPRequest(address, headers={"Authorization": f"token {TOKEN}"}))
    await socket.read_message()
    taken = []
    with tempfile.TemporaryDirectory() as folder:
        for command in (["mount", "-t", "tmpfs", "watched", folder], ["umount", folder]) * 20:
            start = time.perf_counter()
            process = await asyncio.create_subprocess_exec(*command)
            told = json.loads(await socket.read_message() or "{}")
            taken.append(time.perf_counter() - start)
            if told.get("type") != "mounts-changed" or await process.wait() != 0:
                raise RuntimeError(f"{command} was answered with {told}")
    socket.close()
    return taken


def inside() -> int:
    """Measure in a mount namespace that already has enough mounts."""
    verdicts = Verdicts()
    table = synthetic(1000)
    took = medians({"core": lambda: core(table)}, 30, time.process_time)
    verdicts.at_most("table, walk and classification of 1,000 mounts", took["core"] * 1e3, 10, "ms")

    mount_service.FRESH = 0.0  # each report is made, none is given again
    loop = asyncio.new_event_loop()
    service = mount_service.MountService()
    peers = medians(
        {
            "ours": table_report,
            "probed": lambda: loop.run_until_complete(service.mount_report()),
            "findmnt": lambda: json.loads(subprocess.check_output(["findmnt", "--json"])),
            "psutil": lambda: psutil.disk_partitions(all=True),
        },
        30,
    )
    loop.run_until_complete(service.close())
    loop.close()
    print(f"     with every storage asked by a helper process {peers['probed'] * 1e3:.2f} ms,", end=" ")
    print(f"from the table {peers['ours'] * 1e3:.2f} ms, findmnt {peers['findmnt'] * 1e3:.2f} ms,", end=" ")
    print(f"psutil {peers['psutil'] * 1e3:.2f} ms")
    verdicts.at_most("the report of the table against findmnt --json", peers["ours"] / peers["findmnt"], 1, "x")
    verdicts.at_most("the report of the table against psutil's partitions", peers["ours"] / peers["psutil"], 1, "x")

    with running(extension=True) as server:
        count = len(json.loads(server.get("/ide49-storage/mounts"))["mounts"])
        calls = {
            "status": lambda: server.get("/api/status"),
            "mounts": lambda: server.get("/ide49-storage/mounts"),
        }
        medians(calls, 50)
        took = medians(calls, 400)
        told = asyncio.run(until_told(server))
    print(f"     {count} mounts: {took['mounts'] * 1e3:.2f} ms, api/status {took['status'] * 1e3:.2f} ms")
    verdicts.at_most("GET mounts against GET api/status", took["mounts"] / took["status"], 1.5, "x")
    verdicts.at_most("from a mount command until a watcher hears of it, at worst", max(told) * 1e3, 250, "ms")
    return verdicts.exit_status()


def main() -> int:
    """Make mounts up to ``MOUNTS`` in a namespace and measure there."""
    if "inside" in sys.argv:
        return inside()
    if os.geteuid() != 0:
        print("cannot run here: making mounts needs root", file=sys.stderr)
        return 1
    with open("/proc/self/mountinfo", "rb") as table:
        missing = MOUNTS - sum(1 for _ in table) + 3  # a few of the host's may end meanwhile
    script = (
        "set -e; base=$(mktemp -d); mount -t tmpfs b $base; "
        f'for n in $(seq {missing - 1}); do mkdir $base/$n; mount -t tmpfs b$n $base/$n; done; exec "$@"'
    )
    argv = [
        "unshare",
        "--mount",
        "bash",
        "-c",
        script,
        "bench",
        sys.executable,
        "-m",
        "benchmarks.bench_mounts",
        "inside",
    ]
    return subprocess.run(argv, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
