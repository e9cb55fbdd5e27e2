"""Canaries are planted wherever a secret may stand, and looked for in everything that leaves or is left behind."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError, HTTPResponse

from ide49_storage.cli import main
from ide49_storage.formats import smb_conf
from ide49_storage.mounts import mountinfo, snapshot
from ide49_storage.openapi import OPERATIONS
from ide49_storage.samba import service as samba_report

from .conftest import Fetch

CANARY = "CANARY-5e0d"
PLANTED = {
    "SAMBA": "client",
    "SAMBA_SERVER_IP": "127.0.0.1:9",
    "SAMBA_PASSWORD": f"{CANARY},tail-{CANARY}",
    "SAMBA_CLIENT_PASSWORD": CANARY,
    "SAMBA_SERVER_PASSWORD": CANARY,
    "MY_SECRET": CANARY,
    "GITHUB_TOKEN": CANARY,
    "PIP_INDEX_URL": f"https://user:{CANARY}@index.invalid/simple",
}
OPTIONS = f"rw,vers=3.1.1,username=iot,password={CANARY},pass={CANARY},prefixpath=x"
LINES = (
    "999990 {root} 0:990 / {folder}/share rw - cifs //nas/iot-data " + OPTIONS,
    "999991 {root} 0:991 / {folder}/dav rw - fuse.rclone https://user:" + CANARY + "@host/x?token=" + CANARY + " rw",
    "999992 {root} 0:992 / {folder}/ssh rw - fuse.sshfs user:" + CANARY + "@nas:/data rw,ssh_token=" + CANARY,
)


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Secrets in the environment, in settings files (well and badly written), and in the mount table."""
    for name, value in PLANTED.items():
        monkeypatch.setenv(name, value)
    for name in ("share", "dav", "ssh"):
        (tmp_path / name).mkdir()
    files = (tmp_path / ".env", tmp_path / ".env49rc", tmp_path / "smb.conf")
    files[0].write_text(f"SAMBA_CLIENT_PASSWORD='{CANARY}\nSAMBA_PASSWORD=$(echo {CANARY})\nSAMBA=nonsense\n")
    files[1].write_text(f'export SAMBA_PASSWORD="{CANARY}"\nSAMBA_SECRET={CANARY}\nSAMBA_SERVER_IP=nas\n')
    files[2].write_text(f"[global]\nldap admin password = {CANARY}\n[x]\npath = /x\n")
    monkeypatch.setattr(samba_report, "FILES", tuple(map(str, files[:2])))
    monkeypatch.setattr(smb_conf, "FILES", (str(files[2]),))
    real = mountinfo.read_mountinfo()
    root = snapshot.take_snapshot().table.mount_of(str(tmp_path)).id
    lines = "".join(line.format(root=root, folder=tmp_path) + "\n" for line in LINES).encode()
    monkeypatch.setattr(mountinfo, "read_mountinfo", lambda *_: real + lines)
    snapshot._last.clear()
    return tmp_path


def searched(text: str, what: str) -> None:
    assert CANARY not in text, f"a secret is in {what}: ...{text[max(0, text.index(CANARY) - 80) :][:120]}"


async def fetch_any(jp_fetch: Fetch, path: str, options: dict[str, Any]) -> HTTPResponse:
    """The answer, whatever its status."""
    try:
        return await jp_fetch("ide49-storage", *path.split("/"), **options)
    except HTTPClientError as error:
        if error.response is None:
            raise
        return error.response


async def every_answer(jp_fetch: Fetch, folder: Path) -> dict[str, str]:
    """The body of each call, errors included."""
    answers = {}
    for operation in OPERATIONS:
        if operation.path == "watch":
            continue
        options: dict[str, Any] = {"method": operation.method}
        for query in {
            operation.sample_query,
            "path=" + str(folder / "share" / "x"),
            "kernel=no-such-kernel",
            "limit=x",
        }:
            options["params"] = dict(pair.split("=", 1) for pair in query.split("&")) if query else {}
            if operation.method in ("POST", "PUT", "PATCH"):
                options["body"] = operation.sample_body or "{}"
            response = await fetch_any(jp_fetch, operation.path, options)
            assert response.code < 500
            answers[f"{operation.method} {operation.path}?{query}"] = response.body.decode("utf-8", "replace")
    return answers


async def test_no_answer_log_or_file_has_a_secret(
    planted: Path, jp_fetch: Fetch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    before = {file for file in planted.rglob("*") if file.is_file()}
    answers = await every_answer(jp_fetch, planted)
    for name, text in answers.items():
        searched(text, name)
    report = json.loads(answers["GET samba?"])
    assert report["settings"]["problems"], "the bad settings were not even read"
    assert {share["mount_point"] for share in report["shares"]} >= {str(planted / "dav"), str(planted / "share")}
    checked = json.loads((await jp_fetch("ide49-storage", "samba", "check", method="POST", body='{"share": "x"}')).body)
    searched(json.dumps(checked), "the check")
    assert caplog.text, "no log was searched"
    searched(caplog.text, "the log")
    told = capfd.readouterr()
    searched(told.out + told.err, "what was printed")
    planted_files = {planted / ".env", planted / ".env49rc", planted / "smb.conf"}
    new = {file for file in planted.rglob("*") if file.is_file()} - before
    for file in (new | before) - planted_files:
        searched(file.read_text(errors="replace"), str(file))


async def test_a_failure_inside_leaves_no_secret_in_the_traceback(
    planted: Path, jp_fetch: Fetch, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(samba_report, "client_record", lambda *_: 1 / 0)
    # The contract knows no 500, so the fixture that validates answers complains with the body.
    with pytest.raises(AssertionError, match="Internal Server Error") as caught:
        await jp_fetch("ide49-storage", "samba")
    searched(str(caught.value), "the error's body")
    assert "ZeroDivisionError" in caplog.text
    searched(caplog.text, "the traceback")


@pytest.mark.parametrize(
    "arguments", [["samba"], ["samba", "--json"], ["mounts", "--all", "--why"], ["samba", "--check"]]
)
def test_the_command_line_prints_no_secret(
    planted: Path, arguments: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    main(arguments)
    told = capfd.readouterr()
    assert told.out
    searched(told.out + told.err, " ".join(arguments))


def test_the_probes_do_not_inherit_the_environment(planted: Path) -> None:
    assert os.environ["MY_SECRET"] == CANARY
    from ide49_storage.mounts.service import wait_for
    from ide49_storage.processes.replies import LOCAL, Answered

    async def look(asking: Any) -> Any:
        pool = asking.prober.pool
        return await pool.ask(
            LOCAL, [("pseudo", "/proc/self/environ", 10_000), ("pseudo", "/proc/self/cmdline", 10_000)]
        )

    for reply in wait_for(look):
        assert isinstance(reply, Answered)
        searched(reply.value, "a helper's environment or arguments")
