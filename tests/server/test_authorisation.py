"""Who may call what: a matrix made from the contract, so that no later call can be forgotten."""

from __future__ import annotations

import asyncio
import json
import urllib.parse
from typing import Any, ClassVar

import pytest
from jupyter_server.auth import Authorizer
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse
from tornado.websocket import websocket_connect

from ide49_storage.handlers.base import StorageHandler
from ide49_storage.handlers.routes import ROUTES
from ide49_storage.openapi import OPERATIONS, Operation

from .conftest import PATIENCE

ALL = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: f"{each.method}-{each.path}")


class Server:
    """The running test server, asked over real HTTP with just the given headers."""

    def __init__(self, app: ServerApp, port: int, base_url: str) -> None:
        self.app = app
        self.origin = f"http://localhost:{port}"
        self.base = f"{self.origin}{base_url}"
        self.token = {"Authorization": f"token {app.identity_provider.token}"}

    async def call(self, operation: Operation, headers: dict[str, str]) -> int:
        """The status of a valid request for this operation, 101 for a websocket that opens."""
        url = f"{self.base}ide49-storage/{operation.sample_path or operation.path}?{operation.sample_query}"
        if operation.status == 101:
            request = HTTPRequest(url.replace("http", "ws", 1), headers=headers)
            try:
                socket = await websocket_connect(request)
            except HTTPClientError as error:
                return error.code
            socket.close()
            return 101
        body = operation.sample_body if operation.method in {"POST", "PUT", "PATCH"} else None
        return (await self.fetch(url, method=operation.method, headers=headers, body=body)).code

    async def fetch(self, url: str, **options: Any) -> HTTPResponse:
        client = AsyncHTTPClient()
        return await client.fetch(url, raise_error=False, follow_redirects=False, request_timeout=PATIENCE, **options)

    async def cookies(self) -> str:
        """The cookies of a browser that signed in with the token; the XSRF token is among them, unused."""
        response = await self.fetch(f"{self.base}api/status", headers=self.token)
        assert response.code == 200
        page = await self.fetch(f"{self.base}tree", headers=self.token)
        jar = [line.partition(";")[0] for each in (response, page) for line in each.headers.get_list("Set-Cookie")]
        assert any(cookie.startswith("username") for cookie in jar), jar
        return "; ".join(dict.fromkeys(jar))


@pytest.fixture
def server(jp_serverapp: ServerApp, jp_http_port: int, jp_base_url: str, http_server_client: object) -> Server:
    return Server(jp_serverapp, jp_http_port, jp_base_url)


class Refuses(Authorizer):
    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return False


class Records(Authorizer):
    seen: ClassVar[list[tuple[str, str]]] = []

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        self.seen.append((action, resource))
        return True


def use(server: Server, authorizer: type[Authorizer]) -> Authorizer:
    made = authorizer(parent=server.app, identity_provider=server.app.identity_provider)
    server.app.web_app.settings["authorizer"] = made
    return made


@ALL
async def test_the_right_token_is_let_in(server: Server, operation: Operation) -> None:
    assert await server.call(operation, server.token) == (operation.sample_status or operation.status)


@ALL
async def test_no_token_is_refused(server: Server, operation: Operation) -> None:
    assert await server.call(operation, {}) == 403


@ALL
async def test_a_wrong_token_is_refused(server: Server, operation: Operation) -> None:
    assert await server.call(operation, {"Authorization": "token wrong"}) == 403


@ALL
async def test_an_authorizer_that_refuses_is_obeyed(server: Server, operation: Operation) -> None:
    use(server, Refuses)
    assert await server.call(operation, server.token) == 403


@ALL
async def test_a_cookie_without_xsrf_reads_but_never_acts(server: Server, operation: Operation) -> None:
    headers = {"Cookie": await server.cookies()}
    expected = (operation.sample_status or operation.status) if operation.method == "GET" else 403
    assert await server.call(operation, headers) == expected


@ALL
async def test_the_authorizer_is_asked_about_this_extension(server: Server, operation: Operation) -> None:
    records = use(server, Records)
    assert isinstance(records, Records)
    records.seen.clear()
    await server.call(operation, server.token)
    asked = [each for each in records.seen if each[1].startswith("ide49_storage")]
    assert asked == [(operation.action, operation.resource)]


async def test_a_page_of_another_origin_cannot_watch_with_the_persons_cookie(server: Server) -> None:
    (watch,) = [each for each in OPERATIONS if each.status == 101]
    headers = {"Cookie": await server.cookies()}
    assert await server.call(watch, {**headers, "Origin": server.origin}) == 101
    assert await server.call(watch, {**headers, "Origin": "https://elsewhere.example"}) == 403


def test_every_handler_is_described_and_every_description_handled() -> None:
    """A handler that the contract (and so this matrix) does not know cannot exist."""
    served = {
        (method.upper(), path)
        for path, handler in ROUTES
        for method in ("get", "head", "post", "put", "patch", "delete")
        if getattr(handler, method).__qualname__.split(".")[0] not in {"RequestHandler", "APIHandler"}
    }
    assert served == {(each.method, each.path) for each in OPERATIONS}


@pytest.mark.parametrize("handler", [handler for _, handler in ROUTES], ids=lambda each: each.__name__)
def test_being_asked_is_no_sign_of_a_person(handler: type[StorageHandler]) -> None:
    """Polled calls must not keep an idle server from being culled."""
    assert handler._track_activity is False


async def test_a_polled_call_leaves_the_last_activity_alone(server: Server) -> None:
    async def last_activity() -> str:
        status = await server.fetch(f"{server.base}api/status", headers=server.token)
        return str(json.loads(status.body)["last_activity"])

    before = await last_activity()
    await asyncio.sleep(0.01)
    for operation in OPERATIONS:
        await server.call(operation, server.token)
    assert await last_activity() == before
    await server.fetch(f"{server.base}api/contents?{urllib.parse.urlencode({'content': 0})}", headers=server.token)
    assert await last_activity() != before
