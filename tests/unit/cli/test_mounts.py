"""``jupyter storage mounts`` and ``where`` as a person types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ide49_storage import client
from ide49_storage.cli import main

Capture = pytest.CaptureFixture[str]


def test_where_says_where_a_path_lives_and_what_becomes_of_it(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("target")
    assert main(["where", str(tmp_path / "link"), "/"]) == 0
    first, second = capsys.readouterr().out.split("\n\n")
    asked, leads, lives, *_ = first.splitlines()
    assert asked == str(tmp_path / "link")
    assert leads.split(maxsplit=2)[2] == str(tmp_path / "target")
    assert "mounted at" in lives
    assert "not there" in first
    assert [line.split()[0] for line in second.splitlines()[3:6]] == ["update", "stop", "device"]


def test_json_is_the_body_of_the_call(capsys: Capture) -> None:
    assert main(["where", "--json", "/usr", "/"]) == 0
    assert [each["path"] for each in json.loads(capsys.readouterr().out)] == ["/usr", "/"]
    assert main(["mounts", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["notebooks"]["path"] == os.getcwd()


def test_what_the_kernel_mounts_for_itself_is_shown_only_when_asked_for(capsys: Capture) -> None:
    assert main(["mounts"]) == 0
    usual = capsys.readouterr().out
    assert main(["mounts", "--all", "--why"]) == 0
    told = capsys.readouterr().out
    assert "  /proc  " not in usual
    assert "  /proc  " in told
    assert "/proc: The file system type proc" in told


@pytest.mark.parametrize("argv", [["where", ""], ["where", "a\0b"], ["where"], ["mounts", "/"], ["nonsense"], []])
def test_arguments_that_make_no_sense_are_status_2(capsys: Capture, argv: list[str]) -> None:
    try:
        status: object = main(argv)
    except SystemExit as end:  # argparse's own way out
        status = end.code
    assert status == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "jupyter storage" in told.err


def test_in_a_folder_that_was_deleted_only_what_is_relative_cannot_be_told(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    assert main(["where", "/usr"]) == 0
    assert main(["mounts"]) == 0
    assert client.mounts().notebooks is None
    capsys.readouterr()
    assert main(["where", "x"]) == 2
    assert "was deleted" in capsys.readouterr().err


def test_an_interrupt_ends_it_quietly(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(client, "mounts", interrupted)
    assert main(["mounts"]) == 130
    assert capsys.readouterr().err == ""


def test_letters_that_the_terminal_does_not_have_are_escaped(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "ide49_storage", "where", str(tmp_path / "Entwürfe")]
    told = subprocess.run(argv, env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True, check=True)
    assert told.stdout.splitlines()[0].endswith(b"Entw\\xfcrfe")
