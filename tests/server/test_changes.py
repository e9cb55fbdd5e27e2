"""``changes`` over REST: started, watched, paged, cancelled; the scan is a real one of a small folder."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import HTTPClientError, HTTPResponse
from tornado.websocket import WebSocketClientConnection

from ide49_storage.changes.scan_plan import ScanPlan
from ide49_storage.changes.scanner import LayerScanner
from tests.server.test_watch import message

Fetch = Callable[..., Awaitable[HTTPResponse]]
Connect = Callable[..., Awaitable[WebSocketClientConnection]]
CHANGES = ("ide49-storage", "changes")


@pytest.fixture
def root(jp_serverapp: ServerApp, tmp_path: Path) -> Path:
    """A folder that the server takes for its container layer."""
    made = tmp_path / "layer"
    made.mkdir()
    for number in range(25):
        (made / f"file-{number}").write_text("x")
    task: dict[str, Any] = {"engine_files": [], "sites": [], "skip": [], "diff": None}
    plan = ScanPlan({**task, "root": str(made), "storage": "overlay"}, ())
    scans: LayerScanner = jp_serverapp.web_app.settings["ide49_storage_services"].reports().scanner
    scans._make_plan = lambda: plan
    return made


def body(response: HTTPResponse) -> dict[str, Any]:
    return dict(json.loads(response.body))


async def ended(fetch: Fetch, **parameters: str) -> dict[str, Any]:
    """The report once no scan runs any more."""
    for _ in range(600):
        report = body(await fetch(*CHANGES, params=parameters))
        if report["state"] not in ("running", "never"):
            return report
        await asyncio.sleep(0.05)
    raise AssertionError("the scan does not end")


async def test_nothing_is_scanned_until_somebody_asks(jp_fetch: Fetch, root: Path) -> None:
    report = body(await jp_fetch(*CHANGES))
    assert (report["state"], report["changes"], report["nothing_to_lose"]) == ("never", [], None)


async def test_a_scan_is_started_and_its_answer_has_an_age(jp_fetch: Fetch, root: Path) -> None:
    started = await jp_fetch(*CHANGES, method="POST", body="")
    assert started.code == 202
    report = await ended(jp_fetch)
    assert (report["state"], report["files"]) == ("ended", 25)
    assert report["ended_at"] >= report["started_at"]


async def test_the_listing_comes_in_pages(jp_fetch: Fetch, root: Path) -> None:
    await jp_fetch(*CHANGES, method="POST", body="")
    report = await ended(jp_fetch, limit="10")
    paths = [change["path"] for change in report["changes"]]
    while report["next"] is not None:
        report = body(await jp_fetch(*CHANGES, params={"after": report["next"], "limit": "10"}))
        paths += [change["path"] for change in report["changes"]]
    assert sorted(paths) == sorted(f"/file-{number}" for number in range(25))


async def test_a_group_can_be_asked_for(jp_fetch: Fetch, root: Path) -> None:
    await jp_fetch(*CHANGES, method="POST", body="")
    await ended(jp_fetch)
    here = body(await jp_fetch(*CHANGES, params={"group": "made-at-start"}))
    other = body(await jp_fetch(*CHANGES, params={"group": "python-packages"}))
    assert (len(here["changes"]), len(other["changes"])) == (25, 0)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"limit": "-1"}, "bad-parameter"),
        ({"limit": "ten"}, "bad-parameter"),
        ({"limit": "10001"}, "bad-parameter"),
        ({"limit": "9" * 50}, "bad-parameter"),
        ({"limit": "²"}, "bad-parameter"),
        ({"group": "everything"}, "bad-parameter"),
        ({"after": "nonsense"}, "bad-cursor"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    jp_fetch: Fetch, root: Path, parameters: dict[str, str], expected: str
) -> None:
    await jp_fetch(*CHANGES, method="POST", body="")
    await ended(jp_fetch)
    with pytest.raises(HTTPClientError) as refused:
        await jp_fetch(*CHANGES, params=parameters)
    assert refused.value.code == 400
    assert refused.value.response is not None
    assert json.loads(refused.value.response.body)["code"] == expected


async def test_a_scan_that_runs_is_cancelled(jp_fetch: Fetch, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ide49_storage.changes.scan_client._CODE", "import time; time.sleep(1000)")
    await jp_fetch(*CHANGES, method="POST", body="")
    assert body(await jp_fetch(*CHANGES))["state"] == "running"
    assert body(await jp_fetch(*CHANGES, method="DELETE"))["state"] == "cancelled"


async def test_a_second_start_finds_the_first(jp_fetch: Fetch, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ide49_storage.changes.scan_client._CODE", "import time; time.sleep(1000)")
    first = body(await jp_fetch(*CHANGES, method="POST", body=""))
    second = body(await jp_fetch(*CHANGES, method="POST", body=""))
    assert (second["state"], second["started_at"]) == ("running", first["started_at"])
    await jp_fetch(*CHANGES, method="DELETE")


async def test_cancelling_nothing_is_no_error(jp_fetch: Fetch, root: Path) -> None:
    assert body(await jp_fetch(*CHANGES, method="DELETE"))["state"] == "never"


async def test_who_watches_hears_of_the_end(jp_fetch: Fetch, jp_ws_fetch: Connect, root: Path) -> None:
    socket = await jp_ws_fetch("ide49-storage", "watch")
    assert (await message(socket))["type"] == "hello"
    await jp_fetch(*CHANGES, method="POST", body="")
    types: list[str] = []
    while not types or types[-1] != "changes-ended":
        types.append((await message(socket))["type"])
    assert set(types[:-1]) <= {"changes-progressed", "mounts-changed"}
    socket.close()
