"""A user base, an index and the installs service on them, for the tests that run a real pip."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from ide49_storage.installs.manager import InstallManager
from ide49_storage.model.installs import InstallRequest, Job, JobState
from tests.needs import need_outside_python

from .index import Index

#: Far longer than any job here takes; only a hang reaches it.
PATIENCE = 120.0
KERNEL = "outside"


class Bench:
    """One user of one user base, whose kernel ``outside`` is an interpreter with a user site."""

    def __init__(self, folder: Path, index: Index, base: Path | None = None) -> None:
        self.folder = folder
        self.index = index
        self.base = base or folder / "base"
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "home"),
            "PYTHONUSERBASE": str(self.base),
            **index.environ(),
        }
        self.service = InstallManager(environ=self.environ)

    @property
    def site(self) -> Path:
        """The user site."""
        return self.base / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"

    def use(self, environ: dict[str, str]) -> None:
        """Another server in another environment."""
        self.rest()
        self.service = InstallManager(environ=environ)

    def rest(self) -> None:
        """Wait until every supervisor is gone."""
        end = time.monotonic() + PATIENCE
        while not all(each.over() for each in self.service.started):
            assert time.monotonic() < end, "a supervisor does not end"
            time.sleep(0.02)

    def request(self, *names: str, **more: Any) -> InstallRequest:
        """A request for the kernel outside."""
        return InstallRequest(requirements=names, kernel=KERNEL, **more)

    def ended(self, job: Job, service: InstallManager | None = None) -> Job:
        """The job when it is over."""
        end = time.monotonic() + PATIENCE
        asked = service or self.service
        while time.monotonic() < end:
            now = asked.job(job.id)
            if now.state is JobState.ENDED:
                return now
            time.sleep(0.02)
        raise AssertionError(f"{job.id} did not end: {asked.job(job.id)}")

    def do(self, *names: str, **more: Any) -> Job:
        """Start a job and wait for its end."""
        return self.ended(self.service.start(self.request(*names, **more)))

    def pip(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Plain pip, as in a terminal."""
        argv = [need_outside_python(), "-m", "pip", "--disable-pip-version-check", *arguments]
        return subprocess.run(argv, env=self.environ, capture_output=True, text=True, cwd=self.folder, check=False)

    def supervisor(self) -> psutil.Process:
        """The supervisor of the job that was started last."""
        return psutil.Process(self.service.started[-1].pid)

    def files(self) -> dict[str, bytes]:
        """Every file below the user base, without our own folder and byte code (which has times in it)."""
        found = {}
        for folder, _, names in os.walk(self.base):
            inner = os.path.relpath(folder, self.base)
            if inner.split(os.sep)[0] == ".ide49-storage" or inner.endswith("__pycache__"):
                continue
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    found[os.path.normpath(os.path.join(inner, name))] = file.read()
        return found


def write_kernel(folder: Path, name: str = KERNEL, program: str | None = None) -> None:
    """Write a kernelspec below a Jupyter data folder: ``outside``, or ``name`` for another ``program``."""
    spec = folder / "kernels" / name
    spec.mkdir(parents=True)
    argv = [program or need_outside_python(), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": name, "language": "python"}))
