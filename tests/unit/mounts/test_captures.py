"""The report made from mount tables of real containers, against what these were started with.

The captures say which engine and version they come from; each has its expectation beside it (``expect``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ide49_storage.model.mounts import Mount, MountReport
from ide49_storage.model.vocabulary import Kind
from ide49_storage.mounts.engine_detection import Signs, recognise
from ide49_storage.mounts.mountinfo import parse
from ide49_storage.mounts.report import build_report
from ide49_storage.mounts.snapshot import MountSnapshot
from ide49_storage.mounts.table import MountTable

CAPTURES = sorted((Path(__file__).parents[2] / "fixtures" / "mountinfo").glob("*.json"))


def report_of(capture: dict[str, Any]) -> MountReport:
    """What the package makes of a capture, nothing else being asked."""
    rows, problems = parse(capture["mountinfo"].encode("utf-8", "surrogateescape"))
    table = MountTable(rows)
    seen, files = capture["signs"], capture["signs"]["files"]
    signs = Signs(
        env=seen["env"],
        dockerenv=files["/.dockerenv"] is not None,
        containerenv=files["/run/.containerenv"],
        systemd_container=files["/run/systemd/container"],
        container_manager=files["/run/host/container-manager"],
        cgroup=files["/proc/self/cgroup"],
        init_container=seen.get("init_container"),
    )
    return build_report(
        MountSnapshot(
            at="",
            table=table,
            engine=recognise(signs, table),
            problems=tuple(problems),
            removable=seen.get("removable"),
        )
    )


def mismatches(report: MountReport, expect: list[dict[str, Any]]) -> Iterator[str]:
    """What is expected of a mount point and no mount there fulfils."""
    for row in expect:
        there = [mount for mount in report.mounts if mount.mount_point == row["mount_point"]]
        if not any(fulfils(mount, row) for mount in there):
            got = [(m.kind.value, m.name, m.fate.stop.value, m.fate.update.value, m.hidden) for m in there]
            yield f"expected {row}, got {got}"


def fulfils(mount: Mount, row: dict[str, Any]) -> bool:
    """Whether a mount is as one row of ``expect`` says; what the row leaves out is free."""
    facts = {
        "mount_point": mount.mount_point,
        "kind": mount.kind.value,
        "name": mount.name,
        "hidden": mount.hidden,
        "stop": mount.fate.stop.value,
        "update": mount.fate.update.value,
        "device": mount.fate.device.value,
    }
    return all(facts[key] == value for key, value in row.items() if key in facts)


def test_there_are_captures_of_every_engine_that_runs_here() -> None:
    engines = {capture["engine"] for path in CAPTURES if not (capture := json.loads(path.read_text()))["synthetic"]}
    assert {"docker", "podman", "lxc", "systemd-nspawn"} <= engines


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_a_real_container_is_told_as_it_was_started(path: Path) -> None:
    capture = json.loads(path.read_text())
    report = report_of(capture)
    assert report.problems == ()
    assert report.engine.name.value == capture["expect_engine"]
    assert capture["expect"]
    assert list(mismatches(report, capture["expect"])) == []


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_nothing_in_a_real_container_is_unknown(path: Path) -> None:
    report = report_of(json.loads(path.read_text()))
    assert [mount.mount_point for mount in report.mounts if mount.kind is Kind.UNKNOWN] == []
