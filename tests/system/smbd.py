"""A private smbd on a loopback port, with every file of its own below one folder. Needs root."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

USER, PASSWORD, SHARE = "root", "lab-password", "iot-data"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def configuration(folder: Path, port: int, extra: str) -> str:
    return f"""[global]
server role = standalone server
private dir = {folder}
lock directory = {folder}/lock
state directory = {folder}/state
cache directory = {folder}/cache
pid directory = {folder}
ncalrpc dir = {folder}/rpc
log file = {folder}/log
passdb backend = smbpasswd:{folder}/passwd
smb ports = {port}
interfaces = lo
bind interfaces only = yes
load printers = no
disable spoolss = yes
{extra}
[{SHARE}]
path = {folder}/data
read only = no
guest ok = yes
force user = root
"""


@contextlib.contextmanager
def smbd(folder: Path, extra: str = "") -> Iterator[int]:
    """Run it with these lines in ``[global]``; the port it listens on."""
    port = free_port()
    for name in ("lock", "state", "cache", "rpc", "data"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    config = folder / "smb.conf"
    config.write_text(configuration(folder, port, extra))
    words = f"{PASSWORD}\n{PASSWORD}\n".encode()
    argv = ["smbpasswd", "-c", str(config), "-a", "-s", USER]
    subprocess.run(argv, input=words, check=True, capture_output=True)
    argv = ["smbd", "--foreground", "--no-process-group", "-s", str(config)]
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        assert process.poll() is None, "smbd does not start"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("smbd does not listen")
