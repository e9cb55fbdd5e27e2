"""A real smbd and the kernel's own CIFS client in user-mode Linux, this project's server inside, every state.

``uml/init.sh`` prepares the little machine, ``uml/inside.py`` goes through the cases and writes down what it
saw; here it is judged. The seconds compared are the promises themselves, and not measures of speed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.needs import need, need_command, need_root
from tests.system.uml import inside_canary

ROOT = Path(__file__).parents[2]
MACHINE = Path(__file__).with_name("uml")
SECONDS_TO_STALLED = SECONDS_TO_RECOVERED = 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the little machine left behind."""
    need_root()
    need_command("linux.uml", "smbd", "smbpasswd", "mount.cifs", "modprobe", "ip", "gcc")
    need(Path("/usr/lib/uml/modules").is_dir(), "the modules of user-mode-linux")
    out = tmp_path_factory.mktemp("uml")
    # Without this it dies at once where the processor has AMX: see the source.
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", out / "xstate.so", MACHINE / "xstate.c"], check=True)
    machine = ["root=/dev/root", "rootfstype=hostfs", "rootflags=/", "rw", "mem=768M", "con=null", "con0=fd:0,fd:1"]
    handed = [f"init={MACHINE / 'init.sh'}", f"lab.out={out}", f"lab.repo={ROOT}", f"lab.python={sys.executable}"]
    with (out / "console").open("wb") as console:
        subprocess.run(
            ["linux.uml", *machine, *handed],
            env={**os.environ, "LD_PRELOAD": str(out / "xstate.so")},
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            check=False,
            timeout=1200,
        )
    return out


@pytest.fixture(scope="module")
def seen(folder: Path) -> dict[str, Any]:
    file = folder / "results.json"
    assert file.exists(), (folder / "console").read_text(errors="replace")[-3000:]
    results: dict[str, Any] = json.loads(file.read_text())
    assert "error" not in results, results["error"]
    return results


def client(seen: dict[str, Any], case: str) -> dict[str, Any]:
    found: dict[str, Any] = seen["answers"][case]["client"]
    return found


def share(seen: dict[str, Any], case: str) -> dict[str, Any]:
    (found,) = seen["answers"][case]["shares"]
    return dict(found)


def test_a_share_that_the_settings_want_and_nobody_mounted_is_configured(seen: dict[str, Any]) -> None:
    assert client(seen, "configured")["state"] == "configured"
    assert client(seen, "wrong password")["state"] == "configured"
    assert client(seen, "unmounted")["state"] == "configured"
    assert seen["answers"]["nobody listens"]["negotiation"]["state"] == "refused"


def test_a_mounted_share_is_described_by_the_kernels_own_words(seen: dict[str, Any]) -> None:
    assert seen["mount"]["soft"][0] == 0
    assert client(seen, "mounted again")["state"] == "mounted"
    found = share(seen, "mounted again")
    expected = {"server": "127.0.0.1", "share": "iot-data", "user": "root", "dialect": "3.1.1", "security": "ntlmssp"}
    assert {name: found[name] for name in expected} == expected
    assert (found["soft"], found["cache"], found["locks"]) == (True, "strict", "server")
    assert found["capacity"]["inodes_total"] is None
    assert found["capacity"]["total"] > 0


def test_the_mount_report_has_the_shares_room(seen: dict[str, Any]) -> None:
    (mount,) = [mount for mount in seen["mounts"]["mounts"] if mount["kind"] == "samba"]
    assert mount["capacity_status"] == "measured"


def test_the_volume_that_the_share_hides_is_found_where_it_still_is(seen: dict[str, Any]) -> None:
    (hidden,) = seen["answers"]["mounted again"]["hidden"]
    assert (hidden["path"], hidden["name"]) == ("/home/iot", "iot-home")
    assert hidden["still_at"] == "/mnt/service-config/iot-home"
    assert "my notebook.ipynb" in [name["name"] for name in hidden["names"]]
    assert hidden["bytes"] > 0


