"""``GET findings`` on a real server: all who ask at once are served by one gathering."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import AsyncHTTPClient, HTTPResponse

from ide49_storage.findings import inputs
from ide49_storage.handlers.findings import FindingsHandler
from ide49_storage.model.timestamps import now
from ide49_storage.server.reports import Reports

from .conftest import PATIENCE, validate

pytestmark = pytest.mark.usefixtures("patient")
AT_ONCE = 50
Ask = Callable[[str], Awaitable[HTTPResponse]]


@pytest.fixture
def ask(jp_serverapp: ServerApp, jp_http_port: int, jp_base_url: str, http_server_client: object) -> Ask:
    """Asks for findings with this query; as many at a time as there are callers, where ``jp_fetch`` has 10."""
    client = AsyncHTTPClient(force_instance=True, max_clients=AT_ONCE)
    headers = {"Authorization": f"token {jp_serverapp.identity_provider.token}"}
    url = f"http://localhost:{jp_http_port}{jp_base_url}ide49-storage/findings"

    async def call(query: str) -> HTTPResponse:
        response = await client.fetch(url + query, headers=headers, raise_error=False, request_timeout=PATIENCE)
        validate("GET", url, response.code, response.body)
        return response

    return call


class Gatherings:
    """The real gathering, counted; each waits until all expected requests have come."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.expected = AT_ONCE
        self.made = 0
        self._come = 0
        self._all_have_come = threading.Event()
        real_get: Any = FindingsHandler.get
        real_gather = inputs.gather_inputs

        async def get(handler: FindingsHandler) -> None:
            self._come += 1
            if self._come == self.expected:
                self._all_have_come.set()
            await real_get(handler)

        def gathered(*arguments: Any) -> Any:
            self.made += 1
            assert self._all_have_come.wait(PATIENCE)
            return real_gather(*arguments)

        monkeypatch.setattr(FindingsHandler, "get", get)
        monkeypatch.setattr(inputs, "gather_inputs", gathered)


@pytest.fixture
def gatherings(monkeypatch: pytest.MonkeyPatch) -> Gatherings:
    return Gatherings(monkeypatch)


async def test_all_who_ask_at_once_are_served_by_one_gathering(ask: Ask, gatherings: Gatherings) -> None:
    responses = await asyncio.gather(*(ask("") for _ in range(AT_ONCE)))
    assert {response.code for response in responses} == {200}
    assert len({response.body for response in responses}) == 1
    assert gatherings.made == 1
    await ask("")
    assert gatherings.made == 2


async def test_another_kernel_is_gathered_for_on_its_own(ask: Ask, gatherings: Gatherings) -> None:
    gatherings.expected = 4
    await asyncio.gather(*(ask(query) for query in ("", "?kernel=python3", "", "?kernel=python3")))
    assert gatherings.made == 2


async def test_the_time_of_an_answer_is_when_its_gathering_began(
    ask: Ask, gatherings: Gatherings, monkeypatch: pytest.MonkeyPatch
) -> None:
    gatherings.expected = 1
    began: list[str] = []
    real = inputs.gather_inputs

    def noted(*arguments: Any) -> Any:
        began.append(now())
        return real(*arguments)

    monkeypatch.setattr(inputs, "gather_inputs", noted)
    assert json.loads((await ask("")).body)["at"] <= began[0]


async def test_without_the_report_of_the_share_the_other_checks_are_made(
    ask: Ask, gatherings: Gatherings, monkeypatch: pytest.MonkeyPatch
) -> None:
    gatherings.expected = 2

    async def broken(_: Reports) -> None:
        raise OSError("the share")

    monkeypatch.setattr(Reports, "share", broken)
    first, second = await asyncio.gather(ask(""), ask(""))
    assert (first.code, first.body) == (200, second.body)
    assert json.loads(first.body)["checks"] > 0
