"""Writes tests/fixtures/mountinfo from real containers: ``python -m tests.lab.capture [ENGINE...]``.

For captures to commit, set ``IDE49_STORAGE_LAB`` to a neutral folder such as /var/lib/ide49-lab: it shows
in the mounts. The README beside the fixtures explains their fields.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .cases import DEFAULT_IMAGE, Case, Scene, cases
from .dockerd import docker
from .engine import Engine
from .folder import CHECKOUT, scratch
from .podman import podman

FIXTURES = CHECKOUT / "tests" / "fixtures" / "mountinfo"
DRIVERS = ("overlay", "vfs", "fuse-overlayfs")

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
            "/.lxc-boot-id", "/dev/.lxc-boot-id", "/proc/self/cgroup", "/proc/1/cgroup")},
    },
}, sys.stdout)
"""


def look(container: Any) -> dict[str, Any]:
    """The mount table and the engine's signs as a process inside sees them."""
    seen: dict[str, Any] = json.loads(container.python(LOOK))
    return seen


def capture_case(scene: Scene, case: Case) -> dict[str, Any]:
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
    return fixture(engine.name, engine.version, engine.driver, case.name, seen, case.expect)


def fixture(
    engine: str, version: str, driver: str | None, case: str, seen: dict[str, Any], expect: list[dict[str, Any]]
) -> dict[str, Any]:
    """A fixture's content. ``seen`` has ``mountinfo`` and ``signs``."""
    about = {"engine": engine, "version": version, "driver": driver, "case": case, "synthetic": False}
    return {**about, **seen, "expect": expect}


def write(content: dict[str, Any], folder: Path = FIXTURES) -> Path:
    """Write a fixture under its name, ``<engine>-<version>[-<driver>]-<case>.json``; gives the path.

    Raises `ValueError` when a row of ``expect`` names a mount point that the mount table does not have.
    """
    missing = {row["mount_point"] for row in content["expect"]} - mount_points(content["mountinfo"])
    if missing:
        raise ValueError(f"{content['case']}: no mount at {sorted(missing)}")
    usual = content["driver"] in (None, "overlay", "overlay2")
    parts = [content["engine"], content["version"], *([] if usual else [content["driver"]]), content["case"]]
    path = folder / ("-".join(parts) + ".json")
    path.write_text(json.dumps(content, indent=1) + "\n")
    return path


def mount_points(mountinfo: str) -> set[str]:
    """Field 5 of every line, decoded. Apart from the package's own parser: the fixtures test that."""
    fields = [line.split(" ")[4] for line in mountinfo.split("\n") if line]
    return {_unescape(field) for field in fields}


def _unescape(field: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), field)


@contextlib.contextmanager
def engines(names: list[str]) -> Iterator[Iterator[Engine]]:
    """The engines to capture with, one after the other."""

    def each() -> Iterator[Engine]:
        for driver in DRIVERS if "podman" in names else ():
            with podman(driver) as engine:
                yield engine
        if "docker" in names:
            with docker() as engine:
                yield engine

    yield each()


def main(arguments: list[str]) -> None:
    """Capture with each engine that is named, or with all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engines", nargs="*", default=["podman", "docker"], help="podman, docker")
    parser.add_argument("--case", help="only this case")
    chosen = parser.parse_args(arguments)
    FIXTURES.mkdir(parents=True, exist_ok=True)
    with engines(chosen.engines) as each, scratch("host") as host:
        for engine in each:
            for case in cases(engine.name, engine.driver):
                if chosen.case in (None, case.name):
                    print(write(capture_case(Scene(engine, host), case)))


if __name__ == "__main__":
    main(sys.argv[1:])
