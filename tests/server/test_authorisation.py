"""Who may call what: a matrix made from the contract, so that no later call can be forgotten."""

from __future__ import annotations

import asyncio
import json
import urllib.parse
from typing import Any, ClassVar

import pytest
from jupyter_server.auth import Authorizer

from ide49_storage.handlers.base import StorageHandler
from ide49_storage.handlers.routes import ROUTES
from ide49_storage.openapi import OPERATIONS, Operation

from .conftest import Refuses, Server, use

ALL = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: f"{each.method}-{each.path}")


class Records(Authorizer):
    seen: ClassVar[list[tuple[str, str]]] = []

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        self.seen.append((action, resource))
        return True


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
