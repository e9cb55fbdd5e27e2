"""The states of a share, and what must not live on one: pure decisions."""

from __future__ import annotations

import ast
import errno
import subprocess
from typing import Any, NamedTuple

import pytest

from ide49_storage.model.samba import ClientState, Connection, Negotiation, Risk, ServerState
from ide49_storage.model.vocabulary import Kind
from ide49_storage.processes.replies import Answered, Failed, Reply, Silent
from ide49_storage.samba.state import ShareHistory, ShareObservation, next_state, what_programs_see
from ide49_storage.samba.state_locations import (
    StateKind,
    StateLocation,
    StorageTraits,
    database_on_share,
    of_folders,
    on_share,
)

OK = Answered([1, 1, 1, 0, 0])
SILENT = Silent("The share gave no answer", "2026-01-01T00:00:05.000Z")


def at(second: int) -> str:
    return f"2026-01-01T00:{second // 60:02}:{second % 60:02}.000Z"


def connection(connected: bool) -> Connection:
    return Connection(connected=connected, dialect=None, signing_required=None, encrypted=None, waiting=3)


def negotiation(state: ServerState) -> Negotiation:
    fields: dict[str, Any] = dict.fromkeys(("dialect", "signing", "encryption", "latency"))
    return Negotiation(state=state, evidence="It.", server="nas", port=445, at=at(0), **fields)


def state(reply: Reply, **seen: Any) -> ClientState:
    return next_state(ShareObservation(at(10), reply, **seen), None)[0].state


def test_an_answer_is_mounted() -> None:
    assert state(OK) is ClientState.MOUNTED


def test_silence_is_stalled_even_while_the_kernel_says_connected() -> None:
    assert state(SILENT) is ClientState.STALLED
    assert state(SILENT, connection=connection(True)) is ClientState.STALLED
    assert state(SILENT, negotiation=negotiation(ServerState.STALLED)) is ClientState.STALLED


def test_silence_of_a_connection_that_is_gone_is_disconnected() -> None:
    assert state(SILENT, connection=connection(False)) is ClientState.DISCONNECTED
    assert state(SILENT, negotiation=negotiation(ServerState.REFUSED)) is ClientState.DISCONNECTED


def test_a_machine_that_cannot_be_reached_is_disconnected_once_the_kernel_knows() -> None:
    away = negotiation(ServerState.UNREACHABLE)
    assert state(SILENT, negotiation=away, connection=connection(True)) is ClientState.STALLED
    assert state(SILENT, negotiation=away, connection=connection(False)) is ClientState.DISCONNECTED
    assert state(SILENT, negotiation=away) is ClientState.DISCONNECTED


def test_host_is_down_is_disconnected_and_permission_denied_is_an_answer() -> None:
    assert state(Failed(errno.EHOSTDOWN)) is ClientState.DISCONNECTED
    assert state(Failed(errno.EACCES)) is ClientState.MOUNTED


def test_a_question_that_was_not_asked_changes_nothing() -> None:
    past = ShareHistory(ClientState.STALLED, at(1), at(1))
    now, evidence = next_state(ShareObservation(at(9), Silent("It is busy", None)), past)
    assert (now.state, now.since) == (ClientState.STALLED, at(1))
    assert evidence == ("It is busy.",)


def test_trouble_keeps_its_beginning_while_it_changes_its_kind() -> None:
    past, _ = next_state(ShareObservation(at(6), SILENT), None)
    assert past.since == SILENT.since
    past, _ = next_state(ShareObservation(at(30), SILENT, connection=connection(False)), past)
    assert (past.state, past.since) == (ClientState.DISCONNECTED, SILENT.since)


def test_an_answer_after_trouble_is_recovered_for_a_minute_and_then_mounted() -> None:
    past, _ = next_state(ShareObservation(at(6), SILENT), None)
    past, evidence = next_state(ShareObservation(at(20), OK), past)
    assert (past.state, past.since) == (ClientState.RECOVERED, at(20))
    assert SILENT.since is not None
    assert SILENT.since in evidence[0]
    past, _ = next_state(ShareObservation(at(70), OK), past)
    assert (past.state, past.since) == (ClientState.RECOVERED, at(20))
    past, _ = next_state(ShareObservation(at(81), OK), past)
    assert (past.state, past.since) == (ClientState.MOUNTED, None)


