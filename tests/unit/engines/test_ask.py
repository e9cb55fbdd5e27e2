"""Asking: never an exception, never longer than the deadline."""

from __future__ import annotations

import gc
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ide49_storage.engines import ask
from ide49_storage.model.engines import EngineState

# The SDK's client leaves its socket to the garbage collector when its first call fails.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """What the client left behind is collected here, and not during another test."""
    yield
    gc.collect()


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[str]:
    """The address of a socket that takes every question and never answers."""
    path = tmp_path / "silent.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen(8)
        yield f"unix://{path}"


def test_without_a_socket_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask, "addresses", lambda *_: [])
    assert ask.engine_report().state is EngineState.NOT_ALLOWED
    assert ask.engine_diff() is None


def test_without_the_package_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("importlib.import_module", refuse)
    report = ask.engine_report("unix:///nowhere")
    assert report.state is EngineState.NOT_INSTALLED
    assert "ide49-storage[engine]" in str(report.how)


def test_a_socket_where_nobody_listens_is_a_failure_with_its_reason(tmp_path: Path) -> None:
    report = ask.engine_report(f"unix://{tmp_path}/nobody.sock")
    assert report.state is EngineState.FAILED
    assert "nobody.sock" in report.evidence


@pytest.mark.parametrize("address", ["nonsense://x", "", "unix://", "http://[::1"])
def test_an_address_that_is_none_is_no_exception(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask, "addresses", lambda *_: [address or "x://"])
    assert ask.engine_report().state is EngineState.FAILED


def test_an_engine_that_does_not_answer_is_left_alone(silent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask, "DEADLINE", 0.2)
    monkeypatch.setattr(ask, "CALL_SECONDS", 1)
    report = ask.engine_report(silent)
    assert report.state is EngineState.FAILED
    assert "did not answer" in report.evidence
    assert ask.engine_diff(silent) is None
    for thread in threading.enumerate():
        if thread.name == "engine":
            thread.join(10)
            assert not thread.is_alive()
