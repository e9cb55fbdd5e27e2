"""Asks a container engine as the server does, for tests of any level."""

from __future__ import annotations

import os
import tempfile

from ide49_storage.engines import socket_client
from ide49_storage.model.engines import EngineReport
from ide49_storage.mounts.service import wait_for


def report(address: str | None = None, container: str = "c") -> EngineReport:
    """What the engine tells."""
    return wait_for(lambda asking: socket_client.engine_report(asking.prober.pool, address, container))


def diff(address: str, container: str = "c") -> tuple[list[str], tuple[int, list[str]] | None]:
    """The lines of the engine's diff, and what is said of deletions."""
    reading, writing = os.pipe()
    try:
        with tempfile.TemporaryFile() as file:
            told = socket_client.engine_diff(file, reading, address, container)
            file.seek(0)
            return file.read().decode("ascii").splitlines(), told
    finally:
        os.close(reading)
        os.close(writing)
