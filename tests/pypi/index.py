"""The index: PEP 503 and PEP 691 over a folder of files, with faults on demand and a list of what was asked."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from tests.needs import need_command

from .wheels import Package, build_sdist, build_wheel


class Index:
    """A running index. ``asked`` are the request lines and headers of every request so far."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}/simple/"
        self.asked: list[str] = []
        self.fault = ""
        self.yanked: set[str] = set()
        self.hung = threading.Event()

    def add(self, *packages: Package) -> None:
        """Build wheels and offer them."""
        for package in packages:
            build_wheel(package, self.folder)

    def add_sdist(self, package: Package, *, fails: bool = False, backend: str | None = None) -> None:
        """Build a source distribution and offer it. ``backend`` is the text of another build backend."""
        build_sdist(package, self.folder, fails=fails, backend=backend)

    def environ(self) -> dict[str, str]:
        """The settings that make pip ask this index and nothing else."""
        return {"PIP_INDEX_URL": self.url, "PIP_CONFIG_FILE": "/dev/null", "PIP_RETRIES": "0", "PIP_TIMEOUT": "15"}

    def files(self, name: str) -> list[Path]:
        """What is offered under a normalised name."""
        return sorted(path for path in self.folder.iterdir() if _name(path) == name)

    def page(self, name: str) -> bytes:
        """The PEP 691 page of a project."""
        files = []
        for path in self.files(name):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            entry = {
                "filename": path.name,
                "url": f"/files/{path.name}",
                "hashes": {"sha256": "0" * 64 if self.fault == "hash" else digest},
                "size": path.stat().st_size,
                "yanked": path.name in self.yanked,
            }
            python = re.search(r"^Requires-Python: (.*)$", _metadata(path), re.MULTILINE)
            files.append({**entry, **({"requires-python": python[1]} if python else {})})
        return json.dumps({"meta": {"api-version": "1.0"}, "name": name, "files": files}).encode()


def _name(path: Path) -> str:
    return re.sub(r"[-_.]+", "-", path.name.partition("-")[0]).lower()


def _metadata(path: Path) -> str:
    import zipfile

    if path.suffix != ".whl":
        return ""
    with zipfile.ZipFile(path) as archive:
        return archive.read(next(name for name in archive.namelist() if name.endswith("METADATA"))).decode()


def _handler(index: Index) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            index.asked.append(f"{self.requestline}\n{self.headers}")
            # As a proxy it is asked for whole addresses.
            path = urlsplit(self.path).path
            if index.fault == "hang":
                index.hung.wait(60)
            if index.fault in ("401", "500"):
                self._send(int(index.fault), b"", "text/plain")
            elif found := re.fullmatch(r"/simple/([a-z0-9-]+)/", path):
                exists = bool(index.files(found[1]))
                page = index.page(found[1]) if exists else b"not found"
                self._send(200 if exists else 404, page, "application/vnd.pypi.simple.v1+json")
            elif (found := re.fullmatch(r"/files/([\w.+-]+)", path)) and self._offered(found[1]):
                self._send(200, (index.folder / found[1]).read_bytes(), "application/octet-stream")
            else:
                self._send(404, b"not found", "text/plain")

        def handle(self) -> None:
            # A client that does not trust our certificate ends the handshake: that is its good right.
            with contextlib.suppress(ssl.SSLError, ConnectionResetError):
                super().handle()

        def _offered(self, name: str) -> bool:
            return index.fault != "no files" and (index.folder / name).is_file()

        def _send(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class names it)
            """Say nothing on stderr."""

    return Handler


@contextlib.contextmanager
def running_index(folder: Path) -> Iterator[Index]:
    """An index over ``folder`` on a free port of the loopback device."""
    folder.mkdir(exist_ok=True)
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.daemon_threads = True
        index = Index(folder, server.server_address[1])
        server.RequestHandlerClass = _handler(index)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield index
        finally:
            index.hung.set()
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def over_tls(index: Index, folder: Path) -> Iterator[tuple[str, Path]]:
    """The same index by https, with a certificate that nobody trusts: its address, and the certificate's file."""
    need_command("openssl")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    argv = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    argv += ["-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*argv, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(index)) as server:
        server.daemon_threads = True
        # Each handshake in the thread of its own connection.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.server_address[1]}/simple/", certificate
        finally:
            server.shutdown()
            thread.join()
