"""``GET mounts`` and ``where`` on a real server."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import AsyncHTTPClient, HTTPClientError

from ide49_storage.server.requests import MAX_LENGTH, MAX_PATHS

from .conftest import Fetch, validate

pytestmark = pytest.mark.usefixtures("patient")


def body(response: Any) -> Any:
    return json.loads(response.body)


def table_of_ids() -> list[int]:
    return [int(line.split()[0]) for line in Path("/proc/self/mountinfo").read_bytes().splitlines()]


async def where(jp_fetch: Fetch, path: str) -> dict[str, Any]:
    (answer,) = body(await jp_fetch("ide49-storage", "where", params={"path": path}))
    return dict(answer)


async def refusal(jp_fetch: Fetch, **options: Any) -> tuple[int, dict[str, Any]]:
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch("ide49-storage", "where", **options)
    assert caught.value.response is not None
    return caught.value.code, body(caught.value.response)


async def test_mounts_are_those_of_the_kernel(jp_fetch: Fetch) -> None:
    for _ in range(20):  # others on this machine may mount between the two readings
        report = body(await jp_fetch("ide49-storage", "mounts"))
        told, ids = [mount["id"] for mount in report["mounts"]], table_of_ids()
        if told == ids:
            break
    assert told == ids
    assert report["problems"] == []


async def test_the_report_answers_for_the_folder_that_jupyter_serves(jp_fetch: Fetch, jp_root_dir: Path) -> None:
    report = body(await jp_fetch("ide49-storage", "mounts"))
    assert report["notebooks"]["path"] == str(jp_root_dir)
    assert report["notebooks"]["mount_id"] in {mount["id"] for mount in report["mounts"]}


async def test_a_relative_path_is_below_the_servers_root(jp_fetch: Fetch, jp_root_dir: Path) -> None:
    (jp_root_dir / "a.ipynb").touch()
    answer = await where(jp_fetch, "a.ipynb")
    assert answer["path"] == str(jp_root_dir / "a.ipynb")
    assert answer["exists"] is True


async def test_answers_come_in_the_order_of_the_paths(jp_fetch: Fetch) -> None:
    paths = ["/usr", "/etc", "/usr", "/"]
    answers = body(await jp_fetch("ide49-storage", "where", params=[("path", each) for each in paths]))
    assert [each["path"] for each in answers] == paths


async def test_a_path_that_does_not_exist_is_answered_for_its_parent(jp_fetch: Fetch, jp_root_dir: Path) -> None:
    answer = await where(jp_fetch, "not/yet/there")
    assert answer["exists"] is False
    assert answer["nearest"] == str(jp_root_dir)


async def test_bytes_that_are_no_utf8_find_the_real_file(
    jp_fetch: Fetch, jp_root_dir: Path, jp_serverapp: ServerApp, jp_http_port: int, jp_base_url: str
) -> None:
    name = os.fsencode(jp_root_dir) + b"/f\xff\x01\n"
    Path(os.fsdecode(name)).touch()
    url = f"http://localhost:{jp_http_port}{jp_base_url}ide49-storage/where?path={quote_from_bytes(name)}"
    headers = {"Authorization": f"token {jp_serverapp.identity_provider.token}"}
    response = await AsyncHTTPClient().fetch(url, headers=headers)
    validate("GET", url, response.code, response.body)
    (answer,) = body(response)
    assert os.fsencode(answer["path"]) == name
    assert answer["exists"] is True


@pytest.mark.parametrize(
    ("params", "expected"),
    [({}, "path-missing"), ({"path": ""}, "empty-path"), ({"path": "/a\0b"}, "nul-in-path")],
)
async def test_what_cannot_be_a_path_is_refused(jp_fetch: Fetch, params: dict[str, str], expected: str) -> None:
    code, error = await refusal(jp_fetch, params=params)
    assert (code, error["code"]) == (400, expected)


@pytest.mark.parametrize("length", [300, 5_000, 50_000])
async def test_a_long_path_is_answered(jp_fetch: Fetch, length: int) -> None:
    answer = await where(jp_fetch, "/" + "n" * length)
    assert (answer["exists"], answer["nearest"]) == (False, "/")


async def test_paths_beyond_an_addresss_length_go_by_post(jp_fetch: Fetch) -> None:
    paths = ["/" + "long/" * 20_000, "/usr"]
    request = json.dumps({"paths": paths})
    answers = body(await jp_fetch("ide49-storage", "where", method="POST", body=request))
    assert [each["exists"] for each in answers] == [False, True]


async def test_thousands_of_paths_are_answered_and_too_many_refused(jp_fetch: Fetch) -> None:
    request = json.dumps({"paths": ["/usr/bin"] * 5_000})
    answers = body(await jp_fetch("ide49-storage", "where", method="POST", body=request))
    assert len(answers) == 5_000
    for paths in (["/"] * (MAX_PATHS + 1), ["/" + "n" * (MAX_LENGTH // 100)] * 100):
        code, error = await refusal(jp_fetch, method="POST", body=json.dumps({"paths": paths}))
        assert (code, error["code"]) == (413, "too-many-paths")


async def test_an_answers_undecodable_path_can_be_asked_for_again(jp_fetch: Fetch, jp_root_dir: Path) -> None:
    Path(os.fsdecode(os.fsencode(jp_root_dir) + b"/f\xff")).touch()
    request = json.dumps({"paths": [os.fsdecode(b"f\xff")]})
    (answer,) = body(await jp_fetch("ide49-storage", "where", method="POST", body=request))
    assert answer["exists"] is True
    request = json.dumps({"paths": [answer["path"]]})
    assert body(await jp_fetch("ide49-storage", "where", method="POST", body=request)) == [answer]


@pytest.mark.parametrize(
    "request_body",
    [
        "",
        "{",
        "[]",
        "[" * 200_000,
        "[" * 200_000 + '"\\udcff"',
        '{"paths": ["\\udcff"',
        '{"paths": "/"}',
        '{"paths": [1]}',
        '{"path": ["/"]}',
        "\xff",
    ],
    ids=lambda each: each[:12],
)
async def test_a_body_that_is_not_the_contracts_is_refused(jp_fetch: Fetch, request_body: str) -> None:
    code, error = await refusal(jp_fetch, method="POST", body=request_body.encode("latin-1"))
    assert (code, error["code"]) == (400, "bad-body")
