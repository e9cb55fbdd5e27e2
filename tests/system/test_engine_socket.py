"""What real engines tell over their sockets: Docker's, and podman's service."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ide49_storage.engines import socket_client
from ide49_storage.model.engines import EngineState
from tests.engine_asked import diff, report
from tests.lab.dockerd import Docker
from tests.lab.engine import Container, Engine
from tests.lab.images import DEBIAN12, Images
from tests.lab.mounts import anonymous, bind, volume
from tests.needs import need
from tests.system import alterations

pytest.importorskip("docker")


@contextlib.contextmanager
def podman_service(engine: Engine, folder: Path) -> Iterator[str]:
    """Podman's own API on a socket."""
    socket = folder / "podman.sock"
    argv = engine.argv("system", "service", "--time", "0", f"unix://{socket}")
    environment = engine.environment()
    with subprocess.Popen(argv, env=environment, stderr=subprocess.DEVNULL) as service:
        try:
            deadline = time.monotonic() + 20
            while not socket.exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            need(socket.exists(), "podman's service")
            yield f"unix://{socket}"
        finally:
            service.terminate()


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested here is not how busy this machine is."""
    monkeypatch.setattr(socket_client, "DEADLINE", 60.0)
    monkeypatch.setattr(socket_client, "DIFF_DEADLINE", 60.0)


@pytest.fixture(params=["podman", "docker"])
def asked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Images, str]]:
    """The images of an engine, and the address of its socket."""
    images: Images = request.getfixturevalue(f"{request.param}_images")
    images.engine.remove_everything_but_images()
    try:
        if isinstance(images.engine, Docker):
            yield images, f"unix://{images.engine.socket}"
        else:
            with podman_service(images.engine, tmp_path) as address:
                yield images, address
    finally:
        images.engine.remove_everything_but_images()


def test_other_containers_with_a_volume_are_named_with_their_places(asked: tuple[Images, str], tmp_path: Path) -> None:
    images, address = asked
    (tmp_path / "projects").mkdir()
    projects = bind(tmp_path / "projects", "/projects")
    image = images.base(DEBIAN12)
    own = images.engine.run(image, name="iot49", mounts=[volume("iot-home", "/home/iot"), projects, anonymous("/data")])
    other = [volume("iot-home", "/service-config/iot-home"), bind(tmp_path / "projects", "/p")]
    images.engine.run(image, name="duplicati", mounts=other)
    images.engine.run(image, name="nginx", mounts=[volume("nginx", "/etc/nginx")])
    said = report(address, own.id)
    assert said.state is EngineState.ANSWERED, said.evidence
    assert (said.container, said.container_id) == ("iot49", own.id)
    seen = {
        each.mount_point: sorted((shared.container, shared.mount_point, shared.running) for shared in each.shared_with)
        for each in said.volumes
    }
    assert seen["/home/iot"] == [("duplicati", "/service-config/iot-home", True)]
    assert seen["/projects"] == [("duplicati", "/p", True)]
    assert seen["/data"] == []
    names = {each.mount_point: (each.type, each.name, each.driver) for each in said.volumes}
    assert names["/home/iot"] == ("volume", "iot-home", "local")


def test_the_diff_has_deletions_and_is_the_engines_own(asked: tuple[Images, str]) -> None:
    images, address = asked
    container: Container = images.engine.run(images.base(DEBIAN12))
    alterations.by_hand(container)
    rows, deleted = diff(address, container.id)
    told = {(row[0], json.loads(row[1:])) for row in rows}
    assert {("D", "/etc/debian_version"), ("D", "/usr/share/doc/tar/copyright"), ("A", "/opt/big")} <= told
    gone = sorted(path for letter, path in told if letter == "D")
    assert deleted is not None
    assert (deleted[0], sorted(deleted[1])) == (len(gone), gone)
    lines = {(change.kind, change.path) for change in container.diff()}
    one_line = {(letter, path) for letter, path in told if path.isprintable() and "\ufffd" not in path}
    assert one_line <= lines


def test_a_container_that_the_engine_does_not_know_is_a_failure_and_no_guess(asked: tuple[Images, str]) -> None:
    _, address = asked
    assert report(address, "0" * 64).state is EngineState.FAILED
    assert diff(address, "0" * 64)[1] is None
