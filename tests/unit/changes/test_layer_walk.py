"""The walk and the helper on a real file system: the root's birth stands for the container's.

What is moved in from outside is older than the root, so it stands for the image's files.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ide49_storage.changes import groups, scan_process
from ide49_storage.changes.listing import ChangeListing
from ide49_storage.changes.statx import AT_FDCWD, StatxReader, number_on
from ide49_storage.model.changes import Change, Group
from tests.needs import need, need_command, need_root


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A folder of files that are older than the root of the test."""
    made = tmp_path / "image"
    for folder in ("etc/app", "usr/bin", "root", "deep/a/b"):
        (made / folder).mkdir(parents=True)
    for file in ("etc/passwd", "etc/app/app.conf", "usr/bin/tool", "root/.profile", "deep/a/b/c"):
        (made / file).write_text("image")
    return made


@pytest.fixture
def root(tmp_path: Path, image: Path) -> Iterator[Path]:
    """A root with the image's top folders moved into it; its inner folders keep their births."""
    time.sleep(0.01)
    made = tmp_path / "root"
    made.mkdir()
    birth = StatxReader().look(AT_FDCWD, os.fsencode(made)).birth
    need(birth is not None, "a temporary folder on a file system with birth times")
    for folder in image.iterdir():
        folder.rename(made / folder.name)
    yield made
    subprocess.run(["chmod", "-R", "u+rwx", str(made)], check=False)


EMPTY_TASK: dict[str, Any] = {
    "root": "",
    "storage": "overlay",
    "engine_files": [],
    "sites": [],
    "skip": [],
    "diff": None,
}


class Result:
    """A scan's summary, progress and listing."""

    def __init__(self, root: Path, **task: Any) -> None:
        spool = ChangeListing()
        lines: list[dict[str, Any]] = []
        words: dict[str, Any] = {**EMPTY_TASK, "root": str(root)}
        listing = {group: os.dup(fd) for group, fd in spool.descriptors().items()}
        try:
            scan_process.run({**words, "listing": listing, **task}, lines.append)
            self.changes: tuple[Change, ...] = spool.page(None, 10_000, None)[0]
        finally:
            spool.close()
        self.summary = lines[-1]

    @property
    def paths(self) -> set[str]:
        return {change.path for change in self.changes}

    def group(self, group: str) -> dict[str, Any]:
        return next(row for row in self.summary["groups"] if row["group"] == group)

    @property
    def size(self) -> int:
        return sum(row["size"] for row in self.summary["groups"])

    @property
    def doubts(self) -> list[str]:
        return [reason for reason, _ in self.summary["doubts"]]


def test_an_untouched_root_has_no_changes(root: Path) -> None:
    assert Result(root).changes == ()


def test_only_what_is_younger_than_the_root_is_a_change(root: Path) -> None:
    (root / "new").mkdir()
    (root / "new/file").write_text("12345")
    (root / "new/link").symlink_to("/nowhere")
    os.mkfifo(root / "new/fifo")
    found = Result(root)
    assert found.paths == {"/new", "/new/file", "/new/link", "/new/fifo"}
    assert {change.path: change.type.value for change in found.changes} == {
        "/new": "folder",
        "/new/file": "file",
        "/new/link": "link",
        "/new/fifo": "other",
    }
    assert found.size == 5


def test_folders_older_than_the_root_are_not_entered(root: Path) -> None:
    """On overlay the folder above a change is itself a change, so there is nothing to find below."""
    (root / "deep/a/b/new").write_text("x")
    assert Result(root).summary["seen"] == 4
    assert Result(root).changes == ()


def test_a_storage_that_keeps_folders_as_they_are_is_walked_whole(root: Path) -> None:
    (root / "etc/hostname").write_text("clock")
    time.sleep(0.02)
    (root / "deep/a/b/c").write_text("edited")
    found = Result(root, storage="vfs", engine_files=["/etc/hostname"])
    assert "/deep/a/b/c" in found.paths
    assert found.summary["method"] == "change-time"


@pytest.mark.parametrize("name", [b"new\nline", b"\xff\xfe", b" ", b"-rf", b"'\"$x`", b"a" * 255])
def test_any_name_comes_through(root: Path, name: bytes) -> None:
    with open(os.path.join(os.fsencode(root), name), "wb") as file:
        file.write(b"abc")
    (change,) = Result(root).changes
    assert os.fsencode(change.path) == b"/" + name
    assert change.size == 3


