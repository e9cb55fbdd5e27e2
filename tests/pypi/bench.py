"""A user base, an index and the installs service on them, for the tests that run a real pip."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from ide49_storage.installs.service import Installs
from ide49_storage.model.installs import InstallRequest, Job, State

from .index import Index, running_index

#: Far longer than any job here takes; only a hang reaches it.
PATIENCE = 120.0


class Bench:
    """One user of one user base. ``python`` is an interpreter with a user site (a venv has none)."""

    def __init__(self, folder: Path, index: Index) -> None:
        self.folder = folder
        self.index = index
        self.base = folder / "base"
        self.runtime = folder / "runtime"
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "home"),
            "PYTHONUSERBASE": str(self.base),
            **index.environ(),
        }
        self.service = Installs(environ=self.environ)

    @property
    def site(self) -> Path:
        """The user site."""
        return self.base / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"

    def ended(self, job: Job) -> Job:
        """The job when it is over."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            now = self.service.job(job.id)
            if now.state is State.ENDED:
                return now
            time.sleep(0.05)
        raise AssertionError(f"{job.id} did not end: {self.service.job(job.id)}")

    def do(self, request: InstallRequest) -> Job:
        """Start a job and wait for its end."""
        return self.ended(self.service.start(request))

    def install(self, *names: str, **more: object) -> Job:
        """Install these and wait for the end."""
        return self.do(InstallRequest(requirements=names, **more))  # type: ignore[arg-type]  # fields by name

    def files(self) -> dict[str, bytes]:
        """Every file below the user base, without our own folder and byte code (which has times in it)."""
        found = {}
        for path in sorted(self.base.rglob("*")):
            inner = path.relative_to(self.base)
            if path.is_file() and inner.parts[0] != ".ide49-storage" and "__pycache__" not in inner.parts:
                found[str(inner)] = path.read_bytes()
        return found


@contextlib.contextmanager
def bench(folder: Path) -> Iterator[Bench]:
    """A bench in ``folder``; the Jupyter runtime directory is in it too, and set in this process's environment."""
    with running_index(folder / "index") as index:
        yield Bench(folder, index)
