"""Packages of other Pythons: the findings and the installer have one list, and agree on what is still in use."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from ide49_storage.installs.planning.requested import old_trees
from ide49_storage.mounts.locator import PathLocator
from ide49_storage.python.site_packages import other_pythons
from ide49_storage.python.site_packages.other_pythons import find_other_pythons
from tests.python_world import VERSION, World

OTHER = "2.9"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(tmp_path)
    made.environ["PATH"] = "/nonexistent"
    monkeypatch.setenv("JUPYTER_PATH", str(made.kernels.parent))
    return made


def tree(world: World, python: str) -> Path:
    """A tree of another Python with one package that a person asked for."""
    info = world.base / "lib" / f"python{python}" / "site-packages" / "one-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: one\nVersion: 1.0\n")
    for name in ("RECORD", "REQUESTED"):
        (info / name).write_text("")
    return info.parent


def program(folder: Path, python: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"python{python}").symlink_to(sys.executable)
    return str(folder / f"python{python}")


def both(world: World) -> list[tuple[str, str | None]]:
    """The version and the user of each tree, as the package report and the installer say: they must be the same."""
    reported = [(each.version, each.interpreter) for each in world.packages().other_pythons]
    installed = [(each.python, each.in_use) for each in old_trees(str(world.base), VERSION, world.environ)]
    assert reported == installed
    return reported


def test_a_tree_that_no_python_reads_is_in_nobodys_use(world: World) -> None:
    tree(world, OTHER)
    assert both(world) == [(OTHER, None)]


def test_a_tree_is_in_use_when_its_python_is_on_path(world: World) -> None:
    tree(world, OTHER)
    found = program(world.folder / "bin", OTHER)
    world.environ["PATH"] = f"relative:{os.path.dirname(found)}"
    assert both(world) == [(OTHER, found)]


def test_a_tree_is_in_use_when_its_python_is_in_a_usual_folder(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(world, OTHER)
    found = program(world.folder / "usual", OTHER)
    monkeypatch.setattr(other_pythons, "_USUAL_FOLDERS", (os.path.dirname(found),))
    assert both(world) == [(OTHER, found)]


def test_a_tree_is_in_use_when_its_python_is_behind_a_kernel(world: World) -> None:
    tree(world, OTHER)
    # A Python that is on no PATH and says that it is another version.
    pretending = world.folder / "hidden" / "python"
    pretending.parent.mkdir()
    change = f's/"version": "[0-9.]*"/"version": "{OTHER}.1"/'
    pretending.write_text(f"#!/bin/sh\n{sys.executable} \"$@\" | {shutil.which('sed')} '{change}'\n")
    pretending.chmod(0o755)
    world.kernel("hidden", argv=[str(pretending), "-m", "ipykernel_launcher"])
    ((python, user),) = both(world)
    assert python == OTHER
    assert user is not None


def test_a_free_threaded_tree_is_another_pythons_than_the_one_without_the_suffix(world: World) -> None:
    tree(world, f"{VERSION}t")
    assert both(world) == [(f"{VERSION}t", None)]


def test_a_free_threaded_python_does_not_call_its_own_tree_old(world: World) -> None:
    tree(world, f"{VERSION}t")
    assert find_other_pythons(str(world.base), f"{VERSION}t", world.environ, PathLocator()) == ()


def test_trees_are_listed_newest_first(world: World) -> None:
    for python in ("2.9", "2.11", "2.11t"):
        tree(world, python)
    assert [python for python, _ in both(world)] == ["2.11t", "2.11", "2.9"]


def test_only_folders_of_pythons_with_a_site_directory_count(world: World) -> None:
    tree(world, OTHER)
    for name in ("python2.8", "jython2.7/site-packages"):
        (world.base / "lib" / name).mkdir(parents=True)
    assert [python for python, _ in both(world)] == [OTHER]


def test_a_tree_that_is_a_link_is_not_listed(world: World) -> None:
    outside = world.folder / "outside" / "site-packages"
    outside.mkdir(parents=True)
    (world.base / "lib").mkdir(parents=True)
    (world.base / "lib" / f"python{OTHER}").symlink_to(outside.parent)
    assert both(world) == []


def test_a_library_that_leads_out_of_the_user_base_is_not_read(world: World) -> None:
    site = tree(world, OTHER)
    library = world.base / "lib"
    library.rename(world.folder / "lib")
    library.symlink_to(world.folder / "lib")
    assert site.is_dir()
    assert both(world) == []
