"""An error of any address below ``ide49-storage/`` is an ``ErrorBody``, never a page, and tells strangers nothing."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator
from jupyter_server.auth.identity import IdentityProvider, User
from tornado.httpclient import HTTPResponse
from tornado.web import HTTPError

from ide49_storage.openapi import OPERATIONS, document

from .conftest import Refuses, Server, use

NOWHERE = ("", "nothing", "mounts/", "mounts/1", "installs/a/b", "openapi.yaml", "..%2fapi", "%ff", "%0a")
WRITING = ("POST", "PUT", "PATCH", "DELETE")
#: Method and address of calls that there are not.
UNKNOWN = [*(("GET", address) for address in NOWHERE), *((method, "nothing") for method in ("HEAD", *WRITING))]


def error_of(response: HTTPResponse) -> dict[str, Any]:
    """The body, which has to be the contract's record of an error (an answer to HEAD has none)."""
    assert response.headers["Content-Type"] == "application/json"
    if response.request.method == "HEAD":
        return {}
    read = json.loads(response.body)
    schema = {"$ref": "#/components/schemas/ErrorBody", "components": document()["components"]}
    Draft202012Validator(schema).validate(read)
    return dict(read)


async def ask(server: Server, method: str, address: str, headers: dict[str, str]) -> HTTPResponse:
    body = "{}" if method in {"POST", "PUT", "PATCH"} else None
    return await server.fetch(f"{server.base}ide49-storage/{address}", method=method, headers=headers, body=body)


async def test_an_unknown_address_is_404_with_a_record(server: Server) -> None:
    for method, address in UNKNOWN:
        response = await ask(server, method, address, server.token)
        assert response.code == 404, (method, address)
        assert error_of(response).get("code") == (None if method == "HEAD" else "no-such-address")


async def test_an_unknown_address_tells_strangers_what_a_known_one_tells_them(server: Server) -> None:
    for headers in ({}, {"Authorization": "token wrong"}):
        known = error_of(await ask(server, "GET", "mounts", headers))
        for method, address in UNKNOWN:
            response = await ask(server, method, address, headers)
            assert response.code == 403, (method, address)
            if method == "GET":
                assert error_of(response) == known, address


async def test_an_authorizer_that_refuses_is_obeyed_for_unknown_addresses(server: Server) -> None:
    use(server, Refuses)
    for method, address in UNKNOWN:
        response = await ask(server, method, address, server.token)
        assert response.code == 403, (method, address)
        error_of(response)


async def test_a_cookie_without_xsrf_does_not_write_to_unknown_addresses(server: Server) -> None:
    headers = {"Cookie": await server.cookies()}
    for method in WRITING:
        response = await ask(server, method, "nothing", headers)
        assert response.code == 403, method
        error_of(response)


class NotSignedIn(IdentityProvider):
    """As providers with a sign-in of their own do it: 401 rather than nobody."""

    async def get_user(self, handler: Any) -> User | None:
        raise HTTPError(401, "Sign in first")


async def test_not_signed_in_is_401_with_a_record_at_every_address(server: Server) -> None:
    server.app.web_app.settings["identity_provider"] = NotSignedIn(parent=server.app)
    known = [(each.method, each.sample_path or each.path) for each in OPERATIONS]
    for method, address in (*known, *UNKNOWN):
        response = await ask(server, method, address, {})
        assert response.code == 401, (method, address)
        assert error_of(response).get("code") == (None if method == "HEAD" else "unauthorized")


async def test_a_method_that_there_is_not_is_405_with_a_record(server: Server) -> None:
    for method in WRITING:
        response = await ask(server, method, "mounts", server.token)
        assert (response.code, error_of(response)["code"]) == (405, "method-not-allowed")
