"""The contract: valid OpenAPI 3.1, not stale, served as checked in."""

from __future__ import annotations

import json

from openapi_spec_validator import OpenAPIV31SpecValidator

from ide49_storage import openapi

from .conftest import Fetch


def test_the_document_is_valid_openapi() -> None:
    assert list(OpenAPIV31SpecValidator(openapi.document()).iter_errors()) == []


def test_the_checked_in_file_is_what_the_records_give() -> None:
    assert openapi.FILE.read_text(encoding="utf-8") == openapi.text()


async def test_the_served_document_is_the_checked_in_one(jp_fetch: Fetch) -> None:
    response = await jp_fetch("ide49-storage", "openapi.json")
    assert json.loads(response.body) == openapi.document()


async def test_the_first_answer_that_the_panel_asks_for_names_the_contract(jp_fetch: Fetch) -> None:
    response = await jp_fetch("ide49-storage", "mounts")
    assert json.loads(response.body)["contract"] == openapi.document()["info"]["version"]
