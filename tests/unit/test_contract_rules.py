"""The rules that every name in openapi.json keeps (docs of the contract): codes in kebab-case, one type a name, times.

What breaks a rule today stands in a list here. A list may only shrink: a name that keeps the rule by now fails the
test until it is struck out, and a new one is mended instead of being added.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ide49_storage import __version__, openapi

DOCUMENT = openapi.document()
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

#: Values of enumerations that are words for people instead of codes.
PROSE = {
    "Cause": {
        "another installation is running",
        "build failed",
        "certificate not trusted",
        "damaged package",
        "disk full",
        "hash mismatch",
        "index error",
        "leads outside the user base",
        "network down",
        "no such package",
        "no version for this Python or processor",
        "shadows the image",
        "target refused",
        "took too long",
    },
    "CheckOutcome": {"access denied", "no answer", "not tried", "share missing", "wrong password"},
    "JobVerdict": {"installed with conflicts", "nothing to do"},
    "Risk": {"silent loss"},
    "ServerState": {"no smb", "not asked", "smb1 only", "unknown name"},
}
#: Names that stand for values of more than one type. ``id`` is no fault: others build on it.
AMBIGUOUS = {
    "engine",
    "evidence",
    "hidden",
    "interpreter",
    "left_out",
    "old",
    "options",
    "packages",
    "path",
    "remedy",
    "requested",
    "scripts",
    "server",
    "settings",
    "shadows",
    "signing",
    "site",
    "source",
    "user",
    "why",
}
#: Names in ``_at`` that are places. Others build on ``also_at``.
PLACES = {"also_at", "still_at"}


def properties() -> Iterator[tuple[str, Any]]:
    """Every property of every record, with its schema."""
    for schema in SCHEMAS.values():
        yield from schema.get("properties", {}).items()


def types(schema: dict[str, Any]) -> set[str]:
    """The JSON types that a schema allows, besides null."""
    if "$ref" in schema:
        return types(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return {each for one in schema[several] for each in types(one)}
    if "enum" in schema:
        return {"number" if isinstance(value, int) else "string" for value in schema["enum"] if value is not None}
    found = schema["type"]
    return {{"integer": "number"}.get(found, found)} - {"null"}


def enumerations() -> Iterator[tuple[str, list[Any]]]:
    """Every enumeration: those with a name, and those of one property."""
    for name, schema in SCHEMAS.items():
        if "enum" in schema:
            yield name, schema["enum"]
        for key, inner in schema.get("properties", {}).items():
            if "enum" in inner:
                yield f"{name}.{key}", inner["enum"]


def test_every_value_of_an_enumeration_is_a_kebab_case_code() -> None:
    prose: dict[str, set[str]] = defaultdict(set)
    for name, values in enumerations():
        prose[name] |= {value for value in values if isinstance(value, str) and not KEBAB.fullmatch(value)}
    assert {name: values for name, values in prose.items() if values} == PROSE


def test_one_name_has_one_type() -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for name, schema in properties():
        found[name] |= types(schema)
    assert {name for name, several in found.items() if len(several) > 1} - {"id"} == AMBIGUOUS


def test_a_field_in_at_is_a_moment() -> None:
    for name, schema in properties():
        if (name.endswith("_at") and name not in PLACES) or name == "at":
            one = next(iter(each for each in schema.get("anyOf", [schema]) if each["type"] != "null"))
            assert (one["type"], one.get("format")) == ("string", "date-time"), name


def test_every_call_has_a_tag_and_the_records_of_its_errors() -> None:
    tags = {each["name"] for each in DOCUMENT["tags"]}
    used = set()
    for address, methods in DOCUMENT["paths"].items():
        for method, call in methods.items():
            used.update(call["tags"])
            for status, answer in call["responses"].items():
                if int(status) >= 400:
                    assert answer["content"] == ERROR, (method, address, status)
            assert {"401", "403", "404"} <= call["responses"].keys(), (method, address)
    assert used == tags


def test_the_package_has_the_version_of_its_panel() -> None:
    panel = json.loads((Path(__file__).parents[2] / "labextension/package.json").read_text(encoding="utf-8"))
    assert __version__ == panel["version"]
