"""A real jupyter_server with the extension; every answer of ours is validated against the contract."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator
from jupyter_server.auth import Authorizer
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse
from tornado.websocket import websocket_connect

from ide49_storage.openapi import Operation, document
from ide49_storage.processes import pool

Fetch = Callable[..., Awaitable[HTTPResponse]]
PREFIX = "/ide49-storage/"
#: Seconds for an answer. The client's own 20 can be too few on a busy machine.
PATIENCE = 120


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with other things must not count as one that does not answer."""
    monkeypatch.setattr(pool, "DEADLINE", 8.0)


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    return {"ServerApp": {"jpserver_extensions": {"ide49_storage": True}}}


def validate(method: str, url: str, status: int, body: bytes) -> None:
    """The answer's status is described for this call, and its body has the described form."""
    contract = document()
    asked = PREFIX + urlsplit(url).path.partition(PREFIX)[2]
    path = asked if asked in contract["paths"] else re.sub(r"/[^/]+$", "/{id}", asked)
    described = contract["paths"][path][method.lower()]["responses"]
    assert str(status) in described, f"{method} {path} answered {status}, which openapi.json does not know: {body!r}"
    schema = described[str(status)]["content"]["application/json"]["schema"]
    whole = {**schema, "components": contract["components"]}
    Draft202012Validator(whole).validate(json.loads(body))


@pytest.fixture
def jp_fetch(jp_fetch: Fetch) -> Fetch:
    """pytest-jupyter's fetch; answers of this extension are held against the contract, errors too."""

    async def fetch(*parts: str, **options: Any) -> HTTPResponse:
        method = options.get("method", "GET")
        options.setdefault("request_timeout", PATIENCE)
        try:
            response = await jp_fetch(*parts, **options)
        except HTTPClientError as error:
            if error.response is not None and parts[0] == "ide49-storage":
                validate(method, error.response.effective_url, error.code, error.response.body)
            raise
        if parts[0] == "ide49-storage":
            validate(method, response.effective_url, response.code, response.body)
        return response

    return fetch


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


def use(server: Server, authorizer: type[Authorizer]) -> Authorizer:
    made = authorizer(parent=server.app, identity_provider=server.app.identity_provider)
    server.app.web_app.settings["authorizer"] = made
    return made
