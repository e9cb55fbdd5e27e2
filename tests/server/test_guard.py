"""No call of the server touches a path on a mount that may hang, but through a probe.

The mount table is made up: a folder of the test is said to be a Samba share. Every direct file call below it
is written down (by an audit hook, and by wrappers around those that raise no audit event), and must not be.
Only Python's own search for modules is passed over.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import HTTPClientError, HTTPResponse

from ide49_storage.changes.scan_plan import ScanPlan
from ide49_storage.mounts import mountinfo, snapshot, temporary
from ide49_storage.openapi import OPERATIONS

from .conftest import Fetch

pytestmark = pytest.mark.usefixtures("patient")

WRAPPED = ("stat", "lstat", "access", "statvfs", "readlink", "open", "listdir", "scandir", "chdir", "utime")
AUDITED = ("open", "os.listdir", "os.scandir", "os.chdir", "os.mkdir", "os.remove", "os.rename", "glob.glob")


class Guard:
    """Writes down direct calls below ``folder`` while it is ``on``."""

    def __init__(self) -> None:
        self.folder = "\0nothing"
        self.on = False
        self.seen: list[str] = []

    def note(self, call: str, path: object) -> None:
        if not self.on:
            return
        try:
            text = os.fsdecode(os.fspath(path))  # type: ignore[call-overload]  # whatever a caller gave
        except TypeError:
            return
        if text == self.folder or text.startswith(self.folder + "/"):
            stack = traceback.extract_stack()
            if not any("importlib" in frame.filename for frame in stack):
                where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in stack[-3:-14:-1])
                self.seen.append(f"{call}({text!r}) by {where}")


GUARD = Guard()


def hook(event: str, args: tuple[object, ...], audited: tuple[str, ...] = AUDITED, guard: Guard = GUARD) -> None:
    """Defaults hold what a module's globals no longer have when the interpreter ends."""
    if event in audited and args:
        guard.note(event, args[0])


sys.addaudithook(hook)


