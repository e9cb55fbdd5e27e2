"""Reading site directories: equal to what the standard library says, and robust against what it meets."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ide49_storage.model.packages import PackageProblem
from ide49_storage.processes import call
from ide49_storage.python.packages_report import left_overs
from ide49_storage.python.site_packages.dependencies import read_requirements
from ide49_storage.python.site_packages.scan import MOST_HEAD, SiteScan, normalize, scan
from tests.needs import need_root


def info(site: Path, name: str, metadata: bytes | None, *, record: bool = True) -> Path:
    folder = site / f"{name}.dist-info"
    folder.mkdir(parents=True)
    if metadata is not None:
        (folder / "METADATA").write_bytes(metadata)
    if record:
        (folder / "RECORD").write_text("")
    return folder


def names(site: str) -> list[tuple[str, str]]:
    return [(dist.name, dist.version) for dist in scan(site).dists]


def test_names_and_versions_are_those_of_the_standard_library() -> None:
    for site in {path for path in sys.path if path.endswith("-packages") and os.path.isdir(path)}:
        expected = {(dist.metadata["Name"], dist.version) for dist in distributions(path=[site])}
        assert set(names(site)) == expected


def problems(site: Path) -> dict[str, tuple[PackageProblem, ...]]:
    return {dist.entry: dist.problems for dist in scan(str(site)).dists}


@pytest.mark.parametrize(
    ("metadata", "problem"),
    [
        (None, PackageProblem.NO_METADATA),
        (b"Version: 1\n\nName: in-the-description\n", PackageProblem.NO_NAME),
        (b"Name: \nVersion: 1\n\n", PackageProblem.NO_NAME),
        (b"Name: ../../etc\nVersion: 1\n\n", PackageProblem.NO_NAME),
        (b"Name: caf\xe9\nVersion: 1\n\n", PackageProblem.BAD_ENCODING),
        (b"X: " + b"y" * (MOST_HEAD + 1), PackageProblem.TOO_LONG),
        (b"", PackageProblem.NO_NAME),
    ],
)
def test_damaged_metadata_is_named_and_the_folders_name_stands_in(
    tmp_path: Path, metadata: bytes | None, problem: PackageProblem
) -> None:
    info(tmp_path, "thing-2.5", metadata)
    (dist,) = scan(str(tmp_path)).dists
    assert dist.problems == (problem,)
    assert (dist.name, dist.version) == ("thing", "1" if b"Version: 1" in (metadata or b"") else "2.5")


def test_fields_behind_long_headers_are_still_found(tmp_path: Path) -> None:
    info(tmp_path, "late-1", b"X-Long: " + b"y" * 9000 + b"\r\nNAME : Late\r\nversion: 3.0\r\n\r\nbody")
    (dist,) = scan(str(tmp_path)).dists
    assert (dist.name, dist.version, dist.problems) == ("Late", "3.0", ())


def test_a_record_that_is_missing_is_a_problem(tmp_path: Path) -> None:
    info(tmp_path, "a-1", b"Name: a\nVersion: 1\n\n", record=False)
    assert problems(tmp_path) == {"a-1.dist-info": (PackageProblem.NO_RECORD,)}


def test_metadata_that_is_a_folder_or_a_named_pipe_does_not_stop_the_scan(tmp_path: Path) -> None:
    (info(tmp_path, "a-1", None) / "METADATA").mkdir()
    os.mkfifo(info(tmp_path, "b-1", None) / "METADATA")
    assert problems(tmp_path) == {
        "a-1.dist-info": (PackageProblem.NO_METADATA,),
        "b-1.dist-info": (PackageProblem.NO_NAME,),
    }


def test_old_style_metadata_is_read_as_folder_and_as_file(tmp_path: Path) -> None:
    (tmp_path / "old.egg-info").mkdir()
    (tmp_path / "old.egg-info" / "PKG-INFO").write_text("Name: old\nVersion: 1\n\n")
    (tmp_path / "older-0.9-py3.11.egg-info").write_text("Name: older\nVersion: 0.9\n\n")
    (tmp_path / "oldest-0.1-py3.11.egg" / "EGG-INFO").mkdir(parents=True)
    (tmp_path / "oldest-0.1-py3.11.egg" / "EGG-INFO" / "PKG-INFO").write_text("Name: oldest\nVersion: 0.1\n\n")
    assert set(names(str(tmp_path))) == {("old", "1"), ("older", "0.9"), ("oldest", "0.1")}


def test_thousands_of_folders_are_read(tmp_path: Path) -> None:
    for number in range(3000):
        info(tmp_path, f"p{number}-1", b"Name: p%d\nVersion: 1\n\n" % number)
    assert len(names(str(tmp_path))) == 3000


def test_a_place_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert scan(str(tmp_path / "file")).problem == "it is no folder"
    assert scan(str(tmp_path / "gone")).problem == "it is not there"
    assert scan(str(tmp_path / "loop")).problem == "its symbolic links lead in a circle"


def test_an_unreadable_folder_says_why(tmp_path: Path) -> None:
    need_root()
    tmp_path.chmod(0o700)
    program = "import os, sys; from ide49_storage.python.site_packages.scan import scan; os.setuid(65534)"
    program = f"{program}; print(scan({str(tmp_path)!r}).problem)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "it cannot be read: Permission denied\n"


def test_another_process_gives_the_same_answer(tmp_path: Path) -> None:
    info(tmp_path, "a-1", b"Name: a\nVersion: 1\n\n")
    here = call.call_in_subprocess(True, scan, SiteScan, str(tmp_path))
    assert call.call_in_subprocess(False, scan, SiteScan, str(tmp_path)) == here
    assert here.dists[0].name == "a"


def test_what_a_killed_pip_left_is_put_together(tmp_path: Path) -> None:
    info(tmp_path, "~ig_pack-1.0", b"Name: big-pack\nVersion: 1.0\n\n")
    info(tmp_path, "other-1", b"Name: other\nVersion: 1\n\n")
    for name in ("~ig_pack", "~ther_thing"):
        (tmp_path / name).mkdir()
    found = scan(str(tmp_path))
    assert [dist.name for dist in found.dists] == ["other"]
    known, unknown = left_overs(found, found.dists)
    assert (known.name, known.version, known.present) == ("big-pack", "1.0", False)
    assert known.entries == ("~ig_pack", "~ig_pack-1.0.dist-info")
    assert (unknown.name, unknown.entries) == (None, ("~ther_thing",))


@given(st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,10}[A-Za-z0-9])?", fullmatch=True))
def test_normalising_twice_changes_nothing(name: str) -> None:
    once = normalize(name)
    assert normalize(once) == once
    assert normalize(name.upper().replace("-", "_")) == once


def test_requirements_are_those_of_the_standard_library() -> None:
    (site,) = {
        path for path in sys.path if path.endswith("-packages") and os.path.isfile(f"{path}/msgspec/__init__.py")
    }
    found = [dist for dist in scan(site).dists if dist.entry.endswith(".dist-info")]
    ours = read_requirements(site, [dist.entry for dist in found])
    expected = {dist.metadata["Name"]: dist.requires or [] for dist in distributions(path=[site])}
    assert any(expected.values())
    for dist, texts in zip(found, ours, strict=True):
        assert texts == expected[dist.name], dist.name
