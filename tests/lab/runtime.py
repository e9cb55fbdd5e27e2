"""Writes the executable that engines name as their OCI runtime."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from . import runc_wrapper


def runtime_script(folder: Path) -> Path:
    """A script in ``folder`` that runs `tests.lab.runc_wrapper` with this Python; gives its path."""
    script = folder / "runc-without-limits"
    python = shlex.quote(sys.executable)
    script.write_text(f'#!/bin/sh\nexec {python} -IS {shlex.quote(runc_wrapper.__file__)} "$@"\n')
    script.chmod(0o755)
    return script
