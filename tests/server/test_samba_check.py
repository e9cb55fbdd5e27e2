"""``POST samba/check`` on a real server: it connects to the configured server, and to no other that is asked for."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from ide49_storage.cli import main

from .conftest import Fetch

pytestmark = pytest.mark.usefixtures("patient")
PASSWORD = "CANARY-1f60"


class Listener:
    """A machine that writes down whether anybody connected."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self.connections = 0
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections += 1
                connection.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A password and no server, whatever this machine has."""
    monkeypatch.delenv("SAMBA_SERVER_IP", raising=False)
    monkeypatch.setenv("SAMBA_PASSWORD", PASSWORD)
    return monkeypatch


async def check(jp_fetch: Fetch, **request: object) -> tuple[int, Any]:
    """The status and the body."""
    try:
        response = await jp_fetch("ide49-storage", "samba", "check", method="POST", body=json.dumps(request))
    except HTTPClientError as error:
        if error.response is None:
            raise
        response = error.response
    return response.code, json.loads(response.body)


@pytest.mark.parametrize("guest", [False, True])
async def test_another_server_is_refused_before_any_connection(
    jp_fetch: Fetch, listener: Listener, settings: pytest.MonkeyPatch, guest: bool
) -> None:
    settings.setenv("SAMBA_SERVER_IP", "nas.invalid")
    code, error = await check(jp_fetch, server=f"127.0.0.1:{listener.port}", guest=guest)
    assert (code, error["code"]) == (403, "other-server")
    assert "nas.invalid" in error["message"]
    assert PASSWORD not in json.dumps(error)
    assert listener.connections == 0


async def test_an_open_and_a_closed_port_of_another_server_are_answered_alike(
    jp_fetch: Fetch, listener: Listener, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("SAMBA_SERVER_IP", "nas.invalid")
    opened = await check(jp_fetch, server=f"127.0.0.1:{listener.port}", guest=True)
    closed = await check(jp_fetch, server="127.0.0.1:1", guest=True)
    assert (opened[0], opened[1]["message"].replace(str(listener.port), "1")) == (403, closed[1]["message"])


async def test_the_same_address_under_another_name_or_port_is_another_server(
    jp_fetch: Fetch, listener: Listener, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("SAMBA_SERVER_IP", f"127.0.0.1:{listener.port}")
    for server in (f"localhost:{listener.port}", f"127.1:{listener.port}", "127.0.0.1", "127.0.0.1:1"):
        assert (await check(jp_fetch, server=server))[0] == 403, server
    assert listener.connections == 0


async def test_the_configured_server_is_asked_whether_it_is_named_or_not(
    jp_fetch: Fetch, listener: Listener, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("SAMBA_SERVER_IP", f"LOCALHOST:{listener.port}")
    requests: tuple[dict[str, str], ...] = ({}, {"server": f"localhost.:{listener.port}"})
    for request in requests:
        before = listener.connections
        code, answer = await check(jp_fetch, **request)
        assert (code, answer["outcome"]) == (200, "no answer")
        assert listener.connections > before


async def test_where_no_server_is_configured_none_that_is_named_is_asked(
    jp_fetch: Fetch, listener: Listener, settings: pytest.MonkeyPatch
) -> None:
    code, error = await check(jp_fetch, server=f"127.0.0.1:{listener.port}", guest=True)
    assert (code, error["code"]) == (403, "other-server")
    assert "SAMBA_SERVER_IP" in error["message"]
    code, answer = await check(jp_fetch)
    assert (code, answer["outcome"]) == (200, "not tried")
    assert listener.connections == 0


def test_the_command_line_refuses_another_server_too(
    listener: Listener, settings: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    settings.setenv("SAMBA_SERVER_IP", "nas.invalid")
    assert main(["samba", "--check", "--server", f"127.0.0.1:{listener.port}"]) == 2
    told = capfd.readouterr()
    assert "nas.invalid" in told.err
    assert told.out == ""
    assert listener.connections == 0
