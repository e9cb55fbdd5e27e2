"""The negotiate and the sign-in against a real smbd on loopback, and against sockets that misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ide49_storage.errors import OtherServer
from ide49_storage.model.samba import Check, CheckOutcome, CheckRequest, Negotiation, ServerState
from ide49_storage.mounts.remote_filesystems import RemoteFilesystems
from ide49_storage.processes.pool import Pool
from ide49_storage.samba.negotiate import negotiate
from ide49_storage.samba.service import SambaService
from tests.needs import need_command, need_root

from .smbd import PASSWORD, SHARE, USER, free_port, smbd


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    need_root()
    need_command("smbd", "smbpasswd")
    return tmp_path


def asked(server: str, port: int | None, deadline: float = 5.0) -> Negotiation:
    async def ask() -> Negotiation:
        pool = Pool(deadline)
        try:
            return await negotiate(pool, server, port, deadline)
        finally:
            await pool.close()

    return asyncio.run(ask())


def check(port: int, password: str = PASSWORD, **request: object) -> Check:
    async def ask() -> Check:
        prober = RemoteFilesystems(Pool(5.0))
        try:
            server = f"127.0.0.1:{port}"
            environment = {"SAMBA_SERVER_IP": server, "SAMBA_PASSWORD": password, "SAMBA_USERNAME": USER}
            desk = SambaService(prober, environment)
            fields = {"server": server, "share": SHARE, **request}
            return await desk.check(CheckRequest(**fields))  # type: ignore[arg-type]  # the test's own fields
        finally:
            await prober.close()

    return asyncio.run(ask())


def test_a_server_tells_its_dialect_and_signing(lab: Path) -> None:
    with smbd(lab) as port:
        answer = asked("127.0.0.1", port)
    assert (answer.state, answer.dialect, answer.signing) == (ServerState.ANSWERS, "3.1.1", "enabled")
    assert answer.latency is not None


def test_a_name_is_resolved_and_ipv6_is_asked_as_such(lab: Path) -> None:
    with smbd(lab, "interfaces = 127.0.0.1 ::1") as port:
        assert asked("localhost", port).state is ServerState.ANSWERS
        assert asked("[::1]", port).state in (ServerState.ANSWERS, ServerState.REFUSED)


def test_required_signing_is_told(lab: Path) -> None:
    with smbd(lab, "server signing = mandatory") as port:
        assert asked("127.0.0.1", port).signing == "required"
        assert check(port).outcome is CheckOutcome.GOOD


def test_an_older_dialect_is_told(lab: Path) -> None:
    with smbd(lab, "server max protocol = SMB2_10") as port:
        assert asked("127.0.0.1", port).dialect == "2.1"


def test_a_server_that_knows_smb1_only_is_told_from_others(lab: Path) -> None:
    with smbd(lab, "server min protocol = NT1\nserver max protocol = NT1") as port:
        assert asked("127.0.0.1", port).state is ServerState.SMB1_ONLY
        assert check(port).outcome is CheckOutcome.NO_ANSWER


def test_required_encryption_can_be_signed_in_to(lab: Path) -> None:
    with smbd(lab, "smb encrypt = required") as port:
        assert asked("127.0.0.1", port).encryption is True
        assert check(port).outcome is CheckOutcome.GOOD


def test_a_running_server_that_is_not_configured_is_refused(lab: Path) -> None:
    with smbd(lab) as port, pytest.raises(OtherServer, match=f"127.0.0.1:{port}"):
        check(port, server=f"localhost:{port}")


def test_signing_in_tells_wrong_password_from_missing_share(lab: Path) -> None:
    with smbd(lab) as port:
        assert check(port).outcome is CheckOutcome.GOOD
        wrong = check(port, "CANARY-not-this")
        assert wrong.outcome is CheckOutcome.WRONG_PASSWORD
        assert "CANARY" not in repr(wrong)
        assert check(port, share="nö such share").outcome is CheckOutcome.SHARE_MISSING


def test_a_guest_is_let_in_where_the_server_allows_it_and_refused_where_not(lab: Path) -> None:
    with smbd(lab / "open", "map to guest = bad user\nguest account = root") as port:
        assert check(port, guest=True).outcome is CheckOutcome.GOOD
    with smbd(lab / "shut", "map to guest = never") as port:
        assert check(port, guest=True).outcome is not CheckOutcome.GOOD


def test_a_closed_port_is_refused() -> None:
    port = free_port()
    assert asked("127.0.0.1", port).state is ServerState.REFUSED
    assert check(port).outcome is CheckOutcome.NO_ANSWER


def test_without_a_password_nothing_is_tried() -> None:
    assert check(free_port(), "").outcome is CheckOutcome.NOT_TRIED


@contextlib.contextmanager
def listener(answer: bytes | None) -> Iterator[int]:
    """A port that sends these bytes to who connects and closes; ``None``: takes connections and says nothing."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(5)
        held = []

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    held.append(connection)
                    if answer is not None:
                        connection.recv(4096)
                        connection.sendall(answer)
                        connection.shutdown(socket.SHUT_RDWR)

        thread = threading.Thread(target=serve)
        thread.start()
        yield int(server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        for connection in held:
            connection.close()


def test_a_silent_server_is_stalled() -> None:
    with listener(None) as port:
        answer = asked("127.0.0.1", port, 0.3)
    assert (answer.state, answer.latency) == (ServerState.STALLED, None)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n" + bytes(80), b"\0\0\0\x04abcd"])
def test_what_is_no_smb_is_told(answer: bytes) -> None:
    with listener(answer) as port:
        assert asked("127.0.0.1", port).state is ServerState.NO_SMB


def test_a_server_that_hangs_up_without_a_word_is_not_said_to_know_smb1() -> None:
    with listener(b"") as port:
        answer = asked("127.0.0.1", port)
    assert answer.state is ServerState.NO_SMB
    assert "without an SMB message" in answer.evidence


def test_a_machine_that_takes_no_connection_is_unreachable_and_not_stalled() -> None:
    with socket.socket() as server, contextlib.ExitStack() as held:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(5):  # once its queue is full, nothing is answered at all
            waiting = held.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        answer = asked("127.0.0.1", server.getsockname()[1], 0.5)
    assert answer.state is ServerState.UNREACHABLE
    assert "No connection" in answer.evidence


def test_a_server_that_turns_this_machine_away_says_so(lab: Path) -> None:
    with smbd(lab, "hosts allow = 192.0.2.1\nhosts deny = ALL") as port:
        answer = asked("127.0.0.1", port)
    assert answer.state is ServerState.REFUSED
    assert "hosts deny" in answer.evidence


def test_a_server_that_never_encrypts_is_not_said_to(lab: Path) -> None:
    with smbd(lab, "server smb encrypt = off") as port:
        assert asked("127.0.0.1", port).encryption is False


@pytest.mark.parametrize("port", [99999, 10**6])
def test_a_port_that_there_is_not_is_an_answer(port: int) -> None:
    assert asked("127.0.0.1", port).state is ServerState.UNREACHABLE
    assert check(port).outcome is CheckOutcome.NO_ANSWER


def test_a_silent_name_server_is_told_from_a_silent_file_server(tmp_path: Path) -> None:
    """In a network and a mount table of its own, in which the name server takes questions and says nothing."""
    need_root()
    need_command("unshare", "mount", "ip")
    (tmp_path / "resolv.conf").write_text("nameserver 127.0.0.1\n")
    (tmp_path / "nsswitch.conf").write_text("hosts: files dns\n")
    program = f"""
import socket, subprocess
from tests.system.test_smbd_loopback import asked
for name in ("resolv.conf", "nsswitch.conf"):
    subprocess.run(["mount", "--bind", "{tmp_path}/" + name, "/etc/" + name], check=True)
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
silent.bind(("127.0.0.1", 53))
print(asked("nas.example", 445, 3.0).evidence)
"""
    argv = ["unshare", "--mount", "--net", sys.executable, "-c", program]
    done = subprocess.run(argv, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout == "The name server did not answer for nas.example.\n", done.stderr


@pytest.mark.parametrize("name", ["no-such-host.invalid", "a" * 300, "x y", "ünknown.invalid", "//nas/share", "a\0b"])
def test_a_name_that_no_one_knows_is_told(name: str) -> None:
    assert asked(name, 445).state is ServerState.UNKNOWN_NAME
