"""Ctrl-C in the command line, while pip waits for an index that hangs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.pypi.bench import KERNEL, Bench
from tests.pypi.index import Index
from tests.pypi.wheels import Package


@pytest.fixture(autouse=True)
def listening() -> Iterator[None]:
    """A shell has a job in the background ignore SIGINT, and children inherit that: here it is not ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(("option", "status"), [("--only-binary", 1), ("--dry-run", 130)])
def test_ctrl_c_ends_what_it_was_about_without_a_traceback(
    bench: Bench, index: Index, option: str, status: int
) -> None:
    index.add(Package(name="one"))
    index.fault = "hang"
    argv = [sys.executable, "-m", "ide49_storage", "install", "one", "--kernel", KERNEL, option]
    environ = {**os.environ, **bench.environ}
    with subprocess.Popen(argv, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        while not index.asked:
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate()
    assert process.returncode == status, said
    assert "Traceback" not in said
    if status == 1:
        assert "Cancelled. Your packages are as they were before." in said
        assert said.count("Looking in indexes") == 1, "what was shown is not shown again"
    assert bench.files() == {}
