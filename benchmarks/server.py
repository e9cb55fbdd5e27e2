"""A real jupyter_server in a process of its own, with or without this extension, for the benchmarks."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TOKEN = "benchmark"
#: Extensions that the development environment brings along: a bare server has none of them.
OTHERS = ("jupyterlab", "jupyter_lsp", "jupyter_server_terminals", "notebook_shim")


class Server:
    """A running server; ``get`` keeps one connection open, as a browser does."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port
        self.forget()

    def forget(self) -> None:
        """Connect anew with the next call."""
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port)

    def get(self, path: str) -> bytes:
        """The body of a 200 answer."""
        return self.call("GET", path)

    def call(self, method: str, path: str) -> bytes:
        """The body of a good answer."""
        self._connection.request(method, path, headers={"Authorization": f"token {TOKEN}"})
        response = self._connection.getresponse()
        body = response.read()
        if response.status not in (200, 202):
            raise RuntimeError(f"{method} {path} answered {response.status}: {body!r}")
        return body


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def running(extension: bool, prefix: tuple[str, ...] = (), python_config: str = "") -> Iterator[Server]:
    """Start a server behind the command ``prefix`` and wait until it answers; end it afterwards.

    ``python_config`` is the text of a ``jupyter_server_config.py`` for it.
    """
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        config = {
            "ServerApp": {
                "jpserver_extensions": {**dict.fromkeys(OTHERS, False), "ide49_storage": extension},
                "allow_root": True,
                "open_browser": False,
                "port": port,
                "port_retries": 0,
                "root_dir": folder,
            },
            "IdentityProvider": {"token": TOKEN},
        }
        Path(folder, "jupyter_server_config.json").write_text(json.dumps(config))
        Path(folder, "jupyter_server_config.py").write_text(python_config)
        environment = {**os.environ, "JUPYTER_CONFIG_DIR": folder, "HOME": folder}
        program = "from jupyter_server.serverapp import main; main()"
        argv = [*prefix, sys.executable, "-c", program, "--ServerApp.log_level=ERROR"]
        process = subprocess.Popen(argv, env=environment, cwd=folder)
        try:
            server = Server(process, port)
            wait_for(server)
            yield server
        finally:
            process.terminate()
            process.wait(20)


def wait_for(server: Server, seconds: float = 60) -> None:
    """Return once ``api/status`` answers."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            server.get("/api/status")
            return
        except OSError:
            server.forget()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
