"""Scans in their own process: one at a time, cancelled at any moment, and bounded in memory."""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from ide49_storage.changes.listing import BadCursor, ChangeListing
from ide49_storage.changes.scan_client import Cancelled, ScanError, ScanProcess
from ide49_storage.changes.scan_plan import NoLayer, ScanPlan, Unscannable
from ide49_storage.changes.scanner import LayerScanner
from ide49_storage.model.changes import Group, ScanProgress, ScanState


def plan_of(root: Path) -> ScanPlan:
    words: dict[str, Any] = {"engine_files": [], "sites": [], "skip": [], "diff": None}
    return ScanPlan({**words, "root": str(root), "storage": "overlay"}, ("/home/iot",))


def fill(root: Path, files: int, per_folder: int = 1000) -> None:
    for number in range(files):
        if number % per_folder == 0:
            folder = root / f"folder-{number // per_folder:05}"
            folder.mkdir()
        (folder / f"{number % per_folder:05}").touch()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "root"
    made.mkdir()
    fill(made, 600, 20)
    return made


@pytest.fixture
def scans(root: Path) -> Iterator[LayerScanner]:
    made = LayerScanner(make_plan=lambda: plan_of(root))
    yield made
    made.close()


def test_before_the_first_scan_nothing_is_claimed(scans: LayerScanner) -> None:
    report = scans.report()
    assert (report.state, report.nothing_to_lose, report.ended_at) == (ScanState.NEVER, None, None)


def test_a_scan_gives_totals_and_pages(scans: LayerScanner) -> None:
    assert scans.start()
    assert scans.wait(60)
    report = scans.report(limit=10)
    assert (report.state, report.error) == (ScanState.ENDED, None)
    assert (report.files, report.folders) == (600, 30)
    assert len(report.changes) == 10
    assert report.next is not None
    again = scans.report(after=report.next, limit=10_000)
    assert len(again.changes) == 620
    assert len({change.path for change in (*report.changes, *again.changes)}) == 630


def test_two_at_once_are_one(scans: LayerScanner) -> None:
    results = [scans.start() for _ in range(5)]
    assert results == [True, False, False, False, False]
    assert scans.wait(60)
    assert scans.report().state is ScanState.ENDED


def test_progress_and_the_end_are_told(scans: LayerScanner) -> None:
    told: list[tuple[ScanState, ScanProgress | None]] = []
    scans.start(lambda state, progress: told.append((state, progress)))
    assert scans.wait(60)
    assert told[-1] == (ScanState.ENDED, None)
    assert all(state is ScanState.RUNNING for state, _ in told[:-1])


def test_the_old_answer_stays_until_the_new_one_is_there(scans: LayerScanner, root: Path) -> None:
    scans.start()
    scans.wait(60)
    cursor = scans.report(limit=1).next
    (root / "late").touch()
    scans.start()
    during = scans.report()
    assert during.files in (600, 601)
    assert scans.wait(60)
    assert scans.report().files == 601
    with pytest.raises(ValueError, match="another scan"):
        scans.report(after=cursor, limit=1)


def test_a_page_is_whole_also_while_another_scan_takes_its_place(scans: LayerScanner) -> None:
    scans.start()
    scans.wait(60)
    cursor = scans.report(limit=10).next
    done = threading.Event()
    pages: list[int] = []
    faults: list[BaseException] = []

    def ask() -> None:
        while not done.is_set():
            try:
                pages.append(len(scans.report(limit=10).changes))
                with contextlib.suppress(BadCursor):
                    scans.report(after=cursor, limit=10)
            except BaseException as error:
                faults.append(error)

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for thread in asking:
        thread.start()
    for _ in range(8):
        scans.start()
        scans.wait(60)
    done.set()
    for thread in asking:
        thread.join()
    assert (set(pages), faults) == ({10}, [])


@pytest.mark.parametrize("seed", range(8))
def test_a_scan_cancelled_at_any_moment_leaves_no_process_and_the_next_is_right(
    scans: LayerScanner, seed: int, others: set[psutil.Process]
) -> None:
    scans.start()
    time.sleep(random.Random(seed).random() * 0.12)
    scans.cancel()
    assert scans.wait(60)
    assert scans.report().state in (ScanState.CANCELLED, ScanState.ENDED)
    assert children() <= others
    scans.start()
    assert scans.wait(60)
    assert (scans.report().state, scans.report().files) == (ScanState.ENDED, 600)


@pytest.fixture
def others() -> set[psutil.Process]:
    """The children that earlier tests left, living or not yet waited for: a test here answers for its own alone."""
    return children()


def children() -> set[psutil.Process]:
    return set(psutil.Process().children())


def test_cancelling_when_nothing_runs_does_nothing(scans: LayerScanner) -> None:
    assert not scans.cancel()
    assert scans.report().state is ScanState.NEVER


def test_no_descriptor_is_left_behind(scans: LayerScanner) -> None:
    scans.start()
    scans.wait(60)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        scans.start()
        scans.cancel()
        scans.wait(60)
        scans.start()
        scans.wait(60)
    assert len(os.listdir("/proc/self/fd")) == before


def test_where_there_is_no_layer_the_answer_says_why() -> None:
    scans = LayerScanner(make_plan=lambda: NoLayer("This is a whole machine."))
    scans.start()
    scans.wait(60)
    report = scans.report()
    assert (report.state, report.evidence) == (ScanState.NOT_APPLICABLE, "This is a whole machine.")
    assert report.nothing_to_lose is True
    scans.close()


