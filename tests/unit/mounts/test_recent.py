"""The shared report of a server: fresh where it matters, and one look for all who ask at once."""

from __future__ import annotations

import asyncio

import pytest

from ide49_storage.model.mounts import MountReport
from ide49_storage.mounts import recent


@pytest.fixture(autouse=True)
def forget() -> None:
    recent._last.clear()


def ask(notebooks: str = "/") -> MountReport:
    return asyncio.run(recent.mount_report(notebooks))


def test_asking_twice_at_once_looks_once() -> None:
    assert ask() is ask()


def test_another_folder_is_another_question() -> None:
    first, second = ask("/"), ask("/usr")
    assert second is not first
    assert second.notebooks is not None
    assert second.notebooks.path == "/usr"


def test_an_old_answer_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    first = ask()
    monkeypatch.setattr(recent, "FRESH", 0.0)
    assert ask() is not first


def test_a_change_of_the_table_is_seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = ask()
    monkeypatch.setattr(recent, "read_mountinfo", lambda: b"1 0 0:1 / / rw - tmpfs tmpfs rw\n")
    assert ask() is not first


def test_without_procfs_an_answer_is_still_given(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> bytes:
        raise FileNotFoundError

    monkeypatch.setattr(recent, "read_mountinfo", missing)
    assert ask().engine.evidence
