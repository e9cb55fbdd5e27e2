"""``jupyter storage`` as somebody types it: what removes tells first what else would break, and asks."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from ide49_storage.model.installs import JobVerdict
from tests.pypi.bench import KERNEL, PATIENCE, Bench
from tests.pypi.index import Index
from tests.pypi.wheels import Package

ROOT = Path(__file__).parents[3]


@pytest.fixture
def needed(bench: Bench, index: Index) -> Bench:
    index.add(Package(name="needed"), Package(name="wished", requires=["needed"]))
    assert bench.do("wished").verdict is JobVerdict.INSTALLED
    assert there(bench)
    return bench


def there(bench: Bench) -> bool:
    return any(bench.site.glob("needed-*.dist-info"))


def uninstall(bench: Bench, answer: str | None, *more: str) -> subprocess.CompletedProcess[str]:
    """Type it at a terminal and ``answer``; without an answer, there is nobody: stdin is empty."""
    argv = [sys.executable, "-m", "ide49_storage", "uninstall", "--kernel", KERNEL, *more, "needed"]
    inherited = {name: os.environ[name] for name in ("JUPYTER_PATH", "JUPYTER_RUNTIME_DIR")}
    environ = {**bench.environ, **inherited, "PYTHONPATH": str(ROOT)}
    ours, theirs = pty.openpty()
    try:
        if answer is not None:
            os.write(ours, f"{answer}\n".encode())
        stdin = subprocess.DEVNULL if answer is None else theirs
        return subprocess.run(
            argv, stdin=stdin, env=environ, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    finally:
        os.close(ours)
        os.close(theirs)


def test_at_a_terminal_a_removal_is_told_and_asked_about_first(needed: Bench) -> None:
    before = needed.files()
    refused = uninstall(needed, "n")
    assert refused.returncode == 1
    assert "breaks: wished" in refused.stdout
    assert "Nothing was done." in refused.stderr
    assert needed.files() == before
    done = uninstall(needed, "y")
    assert done.returncode == 1  # done, and what was told to break is broken
    assert not there(needed)


@pytest.mark.parametrize(("answer", "more"), [(None, ()), ("n", ("--yes",))])
def test_a_script_and_who_said_yes_are_not_asked(needed: Bench, answer: str | None, more: tuple[str, ...]) -> None:
    done = uninstall(needed, answer, *more)
    assert "Go on?" not in done.stderr
    assert "breaks: wished" in done.stdout
    assert not there(needed)
