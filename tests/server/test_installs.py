"""The calls of installs on a real server: one job from request to verdict, and every bad request's answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.auth import Authorizer
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import HTTPClientError

from tests.pypi.bench import Bench, write_kernel
from tests.pypi.index import running_index
from tests.pypi.wheels import Package

from .conftest import Fetch


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An index and a user base, in the environment that the server will see."""
    with running_index(tmp_path / "index") as index:
        write_kernel(tmp_path / "jupyter")
        made = Bench(tmp_path, index)
        for name, value in {**made.environ, "JUPYTER_PATH": str(tmp_path / "jupyter")}.items():
            monkeypatch.setenv(name, value)
        yield made


def body(**fields: Any) -> dict[str, Any]:
    return {"method": "POST", "body": json.dumps({"kernel": "outside", **fields})}


async def ended(jp_fetch: Fetch, identifier: str) -> dict[str, Any]:
    while True:
        job: dict[str, Any] = json.loads((await jp_fetch("ide49-storage", "installs", identifier)).body)
        if job["state"] == "ended":
            return job
        await asyncio.sleep(0.05)


async def refused(call: Awaitable[Any]) -> tuple[int, str]:
    with pytest.raises(HTTPClientError) as error:
        await call
    assert error.value.response is not None
    return error.value.code, json.loads(error.value.response.body)["code"]


async def test_a_job_is_started_followed_on_the_watch_and_read_again(
    bench: Bench, jp_serverapp: ServerApp, jp_fetch: Fetch, jp_ws_fetch: Callable[..., Awaitable[Any]]
) -> None:
    bench.index.add(Package(name="one"))
    extension: Any = next(iter(jp_serverapp.extension_manager.extension_apps["ide49_storage"]))
    assert extension.current_activity() == 0
    socket = await jp_ws_fetch("ide49-storage", "watch")
    await socket.read_message()
    preview = json.loads((await jp_fetch("ide49-storage", "installs", "preview", **body(requirements=["one"]))).body)
    assert [each["name"] for each in preview["plan"]["changes"]] == ["one"]
    response = await jp_fetch("ide49-storage", "installs", **body(requirements=["one"]))
    assert response.code == 202
    job = json.loads(response.body)
    active = 0
    told: list[dict[str, Any]] = []
    while not told or told[-1]["state"] != "ended":
        message = json.loads(await socket.read_message())
        if message["type"] == "install-progressed" and message["job"] == job["id"]:
            told.append(message)
            active = max(active, extension.current_activity())
    socket.close()
    assert active == 1, "the server is not culled while a job runs"
    done = await ended(jp_fetch, job["id"])
    assert done["verdict"] == "installed"
    assert extension.current_activity() == 0
    again = json.loads((await jp_fetch("ide49-storage", "installs", job["id"], params={"after": done["cursor"]})).body)
    assert again["lines"] == []
    listed = json.loads((await jp_fetch("ide49-storage", "installs")).body)
    assert [(each["id"], each["lines"]) for each in listed["jobs"]] == [(job["id"], [])]
    packages = await jp_fetch("ide49-storage", "installs", "packages", params={"kernel": "outside"})
    assert [each["name"] for each in json.loads(packages.body)["packages"]] == ["one"]
    ended_already = refused(jp_fetch("ide49-storage", "installs", job["id"], method="DELETE"))
    assert await ended_already == (409, "ended")


async def test_what_an_interrupted_job_left_is_put_back_when_the_server_starts(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jp_configurable_serverapp: Callable[..., ServerApp]
) -> None:
    """The base of the server's own interpreter, so the journal is made by hand below it."""
    from ide49_storage.installs import recovery
    from ide49_storage.jobs import journal

    folder = recovery.work_folder(str(bench.base), "20260101T000000-000000000000")
    site = bench.base / "lib"
    site.mkdir(parents=True)
    (site / "file").write_text("old")
    journal.take(f"{folder}/journal", "job", str(bench.base), [str(site / "file")], [str(site / "new")])
    (site / "file").unlink()
    (site / "new").write_text("new")
    jp_configurable_serverapp()
    for _ in range(1_000):
        if not Path(folder).exists():
            break
        await asyncio.sleep(0.05)
    assert (site / "file").read_text() == "old"
    assert not (site / "new").exists()


