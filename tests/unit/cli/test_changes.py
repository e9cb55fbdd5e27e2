"""What `jupyter storage changes` prints, above all where it is not known whether there is something to lose."""

from __future__ import annotations

import argparse

import msgspec
import pytest

from ide49_storage import client
from ide49_storage.changes.report import empty
from ide49_storage.cli.changes import run_changes
from ide49_storage.model.changes import (
    ChangesReport,
    Doubt,
    EntryType,
    Group,
    GroupTotals,
    Largest,
    Remedy,
    RemedyKind,
    ScanState,
)

NEAR_START = Doubt(reason="near-start", message="One file was written near a start.", may_be_loss=True)
DELETIONS = Doubt(reason="deletions", message="What was deleted cannot be seen.", may_be_loss=False)
THESIS = GroupTotals(
    group=Group.MADE_AT_START,
    missed=True,
    files=1,
    folders=0,
    size=3_000_000,
    largest=(Largest(path="/root/thesis/results.csv", type=EntryType.FILE, files=1, size=3_000_000),),
    remedies=(Remedy(kind=RemedyKind.MOVE, sentence="Look, and move what is yours.", lines=(), left_out=0),),
)


def ended(nothing_to_lose: bool | None, *doubts: Doubt, groups: tuple[GroupTotals, ...] = ()) -> ChangesReport:
    return msgspec.structs.replace(
        empty(ScanState.ENDED, "So it is."),
        seconds=1.0,
        nothing_to_lose=nothing_to_lose,
        groups=groups,
        files=sum(group.files for group in groups),
        size=sum(group.size for group in groups),
        doubts=doubts,
    )


class Run:
    """The command, with this report as the scan's answer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, report: ChangesReport, *, dockerfile: bool = False) -> tuple[int, str, str]:
        self._monkeypatch.setattr(client, "changes", lambda **_asked: report)
        status = run_changes(argparse.Namespace(json=False, dockerfile=dockerfile, list=0))
        captured = self._capsys.readouterr()
        return status, captured.out, captured.err


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """See `Run`."""
    return Run(monkeypatch, capsys)


def test_what_was_written_near_a_start_is_listed_to_look_at(run: Run) -> None:
    _, text, _ = run(ended(None, DELETIONS, NEAR_START, groups=(THESIS,)))
    assert "Nothing to lose" not in text
    assert text.startswith(
        "It is not known whether there is something to lose:\n  One file was written near a start.\n"
    )
    assert "Written near a start: look\n" in text
    assert "/root/thesis/results.csv" in text
    assert "-> Look, and move what is yours." in text
    assert text.count("One file was written near a start.") == 1
    assert "Doubt: What was deleted cannot be seen." in text


def test_where_something_is_lost_for_certain_the_other_doubts_are_told_too(run: Run) -> None:
    _, text, _ = run(ended(False, NEAR_START, groups=(THESIS,)))
    assert text.startswith("The next update throws away 1 file")
    assert "Doubt: One file was written near a start." in text


def test_nothing_to_lose_is_said_where_it_is_proven(run: Run) -> None:
    assert run(ended(True, DELETIONS))[1].startswith("Nothing to lose")


def test_a_layer_that_cannot_be_scanned_is_an_error_and_never_nothing(run: Run) -> None:
    report = msgspec.structs.replace(empty(ScanState.FAILED, "Not yet."), error="It cannot be told what was changed.")
    for dockerfile in (False, True):
        status, text, error = run(report, dockerfile=dockerfile)
        assert (status, text) == (1, "")
        assert error == "jupyter storage changes: It cannot be told what was changed.\n"


def test_the_lines_for_the_image_do_not_say_that_nothing_is_to_be_added_where_nobody_knows(run: Run) -> None:
    _, text, _ = run(ended(None, NEAR_START, groups=(THESIS,)), dockerfile=True)
    assert "Nothing to add" not in text
    assert "# Doubt: One file was written near a start." in text
    assert "# Nothing to add" in run(ended(True), dockerfile=True)[1]