@pytest.mark.parametrize(
    ("state", "fs_type", "soft", "word"),
    [
        (ClientState.STALLED, "cifs", True, "180 seconds"),
        (ClientState.STALLED, "cifs", False, "mounted hard"),
        (ClientState.DISCONNECTED, "cifs", True, "Host is down"),
        (ClientState.STALLED, "fuse.sshfs", None, "/sys/fs/fuse/connections/52/abort"),
        (ClientState.STALLED, "nfs4", True, "soft"),
        (ClientState.STALLED, "9p", None, "until the server is back"),
    ],
)
def test_what_a_blocked_program_sees_is_said(state: ClientState, fs_type: str, soft: bool | None, word: str) -> None:
    told = what_programs_see(state, fs_type, soft, 60, "52")
    assert told is not None
    assert word in told
    assert what_programs_see(ClientState.MOUNTED, fs_type, soft, 60, "52") is None


DEFAULT = StorageTraits(Kind.SAMBA, "cifs", "/home/iot", "server")
NOBRL = StorageTraits(Kind.SAMBA, "cifs", "/home/iot", "local")
SSHFS = StorageTraits(Kind.NETWORK, "fuse.sshfs", "/data", None)


@pytest.mark.parametrize(("ground", "risk"), [(DEFAULT, Risk.LOCKED), (NOBRL, Risk.SILENT_LOSS), (SSHFS, Risk.HANGS)])
def test_what_happens_to_a_database_depends_on_the_locks_of_the_mount(ground: StorageTraits, risk: Risk) -> None:
    assert database_on_share("/home/iot/x.db", ground).risk is risk


def test_the_remedy_is_a_line_for_the_shell_or_for_the_configuration_file() -> None:
    runtime = StateLocation("Runtime", "/home/iot/r", StateKind.SECRETS, "JUPYTER_RUNTIME_DIR", "runtime")
    shown = on_share(runtime, "/home/iot/r", DEFAULT, "/service-config/iot-home", False)
    assert shown.remedy == ('export JUPYTER_RUNTIME_DIR="/service-config/iot-home/runtime"',)
    assert "JUPYTER_ALLOW_INSECURE_WRITES" in shown.effect
    notary = StateLocation(
        "Signatures", "/home/iot/n.db", StateKind.DATABASE, "c.NotebookNotary.db_file", "n.db", "config.py"
    )
    shown = on_share(notary, "/home/iot/n.db", DEFAULT, "/v", False)
    assert shown.remedy == ('c.NotebookNotary.db_file = "/v/n.db"',)
    assert shown.remedy_for == "config.py"


@pytest.mark.parametrize("folder", ["/v", "/a folder", '/$HOME `id` "x" \\ \' ü', "/a!b"])
def test_a_pasted_line_means_the_folder_whatever_its_name(folder: str) -> None:
    for name in ("IPYTHONDIR", "c.NotebookNotary.db_file"):
        (line,) = on_share(
            StateLocation("It", "/home/iot/x", StateKind.DATABASE, name, "sub"), "/x", DEFAULT, folder, False
        ).remedy
        if name.startswith("c."):
            assert ast.literal_eval(line.partition(" = ")[2]) == f"{folder}/sub"
        else:
            done = subprocess.run(["sh", "-c", f'{line}; printf %s "$IPYTHONDIR"'], capture_output=True, check=True)
            assert done.stdout.decode() == f"{folder}/sub"


class Home(NamedTuple):
    runtime: str = "/home/iot/runtime"
    data: str = "relative"
    config: str | None = None
    ipython: str | None = "/home/iot/.ipython"
    user_base: str | None = None


def test_folders_tell_what_lies_in_them_where_they_are_known() -> None:
    found = of_folders(Home())
    assert [(each.name, each.path) for each in found] == [
        ("JUPYTER_RUNTIME_DIR", "/home/iot/runtime"),
        ("IPYTHONDIR", "/home/iot/.ipython"),
    ]
