"""Writes tests/fixtures/mountinfo from real containers: ``python -m tests.lab.capture [ENGINE...]``.

For captures to commit, set ``IDE49_STORAGE_LAB`` to a neutral folder such as /var/lib/ide49-lab: it shows
in the mounts. The README beside the fixtures explains their fields.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from . import lxc, nspawn
from .cases import DEFAULT_IMAGE, Case, Scene, cases
from .dockerd import docker
from .engine import Container, Engine
from .expected import bound, expected, memory
from .fixture import Fixture
from .folder import claimed_slot
from .podman import podman
from .rootfs import RELEASES, unpack

PODMAN_DRIVERS = ("overlay", "vfs", "fuse-overlayfs", "btrfs")
MACHINES = ("lxc", "systemd-nspawn")
ENGINES = ("podman", "docker", *MACHINES)

LOOK = r"""
import json, os, sys
def text(path):
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
            return file.read()
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        return None
def variable(path, name):
    found = [part for part in (text(path) or "").split("\0") if part.startswith(name + "=")]
    return found[0].partition("=")[2] if found else None
harmless = ("container", "BALENA", "RESIN")
json.dump({
    "mountinfo": text("/proc/self/mountinfo"),
    "signs": {
        "env_names": sorted(os.environ),
        "env": {name: value for name, value in os.environ.items() if name.startswith(harmless)},
        "init_container": variable("/proc/1/environ", "container"),
        "files": {path: text(path) for path in (
            "/.dockerenv", "/run/.containerenv", "/run/systemd/container", "/run/host/container-manager",
            "/proc/self/cgroup", "/proc/1/cgroup")},
    },
}, sys.stdout)
"""


def look(container: Container) -> dict[str, Any]:
    """The mount table and the engine's signs as a process inside sees them."""
    seen: dict[str, Any] = json.loads(container.python(LOOK))
    return seen


def capture_case(scene: Scene, case: Case) -> Fixture:
    """Start the container of ``case``, look, and remove it."""
    engine = scene.engine
    image = scene.images.base(DEFAULT_IMAGE)
    if case.changes:
        image = scene.images.with_changes(image, case.changes)
    container = engine.run(image, mounts=case.mounts(scene), **case.options)
    try:
        if case.inside:
            container.exec(["sh", "-ec", case.inside])
        seen = look(container)
    finally:
        container.remove()
        engine.remove_everything_but_images()
    return Fixture(
        engine=engine.name,
        version=engine.version,
        driver=engine.driver,
        case=case.name,
        expect_engine=engine.name,
        expect=case.expect,
        mountinfo=seen["mountinfo"],
        signs=seen["signs"],
    )


def capture_machine(name: str, folder: Path) -> Fixture:
    """Look at the mounts inside ``lxc`` or ``systemd-nspawn``, with a folder of the host and a tmpfs mounted."""
    host = folder / "host" / "projects"
    host.mkdir(parents=True, exist_ok=True)
    version, out = _in_lxc(folder, host) if name == "lxc" else _in_nspawn(folder, host)
    seen = json.loads(out)
    return Fixture(
        engine=name,
        version=version,
        driver=None,
        case="bind-and-tmpfs",
        expect_engine=name,
        expect=[expected("/", "disk", "kept", "kept"), bound("/projects"), memory("/memory")],
        mountinfo=seen["mountinfo"],
        signs=seen["signs"],
    )


def _in_lxc(folder: Path, host: Path) -> tuple[str, str]:
    root = _unpacked(folder / "lxc" / "jupyter" / "rootfs")
    settings = [
        lxc.mount_entry(host, "/projects", "none", "bind,create=dir"),
        lxc.mount_entry("tmpfs", "/memory", "tmpfs", "create=dir"),
    ]
    return lxc.version(), lxc.execute(root, ["python3", "-c", LOOK], settings=settings)


def _in_nspawn(folder: Path, host: Path) -> tuple[str, str]:
    root = _unpacked(folder / "machines" / "jupyter")
    options = [f"--bind={host}:/projects", "--tmpfs=/memory"]
    return nspawn.version(), nspawn.execute(root, ["python3", "-c", LOOK], options=options)


def _unpacked(root: Path) -> Path:
    if not root.exists():
        unpack(RELEASES[DEFAULT_IMAGE], root)
    return root


def engines(names: Sequence[str]) -> Iterator[Engine]:
    """The engines to capture with, one after the other."""
    for driver in PODMAN_DRIVERS if "podman" in names else ():
        with podman(driver) as engine:
            yield engine
    for own_partition in (False, True) if "docker" in names else ():
        with docker(own_partition=own_partition) as docker_engine:
            yield docker_engine


def main(arguments: Sequence[str]) -> None:
    """Capture with each engine that is named, or with all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engines", nargs="*", default=ENGINES, help=", ".join(ENGINES))
    parser.add_argument("--case", help="only this case")
    chosen = parser.parse_args(arguments)
    with claimed_slot("captures") as folder:
        for engine in engines(chosen.engines):
            for case in cases(engine.name, engine.driver):
                if chosen.case in (None, case.name):
                    print(capture_case(Scene(engine, folder / "host"), case).write())
        for name in MACHINES:
            if name in chosen.engines:
                print(capture_machine(name, folder).write())


if __name__ == "__main__":
    main(sys.argv[1:])
