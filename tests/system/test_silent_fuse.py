"""A FUSE mount that reads requests and never answers, under a real server in a process of its own."""

from __future__ import annotations

import concurrent.futures
import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.needs import need, need_command, need_root

TOKEN = "silent-fuse"
PROGRAM = Path(__file__).parents[1] / "lab" / "silent_fuse.py"
POINT_NAME = "dead share"


def abort(point: Path) -> None:
    """Free whatever hangs in the mount; needs no answer from it."""
    escaped = str(point).replace(" ", "\\040")
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields = line.split()
        if fields[4] == escaped:
            number = fields[2].partition(":")[2]
            subprocess.run(["mount", "-t", "fusectl", "fusectl", "/sys/fs/fuse/connections"], check=False, stderr=-3)
            with contextlib.suppress(OSError):
                Path(f"/sys/fs/fuse/connections/{number}/abort").write_text("1")
    subprocess.run(["umount", "-l", str(point)], check=False, stderr=subprocess.DEVNULL)


@pytest.fixture
def fuse(tmp_path: Path) -> Iterator[tuple[Path, subprocess.Popen[bytes]]]:
    """An answering FUSE mount; SIGUSR1 makes it silent."""
    need_root()
    need_command("umount")
    need(os.path.exists("/dev/fuse"), "/dev/fuse")
    point = tmp_path / POINT_NAME
    point.mkdir()
    process = subprocess.Popen([sys.executable, str(PROGRAM), str(point)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        yield point, process
    finally:
        abort(point)
        process.kill()
        process.wait(10)
        process.stdout.close()


class Server:
    """A jupyter_server with the extension, that listens on a socket file."""

    def __init__(self, folder: Path, root: Path | None = None, variables: Mapping[str, str] | None = None) -> None:
        import socket

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        if root is None:
            root = folder / "root"
            root.mkdir()
        environment = {**os.environ, "HOME": str(folder), "JUPYTER_CONFIG_DIR": str(folder / "config")}
        environment |= variables or {}
        enable = "--ServerApp.jpserver_extensions={'ide49_storage': True}"
        options = [enable, "--allow-root", "--no-browser", f"--port={self.port}", f"--IdentityProvider.token={TOKEN}"]
        argv = [sys.executable, "-m", "jupyter_server", f"--ServerApp.root_dir={root}", *options]
        self.process = subprocess.Popen(argv, env=environment, cwd=Path(__file__).parents[2], stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while True:
            try:
                self.get("api/status")
                break
            except OSError:
                assert time.monotonic() < until, "the server does not start"
                time.sleep(0.1)

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, f"/{path}", body, {"Authorization": f"token {TOKEN}"})
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response.status, text

    def get(self, path: str, body: str | None = None) -> Any:
        status, text = self.ask("GET" if body is None else "POST", path, body)
        assert status == 200, text
        return json.loads(text)

    def count(self, what: str) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/{what}"))

    def children(self, about: Path | None = None) -> list[str]:
        """The state of each child; ``about``: only of helpers for what is mounted there."""
        processes = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [
            Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            for pid in processes
            if about is None or f" {about} " in Path(f"/proc/{pid}/cmdline").read_text()
        ]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    yield made
    if made.process.poll() is None:
        made.process.kill()
        made.process.wait(10)


def mount_at(server: Server, point: Path) -> dict[str, Any]:
    mounts = server.get("ide49-storage/mounts")["mounts"]
    return next(mount for mount in mounts if mount["mount_point"] == str(point))


def test_a_mount_that_goes_silent_keeps_its_last_size_and_says_since_when(
    fuse: tuple[Path, subprocess.Popen[bytes]], server: Server
) -> None:
    point, process = fuse
    before = mount_at(server, point)
    assert before["capacity_status"] == "measured"
    assert before["capacity"]["total"] == 1000 * 4096
    process.send_signal(signal.SIGUSR1)
    time.sleep(1.2)  # longer than a report is given again
    after = mount_at(server, point)
    assert after["capacity_status"] == "not-answering"
    assert after["capacity"] == before["capacity"]
    assert after["capacity_at"] == before["capacity_at"]
    assert after["not_answering_since"] > before["capacity_at"]
    (share,) = [share for share in server.get("ide49-storage/samba")["shares"] if share["mount_point"] == str(point)]
    assert share["state"] == "stalled"
    assert "abort" in share["blocked"]
    answer = server.get("ide49-storage/where", json.dumps({"paths": [f"{point}/some/file"]}))[0]
    assert answer["exists"] is None
    assert "not answer" in answer["doubt"]


def test_a_thousand_requests_cost_one_stuck_child_and_the_server_still_exits(
    fuse: tuple[Path, subprocess.Popen[bytes]], server: Server
) -> None:
    point, process = fuse
    server.get("ide49-storage/mounts")
    threads = server.count("task")
    process.send_signal(signal.SIGUSR1)
    time.sleep(1.2)
    paths = json.dumps({"paths": [f"{point}/x", str(point), "/usr"]})

    def ask(number: int) -> None:
        call = number % 4
        if call == 0:
            server.get("ide49-storage/mounts")
        elif call == 1:
            server.get("ide49-storage/samba")
        elif call == 2:
            server.get("ide49-storage/where", paths)
        else:
            server.get("api/status")

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(100)))
        descriptors = server.count("fd")
        list(pool.map(ask, range(1000)))
    until = time.monotonic() + 20
    while server.count("fd") > descriptors + 4 and time.monotonic() < until:
        time.sleep(0.2)  # connections that the clients closed
    assert server.count("fd") <= descriptors + 4
    # asyncio's workers for local files come one by one as they are needed, up to this many.
    assert server.count("task") <= threads + min(32, (os.cpu_count() or 1) + 4)
    # Other tests on the same machine may have dead mounts too, each with a helper of its own.
    assert server.children(point) == ["D"]
    start = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(30)
    # The five seconds are the promise itself, and not a measure of speed.
    assert time.monotonic() - start < 5


@pytest.fixture
def hidden(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A file system of its own that is hidden at the first path, and still at the second."""
    need_root()
    here, still = tmp_path / "home", tmp_path / "still"
    for folder in (here, still):
        folder.mkdir()
    commands = [
        ["mount", "-t", "tmpfs", "hidden-home", str(still)],
        ["mount", "--bind", str(still), str(here)],
        ["mount", "-t", "tmpfs", "over-it", str(here)],
    ]
    for command in commands:
        subprocess.run(command, check=True)
    for name in (*(f".{letter}" for letter in "abcdefghijklmnop"), "my notebook.ipynb"):
        (still / name).write_text("x" * 5000)
    yield here, still
    for folder in (here, here, still):
        subprocess.run(["umount", "-l", str(folder)], check=False)


def test_what_is_hidden_is_told_without_a_look_at_a_dead_mount_inside_it(
    hidden: tuple[Path, Path], server: Server
) -> None:
    here, still = hidden
    point = still / "dead share"
    point.mkdir()
    process = subprocess.Popen([sys.executable, str(PROGRAM), str(point), "silent"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        until = time.monotonic() + 60
        while True:
            (found,) = [each for each in server.get("ide49-storage/samba")["hidden"] if each["path"] == str(here)]
            if found["bytes"] is not None:
                break
            assert time.monotonic() < until, "the walk never comes back"
            time.sleep(0.2)
    finally:
        abort(point)
        process.kill()
        process.wait(10)
        process.stdout.close()
    assert (found["still_at"], found["complete"], found["more"]) == (str(still), True, True)
    assert found["bytes"] >= 17 * 5000
    assert [each["name"] for each in found["names"]][:2] == ["dead share", "my notebook.ipynb"]