def test_a_mount_point_of_the_table_is_neither_entered_nor_counted(root: Path) -> None:
    (root / "data/volume").mkdir(parents=True)
    (root / "data/volume/file").write_text("kept")
    (root / "data/own").write_text("lost")
    assert Result(root, skip=["/data/volume"]).paths == {"/data", "/data/own"}


def test_a_folder_that_the_engine_made_for_a_mount_point_is_nobodys_change(root: Path) -> None:
    (root / "service-config/iot-home").mkdir(parents=True)
    started = Result(root, skip=["/service-config/iot-home"])
    assert started.paths == set()


def test_a_mount_that_the_table_does_not_have_yet_is_not_entered(root: Path) -> None:
    need_root()
    need_command("mount", "umount")
    there = root / "late"
    there.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "ide49-test", str(there)], check=True)
    try:
        (there / "file").write_text("in the mount")
        assert Result(root).paths == set()
    finally:
        subprocess.run(["umount", str(there)], check=True)


def test_a_bind_of_a_folder_into_itself_is_no_endless_way(root: Path) -> None:
    need_root()
    need_command("mount", "umount")
    loop = root / "new/loop"
    loop.mkdir(parents=True)
    subprocess.run(["mount", "--bind", str(root), str(loop)], check=True)
    try:
        (root / "new/file").write_text("x")
        assert Result(root).paths == {"/new", "/new/file"}
    finally:
        subprocess.run(["umount", str(loop)], check=True)


def test_a_link_to_a_folder_is_not_followed(root: Path) -> None:
    (root / "link").symlink_to("/usr")
    assert Result(root).paths == {"/link"}


def test_a_file_with_two_names_is_counted_once(root: Path) -> None:
    (root / "one").write_bytes(b"x" * 100)
    os.link(root / "one", root / "two")
    found = Result(root)
    assert found.paths == {"/one", "/two"}
    assert found.size == 100
    assert sorted(change.size for change in found.changes) == [0, 100]


def test_a_new_folder_is_one_item_with_all_that_is_in_it(root: Path, long_running: None) -> None:
    (root / "root2/project/data").mkdir(parents=True)
    (root / "root2/project/data/big").write_bytes(b"x" * 1000)
    (root / "root2/project/small").write_bytes(b"x")
    (root / "root2/.cache").mkdir()
    (root / "root2/.cache/junk").write_bytes(b"x" * 10)
    found = Result(root)
    largest = {(path, kind, size) for path, kind, _, size in found.group("home-and-data")["largest"]}
    assert ("/root2/project", "folder", 1001) in largest
    assert found.group("caches-and-logs")["largest"] == [["/root2/.cache", "folder", 1, 10]]


def test_what_an_ordinary_user_may_not_enter_is_named_and_the_rest_is_right(root: Path) -> None:
    for folder in ("shut", "open"):
        (root / folder).mkdir()
        (root / folder / "file").write_text("x")
    (root / "shut").chmod(0)
    found = as_nobody(root)
    assert found["unreadable"] == ["/shut"]
    assert found["unreadable_count"] == 1
    assert sum(row["files"] for row in found["groups"]) == 1
    assert sum(row["folders"] for row in found["groups"]) == 2


def as_nobody(root: Path) -> dict[str, Any]:
    """The summary of a scan as a user who is not root."""
    if os.geteuid() != 0:
        return Result(root).summary
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.closerange(3, reading)
        try:
            # a tmp_path is its owner's alone, so the child goes on inside it
            os.chdir(root)
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            os.write(writing, json.dumps(Result(Path()).summary).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading, "rb") as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return dict(json.loads(text))


def test_folders_that_come_and_go_during_the_scan_do_no_harm(root: Path) -> None:
    (root / "stays").mkdir()
    for number in range(300):
        (root / f"stays/{number}").mkdir()
        (root / f"stays/{number}/file").write_text("x")
    stop = threading.Event()

    def churn() -> None:
        while not stop.is_set():
            (root / "comes/goes").mkdir(parents=True)
            (root / "comes/goes/file").write_text("x")
            (root / "comes").rename(root / "moved")
            shutil.rmtree(root / "moved")

    busy = threading.Thread(target=churn)
    busy.start()
    try:
        for _ in range(5):
            found = Result(root)
            stays = {path for path in found.paths if path.startswith("/stays")}
            assert len(stays) == 601
    finally:
        stop.set()
        busy.join()