async def test_a_preview_that_a_proxy_gave_up_is_the_same_when_it_is_asked_for_again(
    bench: Bench, jp_fetch: Fetch
) -> None:
    bench.index.add(Package(name="one"))
    bench.index.fault = "hang"

    def preview(name: str, request_timeout: float = 120) -> Awaitable[Any]:
        return jp_fetch(
            "ide49-storage", "installs", "preview", **body(requirements=[name]), request_timeout=request_timeout
        )

    hanging = [asyncio.ensure_future(preview(f"other{number}")) for number in range(3)]
    with pytest.raises(HTTPClientError):
        await preview("one", request_timeout=1)
    # Whatever hangs, jobs are listed.
    assert (await jp_fetch("ide49-storage", "installs")).code == 200
    while not any("/simple/one/" in each for each in bench.index.asked):
        await asyncio.sleep(0.02)
    again = asyncio.ensure_future(preview("one"))
    await asyncio.sleep(0.2)
    bench.index.fault = ""
    bench.index.hung.set()
    found = json.loads((await again).body)
    assert [each["name"] for each in found["plan"]["changes"]] == ["one"]
    assert sum("/simple/one/" in each for each in bench.index.asked) == 1
    await asyncio.gather(*hanging)
    await preview("one")
    assert sum("/simple/one/" in each for each in bench.index.asked) == 2, "what was delivered is made anew"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"requirements": []}, (400, "empty")),
        ({"requirements": ["-r /etc/passwd"]}, (400, "bad-requirement")),
        ({"requirements": ["demo @ https://h/x.whl"]}, (400, "url")),
        ({"requirements": ["a"] * 201}, (413, "too-many")),
        ({"requirements": ["a"], "kernel": "no-such"}, (404, "no-such-kernel")),
        ({"requirements": ["a"], "kernel": "../../etc"}, (404, "no-such-kernel")),
        ({"requirements": ["a"], "action": "explode"}, (400, "bad-body")),
        ({"requirements": ["a"], "unknown": 1}, (400, "bad-body")),
        ({"requirements": "a"}, (400, "bad-body")),
        ({"requirements": ["a==1"], "action": "uninstall"}, (400, "bad-requirement")),
    ],
)
async def test_a_bad_request_has_a_clear_answer(
    bench: Bench, jp_fetch: Fetch, fields: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert await refused(jp_fetch("ide49-storage", "installs", **body(**fields))) == expected
    assert not bench.base.exists()


async def test_ten_megabytes_of_names_are_refused(bench: Bench, jp_fetch: Fetch) -> None:
    huge = body(requirements=["a" * 10_000_000])
    assert (await refused(jp_fetch("ide49-storage", "installs", **huge)))[0] == 413
    text = {"method": "POST", "body": json.dumps({"text": "a " * 5_000_000})}
    assert (await refused(jp_fetch("ide49-storage", "installs", "check", **text)))[0] == 413


async def test_an_id_that_is_a_path_and_a_cursor_from_the_future_are_told(bench: Bench, jp_fetch: Fetch) -> None:
    for identifier in ("..%2f..%2fetc", "20200101T000000-000000000000", "x"):
        assert await refused(jp_fetch("ide49-storage", "installs", identifier)) == (404, "no-such-job")
    bench.index.add(Package(name="one"))
    job = json.loads((await jp_fetch("ide49-storage", "installs", **body(requirements=["one"]))).body)
    await ended(jp_fetch, job["id"])
    future = jp_fetch("ide49-storage", "installs", job["id"], params={"after": "999-99999"})
    assert await refused(future) == (400, "bad-cursor")


async def test_the_form_is_checked_by_the_servers_rules(jp_fetch: Fetch) -> None:
    text = {"method": "POST", "body": json.dumps({"text": "requests<3\n-r x"})}
    report = json.loads((await jp_fetch("ide49-storage", "installs", "check", **text)).body)
    assert [each["requirement"] for each in report["checked"]] == ["requests<3", None]


class NoInstalls(Authorizer):
    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return resource != "ide49_storage:installs"


async def test_an_authorizer_can_allow_reports_and_refuse_installs(
    bench: Bench, jp_serverapp: ServerApp, jp_fetch: Fetch
) -> None:
    provider = jp_serverapp.identity_provider
    jp_serverapp.web_app.settings["authorizer"] = NoInstalls(parent=jp_serverapp, identity_provider=provider)
    assert (await refused(jp_fetch("ide49-storage", "installs", **body(requirements=["one"]))))[0] == 403
    assert (await jp_fetch("ide49-storage", "installs")).code == 200


class TestSwitchedOff:
    @pytest.fixture
    def jp_server_config(self) -> dict[str, Any]:
        return {
            "ServerApp": {"jpserver_extensions": {"ide49_storage": True}},
            "StorageExtension": {"installs_enabled": False},
        }

    async def test_a_switched_off_server_starts_nothing_and_says_so(self, bench: Bench, jp_fetch: Fetch) -> None:
        answer = await refused(jp_fetch("ide49-storage", "installs", **body(requirements=["one"])))
        assert answer == (403, "switched-off")
        assert json.loads((await jp_fetch("ide49-storage", "installs")).body)["enabled"] is False
