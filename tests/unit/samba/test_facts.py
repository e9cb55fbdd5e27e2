"""Mount options, DebugData, smb.conf and the server's first message: text and bytes to records."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ide49_storage.formats.smb_conf import read_conf
from ide49_storage.model.json import encode
from ide49_storage.model.samba import ServerState
from ide49_storage.mounts.mountinfo import MountRow, parse
from ide49_storage.samba.debug_data import connection_of, read_debug_data
from ide49_storage.samba.mount_options import read_options, split_unc
from ide49_storage.samba.negotiate import is_address, read_answer, request

FIXTURES = Path(__file__).parents[2] / "fixtures" / "cifs"
# From Linux 6.1.176 (user-mode) and smbd 4.17.12, mounted as ide49 does.
CAPTURED = (
    "22 21 0:20 / /mnt/share rw,relatime - cifs //127.0.0.1/iot-data rw,vers=3.1.1,sec=ntlmssp,cache=strict,"
    "username=root,domain=WORKGROUP,uid=1000,forceuid,gid=0,noforcegid,addr=127.0.0.1,file_mode=0755,dir_mode=0755,"
    "soft,nounix,serverino,mapposix,rsize=4194304,wsize=4194304,bsize=1048576,echo_interval=60,actimeo=1,closetimeo=1"
)


def row(source: str, options: str = "rw", fs_type: str = "cifs") -> MountRow:
    line = f"1 0 0:9 / /mnt/x rw - {fs_type} {source} {options}\n"
    ((made,), problems) = parse(line.encode())
    assert problems == []
    return made


def test_a_captured_mount_is_understood() -> None:
    ((made,), _) = parse(CAPTURED.encode())
    options = read_options(made)
    assert (options.server, options.share, options.user) == ("127.0.0.1", "iot-data", "root")
    assert (options.dialect, options.security, options.cache) == ("3.1.1", "ntlmssp", "strict")
    assert (options.soft, options.locks, options.signing, options.encryption) == (True, "server", None, None)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("//nas/iot-data", ("nas", "iot-data")),
        ("//nas/Meine\\040Büro-Daten", ("nas", "Meine Büro-Daten")),
        ("\\134\\134nas\\134iot\\040data\\134sub", ("nas", "iot data/sub")),
        ("//[2001:db8::1]/x", ("2001:db8::1", "x")),
        ("smb://iot@nas/x", ("nas", "x")),
        ("//nas", ("nas", None)),
        ("///iot-data", (None, None)),
        ("nonsense", (None, None)),
    ],
)
def test_sources_of_every_form_are_split(source: str, expected: tuple[str | None, str | None]) -> None:
    assert split_unc(row(source).source) == expected


def test_hard_nobrl_signing_and_sealing_are_seen_and_unknown_words_do_no_harm() -> None:
    options = read_options(row("//nas/x", "rw,hard,nobrl,sec=krb5i,seal,flux=7,,=,port=4455"))
    assert (options.soft, options.locks, options.signing, options.encryption) == (False, "local", True, True)
    assert options.port == 4455


def test_a_guest_is_seen() -> None:
    assert read_options(row("//nas/x", "rw,sec=none")).guest is True


def test_nfs_and_sshfs_are_described_as_far_as_their_options_say() -> None:
    nfs = read_options(row("nas:/export/home", "rw,vers=4.2,hard,local_lock=none", "nfs4"))
    assert (nfs.server, nfs.share, nfs.soft, nfs.locks) == ("nas", "/export/home", False, "server")
    assert read_options(row("nas:/e", "rw,soft,nolock", "nfs")).locks == "local"
    sshfs = read_options(row("iot@nas:/data", "rw,user_id=0", "fuse.sshfs"))
    assert (sshfs.server, sshfs.share, sshfs.soft, sshfs.locks) == ("nas", "/data", None, None)


def debug_data(name: str) -> str:
    return (FIXTURES / f"debugdata-linux-6.1.176-smbd-4.17.12-{name}.txt").read_text()


@pytest.mark.parametrize(("name", "connected"), [("connected", True), ("killed", False)])
def test_the_kernels_word_on_a_captured_connection(name: str, connected: bool) -> None:
    connection = connection_of(read_debug_data(debug_data(name)), "127.0.0.1", "127.0.0.1", "IOT-DATA")
    assert connection is not None
    assert connection.connected is connected
    assert (connection.dialect, connection.waiting) == ("3.1.1", 0)
    assert (connection.signing_required, connection.encrypted) == (False, False)


def test_ids_and_pointers_of_the_kernel_are_not_in_what_is_read() -> None:
    text = debug_data("connected")
    told = encode(read_debug_data(text))
    values = re.findall(r"(?:SessionId|tid|Serial Number): (0x[0-9a-f]{3,})", text)
    assert len(values) >= 3
    assert not [value for value in values if value.encode() in told]


def test_one_of_two_servers_is_found_by_its_name_and_share() -> None:
    second = debug_data("killed").split("Servers:")[1].replace("127.0.0.1", "10.0.0.9").replace("1) Conn", "2) Conn")
    entries = read_debug_data(debug_data("connected") + second)
    assert [entry.host for entry in entries] == ["127.0.0.1", "10.0.0.9"]
    first, other = (connection_of(entries, host, None, "iot-data") for host in ("127.0.0.1", "10.0.0.9"))
    assert first is not None
    assert other is not None
    assert (first.connected, other.connected) == (True, False)
    assert connection_of(entries, "nas", None, "iot-data") is None


@given(st.text())
def test_any_text_is_no_error(text: str) -> None:
    read_debug_data(text)
    read_debug_data("1) Hostname: x " + text)
    read_conf(text)
    split_unc(text)


def test_smb_conf_gives_what_is_exported() -> None:
    text = "# c\n[Global]\nguest ok = yes\n[iot-data]\nPath = /home/\\\niot\nwriteable=Yes\n[ro]\npath=/x\n[printers]\n"
    exports = read_conf(text)
    assert [(export.name, export.path, export.read_only, export.guest) for export in exports] == [
        ("iot-data", "/home/iot", False, True),
        ("ro", "/x", True, True),
    ]


def message(mode: int, dialect: int, capabilities: int = 0, status: int = 0) -> bytes:
    header = b"\xfeSMB" + struct.pack("<HHI", 64, 0, status) + bytes(52)
    return header + struct.pack("<HHHH16sI", 65, mode, dialect, 0, bytes(16), capabilities) + bytes(64)


@pytest.mark.parametrize(
    ("data", "state", "dialect", "signing"),
    [
        (message(1, 0x0311), ServerState.ANSWERS, "3.1.1", "enabled"),
        (message(3, 0x0302, 0x40), ServerState.ANSWERS, "3.0.2", "required"),
        (message(3, 0x0210, 0, 0xC00000BB), ServerState.ANSWERS, None, None),
        (b"\xffSMB" + bytes(40), ServerState.SMB1_ONLY, None, None),
        (b"HTTP/1.1 400 Bad Request" + bytes(200), ServerState.NO_SMB, None, None),
        (b"", ServerState.NO_SMB, None, None),
    ],
)
def test_a_servers_first_message_is_understood(
    data: bytes, state: ServerState, dialect: str | None, signing: str | None
) -> None:
    answer = read_answer(data)
    assert (answer.state, answer.dialect, answer.signing) == (state, dialect, signing)


@given(st.binary())
def test_any_bytes_are_an_answer(data: bytes) -> None:
    for answer in (read_answer(data), read_answer(b"\xfeSMB" + data)):
        assert answer.state in ServerState
        assert answer.evidence.endswith(".")


def test_the_request_says_its_own_length() -> None:
    data = request()
    assert struct.unpack(">I", data[:4])[0] == len(data) - 4


@pytest.mark.parametrize(
    ("host", "is_one"),
    [("127.0.0.1", True), ("::1", True), ("fe80::1%eth0", True), ("nas", False), ("1.2.3", False), ("a\0b", False)],
)
def test_addresses_are_told_from_names(host: str, is_one: bool) -> None:
    assert is_address(host) is is_one
