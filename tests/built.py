"""The wheel that `make wheel` built, for the tests that install it."""

from __future__ import annotations

from pathlib import Path

from tests.needs import need

ROOT = Path(__file__).parents[1]


def wheel() -> Path:
    """The wheel in ``dist/``; the test is left out where there is none."""
    found = sorted((ROOT / "dist").glob("ide49_storage-*.whl"))
    need(len(found) == 1, "one wheel in dist/ (make wheel)")
    return found[0]
