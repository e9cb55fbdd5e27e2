"""``GET python``, ``packages``, ``requirements`` and ``findings`` on a real server, with good and bad input."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from .conftest import Fetch


def body(response: Any) -> Any:
    return json.loads(response.body)


async def get(jp_fetch: Fetch, path: str, **params: str) -> Any:
    return body(await jp_fetch("ide49-storage", path, params=params))


async def refusal(jp_fetch: Fetch, path: str, **params: str) -> tuple[int, dict[str, Any]]:
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch("ide49-storage", path, params=params)
    assert caught.value.response is not None
    return caught.value.code, body(caught.value.response)


@pytest.fixture
def kernels(jp_data_dir: Path) -> Path:
    """The folder in which this server's manager looks for a user's kernels."""
    folder = jp_data_dir / "kernels"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def kernel(folder: Path, name: str, text: str | None = None, **spec: object) -> None:
    (folder / name).mkdir()
    content = {"argv": [sys.executable, "-m", "x"], "display_name": name, "language": "python", **spec}
    (folder / name / "kernel.json").write_text(json.dumps(content) if text is None else text)


async def test_the_layout_is_of_the_servers_interpreter(jp_fetch: Fetch, jp_root_dir: Path) -> None:
    layout = await get(jp_fetch, "python")
    assert layout["interpreter"]["executable"] == sys.executable
    assert layout["interpreter"]["version"] == sys.version.split()[0]
    assert layout["path"][0]["place"]["path"] == str(jp_root_dir)
    assert layout["path"][0]["role"] == "project"


async def test_kernels_are_those_of_the_servers_manager(jp_fetch: Fetch, kernels: Path) -> None:
    kernel(kernels, "mine")
    kernel(kernels, "broken", text='{"argv": ')
    kernel(kernels, "gone", argv=["/nowhere/python", "-m", "x"])
    offered = body(await jp_fetch("api", "kernelspecs"))["kernelspecs"].keys()
    listed = (await get(jp_fetch, "python"))["kernels"]
    assert {each["name"] for each in listed if each["visible"]} == offered
    found = {each["name"]: each for each in listed}
    assert found["mine"]["version"] == sys.version.split()[0]
    assert found["broken"]["trouble"]["reason"] == "bad-json"
    assert found["gone"]["trouble"]["reason"] == "gone"
    assert {each["id"] for each in (await get(jp_fetch, "findings"))["findings"]} >= {"JP04", "JP05"}


async def test_a_kernels_interpreter_is_asked_with_its_own_environment(jp_fetch: Fetch, kernels: Path) -> None:
    kernel(kernels, "mine", env={"PYTHONUSERBASE": "/nowhere/base"})
    layout = await get(jp_fetch, "python", kernel="mine")
    assert layout["kernel"] == "mine"
    assert layout["user"]["base"]["path"] == "/nowhere/base"


@pytest.mark.parametrize("path", ["python", "packages", "requirements"])
async def test_an_unknown_kernel_is_404_with_the_known(jp_fetch: Fetch, kernels: Path, path: str) -> None:
    kernel(kernels, "mine")
    code, error = await refusal(jp_fetch, path, kernel="no such\nkernel")
    assert (code, error["code"]) == (404, "no-such-kernel")
    assert "mine" in error["message"]


@pytest.mark.parametrize("path", ["python", "packages"])
async def test_a_kernel_that_cannot_be_asked_is_an_answer(jp_fetch: Fetch, kernels: Path, path: str) -> None:
    kernel(kernels, "gone", argv=["/nowhere/python"])
    kernel(kernels, "shell", argv=["bash", "-c", "true"])
    kernel(kernels, "broken", text="[]")
    reasons = {}
    for name in ("gone", "shell", "broken"):
        reasons[name] = (await get(jp_fetch, path, kernel=name))["trouble"]["reason"]
    assert reasons == {"gone": "gone", "shell": "not-python", "broken": "bad-spec"}


async def test_packages_are_filtered_sorted_and_paged(jp_fetch: Fetch) -> None:
    everything = await get(jp_fetch, "packages")
    names = [each["normalized"] for each in everything["packages"]]
    assert names == sorted(names)
    assert {"jupyter-server", "msgspec"} <= set(names)
    page = await get(jp_fetch, "packages", sort="-name", offset="2", limit="3")
    assert [each["normalized"] for each in page["packages"]] == names[::-1][2:5]
    assert (page["total"], page["count"], page["offset"]) == (len(names), len(names), 2)
    (only,) = (await get(jp_fetch, "packages", text="MSGspec"))["packages"]
    assert only["version"]


async def test_sizes_are_there_when_asked_for(jp_fetch: Fetch) -> None:
    (package,) = (await get(jp_fetch, "packages", text="msgspec", sizes="true"))["packages"]
    assert package["size"] > 100_000


@pytest.mark.parametrize(
    "params",
    [
        {"sort": "colour"},
        {"offset": "-1"},
        {"limit": "many"},
        {"limit": "9" * 30},
        {"offset": "٣"},
        {"sizes": "perhaps"},
        {"problem": "2"},
        {"role": "colour"},
        {"fate": "gone"},
    ],
)
async def test_bad_parameters_are_400_with_a_sentence(jp_fetch: Fetch, params: dict[str, str]) -> None:
    code, error = await refusal(jp_fetch, "packages", **params)
    assert (code, error["code"]) == (400, "bad-parameter")
    assert next(iter(params)) in error["message"]


async def test_requirements_come_with_or_without_versions(jp_fetch: Fetch) -> None:
    pinned = (await get(jp_fetch, "requirements", pinned="true"))["text"].splitlines()
    bare = (await get(jp_fetch, "requirements"))["text"].splitlines()
    assert [line.partition("==")[0] for line in pinned] == bare
    assert any("==" in line for line in pinned)


async def test_the_docs_of_a_finding_are_answered_as_a_page(jp_fetch: Fetch, kernels: Path) -> None:
    kernel(kernels, "gone", argv=["/nowhere/python"])
    report = await get(jp_fetch, "findings")
    assert report["findings"]
    for finding in report["findings"]:
        page = await get(jp_fetch, finding["docs"])
        assert page["id"] == finding["id"]
        assert len(page["text"]) > 100
    assert report["checks"] > 30


async def test_the_page_of_a_check_that_there_is_not_is_404(jp_fetch: Fetch) -> None:
    code, error = await refusal(jp_fetch, "findings/XX99")
    assert (code, error["code"]) == (404, "no-such-finding")


@pytest.mark.parametrize("how", ["file", "loop", "unreadable"])
async def test_a_user_base_that_is_no_folder_is_answered(
    jp_fetch: Fetch, kernels: Path, tmp_path: Path, how: str
) -> None:
    base = tmp_path / "base"
    if how == "file":
        base.write_text("")
    elif how == "loop":
        base.symlink_to(base)
    else:
        base.mkdir(mode=0)
    home = os.path.realpath(f"{sys.base_prefix}/bin/python3")
    kernel(kernels, "k", argv=[home, "-m", "x"], env={"PYTHONUSERBASE": str(base)})
    layout = await get(jp_fetch, "python", kernel="k")
    assert layout["user"]["base"]["path"] == str(base)
    (tmp_path / "empty").mkdir()
    kernel(kernels, "sound", argv=[home, "-m", "x"], env={"PYTHONUSERBASE": str(tmp_path / "empty")})
    report, sound = [await get(jp_fetch, "packages", kernel=name) for name in ("k", "sound")]
    assert report["packages"] == sound["packages"], "whatever the user base is, the other packages are there"
    assert report["count"] == sound["count"]
