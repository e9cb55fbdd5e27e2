"""What is read of a site directory for whoever changes it: distributions, RECORD, digests, left-overs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from ide49_storage.formats.record import MOST_RECORD, Row, parse_record, read_record, same_content
from ide49_storage.python.distributions import distributions, overlay, set_aside
from tests.python_world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.install("Mixed.Name", "1.0", requires="other>=2")
    return made


def test_a_distribution_has_what_its_metadata_says(world: World) -> None:
    (found,) = distributions(str(world.site))
    assert (found.name, found.normalized, found.version, found.requires) == (
        "Mixed.Name",
        "mixed-name",
        "1.0",
        ("other>=2",),
    )
    assert (found.requested, found.has_record, found.details.installer) == (True, True, "pip")
    assert found.details.direct_url is not None
    rows = read_record(found.path)
    assert rows is not None
    for row in rows:
        path = f"{found.site}/{row.path}"
        assert row.size in (None, os.stat(path).st_size)
        assert same_content(path, row.digest)
    changed = Path(found.site, "Mixed.Name", "__init__.py")
    (row,) = (each for each in rows if each.path == "Mixed.Name/__init__.py")
    changed.write_text("something else\n")
    assert not same_content(str(changed), row.digest)


def test_one_without_metadata_is_still_named(world: World) -> None:
    info = next(world.site.glob("*.dist-info"))
    shutil.rmtree(info)
    info.mkdir()
    (found,) = distributions(str(world.site))
    assert (found.version, found.has_record, read_record(found.path)) == ("1.0", False, None)


def test_what_a_killed_pip_set_aside_has_its_real_name(world: World) -> None:
    info = next(world.site.glob("*.dist-info"))
    info.rename(world.site / f"~{info.name[1:]}")
    assert distributions(str(world.site)) == ()
    assert [each.name for each in set_aside(str(world.site))] == ["Mixed.Name"]


def test_the_first_layer_wins(world: World, tmp_path: Path) -> None:
    other = World(tmp_path / "other")
    other.install("mixed-name", "2.0")
    layers = [distributions(str(each.site)) for each in (other, world)]
    assert {name: each.version for name, each in overlay(layers).items()} == {"mixed-name": "2.0"}


def test_a_record_is_read_as_far_as_it_is_one() -> None:
    text = 'a.py,sha256=x,3\n"b,c.py",,\nd.py\n\ne.py,sha256=y,many\n'
    assert parse_record(text) == (
        Row("a.py", "sha256=x", 3),
        Row("b,c.py", "", None),
        Row("d.py", "", None),
        Row("e.py", "sha256=y", None),
    )
    assert parse_record("a.py,,1\n" + "x" * 200_000 + "\nb.py,,1\n") == (Row("a.py", "", 1),)


@pytest.mark.parametrize("kind", ["pipe", "folder", "circle", "huge"])
def test_a_record_that_is_no_file_is_none(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "RECORD"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "circle":
        path.symlink_to(path)
    else:
        path.touch()
        os.truncate(path, MOST_RECORD + 1)
    assert not read_record(str(tmp_path))
