"""From an engine's JSON to the record. The JSON is synthetic, in the form of Docker's API 1.41."""

from __future__ import annotations

from typing import Any

import pytest

from ide49_storage.engines.identity import own_id
from ide49_storage.engines.report import describe, unanswered, utc
from ide49_storage.engines.socket_client import addresses
from ide49_storage.model.engines import EngineState, SharedWith

ID = "ab" * 32
OTHER = "cd" * 32


def volume(name: str, where: str, *, writable: bool = True) -> dict[str, Any]:
    source = f"/var/lib/docker/volumes/{name}/_data"
    return {"Type": "volume", "Name": name, "Driver": "local", "Source": source, "Destination": where, "RW": writable}


def bind(source: str, where: str) -> dict[str, Any]:
    return {"Type": "bind", "Source": source, "Destination": where, "RW": True}


OWN: dict[str, Any] = {
    "Id": ID,
    "Name": "/iot49",
    "Created": "2026-11-24T01:16:08.521377779Z",
    "Config": {"Image": "iot49:latest"},
    "Mounts": [volume("iot-home", "/home/iot"), bind("/srv/projects", "/projects")],
}
OTHERS: list[dict[str, Any]] = [
    {"Id": ID, "Names": ["/iot49"], "State": "running", "Mounts": OWN["Mounts"]},
    {
        "Id": OTHER,
        "Names": ["/duplicati"],
        "State": "exited",
        "Mounts": [volume("iot-home", "/service-config/iot-home", writable=False), bind("/srv/projects", "/p")],
    },
    {"Id": "ef" * 32, "Names": ["/nginx"], "State": "running", "Mounts": [volume("nginx", "/etc/nginx")]},
    {"Id": "01" * 32, "Names": None, "State": "running", "Mounts": None},
]
VERSION = {"Version": "20.10.24", "Components": [{"Name": "Engine"}]}


def test_another_container_with_the_same_volume_is_named_with_its_place() -> None:
    report = describe("unix:///s", VERSION, OWN, OTHERS)
    home, projects = report.volumes
    assert (home.name, home.driver, home.mount_point) == ("iot-home", "local", "/home/iot")
    assert home.shared_with == (
        SharedWith(container="duplicati", mount_point="/service-config/iot-home", running=False, read_only=True),
    )
    assert [(each.container, each.mount_point) for each in projects.shared_with] == [("duplicati", "/p")]


def test_the_container_itself_is_described() -> None:
    report = describe("unix:///s", VERSION, OWN, OTHERS)
    assert (report.container, report.image, report.engine, report.version) == (
        "iot49",
        "iot49:latest",
        "Engine",
        "20.10.24",
    )
    assert report.created_at == "2026-11-24T01:16:08.521Z"
    assert report.how is None


def test_an_answer_with_nothing_in_it_is_no_fault() -> None:
    report = describe("unix:///s", {}, {}, [{}])
    assert report.state is EngineState.ANSWERED
    assert report.volumes == ()


def test_where_nobody_may_be_asked_it_is_said_what_would_allow_it_and_what_that_means() -> None:
    report = unanswered(EngineState.NOT_ALLOWED, "No socket.")
    assert "ide49-storage[engine]" in str(report.how)
    assert "as root" in str(report.how)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-24T01:16:08.521377779Z", "2026-11-24T01:16:08.521Z"),
        ("2026-11-24T02:16:08.5+01:00", "2026-11-24T01:16:08.500Z"),
        ("2026-11-24T01:16:08Z", "2026-11-24T01:16:08.000Z"),
        ("0001-01-01T00:00:00+14:00", None),
        ("2026-99-24T01:16:08Z", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_an_engines_time_is_read_whatever_its_digits_and_zone(text: str | None, expected: str | None) -> None:
    assert utc(text) == expected


@pytest.mark.parametrize(
    "root",
    [
        f"/var/lib/docker/containers/{ID}/hostname",
        f"/var/lib/containers/storage/overlay-containers/{ID}/userdata/hostname",
        f"/containers/storage/vfs-containers/{ID}/userdata/hostname",
    ],
)
def test_the_own_id_is_read_from_a_file_that_the_engine_mounts(root: str) -> None:
    assert own_id([("/home", "/x"), ("/etc/hostname", root)], "laptop") == ID


def test_another_containers_file_is_not_mistaken_for_the_own() -> None:
    assert own_id([("/mnt/docker", f"/var/lib/docker/containers/{OTHER}/hostname")], "laptop") is None


def test_a_host_name_that_an_engine_gave_is_the_id() -> None:
    assert own_id([], "0123456789ab") == "0123456789ab"
    assert own_id([], "raspberrypi4") is None


def test_variables_come_before_the_usual_sockets() -> None:
    found = addresses({"DOCKER_HOST": "tcp://proxy:2375", "OTHER": "x"}, {"/var/run/docker.sock"}.__contains__, 1000)
    assert list(found) == ["tcp://proxy:2375", "unix:///var/run/docker.sock"]
    assert list(addresses({}, lambda _: False, 1000)) == []