def test_where_the_layer_cannot_be_scanned_nobody_says_that_there_is_none() -> None:
    scans = LayerScanner(make_plan=lambda: Unscannable("/ is a 9p file system."))
    scans.start()
    scans.wait(60)
    report = scans.report()
    assert (report.state, report.error) == (ScanState.FAILED, "/ is a 9p file system.")
    assert report.nothing_to_lose is None
    assert [(doubt.reason, doubt.may_be_loss) for doubt in report.doubts] == [("not-scannable", True)]
    scans.close()


def test_after_a_scan_that_failed_nothing_to_lose_is_unknown_until_one_ends() -> None:
    plans: list[ScanPlan | NoLayer | Unscannable] = [NoLayer("A"), Unscannable("B"), NoLayer("C")]
    scans = LayerScanner(make_plan=lambda: plans.pop(0))
    told = []
    for _ in range(3):
        scans.start()
        assert scans.wait(60)
        told.append((scans.report().nothing_to_lose, [doubt.reason for doubt in scans.report().doubts]))
    assert told == [(True, []), (None, ["not-scannable"]), (True, [])]
    scans.close()


def test_a_root_that_cannot_be_opened_is_a_failure_with_its_reason(tmp_path: Path) -> None:
    scans = LayerScanner(make_plan=lambda: plan_of(tmp_path / "missing"))
    scans.start()
    scans.wait(60)
    report = scans.report()
    assert report.state is ScanState.FAILED
    assert "FileNotFoundError" in (report.error or "")
    scans.close()


def test_a_helper_that_says_nothing_is_ended_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, others: set[psutil.Process]
) -> None:
    monkeypatch.setattr("ide49_storage.changes.scan_client._CODE", "import time; time.sleep(1000)")
    helper = ScanProcess(silence=0.3)
    with Listing() as listing, pytest.raises(ScanError, match="did not report anything"):
        helper.run({}, listing, None, lambda _: None)
    helper.close()
    assert children() <= others


def test_a_helper_that_was_killed_is_no_result_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the kernel does when the memory runs out."""
    monkeypatch.setattr("ide49_storage.changes.scan_client._CODE", "import os; os.kill(os.getpid(), 9)")
    helper = ScanProcess()
    with Listing() as listing, pytest.raises(ScanError, match="killed: by somebody, or because"):
        helper.run({}, listing, None, lambda _: None)
    helper.close()


def test_a_cancel_before_the_start_counts(root: Path) -> None:
    helper = ScanProcess()
    helper.cancel()
    with Listing() as listing, pytest.raises(Cancelled):
        helper.run(plan_of(root).task, listing, None, lambda _: None)
    helper.close()


class Listing:
    """The descriptors of a spool."""

    def __enter__(self) -> dict[str, int]:
        self._spool = ChangeListing()
        return self._spool.descriptors()

    def __exit__(self, *_: object) -> None:
        self._spool.close()


def test_the_helper_ends_when_nobody_listens(root: Path) -> None:
    """As when the server is killed: it must not go on alone, as it does when a folder cannot be read to its end."""
    reading, writing = os.pipe()
    os.close(reading)
    with Listing() as listing:
        told = subprocess.run(
            [sys.executable, "-c", TELLS_AT_EVERY_CHANCE, str(Path(__file__).parents[3])],
            input=json.dumps({**plan_of(root).task, "listing": listing}).encode(),
            stdout=writing,
            stderr=subprocess.PIPE,
            pass_fds=list(listing.values()),
            check=False,
            timeout=60,
        )
    os.close(writing)
    assert (told.returncode, told.stderr) == (1, b"Nobody hears of its progress.\n")


TELLS_AT_EVERY_CHANCE = """
import sys
sys.path.insert(0, sys.argv[1])
from ide49_storage.changes import scan_process, walk
walk._PROGRESS_SECONDS = -1
scan_process.main()
"""


def test_a_listing_for_which_there_is_no_room_is_a_failure_with_its_reason(root: Path) -> None:
    full = {group.value: os.open("/dev/full", os.O_WRONLY) for group in Group}
    helper = ScanProcess()
    try:
        with pytest.raises(ScanError, match=r"without a result\. The listing cannot be written: No space"):
            helper.run(plan_of(root).task, full, None, lambda _: None)
    finally:
        helper.close()
        for descriptor in full.values():
            os.close(descriptor)


def test_many_changes_do_not_fill_the_memory(tmp_path: Path) -> None:
    """What both processes need at most must not grow with the number of changes."""
    peaks = []
    for files in (1_000, 25_000):
        root = tmp_path / str(files)
        root.mkdir()
        fill(root, files)
        peaks.append(peak_of_helper(root))
    assert min(peaks) > 1_000, "the helper was not seen"
    assert peaks[1] - peaks[0] < 3_000, f"kB at 1,000 and at 25,000 changes: {peaks}"


def peak_of_helper(root: Path) -> int:
    """The helper's largest resident size in kB."""
    peak = 0
    scans = LayerScanner(make_plan=lambda: plan_of(root))
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.is_set():
            for child in Path(f"/proc/{os.getpid()}/task").glob("*/children"):
                for pid in child.read_text().split():
                    peak = max(peak, resident(pid))
            time.sleep(0.005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        scans.start()
        assert scans.wait(120)
        assert scans.report(limit=10, group=Group.MADE_AT_START).state is ScanState.ENDED
    finally:
        done.set()
        watcher.join()
        scans.close()
    return peak


def resident(pid: str) -> int:
    """A helper's largest resident size in kB; 0 for a child that is not one yet: until it runs its own program it
    has this process's memory.
    """
    try:
        if b"ide49_storage.changes.scan_process" not in Path(f"/proc/{pid}/cmdline").read_bytes():
            return 0
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)