@pytest.fixture
def share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that the mount table calls a share, with files in it that settings lead to."""
    folder = tmp_path / "share"
    (folder / ".local/lib/python3/site-packages").mkdir(parents=True)
    (folder / "file").touch()
    real = mountinfo.read_mountinfo()
    table = snapshot.take_snapshot().table
    holder = table.mount_of(str(tmp_path)).id
    line = f"999999 {holder} 0:999 / {folder} rw - cifs //nas/iot-data rw,vers=3.1.1,soft\n"
    monkeypatch.setattr(mountinfo, "read_mountinfo", lambda *_: real + line.encode())
    snapshot._last.clear()
    for name, value in {
        "PYTHONUSERBASE": ".local",
        "IPYTHONDIR": ".ipython",
        "JUPYTER_PATH": "jupyter",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }.items():
        monkeypatch.setenv(name, str(folder / value))
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder / ".local/lib/python3/site-packages")])

    def wrap(owner: Any, name: str) -> None:
        real_call: Callable[..., Any] = getattr(owner, name)

        def guarded(*args: Any, **kwargs: Any) -> Any:
            if args:
                GUARD.note(f"{owner.__name__}.{name}", args[0])
            return real_call(*args, **kwargs)

        monkeypatch.setattr(owner, name, guarded)

    # os.path.exists and its like are written in terms of os.stat, and from 3.12 on partly in C: both are caught.
    for name in WRAPPED:
        wrap(os, name)
    for name in ("exists", "isdir", "isfile", "islink", "lexists", "realpath"):
        wrap(os.path, name)
    # Python 3.10's pathlib keeps the functions of os that it saw when it was imported.
    for name in ("stat", "lstat", "iterdir", "readlink"):
        wrap(Path, name)
    wrap(psutil, "disk_usage")
    GUARD.folder, GUARD.seen = str(folder), []
    yield folder
    GUARD.on = False
    GUARD.folder = "\0nothing"
    snapshot._last.clear()


def test_the_guard_itself_sees_each_kind_of_call(share: Path) -> None:
    GUARD.on = True
    calls: list[Callable[[], object]] = [
        lambda: os.stat(share),
        lambda: os.lstat(share / "file"),
        lambda: os.path.exists(share / "x"),
        lambda: os.listdir(share),
        lambda: list(os.scandir(share)),
        lambda: open(share / "file").close(),
        lambda: os.access(share, os.R_OK),
        lambda: os.statvfs(share),
        (share / "file").exists,
        lambda: psutil.disk_usage(str(share)),
    ]
    for call in calls:
        before = len(GUARD.seen)
        call()
        assert len(GUARD.seen) > before


@pytest.mark.parametrize(
    "operation", [each for each in OPERATIONS if each.path != "watch"], ids=lambda each: f"{each.method} {each.path}"
)
async def test_no_call_touches_the_share_directly(
    operation: Any, share: Path, jp_fetch: Fetch, jp_root_dir: Path
) -> None:
    (jp_root_dir / "link").symlink_to(share / "file")
    options: dict[str, Any] = {"method": operation.method}
    parts = ["ide49-storage", *operation.path.split("/")]
    if operation.path == "where":
        paths = [str(share / "file"), "link", str(share / "no/such"), str(share)]
        if operation.method == "POST":
            options["body"] = json.dumps({"paths": paths})
        else:
            options["params"] = [("path", path) for path in paths]
    elif operation.sample_body is not None:
        options["body"] = operation.sample_body
    elif operation.sample_query:
        options["params"] = dict(pair.split("=", 1) for pair in operation.sample_query.split("&"))
    elif operation.method == "POST":
        options["allow_nonstandard_methods"] = True
    response: HTTPResponse | None = None
    GUARD.on = True
    try:
        response = await jp_fetch(*parts, **options)
    except HTTPClientError as error:  # an install that is not there: nothing may be touched on the way to that
        response = error.response
    finally:
        GUARD.on = False
    assert response is not None
    assert response.code < 500
    assert GUARD.seen == []
    if operation.path == "where":
        answers = json.loads(response.body)
        assert [answer["exists"] for answer in answers] == [True, True, False, True]
        assert {answer["kind"] for answer in answers} == {"samba"}
    if operation.path == "mounts":
        (mount,) = [mount for mount in json.loads(response.body)["mounts"] if mount["id"] == 999999]
        assert mount["capacity_status"] == "measured"


async def test_no_temporary_file_is_made_on_a_share(
    share: Path, tmp_path: Path, jp_fetch: Fetch, jp_serverapp: ServerApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python's tempfile would write one there, only to see whether it can."""
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(share))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(temporary, "_USUAL", (str(tmp_path),))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(share / "runtime"))
    jp_serverapp.web_app.settings["ide49_storage_services"].installs().manager._made = None
    task: dict[str, Any] = {
        "root": str(tmp_path),
        "storage": "overlay",
        "engine_files": [],
        "sites": [],
        "skip": [],
        "diff": None,
    }
    jp_serverapp.web_app.settings["ide49_storage_services"].reports().scanner._make_plan = lambda: ScanPlan(task, ())
    GUARD.on = True
    try:
        jobs = json.loads((await jp_fetch("ide49-storage", "installs")).body)
        await jp_fetch("ide49-storage", "changes", method="POST", allow_nonstandard_methods=True)
        for _ in range(1200):
            scan = json.loads((await jp_fetch("ide49-storage", "changes")).body)
            if scan["state"] != "running":
                break
            await asyncio.sleep(0.05)
    finally:
        GUARD.on = False
    assert GUARD.seen == []
    assert "in a temporary folder" in jobs["kept"]
    assert scan["state"] == "ended", scan["error"]


@pytest.mark.parametrize("path", ["python", "packages", "findings", "installs/packages", "samba", "requirements"])
async def test_no_call_touches_a_share_that_is_itself_what_settings_lead_to(
    path: str, share: Path, jp_fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That a mount point exists is known without looking; what is in it is not."""
    for name in ("PYTHONUSERBASE", "IPYTHONDIR", "JUPYTER_PATH", "JUPYTERLAB_WORKSPACES_DIR"):
        monkeypatch.setenv(name, str(share))
    monkeypatch.setattr(sys, "path", [*sys.path, str(share)])
    GUARD.on = True
    try:
        await jp_fetch("ide49-storage", *path.split("/"))
    finally:
        GUARD.on = False
    assert GUARD.seen == []
