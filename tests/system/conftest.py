"""Engines, images and the built wheel for the system tests. Each is made when the first test asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import built
from tests.lab.dockerd import Docker, docker
from tests.lab.images import Images
from tests.lab.podman import Podman, podman
from tests.needs import need_command, need_root

FIGURES = pytest.StashKey[list[str]]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the figures that tests left, at the end of the run."""
    figures = terminalreporter.config.stash.get(FIGURES, [])
    if figures:
        terminalreporter.section("the update laboratory")
    for text in figures:
        terminalreporter.write_line(text)


@pytest.fixture(scope="session")
def wheel() -> Path:
    """The project's built wheel."""
    return built.wheel()


@pytest.fixture(scope="session")
def podman_engine() -> Iterator[Podman]:
    """Podman on overlay, without containers and volumes."""
    need_root()
    need_command("podman", "runc", "debootstrap")
    with podman() as engine:
        yield engine


@pytest.fixture(scope="session")
def podman_images(podman_engine: Podman) -> Images:
    """Podman's images."""
    return Images(podman_engine)


@pytest.fixture(scope="session")
def docker_engine() -> Iterator[Docker]:
    """A Docker Engine on overlay2, without containers and volumes."""
    need_root()
    need_command("docker", "dockerd", "runc", "debootstrap")
    with docker() as engine:
        yield engine


@pytest.fixture(scope="session")
def docker_images(docker_engine: Docker) -> Images:
    """Docker's images."""
    return Images(docker_engine)
