"""A real jupyter_server with the extension; every answer of ours is validated against the contract."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator
from tornado.httpclient import HTTPClientError, HTTPResponse

from ide49_storage.openapi import document
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
