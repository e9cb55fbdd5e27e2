"""In real containers: a package installed under Debian 12 on a volume, brought over after the update to Debian 13."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.lab.images import DEBIAN12, DEBIAN13, Images
from tests.lab.mounts import bind, volume
from tests.lab.podman import Podman
from tests.pypi.wheels import Package, build_wheel

ENV = {
    "HOME": "/home/iot",
    "PYTHONUSERBASE": "/home/iot/.local",
    "JUPYTER_RUNTIME_DIR": "/home/iot/runtime",
    "PIP_NO_INDEX": "1",
    "PIP_FIND_LINKS": "/wheels",
    "PIP_CONFIG_FILE": "/dev/null",
}


def storage(container: Any, *arguments: str) -> tuple[int, dict[str, Any]]:
    """``jupyter storage ... --json`` as user iot: its exit status and its answer."""
    done = container.exec(["python3", "-m", "ide49_storage", *arguments, "--json"], user="iot", env=ENV, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """A folder of wheels that both containers see instead of an index."""
    tmp_path.chmod(0o755)
    for package in (
        Package(name="wished", requires=["needed"], scripts=["wished"]),
        Package(name="needed"),
        Package(name="native", tag="cp311-cp311-linux_x86_64"),
    ):
        build_wheel(package, tmp_path)
    return tmp_path


def test_packages_on_a_volume_survive_a_new_python_by_one_command(
    podman_engine: Podman, podman_images: Images, wheel: Path, wheels: Path
) -> None:
    mounts = [volume("iot-home", "/home/iot"), bind(wheels, "/wheels", read_only=True)]
    old = podman_engine.run(podman_images.jupyter(DEBIAN12, wheel), mounts=mounts)
    old.exec(["chown", "iot", "/home/iot"])
    status, preview = storage(old, "install", "wished", "--dry-run")
    assert status == 0, preview
    assert preview["target"]["where"]["fate"]["update"] == "kept"
    status, job = storage(old, "install", "wished", "native")
    assert (status, job["verdict"]) == (0, "installed"), job
    new = old.replaced_by(podman_images.jupyter(DEBIAN13, wheel))
    assert new.exec(["python3", "-c", "import wished"], user="iot", env=ENV, check=False).returncode != 0
    status, preview = storage(new, "bring-over", "--dry-run")
    assert [each["name"] for each in preview["plan"]["left"]] == ["native"]
    status, job = storage(new, "bring-over")
    assert job["verdict"] == "installed", job
    new.exec(["python3", "-c", "import wished, needed"], user="iot", env=ENV)
    status, job = storage(new, "delete-old", "--old", "3.11")
    assert (status, job["verdict"]) == (0, "removed")
    left = new.exec(["ls", "/home/iot/.local/lib"], user="iot").stdout.split()
    assert left == ["python3.13"]
    new.remove()


def test_the_container_layer_and_a_managed_python_are_refused_until_chosen(
    podman_engine: Podman, podman_images: Images, wheel: Path, wheels: Path
) -> None:
    container = podman_engine.run(
        podman_images.jupyter(DEBIAN12, wheel), mounts=[bind(wheels, "/wheels", read_only=True)]
    )
    container.exec(["sh", "-c", "mkdir -p /home/iot && chown iot /home/iot"])
    container.exec(["touch", "/usr/lib/python3.11/EXTERNALLY-MANAGED"])
    done = container.exec(["python3", "-m", "ide49_storage", "install", "wished"], user="iot", env=ENV, check=False)
    assert done.returncode == 1
    status, preview = storage(container, "install", "wished", "--dry-run")
    assert {each["override"] for each in preview["target"]["refusals"]} == {"container", "externally-managed"}
    allow = ("--allow", "container", "--allow", "externally-managed")
    status, job = storage(container, "install", "wished", *allow)
    assert (status, job["verdict"]) == (0, "installed"), job
    assert set(job["overrides"]) == {"container", "externally-managed"}
    container.remove()
