"""An error of any address below ``ide49-storage/`` is an ``ErrorBody``, never a page, and tells strangers nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jupyter_server.auth.identity import IdentityProvider, User
from tornado.httpclient import HTTPResponse
from tornado.web import HTTPError

from ide49_storage.openapi import OPERATIONS, Operation, document

from .conftest import Refuses, Server, use

NOWHERE = ("", "nothing", "mounts/", "mounts/1", "installs/a/b", "openapi.yaml", "..%2fapi", "%ff", "%0a")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
ANY = pytest.mark.parametrize(
    ("method", "address"),
    [*(("GET", address) for address in NOWHERE), *((method, "nothing") for method in METHODS[1:])],
)
REST = pytest.mark.parametrize(
    "operation", [each for each in OPERATIONS if each.status != 101], ids=lambda each: f"{each.method}-{each.path}"
)


def error_of(response: HTTPResponse) -> dict[str, Any]:
    """The body, which has to be the contract's record of an error."""
    assert response.headers["Content-Type"] == "application/json"
    contract = document()
    read = json.loads(response.body)
    schema = {"$ref": "#/components/schemas/ErrorBody", "components": contract["components"]}
    Draft202012Validator(schema).validate(read)
    return dict(read)


async def ask(server: Server, method: str, address: str, headers: dict[str, str]) -> HTTPResponse:
    body = "{}" if method in {"POST", "PUT", "PATCH"} else None
    return await server.fetch(f"{server.base}ide49-storage/{address}", method=method, headers=headers, body=body)


@ANY
async def test_an_unknown_address_is_404_with_a_record(server: Server, method: str, address: str) -> None:
    response = await ask(server, method, address, server.token)
    assert response.code == 404
    if method != "HEAD":
        error = error_of(response)
        assert (error["reason"], "openapi.json" in error["message"]) == ("no-such-address", True)


@ANY
async def test_an_unknown_address_tells_strangers_nothing(server: Server, method: str, address: str) -> None:
    for headers in ({}, {"Authorization": "token wrong"}):
        response = await ask(server, method, address, headers)
        assert response.code == 403
        if method != "HEAD":
            assert "nothing" not in error_of(response)["message"]


@ANY
async def test_an_authorizer_that_refuses_is_obeyed_for_unknown_addresses(
    server: Server, method: str, address: str
) -> None:
    use(server, Refuses)
    assert (await ask(server, method, address, server.token)).code == 403


@pytest.mark.parametrize("method", [method for method in METHODS if method not in {"GET", "HEAD"}])
async def test_a_cookie_without_xsrf_does_not_reach_unknown_addresses(server: Server, method: str) -> None:
    response = await ask(server, method, "nothing", {"Cookie": await server.cookies()})
    assert response.code == 403
    error_of(response)


class NotSignedIn(IdentityProvider):
    """As providers that speak to a sign-in of their own: 401 rather than an anonymous user."""

    async def get_user(self, handler: Any) -> User | None:
        raise HTTPError(401, "Sign in first")


@REST
async def test_not_signed_in_is_401_with_a_record(server: Server, operation: Operation) -> None:
    server.app.web_app.settings["identity_provider"] = NotSignedIn(parent=server.app)
    address = operation.sample_path or operation.path
    response = await ask(server, operation.method, address, {})
    assert response.code == 401
    assert error_of(response)["reason"] == "unauthorized"


async def test_not_signed_in_is_401_with_a_record_for_unknown_addresses(server: Server) -> None:
    server.app.web_app.settings["identity_provider"] = NotSignedIn(parent=server.app)
    response = await ask(server, "GET", "nothing", {})
    assert response.code == 401
    assert error_of(response)["reason"] == "unauthorized"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_a_method_that_there_is_not_is_405_with_a_record(server: Server, method: str) -> None:
    response = await ask(server, method, "mounts", server.token)
    assert response.code == 405
    assert error_of(response)["reason"] == "method-not-allowed"
