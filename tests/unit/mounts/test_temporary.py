"""Where temporary files are made: in the first folder that takes one and cannot hang."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ide49_storage.mounts import mountinfo, snapshot, temporary


@pytest.fixture(autouse=True)
def _usual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only ``usual`` besides what a test names."""
    (tmp_path / "usual").mkdir()
    monkeypatch.setattr(temporary, "_USUAL", (str(tmp_path / "usual"),))
    for name in temporary.VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_the_folder_that_the_environment_names_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, name in enumerate(reversed(temporary.VARIABLES)):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.setenv(name, str(folder))
        assert temporary.temporary_folder() == str(folder)
    with temporary.temporary_directory() as made:
        assert os.path.dirname(made) == str(folder)


@pytest.mark.parametrize("named", ["", "relative", "/nowhere/at/all", "/proc/self", "/etc/hostname", "/dev/null"])
def test_what_takes_no_file_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.setenv("TMPDIR", named)
    assert temporary.temporary_folder() == str(tmp_path / "usual")


def test_a_share_is_never_touched_and_a_link_to_it_neither(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    share = tmp_path / "share"
    share.mkdir()
    (tmp_path / "link").symlink_to(share)
    real = mountinfo.read_mountinfo()
    holder = snapshot.take_snapshot().table.mount_of(str(tmp_path)).id
    line = f"999999 {holder} 0:999 / {share} rw - cifs //nas/iot-data rw,vers=3.1.1,soft\n"
    monkeypatch.setattr(mountinfo, "read_mountinfo", lambda *_: real + line.encode())
    before = os.stat(share).st_mtime_ns
    for named in (share, tmp_path / "link", share / "below"):
        monkeypatch.setenv("TMPDIR", str(named))
        assert temporary.temporary_folder() == str(tmp_path / "usual")
    assert os.stat(share).st_mtime_ns == before


def test_without_any_folder_the_error_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "usual").rmdir()
    with pytest.raises(FileNotFoundError, match="TMPDIR"):
        temporary.temporary_file()


def test_a_file_has_no_name_and_can_lie_where_the_caller_says(tmp_path: Path) -> None:
    with temporary.temporary_file(str(tmp_path)) as file:
        file.write(b"x")
        assert os.fstat(file.fileno()).st_nlink == 0
