"""The project's built wheel."""

from __future__ import annotations

import os
from pathlib import Path

from .folder import CHECKOUT
from .shell import LabError, run

WHEEL_VARIABLE = "IDE49_STORAGE_WHEEL"


def project_wheel() -> Path:
    """The wheel in ``dist``, built when its sources are newer; ``IDE49_STORAGE_WHEEL`` names another."""
    given = os.environ.get(WHEEL_VARIABLE)
    if given:
        return Path(given)
    run(["make", "--silent", "-C", str(CHECKOUT), "wheel"], timeout=1800)
    wheels = sorted((CHECKOUT / "dist").glob("*.whl"), key=lambda path: path.stat().st_mtime)
    if not wheels:
        raise LabError("make wheel left no wheel in dist")
    return wheels[-1]
