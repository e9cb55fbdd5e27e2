"""The checks of where packages live and which copy wins: a real Python's answer, on mount tables of containers."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from ide49_storage.findings import inputs
from ide49_storage.findings.inputs import CheckInputs
from ide49_storage.findings.registry import run_checks
from ide49_storage.model.findings import Finding
from ide49_storage.model.packages import PackageReport
from ide49_storage.model.python import Layout
from tests.python_world import World, make_wheel

from .test_on_mount_tables import Machine


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.site.mkdir(parents=True)
    made.kernel("python3")
    shutil.unpack_archive(make_wheel(tmp_path, "jupyter-server", "1.0"), made.site, "zip")
    return made


def with_base_at(world: World, machine: Machine, path: str) -> CheckInputs:
    """The reports of this person's Python, as if the user base were at ``path`` of that container."""
    reports = inputs.gather_inputs(world.request(), machine.mounts)
    layout, packages = reports.layout, reports.packages
    assert isinstance(layout, Layout)
    assert isinstance(packages, PackageReport)
    assert layout.user is not None
    assert layout.install is not None
    assert layout.install.target is not None
    where = machine.where(path)
    base = msgspec.structs.replace(layout.user.base, path=path, where=where)
    target = msgspec.structs.replace(layout.install.target, where=where)
    return msgspec.structs.replace(
        reports,
        mounts=machine.mounts,
        layout=msgspec.structs.replace(
            layout,
            user=msgspec.structs.replace(layout.user, base=base),
            install=msgspec.structs.replace(layout.install, target=target),
        ),
        kept_folders=("/data/x", "/service-config/iot-home"),
    )


def found(reports: CheckInputs, *identifiers: str) -> dict[str, Finding]:
    return {each.id: each for each in run_checks(reports, "now").findings if each.id in identifiers}


def test_py02_packages_on_a_share(world: World) -> None:
    machine = Machine("docker-synthetic-samba-home")
    finding = found(with_base_at(world, machine, "/home/iot/.local"), "PY02")["PY02"]
    assert "the samba storage" in finding.evidence
    assert finding.lines == ("export PYTHONUSERBASE=/service-config/iot-home/.local",)
    assert found(with_base_at(world, machine, "/service-config/iot-home/.local"), "PY02") == {}


def test_py03_and_py17_packages_in_the_container_layer(world: World) -> None:
    made = found(with_base_at(world, Machine("podman-4.3.1-bare"), "/root/.local"), "PY03", "PY17")
    assert "1 packages (jupyter-server)" in made["PY03"].evidence
    assert made["PY03"].lines[1:] == (
        "export PYTHONUSERBASE=/service-config/iot-home/.local",
        f"{world.executable} -m pip install --user -r my-packages.txt",
    )
    assert made["PY17"].lines == ("export PYTHONUSERBASE=/service-config/iot-home/.local", "export PIP_USER=1")
    sound = with_base_at(world, Machine("podman-4.3.1-ide49"), "/service-config/iot-home/.local")
    assert found(sound, "PY03", "PY17") == {}


def test_py13_a_copy_in_pythonpath_is_not_for_pip_to_remove(world: World, tmp_path: Path) -> None:
    assert world.found("PY13") == []
    project = tmp_path / "project"
    shutil.unpack_archive(make_wheel(tmp_path, "jupyter-server", "0.9"), project, "zip")
    world.environ["PYTHONPATH"] = str(project)
    (finding,) = world.found("PY13")
    assert f"jupyter-server 0.9 in {project} is found before 1.0 in {world.site}" in finding.evidence
    assert "PYTHONPATH" in finding.remedy
    assert finding.lines == ()


@pytest.mark.parametrize("given", ["~/.local", "relative/base"])
def test_py19_a_user_base_that_is_no_absolute_path(world: World, given: str) -> None:
    world.environ["PYTHONUSERBASE"] = given
    (finding,) = world.found("PY19")
    assert repr(given) in finding.evidence
    assert finding.lines == (('export PYTHONUSERBASE="$HOME"/.local',) if given.startswith("~") else ())
