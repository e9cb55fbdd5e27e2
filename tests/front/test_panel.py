"""The panel's own tests, run from here so that one command runs, and one summary names, everything."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.built import ROOT
from tests.needs import need_command, need_root

LABEXTENSION = ROOT / "labextension"


def run(*argv: str, cwd: Path) -> None:
    """A command whose output belongs into the test's report."""
    done = subprocess.run(argv, cwd=cwd, check=False, env={**os.environ, "CI": "1"})
    assert done.returncode == 0, f"{' '.join(argv)} failed: its output is above"


def test_units_of_the_panel() -> None:
    need_command("node", "jlpm")
    run("jlpm", "test", cwd=LABEXTENSION)


@pytest.mark.timeout(3600)
def test_the_panel_in_a_browser() -> None:
    """Playwright in the system's Chromium against a real JupyterLab with real mounts."""
    need_command("node", "jlpm", "unshare", "nsenter", "mount")
    need_root()
    need_command("chromium")
    tests = LABEXTENSION / "ui-tests"
    run("jlpm", "install", "--immutable", cwd=tests)
    assert shutil.which("jupyter-lab"), "JupyterLab belongs to the development environment"
    run("jlpm", "test", cwd=tests)
