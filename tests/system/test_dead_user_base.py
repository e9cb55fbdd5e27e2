"""A user base on a storage that went silent: Python itself hangs at its start, and that is an answer."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from ide49_storage.model.python import TroubleReason
from ide49_storage.python.interpreter import probe as asking
from tests.python_world import World

from .test_silent_fuse import fuse

__all__ = ["fuse"]


def test_the_place_that_does_not_answer_is_named_and_the_rest_answered(
    tmp_path: Path, fuse: tuple[Path, subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "SHORT_DEADLINE", 1.0)
    monkeypatch.setattr(asking.probe, "__defaults__", (1.0,))
    asking.forget()
    point, process = fuse
    world = World(tmp_path / "person")
    world.kernel("elsewhere", env={"PYTHONUSERBASE": str(tmp_path / "other")}, argv=["/nowhere/python"])
    world.environ["PYTHONUSERBASE"] = str(point / ".local")
    process.send_signal(signal.SIGUSR1)
    layout = world.layout()
    assert layout.trouble is not None
    assert layout.trouble.reason is TroubleReason.HANGS
    assert f"It looks into {point}/.local" in layout.trouble.message
    (kernel,) = (each for each in layout.kernels if each.name == "elsewhere")
    assert kernel.trouble is not None
    assert kernel.trouble.reason is TroubleReason.GONE
    assert world.packages().trouble is not None
    (finding,) = world.found("PY18")
    assert str(point) in finding.evidence
