"""What the doctor gives to paste mends what it found, in a shell, with a folder's name that needs quotes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ide49_storage.python.interpreter import probe as asking
from tests.python_world import World, killed_upgrade, make_wheel


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A person whose folders have a blank and a quote in their names, with an index of wheels."""
    asking.forget()
    made = World(tmp_path / "Ada's files")
    made.kernel("python3")
    made.environ |= {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": (made.folder / "index").as_uri(),
        "JUPYTER_DATA_DIR": str(made.folder / "jupyter"),
    }
    made.environ["PATH"] += f":{os.path.dirname(sys.executable)}"
    return made


def offer(world: World, name: str, version: str = "1.0", **options: str) -> None:
    make_wheel(world.folder / "index", name, version, None, **options)


def paste(world: World) -> list[str]:
    """Paste every line of every finding into one shell, as a person does, and take its environment over."""
    findings = world.doctor().findings
    lines = [line for finding in findings for line in finding.lines]
    text = "\n".join([*lines, "env -0 > environment", ""])
    done = subprocess.run(
        ["bash", "-s"], input=text, env=world.environ, cwd=world.folder, capture_output=True, text=True, check=False
    )
    variables = (world.folder / "environment").read_text().split("\0")
    world.environ = dict(each.split("=", 1) for each in variables if "=" in each)
    return [finding.id for finding in findings] if "rror" not in done.stderr else [done.stderr]


def test_damaged_packages_are_mended_by_the_lines_alone(world: World) -> None:
    for name in ("no-record", "there-twice", "cut", "big", "damaged"):
        offer(world, name)
    offer(world, "cut", "2.0")  # who installs it without its version gets two descriptions
    offer(world, "hungry", requires="cut>=1", script="eat")
    links = ("--no-deps", "no-record", "there-twice", "cut==1.0", "damaged", "hungry")
    world.pip("install", *links)
    killed_upgrade(world)
    site = world.site
    (site / "no_record-1.0.dist-info" / "RECORD").unlink()
    shutil.copytree(site / "there_twice-1.0.dist-info", site / "there_twice-0.9.dist-info")
    text = (site / "there_twice-0.9.dist-info" / "METADATA").read_text()
    (site / "there_twice-0.9.dist-info" / "METADATA").write_text(text.replace("1.0", "0.9"))
    (site / "cut" / "__init__.py").write_text("")
    (site / "damaged-1.0.dist-info" / "METADATA").write_bytes(b"\n")
    (world.bin / "eat").write_text("#!/nowhere/python3\n")
    world.environ["PATH"] = world.environ["PATH"].partition(":")[2]
    (world.bin / "orphan").write_text("#!/nowhere/python3\n")
    assert set(paste(world)) == {"PY01", "PY07", "PY08", "PY09", "PY10", "PY14", "PY20"}
    # The damaged description is gone, so its files belong to nobody: what to do then is for the person to know.
    assert [(each.id, each.about) for each in world.doctor().findings] == [("PY21", str(site))]
    versions = {each.name: each.version for each in world.packages().packages if each.location == str(site)}
    assert versions == {"no-record": "1.0", "there-twice": "1.0", "cut": "1.0", "big": "1.0", "hungry": "1.0"}


def test_settings_and_kernels_are_mended_by_the_lines_alone(world: World) -> None:
    offer(world, "needed")
    offer(world, "hungry", requires="needed>=1")
    world.pip("install", "--no-deps", "hungry")
    world.kernel("gone", argv=["/nowhere/python", "-m", "x"])
    (world.kernel("broken") / "kernel.json").write_text("{")
    world.kernel("elsewhere", folder=world.base / "share" / "jupyter" / "kernels")
    world.kernel("above", folder=world.folder / "cfg" / "share" / "jupyter" / "kernels")
    world.environ["JUPYTER_PATH"] = f"/nowhere:{world.folder}/cfg/"
    assert set(paste(world)) == {"PY15", "JP02", "JP03", "JP04", "JP05"}
    assert world.environ["JUPYTER_PATH"] == f"/nowhere:{world.folder}/cfg/share/jupyter"
    assert world.doctor().findings == ()


def test_what_turns_things_off_is_turned_on_by_the_lines_alone(world: World) -> None:
    world.base.parent.mkdir()
    world.base.write_text("")
    world.environ["PIP_TARGET"] = str(world.folder / "target")
    del world.environ["PIP_USER"]
    assert set(paste(world)) == {"PY19", "PY23"}
    world.environ["PYTHONNOUSERSITE"] = "1"
    assert "PY04" in paste(world)
    world.environ["PIP_USER"] = "1"
    assert world.doctor().findings == ()
