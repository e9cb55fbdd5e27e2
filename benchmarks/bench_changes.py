"""The scan's speed on an overlay of 200,000 entries: against ``find``, on a pristine one, and beside a server.

Needs root for the overlay, and a temporary folder on a file system with birth times. Exit status 1 if a
target is missed.
"""

from __future__ import annotations

import compileall
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ide49_storage.changes.scan_process
from benchmarks.measure import Verdicts, medians
from benchmarks.server import Server, running
from ide49_storage.changes.listing import ChangeListing
from ide49_storage.changes.scan_client import ScanProcess
from ide49_storage.changes.statx import AT_FDCWD, StatxReader

FOLDERS, FILES_EACH, EDITS, EDITED_FOLDERS = 2_000, 99, 300, 30
ROUNDS = 9
STATUS_CALLS = 1_500

_CONFIG = """
from ide49_storage.changes.scan_plan import ScanPlan
from ide49_storage.changes.scanner import LayerScanner
LayerScanner.__init__.__kwdefaults__["make_plan"] = lambda: ScanPlan({task!r}, ())
LayerScanner.__init__.__kwdefaults__["ask_engine"] = lambda *_: None
"""


@contextmanager
def overlay() -> Iterator[Path]:
    """An overlay whose lower layer has all the entries, made before its upper layer, as an image is."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/var/tmp")) as base:
        lower, upper, work, merged = (Path(base, name) for name in ("lower", "upper", "work", "merged"))
        for number in range(FOLDERS):
            folder = lower / f"usr/{number // 50}/{number % 50}"
            folder.mkdir(parents=True)
            for file in range(FILES_EACH):
                (folder / str(file)).touch()
        time.sleep(0.1)
        for made in (upper, work, merged):
            made.mkdir()
        options = f"lowerdir={lower},upperdir={upper},workdir={work}"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, str(merged)], check=True)
        try:
            yield merged
        finally:
            subprocess.run(["umount", str(merged)], check=True)


def task_for(root: Path, storage: str = "overlay") -> dict[str, Any]:
    task: dict[str, Any] = {"engine_files": [], "sites": [], "skip": [], "diff": None}
    return {**task, "root": str(root), "storage": storage}


def scan(root: Path) -> dict[str, Any]:
    """One scan, its process included."""
    helper, spool = ScanProcess(), ChangeListing()
    try:
        return helper.run(task_for(root), spool.descriptors(), None, lambda _: None)
    finally:
        helper.close()
        spool.close()


def in_process(root: Path) -> None:
    """One scan without the start of its process."""
    spool = ChangeListing()
    try:
        listing = {group: os.dup(descriptor) for group, descriptor in spool.descriptors().items()}
        ide49_storage.changes.scan_process.run({**task_for(root), "listing": listing}, lambda _: None)
    finally:
        spool.close()


def bare_python() -> None:
    """What starting an interpreter takes."""
    subprocess.run([sys.executable, "-I", "-S", "-c", ""], check=True)


def found(summary: dict[str, Any]) -> int:
    return sum(int(group["files"]) for group in summary["groups"])


def with_find(root: Path) -> int:
    birth = StatxReader().look(AT_FDCWD, os.fsencode(root)).birth
    assert birth is not None
    argv = ["find", str(root), "-xdev", "-newerct", f"@{birth / 1e9:.6f}"]
    return subprocess.run(argv, capture_output=True, check=True).stdout.count(b"\n")


def edit(root: Path) -> None:
    for number in range(EDITS):
        folder = number % EDITED_FOLDERS
        with open(root / f"usr/{folder // 50}/{folder % 50}/{number // EDITED_FOLDERS}", "a") as file:
            file.write("edited")


def beside_a_server(root: Path) -> float:
    """The 99th percentile of ``api/status`` in seconds while scans of all entries run one after another."""
    (root / "clock").touch()
    task = {**task_for(root, "vfs"), "engine_files": ["/clock"]}
    with running(extension=True, python_config=_CONFIG.format(task=task)) as server:
        taken = []
        scans = 0
        for number in range(STATUS_CALLS):
            if number % 50 == 0:
                scans += _started(server)
            start = time.perf_counter()
            server.get("/api/status")
            taken.append(time.perf_counter() - start)
            time.sleep(0.002)
        report = json.loads(server.get("/ide49-storage/changes?limit=0"))
    if not scans or report["error"]:
        raise RuntimeError(f"the server did not scan: {report['state']} {report['error']}")
    return statistics.quantiles(taken, n=100)[98]


def _started(server: Server) -> bool:
    """Start a scan unless one runs."""
    if json.loads(server.get("/ide49-storage/changes?limit=0"))["state"] == "running":
        return False
    server.call("POST", "/ide49-storage/changes")
    return True


def main() -> int:
    """Measure all three."""
    if os.geteuid() != 0:
        print("cannot run here: mounting an overlay needs root", file=sys.stderr)
        return 1
    verdicts = Verdicts()
    # As pip does when it installs: a checkout's modules may not be compiled yet.
    compileall.compile_dir(Path(ide49_storage.changes.scan_process.__file__).parents[1], quiet=1)
    with overlay() as root:
        whole = medians({"scan": lambda: scan(root), "python": bare_python}, ROUNDS)
        start = whole["python"] * 1e3
        print(f"     pristine: {whole['scan'] * 1e3:.1f} ms with its process; Python's start alone {start:.1f} ms")
        alone = medians({"scan": lambda: in_process(root)}, ROUNDS)
        verdicts.at_most("the scan of a pristine overlay of 200,000 entries", alone["scan"] * 1e3, 20, "ms")
        edit(root)
        right = found(scan(root))
        if right != EDITS:
            raise RuntimeError(f"{right} changed files were found of {EDITS}")
        took = medians({"scan": lambda: scan(root), "find": lambda: with_find(root)}, ROUNDS)
        print(f"     {EDITS} edits: scan {took['scan'] * 1e3:.1f} ms, find {took['find'] * 1e3:.1f} ms")
        verdicts.at_most("the scan against find -newerct", took["scan"] / took["find"], 0.1, "x")
        slow = beside_a_server(root)
        verdicts.at_most("api/status beside scans of all entries, 99th percentile", slow * 1e3, 50, "ms")
    return verdicts.exit_status()


if __name__ == "__main__":
    raise SystemExit(main())
