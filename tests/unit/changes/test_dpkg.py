"""What dpkg's own files tell. The texts are synthetic, in dpkg 1.21's form."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from ide49_storage.changes.package_owners import dpkg
from ide49_storage.formats import dpkg as formats

LOG = b"""2026-11-24 10:00:00 startup archives unpack
2026-11-24 10:00:01 install tree:amd64 <none> 2.1.0-1
2026-11-24 10:00:04 status installed tree:amd64 2.1.0-1
nonsense
2026-11-24 12:00:00 startup packages configure
2026-11-24 12:00:09 status installed man-db:amd64 2.11.2-2
"""


def at(text: str) -> int:
    return int(time.mktime(time.strptime(text, "%Y-%m-%d %H:%M:%S"))) * 10**9


def test_the_log_says_when_dpkg_ran() -> None:
    assert formats.windows(LOG, 0) == [
        (at("2026-11-24 09:59:59"), at("2026-11-24 10:00:06")),
        (at("2026-11-24 11:59:59"), at("2026-11-24 12:00:11")),
    ]


def test_what_the_images_own_build_installed_does_not_count() -> None:
    assert formats.windows(LOG, at("2026-11-24 11:00:00") / 1e9) == [
        (at("2026-11-24 11:59:59"), at("2026-11-24 12:00:11"))
    ]
    assert formats.windows(b"", 0) == []


@pytest.mark.parametrize(("name", "package"), [(b"tree.list", "tree"), (b"libc6:amd64.list", "libc6")])
def test_a_list_is_named_after_its_package(name: bytes, package: str) -> None:
    assert formats.package_of(name) == package


def test_paths_are_where_a_merged_system_has_them() -> None:
    merge = formats.Merge([(b"bin", b"usr/bin"), (b"lib", b"/usr/lib/")])
    listed = list(formats.listed(b"/.\n/bin\n/bin/sh\n/lib/x/y\n/usr/bin/z\n/binary/x\n", merge))
    assert listed == [b"/bin", b"/usr/bin/sh", b"/usr/lib/x/y", b"/usr/bin/z", b"/binary/x"]


def test_versions_and_the_mark_of_dependencies_are_read() -> None:
    status = "Package: tree\nStatus: install ok installed\nVersion: 2.1.0-1\n\n\nPackage: less\nVersion: 590\n"
    assert formats.fields(status, {"tree"}, "Version") == {"tree": "2.1.0-1"}
    states = "Package: libx\nArchitecture: amd64\nAuto-Installed: 1\n"
    assert formats.fields(states, {"libx", "tree"}, "Auto-Installed") == {"libx": "1"}


def test_the_last_matching_path_rule_counts() -> None:
    left_out = formats.left_out_by(
        "# path-exclude /never\npath-exclude /usr/share/doc/*\npath-include=/usr/share/doc/*/copyright\n"
    )
    assert left_out("/usr/share/doc/tar/changelog")
    assert not left_out("/usr/share/doc/tar/copyright")
    assert not left_out("/usr/bin/tar")
    assert not left_out("/never")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    info = tmp_path / "var/lib/dpkg/info"
    info.mkdir(parents=True)
    (info / "tool.list").write_text("/.\n/usr/bin/tool\n/usr/bin/gone\n/usr/share/doc/tool\n/bin/moved\n/opt/gone\n")
    (tmp_path / "var/lib/dpkg/diversions").write_text("/usr/bin/moved\n/usr/bin/moved.real\nother\n")
    (tmp_path / "etc/dpkg/dpkg.cfg.d").mkdir(parents=True)
    (tmp_path / "etc/dpkg/dpkg.cfg.d/slim").write_text("path-exclude /usr/share/doc/*\n")
    (tmp_path / "usr/bin").mkdir(parents=True)
    (tmp_path / "usr/bin/tool").write_text("")
    (tmp_path / "bin").symlink_to("usr/bin")
    return tmp_path


def test_a_listed_file_that_is_gone_from_a_changed_folder_is_missing(root: Path) -> None:
    database = dpkg.Dpkg(os.fsencode(root))
    changed = {b"/usr/bin", b"/usr/share/doc"}
    there = lambda path: os.path.lexists(os.fsencode(root) + path)  # noqa: E731  # as short as it can be said
    assert list(database.missing(changed, there)) == [(b"/usr/bin/gone", "tool")]


def test_a_system_without_dpkg_has_nothing(tmp_path: Path) -> None:
    database = dpkg.Dpkg(os.fsencode(tmp_path))
    assert database.list_names() == []
    assert list(database.missing({b"/usr"}, lambda _: False)) == []
    assert database.describe({"x"}) == {"x": (None, False)}
