"""The operations of a helper process, on real files."""

from __future__ import annotations

import errno
import json
import os
import socket
import sqlite3
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from ide49_storage.processes import worker_script


@pytest.fixture
def in_place() -> Any:
    """``worker_script.main`` goes to ``/``; the tests stay where they are."""
    here = os.getcwd()
    yield
    os.chdir(here)


def test_look_tells_folders_files_links_and_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("there/not")
    assert worker_script.look(str(tmp_path)) == ["dir", None]
    assert worker_script.look(str(tmp_path / "file")) == ["file", None]
    assert worker_script.look(str(tmp_path / "link")) == ["link", "there/not"]
    assert worker_script.look(str(tmp_path / "file" / "below")) == ["missing", None]
    assert worker_script.look(str(tmp_path / ("x" * 300))) == ["missing", None]


def test_look_tells_sockets_and_fifos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "fifo")
    monkeypatch.chdir(tmp_path)  # a socket's address is short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        assert worker_script.look("socket") == ["socket", None]
    assert worker_script.look("fifo") == ["fifo", None]


def test_statvfs_agrees_with_the_system(tmp_path: Path) -> None:
    total, used, free, inodes, _ = worker_script.statvfs(str(tmp_path))
    found = os.statvfs(tmp_path)
    assert total == found.f_blocks * found.f_frsize
    assert inodes == found.f_files
    assert 0 < used + free <= total


def test_head_reads_no_more_than_asked_of_a_huge_file(tmp_path: Path) -> None:
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.write(b"SAMBA=client\n\xff")
        file.truncate(100_000_000)
    size, text = worker_script.head(str(huge), 14)
    assert size == 100_000_000
    assert text == "SAMBA=client\n\udcff"


def test_head_refuses_a_fifo_instead_of_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(OSError, match="not a regular file") as caught:
        worker_script.head(str(tmp_path / "fifo"), 10)
    assert caught.value.errno == errno.EINVAL


def test_names_stops_at_its_limit(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"n{number}").mkdir()
    (tmp_path / "link").symlink_to("n0")
    few = worker_script.names(str(tmp_path), 3)
    everything = worker_script.names(str(tmp_path), 100)
    assert (len(few["names"]), few["more"]) == (3, True)
    assert everything["more"] is False
    assert ["link", "link"] in everything["names"]
    assert ["n4", "dir"] in everything["names"]


def test_usage_counts_what_lies_below(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "data").write_bytes(os.urandom(100_000))
    counted = worker_script.usage(str(tmp_path), 5.0, 1000)
    assert counted["complete"] is True
    assert counted["entries"] == 2
    assert counted["bytes"] >= 100_000
    assert worker_script.usage(str(tmp_path), 5.0, 1)["complete"] is False


def test_a_walk_does_not_even_look_at_what_is_mounted_below(tmp_path: Path) -> None:
    for name in ("mine", "share"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data").write_bytes(os.urandom(8192))
    share = str(tmp_path / "share")
    counted = worker_script.usage(str(tmp_path), 5.0, 1000, [share])
    assert (counted["entries"], counted["complete"]) == (2, True)
    connection = sqlite3.connect(tmp_path / "share" / "base")
    connection.execute("create table t (x)")
    connection.close()
    assert worker_script.databases(str(tmp_path), 5.0, 1000, [share]) == {"found": [], "complete": True}


def test_databases_are_known_by_their_first_bytes_and_not_by_their_names(tmp_path: Path) -> None:
    for name, mode in (("history.sqlite", "delete"), ("sub", "")):
        if not mode:
            (tmp_path / name).mkdir()
            continue
        with sqlite3.connect(tmp_path / name) as connection:
            connection.execute(f"pragma journal_mode={mode}")
            connection.execute("create table t (x)")
        connection.close()
    connection = sqlite3.connect(tmp_path / "sub" / "no-suffix")
    connection.execute("pragma journal_mode=wal")
    connection.execute("create table t (x)")
    connection.commit()
    connection.close()
    (tmp_path / "fake.sqlite").write_bytes(b"x" * 1024)
    (tmp_path / "loop").symlink_to(".")
    found = worker_script.databases(str(tmp_path), 5.0, 1000)
    assert found["complete"] is True
    paths = {(os.path.relpath(path, tmp_path), wal) for path, _, wal in found["found"]}
    assert paths == {("history.sqlite", False), ("sub/no-suffix", True)}


def test_main_answers_each_question_and_survives_nonsense(in_place: None, tmp_path: Path) -> None:
    questions = [["look", "/"], ["no-such-operation", "/"], ["look", "a\0b"], ["statvfs"], ["statvfs", "/no/such"]]
    request = json.dumps([7, questions]).encode() + b"\n"
    out = BytesIO()
    worker_script.main([request], out)
    ready, *answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert ready == [0]
    assert [answer[:2] for answer in answers] == [[7, index] for index in range(5)]
    assert answers[0][2:] == [0, ["dir", None]]
    assert [answer[2] for answer in answers[1:]] == [errno.EINVAL] * 3 + [errno.ENOENT]


def test_undecodable_names_come_through(in_place: None, tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    (tmp_path / name).mkdir()
    out = BytesIO()
    worker_script.main([json.dumps([1, [["names", str(tmp_path), 9]]]).encode()], out)
    assert json.loads(out.getvalue().splitlines()[-1])[3]["names"] == [[name, "dir"]]
