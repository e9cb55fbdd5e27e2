"""The websocket ``watch``: announcements of the real kernel reach a real client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClientConnection

from ide49_storage.openapi import document
from ide49_storage.server.events import KEPT, EventBus
from tests.needs import need_root

Connect = Callable[..., Awaitable[WebSocketClientConnection]]


async def message(socket: WebSocketClientConnection) -> dict[str, Any]:
    """The next message, which has to be one that the contract describes."""
    text = await asyncio.wait_for(socket.read_message(), timeout=20)
    assert text is not None, "the server closed the websocket"
    contract = document()
    schema = contract["paths"]["/ide49-storage/watch"]["get"]["x-messages"]
    read = json.loads(text)
    Draft202012Validator({**schema, "components": contract["components"]}).validate(read)
    return dict(read)


@asynccontextmanager
async def mounted(folder: Path) -> AsyncIterator[None]:
    """A real tmpfs on this folder."""
    await run("mount", "-t", "tmpfs", "ide49-test", str(folder))
    try:
        yield
    finally:
        await run("umount", str(folder))


async def run(*argv: str) -> None:
    process = await asyncio.create_subprocess_exec(*argv)
    assert await process.wait() == 0, argv


def hub_of(app: ServerApp) -> EventBus:
    hub = app.web_app.settings["ide49_storage_services"].events
    assert isinstance(hub, EventBus)
    return hub


async def test_a_watcher_is_told_of_mount_and_unmount(jp_ws_fetch: Connect, tmp_path: Path) -> None:
    need_root()
    socket = await jp_ws_fetch("ide49-storage", "watch")
    hello = await message(socket)
    assert (hello["type"], hello["resumed"]) == ("hello", False)
    async with mounted(tmp_path):
        first = await message(socket)
        assert first["type"] == "mounts-changed"
    second = await message(socket)
    assert second["type"] == "mounts-changed"
    assert second["cursor"] != first["cursor"]
    socket.close()


async def test_a_client_that_comes_back_gets_what_it_missed(jp_ws_fetch: Connect, tmp_path: Path) -> None:
    need_root()
    stays = await jp_ws_fetch("ide49-storage", "watch")
    cursor = (await message(stays))["cursor"]
    async with mounted(tmp_path):
        told = await message(stays)
        back = await jp_ws_fetch("ide49-storage", "watch", params={"after": cursor})
        hello = await message(back)
        assert (hello["resumed"], hello["cursor"]) == (True, cursor)
        assert await message(back) == told
    back.close()
    stays.close()


@pytest.mark.parametrize("after", ["", "nonsense", "0-0", "a-b-99999999999999999999", "-1"])
async def test_an_unknown_cursor_is_answered_with_a_new_start(jp_ws_fetch: Connect, after: str) -> None:
    socket = await jp_ws_fetch("ide49-storage", "watch", params={"after": after})
    assert (await message(socket))["resumed"] is False
    socket.close()


async def test_a_cursor_from_the_future_is_answered_with_a_new_start(jp_ws_fetch: Connect) -> None:
    socket = await jp_ws_fetch("ide49-storage", "watch")
    run = (await message(socket))["cursor"].rpartition("-")[0]
    for number in ("7", "9" * 5000):
        other = await jp_ws_fetch("ide49-storage", "watch", params={"after": f"{run}-{number}"})
        assert (await message(other))["resumed"] is False
        other.close()
    socket.close()


async def test_a_cursor_that_is_no_text_is_refused(jp_ws_fetch: Connect) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await jp_ws_fetch("ide49-storage", "watch", params={"after": b"\xff"})
    assert caught.value.code == 400


async def test_nothing_is_listened_to_while_nobody_watches(jp_serverapp: ServerApp, jp_ws_fetch: Connect) -> None:
    hub = hub_of(jp_serverapp)
    before = hub.listening
    socket = await jp_ws_fetch("ide49-storage", "watch")
    await message(socket)
    during = hub.listening
    assert (before, during) == (False, True)
    socket.close()
    for _ in range(200):
        if not hub.listening:
            return
        await asyncio.sleep(0.05)
    pytest.fail("the hub still listens, 10 s after the last watcher left")


async def test_only_the_last_messages_are_kept(jp_serverapp: ServerApp) -> None:
    from ide49_storage.model.watch import MountsChanged

    hub = hub_of(jp_serverapp)
    seen: list[bytes] = []
    hub.subscribe(seen.append, None)
    first = json.loads(seen[0])["cursor"]
    for _ in range(KEPT + 1):
        hub.publish(MountsChanged)
    late: list[bytes] = []
    hub.subscribe(late.append, first)
    assert json.loads(late[0])["resumed"] is False
    last: list[bytes] = []
    hub.subscribe(last.append, json.loads(seen[1])["cursor"])
    assert json.loads(last[0])["resumed"] is True
    assert len(last) == KEPT + 1
    for each in (seen, late, last):
        hub.unsubscribe(each.append)


async def test_an_ordinary_get_is_no_websocket(jp_fetch: Callable[..., Awaitable[Any]]) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch("ide49-storage", "watch")
    assert caught.value.code == 400
