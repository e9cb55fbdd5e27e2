"""What a test needs from the machine: skip by name where it is missing, fail where CI forbids skips."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import sysconfig

import pytest

FORBID_SKIPS = "IDE49_STORAGE_FORBID_SKIPS"


def need(present: object, what: str) -> None:
    """Skip the running test, saying that ``what`` is missing, unless ``present`` is true.

    With the environment variable ``IDE49_STORAGE_FORBID_SKIPS`` set to ``1`` it fails instead.
    """
    if present:
        return
    message = f"cannot run here: needs {what}"
    if os.environ.get(FORBID_SKIPS) == "1":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def need_root() -> None:
    """The test mounts or starts containers: it needs uid 0."""
    need(os.geteuid() == 0, "root")


def need_command(*names: str) -> None:
    """The test runs these programs: each has to be on PATH (or in /usr/sbin, /sbin)."""
    path = os.environ.get("PATH", "") + os.pathsep + "/usr/sbin" + os.pathsep + "/sbin"
    missing = [name for name in names if shutil.which(name, path=path) is None]
    need(not missing, f"the command {', '.join(missing)}")


@functools.cache
def _outside_python() -> str | None:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    found = os.path.join(sys.base_prefix, "bin", f"python{version}")
    managed = os.path.exists(os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED"))
    if managed or not os.path.exists(found):
        return None
    works = subprocess.run([found, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    return found if works else None


def need_outside_python() -> str:
    """A Python outside of every virtual environment whose pip may install: only there is a user site."""
    found = _outside_python()
    need(found, "a Python outside of the virtual environment whose pip may install (not externally managed)")
    assert found is not None
    return found
