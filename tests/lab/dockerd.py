"""A Docker Engine of the laboratory's own: storage, socket and daemon apart from the machine's."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from .engine import Engine
from .folder import claimed_slot
from .loop import loop_mounted
from .runtime import runtime_script
from .shell import LabError, run

OWN_PARTITION = "own-partition"
SECONDS_TO_START = 60
SECONDS_TO_END = 30


class Docker(Engine):
    """The client's side of a running daemon that listens on ``socket``."""

    name = "docker"
    driver = "overlay2"

    def __init__(self, socket: Path, label: str = driver) -> None:
        self.socket = socket
        self.driver = label

    def argv(self, *arguments: str) -> list[str]:
        """See `Engine.argv`."""
        return ["docker", "--host", f"unix://{self.socket}", *arguments]

    @functools.cached_property
    def version(self) -> str:
        """The engine's version, without Debian's part."""
        shown = self.cli("version", "--format", "{{.Server.Version}}").stdout.strip()
        return shown.partition("+")[0]


@contextlib.contextmanager
def docker(*, own_partition: bool = False) -> Iterator[Docker]:
    """A running Docker Engine in a slot of the laboratory; daemon, containers, volumes are gone at the end.

    ``own_partition`` gives it a file system that holds nothing else, as balenaOS has: images are imported anew.
    """
    label = Docker.driver if not own_partition else OWN_PARTITION
    # the sockets of the daemon and its shims need short paths: the kernel takes no more than 107 bytes
    with (
        claimed_slot(f"docker-{label}") as slot,
        _storage(slot, own_partition=own_partition) as storage,
        tempfile.TemporaryDirectory(prefix="ide49-") as sockets,
    ):
        _end_forgotten(slot)
        daemon = _start(slot, storage, Path(sockets))
        engine = Docker(Path(sockets, "docker.sock"), label)
        try:
            _wait_until_ready(engine, daemon, slot / "log")
            engine.remove_everything_but_images()
            yield engine
            engine.remove_everything_but_images()
        finally:
            daemon.terminate()
            daemon.wait(SECONDS_TO_END)
            # it mounts its folder on itself, and leaves that when a container would not start
            run(["umount", "--recursive", str(storage / "docker")], check=False)


@contextlib.contextmanager
def _storage(slot: Path, *, own_partition: bool) -> Iterator[Path]:
    if not own_partition:
        yield slot
        return
    with loop_mounted("ext4", slot / "disk", megabytes=4000) as folder:
        yield folder


def _start(slot: Path, storage: Path, sockets: Path) -> subprocess.Popen[bytes]:
    settings = {
        "data-root": str(storage / "docker"),
        "exec-root": str(sockets / "exec"),
        "pidfile": str(slot / "docker.pid"),
        "hosts": [f"unix://{sockets}/docker.sock"],
        "iptables": False,
        "ip6tables": False,
        "bridge": "none",
        "storage-driver": "overlay2",
        "runtimes": {"without-limits": {"path": str(runtime_script(slot))}},
        "default-runtime": "without-limits",
    }
    (slot / "daemon.json").write_text(json.dumps(settings))
    with (slot / "log").open("wb") as log:
        return subprocess.Popen(
            ["dockerd", "--config-file", str(slot / "daemon.json")],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _wait_until_ready(engine: Docker, daemon: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while engine.cli("info", check=False).returncode != 0 or not engine.socket.exists():
        if daemon.poll() is not None or time.monotonic() > deadline:
            raise LabError(f"dockerd does not answer; its log ends with:\n{log.read_text()[-2000:]}")
        time.sleep(0.2)


def _end_forgotten(slot: Path) -> None:
    # a session that was killed leaves its daemon running on this slot's storage
    pid_file = slot / "docker.pid"
    with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError):
        pid = int(pid_file.read_text())
        if "dockerd" in Path(f"/proc/{pid}/comm").read_text():
            os.kill(pid, signal.SIGTERM)
            _wait_for_end(pid)
        pid_file.unlink(missing_ok=True)
        settings = json.loads((slot / "daemon.json").read_text())
        shutil.rmtree(Path(settings["exec-root"]).parent, ignore_errors=True)


def _wait_for_end(pid: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_END
    while Path(f"/proc/{pid}").exists():
        if time.monotonic() > deadline:
            raise LabError(f"the forgotten dockerd {pid} does not end")
        time.sleep(0.2)
