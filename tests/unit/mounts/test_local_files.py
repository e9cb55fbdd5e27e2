"""Looking at this machine's files: it asks local file systems, and never any other."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ide49_storage.mounts.local_files import LocalFiles, read_small, why_not_asked
from ide49_storage.mounts.mountinfo import parse, read_mountinfo
from ide49_storage.mounts.path_walk import DirEntry, EntryKind, Lstat, Unanswered, resolve_path, run
from ide49_storage.mounts.table import MountTable

from .lines import DISK_ROOT, line, table_of


def this_machine() -> MountTable:
    return MountTable(parse(read_mountinfo())[0])


def inside(folder: Path, *more: str) -> MountTable:
    """A table that shows this machine's ``folder`` as a mount of its own, so that it can really be asked."""
    return table_of(DISK_ROOT, line(2, 1, str(folder)), *more)


@pytest.mark.parametrize("fs", ["ext4", "xfs", "btrfs", "zfs", "overlay", "tmpfs", "vfat", "proc", "squashfs"])
def test_disks_memory_and_layers_answer_by_themselves(fs: str) -> None:
    table = table_of(DISK_ROOT, line(2, 1, "/x", fs=fs))
    assert table.is_local(table.by_id[2])


@pytest.mark.parametrize(
    "fs",
    ["cifs", "smb3", "nfs4", "9p", "virtiofs", "ceph", "fuse.sshfs", "fuse.anything", "fuseblk", "autofs", "newfs"],
)
def test_what_may_not_answer_is_not_local(fs: str) -> None:
    table = table_of(DISK_ROOT, line(2, 1, "/x", fs=fs))
    assert not table.is_local(table.by_id[2])
    assert fs in why_not_asked(table.by_id[2])


def test_fuse_overlayfs_is_local_as_the_root_alone() -> None:
    root = "1 0 0:5 / / rw - fuse.fuse-overlayfs fuse-overlayfs rw"
    table = table_of(root, line(2, 1, "/x", fs="fuse.fuse-overlayfs"))
    assert table.is_local(table.root)
    assert not table.is_local(table.by_id[2])


def test_each_kind_of_entry_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("to nowhere")
    os.mkfifo(tmp_path / "fifo")
    files, row = LocalFiles(table := inside(tmp_path)), table.by_id[2]
    assert files.look(Lstat(str(tmp_path), row)) == DirEntry(EntryKind.FOLDER)
    assert files.look(Lstat(f"{tmp_path}/file", row)) == DirEntry(EntryKind.FILE)
    assert files.look(Lstat(f"{tmp_path}/link", row)) == DirEntry(EntryKind.LINK, "to nowhere")
    assert files.look(Lstat(f"{tmp_path}/fifo", row)) == DirEntry(EntryKind.OTHER)
    assert files.look(Lstat(f"{tmp_path}/none", row)) == DirEntry(EntryKind.MISSING)


def test_an_undecodable_name_is_looked_up_by_its_bytes(tmp_path: Path) -> None:
    os.symlink(b"\xfe", os.fsencode(tmp_path) + b"/\xff")
    files, row = LocalFiles(table := inside(tmp_path)), table.by_id[2]
    assert files.look(Lstat(f"{tmp_path}/\udcff", row)) == DirEntry(EntryKind.LINK, "\udcfe")


def test_a_share_is_not_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = table_of(DISK_ROOT, line(2, 1, str(tmp_path), fs="cifs", source="//10.0.0.1/x"))

    def touched(*_: object, **__: object) -> None:
        raise AssertionError("the share was touched")

    for name in ("lstat", "readlink", "access", "statvfs"):
        monkeypatch.setattr(os, name, touched)
    files, share = LocalFiles(table), table.by_id[2]
    assert isinstance(files.look(Lstat(f"{tmp_path}/x", share)), Unanswered)
    assert files.writable(f"{tmp_path}/x", (table.root, share)) is None


def test_writable_is_what_the_kernel_says(tmp_path: Path) -> None:
    table = this_machine()
    files = LocalFiles(table)
    assert files.writable(str(tmp_path), table.crossed(str(tmp_path))) is True
    assert files.writable("/proc/version", table.crossed("/proc/version")) is os.access("/proc/version", os.W_OK)
    assert files.writable(str(tmp_path / "none"), ()) is False


def test_a_link_of_proc_that_leads_to_no_path_is_something_all_the_same() -> None:
    reading, writing = os.pipe()
    table = this_machine()
    try:
        found = run(resolve_path(table, f"/proc/self/fd/{reading}"), LocalFiles(table).look)
    finally:
        os.close(reading)
        os.close(writing)
    assert found.exists is True
    assert found.resolved == f"/proc/{os.getpid()}/fd/{reading}"


def test_links_of_proc_into_this_process_are_followed_and_into_others_not() -> None:
    table = this_machine()
    own = run(resolve_path(table, "/proc/self/cwd"), LocalFiles(table).look)
    assert own.resolved == os.getcwd()
    other = run(resolve_path(table, f"/proc/{os.getppid()}/cwd/x"), LocalFiles(table).look)
    assert other.exists is None
    assert other.doubt
    assert other.may_be_symlink


@contextlib.contextmanager
def nobody() -> Iterator[None]:
    """Root may search every folder, so become somebody who may not."""
    real = os.geteuid()
    if real == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(real)


def test_a_folder_that_may_not_be_searched_is_named() -> None:
    with tempfile.TemporaryDirectory() as outer:
        os.chmod(outer, 0o755)
        folder = Path(outer, "shut")
        folder.mkdir()
        (folder / "link").symlink_to("/")
        folder.chmod(0)
        table = this_machine()
        with nobody():
            found = run(resolve_path(table, f"{folder}/link"), LocalFiles(table).look)
        folder.chmod(0o700)
    assert (found.exists, found.nearest, found.may_be_symlink) == (None, str(folder), True)
    assert f"The folder {folder} may not be searched by this user" in str(found.doubt)


def test_small_files_are_read_from_local_mounts_alone(tmp_path: Path) -> None:
    (tmp_path / "sign").write_text("here\n")
    (tmp_path / "share").mkdir()
    (tmp_path / "share/sign").write_text("never read")
    os.mkfifo(tmp_path / "fifo")
    read = read_small(inside(tmp_path, line(3, 2, str(tmp_path / "share"), fs="cifs")))
    assert read(f"{tmp_path}/sign") == "here"
    assert read(f"{tmp_path}/none") is None
    assert read(f"{tmp_path}/fifo") is None
    assert read(f"{tmp_path}/share/sign") is None


def test_a_root_that_the_kernel_does_not_list_is_not_called_slow() -> None:
    table = MountTable(())
    assert "does not list" in why_not_asked(table.root)