def test_a_very_deep_folder_is_walked_or_named(root: Path) -> None:
    folder = os.open(root, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("d", dir_fd=folder)
        below = os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    os.close(folder)
    try:
        found = Result(root)
        assert len(found.changes) == 3000 or "too-deep" in found.doubts
    finally:
        subprocess.run(["rm", "-rf", str(root / "d")], check=True)


def test_a_socket_is_listed_and_not_opened(root: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(root)
        try:
            server.bind("s")
        finally:
            os.chdir(here)
    (change,) = Result(root).changes
    assert (change.path, change.type.value) == ("/s", "other")


@pytest.fixture
def long_running(monkeypatch: pytest.MonkeyPatch) -> None:
    """The root was made this moment; let it not count as just started."""
    monkeypatch.setattr(groups, "START_WINDOW", -groups.START_WINDOW)


def test_a_package_that_pip_installed_is_named_with_its_files(root: Path, long_running: None) -> None:
    (root / "usr").rename(root.parent / "usr-of-the-image")
    site = root / "usr/local/lib/python3.11/site-packages"
    info = site / "tool-1.0.dist-info"
    info.mkdir(parents=True)
    (root / "usr/local/bin").mkdir(parents=True)
    (root / "usr/local/bin/tool").write_bytes(b"x" * 7)
    (site / "tool.py").write_bytes(b"x" * 10)
    (info / "METADATA").write_text("Name: tool\nVersion: 1.0\n")
    (info / "RECORD").write_text("tool.py,,\n../../../bin/tool,,\ntool-1.0.dist-info/METADATA,,\n")
    found = Result(root)
    (package,) = found.summary["packages"]
    assert (package["name"], package["version"], package["requirement"]) == ("tool", "1.0", "tool==1.0")
    listed = {change.path for change in found.changes if change.package == "tool"}
    assert {path.rpartition("/")[2] for path in listed} == {"tool", "tool.py", "METADATA", "tool-1.0.dist-info"}
    assert found.group("python-packages")["size"] == found.size


def test_an_environment_that_was_made_here_is_told_with_what_makes_it_again(root: Path, long_running: None) -> None:
    for number, name in enumerate(("made", "older")):
        prefix = root / f"opt/{name}"
        info = prefix / f"lib/python3.11/site-packages/tool{number}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Name: tool{number}\nVersion: 1.0\n")
        (prefix / "bin").mkdir()
        (prefix / "pyvenv.cfg").write_text("include-system-site-packages = false\nhome = /usr/bin \nversion = 3.11\n")
    (root / "opt/made/bin/python3.11").touch()
    os.link(root / "usr/bin/tool", root / "opt/older/bin/python3.11")
    found = Result(root)
    made, older = sorted(found.summary["packages"], key=lambda row: row["name"])
    assert (made["interpreter"], made["made_here"]) == ("/opt/made/bin/python3.11", True)
    assert made["base"] == "/usr/bin/python3.11"
    assert older["made_here"] is False
    # and the environment's own files go with its packages, into no line that copies or moves them
    python = {path for path, *_ in found.group("python-packages")["largest"]}
    assert "/opt/made" in python


def test_a_package_that_was_taken_away_is_not_told_to_be_installed(root: Path, long_running: None) -> None:
    """`apt-get remove` of a package that the image brought writes the list of its settings anew."""
    info = root / "var/lib/dpkg/info"
    info.mkdir(parents=True)
    (info / "kept.list").write_text("/.\n/etc/kept\n")
    (info / "gone.list").write_text("/.\n/etc/gone\n")
    states = {"kept": "install ok installed", "gone": "deinstall ok config-files"}
    text = "\n".join(f"Package: {name}\nStatus: {state}\nVersion: 1\n" for name, state in states.items())
    (root / "var/lib/dpkg/status").write_text(text)
    found = Result(root)
    assert [row["name"] for row in found.summary["packages"]] == ["kept"]
    assert found.summary["removed"] == ["gone"]


def test_the_engines_diff_decides_where_there_is_one(root: Path, tmp_path: Path) -> None:
    (root / "clock").write_text("")
    time.sleep(0.02)
    (root / "new").write_text("x")
    (root / "not-in-the-diff").write_text("x")
    with open(os.fsencode(root) + b"/etc/no-utf8-\xff", "w") as file:
        file.write("the engine's JSON has no word for this name")
    (root / "etc/passwd").write_text("changed")
    diff = tmp_path / "diff"
    rows = [("A", "/new"), ("C", "/etc"), ("C", "/etc/passwd"), ("D", "/gone")]
    diff.write_text("".join(letter + json.dumps(path) + "\n" for letter, path in rows))
    found = Result(root, diff=str(diff), storage="btrfs", engine_files=["/clock"])
    assert {change.path: change.change.value for change in found.changes} == {
        "/new": "new",
        "/etc": "modified",
        "/etc/passwd": "modified",
        "/etc/no-utf8-\udcff": "unknown",
    }
    assert found.summary["method"] == "engine-diff"
    assert found.doubts == []


@pytest.fixture
def late_overlay(tmp_path: Path) -> Iterator[Path]:
    """An overlay with a new folder that is older than its upper directory, as if the clock had been behind."""
    need_root()
    for folder in ("lower/etc", "early/root", "work", "merged"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("lower/etc/passwd", "lower/etc/group", "lower/sign", "early/root/thesis"):
        (tmp_path / file).write_text("x")
    time.sleep(0.01)
    (tmp_path / "upper").mkdir()
    (tmp_path / "early/root").rename(tmp_path / "upper/root")
    layers = ",".join(f"{name}dir={tmp_path / name}" for name in ("lower", "upper", "work"))
    merged = tmp_path / "merged"
    subprocess.run(["mount", "-t", "overlay", "-o", layers, "overlay", str(merged)], check=True)
    try:
        yield merged
    finally:
        subprocess.run(["umount", str(merged)], check=True)


def test_what_was_written_while_the_clock_was_behind_is_found_by_its_handle(
    late_overlay: Path, long_running: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open(late_overlay / "etc/passwd", "a") as file:
        file.write("modified when the clock was right again")
    usual = {"/etc": "modified", "/etc/passwd": "modified"}
    found = Result(late_overlay)
    assert ({each.path: each.change.value for each in found.changes}, found.doubts) == (usual, [])
    monkeypatch.setattr("ide49_storage.changes.detection._SLACK", 0)
    found = Result(late_overlay, start_sign="/sign")
    assert {each.path: each.change.value for each in found.changes} == usual | {"/root": "new", "/root/thesis": "new"}
    assert found.doubts == ["clock-set-back"]


def test_without_a_clock_nothing_is_listed_and_that_is_said(root: Path) -> None:
    (root / "new").write_text("x")
    found = Result(root, storage="other")
    assert found.changes == ()
    assert found.summary["method"] == "none"
    assert found.doubts == ["no-clock"]


def test_a_root_that_is_not_there_is_an_error_and_no_empty_answer(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Result(tmp_path / "missing")


def test_every_group_of_the_rules_has_a_file(root: Path) -> None:
    assert set(groups.GROUPS) == {group.value for group in Group}


def test_the_looker_agrees_with_stat(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"12345")
    os.link(file, tmp_path / "other")
    look, stat = StatxReader().look(AT_FDCWD, os.fsencode(file)), os.lstat(file)
    assert (look.mode, look.inode, look.links, look.size) == (stat.st_mode, stat.st_ino, 2, 5)
    assert look.change == stat.st_ctime_ns
    assert look.device == (os.major(stat.st_dev), os.minor(stat.st_dev))


@pytest.mark.parametrize(
    ("machine", "pointer", "number"),
    [
        ("x86_64", 8, 332),
        ("x86_64", 4, 383),
        ("aarch64", 8, 291),
        ("aarch64", 4, 397),
        ("armv7l", 4, 397),
        ("riscv64", 8, 291),
    ],
)
def test_the_call_has_the_number_that_the_programs_own_bits_want(machine: str, pointer: int, number: int) -> None:
    assert number_on(machine, pointer) == number


def test_where_statx_is_refused_plain_stat_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ide49_storage.changes.statx._find_statx", lambda: None)
    with tempfile.NamedTemporaryFile() as file:
        look = StatxReader().look(AT_FDCWD, os.fsencode(file.name))
        assert (look.birth, look.mount) == (None, None)
        assert look.change == os.lstat(file.name).st_ctime_ns
