"""Every setting leads to a share, and the server itself never touches it: the share's own server says who did.

``tests/server/test_guard.py`` watches Python's calls. Here the kernel's questions are watched, each with its
process, so that nothing escapes: not C code, not the search for modules, not a program that is started.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from ide49_storage.openapi import OPERATIONS, Operation
from tests.needs import need, need_command, need_root

from .test_silent_fuse import Server, abort, mount_at

SITE = f"userbase/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
INSTALL = json.dumps({"requirements": ["six"], "action": "install"})
MORE = (
    ("GET", "python?kernel=python3", None),
    ("GET", "packages?kernel=python3&sizes=true", None),
    ("POST", "installs/preview", INSTALL),
    ("POST", "installs", INSTALL),
)


class Share(NamedTuple):
    """A mounted share, the link that all settings go through, and the log of its server."""

    point: Path
    link: Path
    log: Path
    process: subprocess.Popen[bytes]

    def asked_by(self, pid: int, after: int) -> list[str]:
        """What that process asked of the share, from that line of the log on."""
        lines = self.log.read_text(errors="replace").splitlines()[after:]
        return [line.partition(" ")[2] for line in lines if line.split(" ", 1)[0] == str(pid)]

    def wait_until_quiet(self, pid: int) -> None:
        """Jupyter and its own extensions look into their folders for a while when they start."""
        end, seen = time.monotonic() + 60, -1
        while (now := len(self.asked_by(pid, 0))) != seen:
            assert time.monotonic() < end, "the server never leaves the share alone"
            seen = now
            time.sleep(2)


@pytest.fixture
def share(tmp_path: Path) -> Iterator[Share]:
    need_root()
    need_command("umount")
    need(Path("/dev/fuse").exists(), "/dev/fuse")
    real, point, link, log = (tmp_path / name for name in ("real", "share", "link", "log"))
    for folder in (point, real / "root", real / "home", real / SITE / "mine-1.dist-info"):
        folder.mkdir(parents=True)
    (real / SITE / "mine-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1\n")
    (real / "root" / "notebook.ipynb").write_text("{}")
    link.symlink_to(point)
    argv = [sys.executable, "-m", "tests.lab.watched_fuse", str(real), str(point), str(log)]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        yield Share(point, link, log, process)
    finally:
        abort(point)
        process.kill()
        process.wait(10)
        process.stdout.close()


@pytest.fixture
def server(tmp_path: Path, share: Share) -> Iterator[Server]:
    link = share.link
    below = {
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_PATH": "path",
        "JUPYTERLAB_DIR": "lab",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
        "PYTHONUSERBASE": "userbase",
        "PYTHONPATH": SITE,
        "XDG_CONFIG_HOME": "root",
        "XDG_DATA_HOME": "root",
        "XDG_CACHE_HOME": "root",
        "TMPDIR": "root",
    }
    variables = {name: str(link / place) for name, place in below.items()}
    made = Server(tmp_path, link / "root", {**variables, "JUPYTER_PLATFORM_DIRS": "0"})
    yield made
    if made.process.poll() is None:
        made.process.kill()
        made.process.wait(10)


def request_of(operation: Operation, share: Share) -> tuple[str, str, str | None]:
    """A valid request, which names paths on the share where it can."""
    if operation.path == "where":
        paths = [str(share.point / "root" / "notebook.ipynb"), str(share.link / "no such file"), "root", "."]
        if operation.method == "POST":
            return "POST", "where", json.dumps({"paths": paths})
        return "GET", "where?" + "&".join(f"path={path.replace(' ', '%20')}" for path in paths), None
    path = (operation.sample_path or operation.path) + (f"?{operation.sample_query}" if operation.sample_query else "")
    return operation.method, path, operation.sample_body


def test_the_server_never_touches_a_share_and_answers_when_it_is_dead(share: Share, server: Server) -> None:
    requests = [request_of(each, share) for each in OPERATIONS if each.path != "watch"]
    requests += MORE
    share.wait_until_quiet(server.process.pid)
    for method, path, body in requests:
        before = len(share.log.read_text(errors="replace").splitlines())
        status, text = server.ask(method, f"ide49-storage/{path}", body)
        assert status < 500, text
        assert (method, path, share.asked_by(server.process.pid, before)) == (method, path, [])
    assert mount_at(server, share.point)["capacity_status"] == "measured"
    files = {file["setting"] for file in server.get("ide49-storage/samba")["state_files"]}
    assert files >= {"JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "PYTHONUSERBASE"}
    share.process.send_signal(signal.SIGSTOP)
    for method, path, body in requests:
        # The others start an interpreter, which waits for its user base until it is killed.
        if path.partition("?")[0] in ("mounts", "where", "samba", "samba/check", "changes", "installs"):
            status, text = server.ask(method, f"ide49-storage/{path}", body)
            assert status < 500, text
    stuck = [
        task.name
        for task in Path(f"/proc/{server.process.pid}/task").iterdir()
        if (task / "stat").read_text().rpartition(")")[2].split()[0] == "D"
    ]
    assert stuck == []
    assert len(server.children(share.point)) <= 1
