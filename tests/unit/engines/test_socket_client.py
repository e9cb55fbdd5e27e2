"""Asking: never an exception, never longer than the deadline, and nothing left behind."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from ide49_storage.engines import socket_client
from ide49_storage.model.engines import EngineReport, EngineState
from ide49_storage.processes.pool import Pool
from tests.engine_asked import diff, report

Answer = Callable[[socket.socket], None]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested here is not how busy this machine is."""
    monkeypatch.setattr(socket_client, "DEADLINE", 60.0)
    monkeypatch.setattr(socket_client, "DIFF_DEADLINE", 60.0)


@contextlib.contextmanager
def engine(folder: Path, answer: Answer) -> Iterator[str]:
    """The address of a socket at which each connection gets ``answer``."""
    path = folder / "engine.sock"
    taken: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                client = server.accept()[0]
            except OSError:
                return
            taken.append(client)
            threading.Thread(target=talk, args=(client,), daemon=True).start()

    def talk(client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            answer(client)

    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen(64)
        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"unix://{path}"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            for client in taken:
                client.close()


def silence(client: socket.socket) -> None:
    client.recv(1 << 16)


def trickle(client: socket.socket) -> None:
    """A byte now and then, so that no timeout of a single read is ever reached."""
    client.recv(1 << 16)
    client.sendall(HEAD % 1_000_000)
    while True:
        client.sendall(b" ")
        time.sleep(0.1)


def bodies(found: dict[str, bytes]) -> Answer:
    """An engine that gives for each address that ends so a body, one question after the other."""

    def talk(client: socket.socket) -> None:
        while request := client.recv(1 << 16):
            address = request.split(b" ")[1].decode()
            body = next((body for end, body in found.items() if address.partition("?")[0].endswith(end)), b"rubbish")
            client.sendall(HEAD % len(body) + body)

    return talk


def test_without_a_socket_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_client, "addresses", lambda *_: [])
    assert report().state is EngineState.NOT_ALLOWED


def test_without_the_package_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    here = [each for each in sys.path if "site-packages" not in each]
    monkeypatch.setattr(sys, "path", [str(Path(__file__).parents[3]), *here])
    said = report("unix:///nowhere")
    assert said.state is EngineState.NOT_INSTALLED
    assert "ide49-storage[engine]" in str(said.how)


def test_a_socket_where_nobody_listens_is_a_failure_with_its_reason(tmp_path: Path) -> None:
    said = report(f"unix://{tmp_path}/nobody.sock")
    assert said.state is EngineState.FAILED
    assert "nobody.sock" in said.evidence


def test_an_address_that_is_none_is_no_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_client, "addresses", lambda *_: ["nonsense://x", "x://", "unix://", "http://[::1"])
    assert report().state is EngineState.FAILED


@pytest.mark.parametrize("scheme", ["tcp", "http", "ssh"])
def test_a_password_in_the_address_is_not_repeated(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"{scheme}://iot:canary@127.0.0.1:1")
    said = report()
    assert said.state is EngineState.FAILED
    assert "127.0.0.1:1" in said.evidence
    assert "canary" not in repr(said)


@pytest.mark.parametrize("answer", [silence, trickle])
def test_an_engine_that_never_ends_its_answer_costs_one_process(
    answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many ask at once; and that ends with the deadline."""
    monkeypatch.setattr(socket_client, "DEADLINE", 1.5)

    async def main() -> list[EngineReport]:
        pool = Pool()
        try:
            asked = [asyncio.ensure_future(socket_client.engine_report(pool, address, "c")) for _ in range(20)]
            await asyncio.sleep(0.5)
            assert len(helpers()) <= 1
            return await asyncio.gather(*asked)
        finally:
            await pool.close()

    with engine(tmp_path, answer) as address:
        said = asyncio.run(main())
        assert {each.state for each in said} == {EngineState.FAILED}
    assert nothing_left()


def helpers() -> list[int]:
    """The living processes that ask engines."""
    found = []
    for each in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if each.status() != psutil.STATUS_ZOMBIE and each.cmdline()[-1:] == ["ide49-storage probe: engine"]:
                found.append(each.pid)
    return found


def nothing_left() -> bool:
    """Whether they end; one that was killed may take a moment."""
    until = time.monotonic() + 30
    while helpers() and time.monotonic() < until:
        time.sleep(0.01)
    return not helpers()


def test_a_cancelled_diff_ends_at_once(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"x")
    with engine(tmp_path, trickle) as address, tempfile.TemporaryFile() as file:
        began = time.monotonic()
        assert socket_client.engine_diff(file, reading, address, "c") is None
        assert time.monotonic() - began < socket_client.DIFF_DEADLINE / 2
    os.close(reading)
    os.close(writing)
    assert nothing_left()


VERSION = json.dumps({"ApiVersion": "1.41", "Version": "9", "Platform": {"Name": "Test"}}).encode()


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"/version": b"[]"},
        {"/version": VERSION},
        {"/version": VERSION, "/c/json": b"[1]"},
        {"/version": VERSION, "/c/json": b"{}", "/containers/json": b'{"a": 1}'},
        {"/version": VERSION, "/c/json": b'{"Id": 7, "Config": 3}', "/containers/json": b"[]"},
        {"/version": VERSION, "/c/json": b"{}", "/containers/json": b"[[], null, 3]"},
    ],
)
def test_rubbish_is_a_failure_and_no_exception(found: dict[str, bytes], tmp_path: Path) -> None:
    with engine(tmp_path, bodies(found)) as address:
        assert report(address).state is EngineState.FAILED
        assert diff(address)[1] is None


def test_no_variable_and_no_label_of_a_container_leaves_the_asking_process(tmp_path: Path) -> None:
    own = {"Id": "c", "Name": "/iot49", "Config": {"Image": "i", "Env": ["PASSWORD=canary"]}, "Mounts": []}
    other = {"Id": "d", "Names": ["/x"], "Labels": {"canary": "canary"}, "Mounts": []}
    found = {"/version": VERSION, "/c/json": json.dumps(own).encode(), "/containers/json": json.dumps([other]).encode()}
    with engine(tmp_path, bodies(found)) as address:
        said = report(address)
    assert (said.state, said.container, said.image) == (EngineState.ANSWERED, "iot49", "i")
    assert "canary" not in repr(said)


def test_a_diff_is_written_down_row_by_row(tmp_path: Path) -> None:
    paths = [f"/\u00e9 {number}" for number in range(5000)]
    rows: list[dict[str, Any]] = [{"Path": path, "Kind": number % 3} for number, path in enumerate(paths)]
    found = {"/version": VERSION, "/c/changes": json.dumps([*rows, {"Kind": 9}]).encode()}
    with engine(tmp_path, bodies(found)) as address:
        lines, told = diff(address)
    assert lines == ["CAD"[number % 3] + json.dumps(path) for number, path in enumerate(paths)]
    assert told is not None
    assert (told[0], len(told[1]), told[1][0]) == (1666, 1000, "/\u00e9 2")


def test_a_diff_of_nothing_is_an_answer(tmp_path: Path) -> None:
    with engine(tmp_path, bodies({"/version": VERSION, "/c/changes": b"null"})) as address:
        assert diff(address) == ([], (0, []))