@pytest.mark.parametrize("case", ["stopped", "hard stopped", "last stopped"])
def test_a_stopped_server_is_stalled_within_five_seconds(seen: dict[str, Any], case: str) -> None:
    assert client(seen, case)["state"] == "stalled"
    assert client(seen, case)["since"] is not None
    assert seen["waits"][case] < SECONDS_TO_STALLED
    # The kernel itself still takes it for healthy, which is why it is asked and not believed.
    assert share(seen, case)["connection"]["connected"] is True


@pytest.mark.parametrize("case", ["continued", "restarted", "hard continued", "hard restarted"])
def test_a_server_that_is_back_is_recovered_within_five_seconds(seen: dict[str, Any], case: str) -> None:
    assert client(seen, case)["state"] == "recovered"
    assert seen["waits"][case] < SECONDS_TO_RECOVERED


@pytest.mark.parametrize("case", ["killed", "hard killed"])
def test_a_killed_server_is_disconnected(seen: dict[str, Any], case: str) -> None:
    assert client(seen, case)["state"] == "disconnected"
    assert share(seen, case)["connection"]["connected"] is False


def test_what_a_blocked_program_sees_depends_on_soft_and_hard(seen: dict[str, Any]) -> None:
    assert "error" in client(seen, "stopped")["blocked"]
    assert "mounted hard" in client(seen, "hard stopped")["blocked"]


def test_every_answer_came_in_time_whatever_the_server_did(seen: dict[str, Any]) -> None:
    assert seen["late"] == []


def test_the_server_exits_within_five_seconds_with_the_share_stalled(seen: dict[str, Any]) -> None:
    assert seen["exit"] < 5


def test_sqlite_is_locked_on_a_default_mount_and_works_with_nobrl_as_the_report_says(seen: dict[str, Any]) -> None:
    status, words = seen["sqlite"]["default"]
    assert status != 0
    assert "database is locked" in words[0]
    assert seen["sqlite"]["nobrl"][0] == 0
    risks = {file["setting"]: file["risk"] for file in seen["answers"]["mounted again"]["state_files"]}
    assert risks["IPYTHONDIR"] == "locked"
    assert risks["PYTHONUSERBASE"] == "slow"
    assert "JUPYTER_RUNTIME_DIR" not in risks
    with_nobrl = {file["setting"]: file["risk"] for file in seen["answers"]["hard"]["state_files"]}
    assert with_nobrl["IPYTHONDIR"] == "silent loss"


def test_a_database_on_the_share_is_found_by_its_first_bytes(seen: dict[str, Any]) -> None:
    found = [file["path"] for file in seen["answers"]["mounted again"]["state_files"]]
    assert "/home/iot/results.db" in found


def test_the_remedy_moves_state_to_the_volume_that_the_share_hides(seen: dict[str, Any]) -> None:
    files = {file["setting"]: file for file in seen["answers"]["mounted again"]["state_files"]}
    assert files["IPYTHONDIR"]["remedy"] == ['export IPYTHONDIR="/mnt/service-config/iot-home/ipython"']


def test_signing_in_tells_good_from_missing_share_and_wrong_user(seen: dict[str, Any]) -> None:
    outcomes = {case: seen["answers"][f"check {case}"]["outcome"] for case in ("good", "share missing", "wrong user")}
    assert outcomes == {"good": "good", "share missing": "share missing", "wrong user": "wrong password"}


def test_the_mount_fails_as_the_system_says(seen: dict[str, Any]) -> None:
    assert "error(13)" in seen["mount"]["wrong password"][1]
    assert "error(2)" in seen["mount"]["share missing"][1]


def test_no_secret_is_in_any_answer_or_in_the_servers_debug_log(folder: Path, seen: dict[str, Any]) -> None:
    for name in ("results.json", "server.log", "inside.log", "console"):
        text = (folder / name).read_text(errors="replace")
        assert text, f"{name} is empty: nothing was searched"
        assert inside_canary() not in text, f"the password is in {name}"
    assert "SessionId" not in (folder / "results.json").read_text()
