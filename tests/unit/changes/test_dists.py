"""Python distributions: their names, files and what pip is told."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ide49_storage.changes.package_owners import python
from ide49_storage.formats.metadata import headers


@pytest.mark.parametrize(
    ("direct_url", "expected"),
    [
        (None, "tool==1.0"),
        ("no json", "tool==1.0"),
        (json.dumps({"url": "file:///src/tool", "dir_info": {"editable": True}}), None),
        (json.dumps({"url": "https://h.example/tool.whl", "archive_info": {}}), "tool @ https://h.example/tool.whl"),
        (
            json.dumps({"url": "https://h.example/t.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}),
            "tool @ git+https://h.example/t.git@abc",
        ),
        (json.dumps({"url": "https://me:secret@h.example/t.whl"}), "tool @ https://h.example/t.whl"),
        (
            json.dumps(
                {
                    "url": "ssh://git@h.example/t.git",
                    "vcs_info": {"vcs": "git", "commit_id": "abc"},
                    "subdirectory": "python",
                }
            ),
            "tool @ git+ssh://git@h.example/t.git@abc#subdirectory=python",
        ),
        (json.dumps({"url": "https://h.example/t", "vcs_info": "vcs commit_id"}), "tool @ https://h.example/t"),
    ],
)
def test_pip_is_told_what_gives_the_same_again(direct_url: str | None, expected: str | None) -> None:
    assert python.requirement("tool", "1.0", direct_url) == expected


@pytest.mark.parametrize(
    ("site", "programs", "expected"),
    [
        ("/usr/local/lib/python3.11/site-packages", {"/usr/local/bin/python3.11"}, "/usr/local/bin/python3.11"),
        ("/usr/local/lib/python3.11/dist-packages", {"/usr/bin/python3.11"}, "/usr/bin/python3.11"),
        ("/srv/env/lib/python3.13t/site-packages", {"/srv/env/bin/python3.13t"}, "/srv/env/bin/python3.13t"),
        ("/usr/lib/python3/dist-packages", {"/usr/bin/python3"}, "/usr/bin/python3"),
        ("/home/iot/.local/lib/python3.11/site-packages", {"/usr/bin/python3.11"}, None),
        ("/somewhere/site-packages", set(), None),
    ],
)
def test_the_interpreter_of_a_site_folder(site: str, programs: set[str], expected: str | None) -> None:
    assert python.interpreter_of(site, programs.__contains__) == expected


def test_recorded_paths_are_absolute_and_quotes_are_undone() -> None:
    text = '../../../bin/tool,sha256=x,1\ntool/__init__.py,,\n"tool/a,b.py",,\n\n'
    site = b"/usr/local/lib/python3.11/site-packages"
    assert list(python.recorded(text, site)) == [
        b"/usr/local/bin/tool",
        site + b"/tool/__init__.py",
        site + b"/tool/a,b.py",
    ]


def test_a_header_is_read_and_the_description_is_not() -> None:
    text = "Metadata-Version: 2.1\nName: tool \nVersion: 1.0\n\nName: other\nSummary: x\n"
    fields = headers(text)
    assert fields["name"] == ["tool"]
    assert "summary" not in fields


@pytest.fixture
def root(tmp_path: Path) -> Path:
    info = tmp_path / "usr/local/lib/python3.11/site-packages/tool-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Name: Tool\nVersion: 1.0\n")
    (info / "RECORD").write_text("tool.py,,\ngone.py,,\n__pycache__/gone.pyc,,\n../../../bin/tool,,\n")
    (info.parent / "tool.py").write_text("")
    return tmp_path


def test_a_site_folder_in_the_usual_place_is_found_and_read(root: Path) -> None:
    found = python.LayerDistributions(os.fsencode(root))
    (site,) = found.sites([b"/no/such/site-packages"])
    (info,) = found.in_site(site)
    assert found.read(site, info) == python.LayerDistribution("Tool", "1.0", site, "Tool==1.0")


def test_a_recorded_file_that_is_gone_from_a_changed_folder_is_missing(root: Path) -> None:
    found = python.LayerDistributions(os.fsencode(root))
    (site,) = found.sites([])
    there = lambda path: os.path.lexists(os.fsencode(root) + path)  # noqa: E731  # as short as it can be said
    assert list(found.missing_in([site], {site}, there)) == [(site + b"/gone.py", "Tool")]
    assert list(found.missing_in([site], {b"/etc"}, there)) == []


def test_a_marker_makes_pip_want_its_option(root: Path) -> None:
    found = python.LayerDistributions(os.fsencode(root))
    (site,) = found.sites([])
    assert not found.managed(site)
    (root / "usr/local/lib/python3.11/EXTERNALLY-MANAGED").write_text("")
    assert found.managed(site)


def test_a_distribution_without_metadata_is_named_by_its_folder(tmp_path: Path) -> None:
    (tmp_path / "site-packages/old-2.0.dist-info").mkdir(parents=True)
    found = python.LayerDistributions(os.fsencode(tmp_path)).read(b"/site-packages", b"old-2.0.dist-info")
    assert (found.name, found.version) == ("old", "2.0")
