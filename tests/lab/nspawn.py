"""systemd-nspawn: runs one command in a root file system."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from .shell import run


def version() -> str:
    """The version of systemd."""
    return run(["systemd-nspawn", "--version"]).stdout.split()[1]


def execute(root: Path, argv: Sequence[str], *, options: Sequence[str] = ()) -> str:
    """The output of ``argv`` in a container of ``root``; ``options`` such as ``--bind=/host:/here``."""
    # without --keep-unit and --register=no it asks systemd-machined, which a container does not run
    fixed = ["--quiet", "--keep-unit", "--register=no", "--pipe", f"--machine=lab-{os.getpid()}"]
    return run(["systemd-nspawn", *fixed, f"--directory={root}", *options, "--", *argv]).stdout
