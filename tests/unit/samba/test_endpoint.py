"""Which server may be signed in to: only one that is written as the configured or the mounted one. All synthetic."""

from __future__ import annotations

import pytest

from ide49_storage.errors import OtherServer
from ide49_storage.mounts.mountinfo import parse
from ide49_storage.mounts.table import MountTable
from ide49_storage.samba.check import mounted_endpoints
from ide49_storage.samba.endpoint import Endpoint, choose_endpoint, read_endpoint

NAS = Endpoint("nas.example")
PORTED = Endpoint("192.0.2.1", 1445)


@pytest.mark.parametrize(
    ("text", "endpoint", "written"),
    [
        ("nas", Endpoint("nas"), "nas"),
        ("nas:1445", Endpoint("nas", 1445), "nas:1445"),
        ("nas:445", Endpoint("nas"), "nas"),
        ("::1", Endpoint("::1"), "::1"),
        ("[::1]", Endpoint("::1"), "::1"),
        ("[::1]:1445", Endpoint("::1", 1445), "[::1]:1445"),
        ("nas:", Endpoint("nas:"), "nas:"),
        ("nas:x", Endpoint("nas:x"), "nas:x"),
        ("nas:٤٤٥", Endpoint("nas:٤٤٥"), "nas:٤٤٥"),
    ],
)
def test_host_and_port_are_told_apart(text: str, endpoint: Endpoint, written: str) -> None:
    assert read_endpoint(text) == endpoint
    assert str(endpoint) == written


@pytest.mark.parametrize("asked", ["nas.example", "NAS.Example", "nas.example.", "nas.example:445"])
def test_case_a_dot_at_the_end_and_the_usual_port_make_no_other_server(asked: str) -> None:
    assert choose_endpoint(asked, [PORTED, NAS]) is NAS


@pytest.mark.parametrize(
    "asked",
    [
        "nas",
        "nas.example..",
        " nas.example",
        "nas.example\n",
        "nas.example:1445",
        "nas.example@192.0.2.9",
        "xnas.example",
        "nas.example.invalid",
        "na\N{LATIN SMALL LETTER LONG S}.example",
        "192.0.2.1",
        "192.0.2.1:445",
        "192.0.513:1445",
        "::ffff:192.0.2.1",
        "",
    ],
)
def test_whatever_else_is_written_is_another_server(asked: str) -> None:
    with pytest.raises(OtherServer, match=r"nas\.example or 192\.0\.2\.1:1445"):
        choose_endpoint(asked, [NAS, PORTED])


def test_a_letter_that_becomes_an_ascii_one_in_lower_case_is_another_letter() -> None:
    with pytest.raises(OtherServer):
        choose_endpoint("\N{KELVIN SIGN}as", [Endpoint("kas")])


def test_without_a_name_the_first_is_meant() -> None:
    assert choose_endpoint(None, [NAS, PORTED]) is NAS
    assert choose_endpoint(None, []) is None


def test_where_no_server_is_known_it_is_said_how_to_name_one() -> None:
    with pytest.raises(OtherServer, match="set SAMBA_SERVER_IP"):
        choose_endpoint("nas", [])


def test_only_what_the_kernel_mounts_counts_as_mounted() -> None:
    lines = (
        b"1 0 0:1 / / rw - ext4 /dev/sda1 rw\n"
        b"2 1 0:2 / /a rw - cifs //NAS/data rw,vers=3.1.1,port=1445\n"
        b"3 1 0:3 / /b rw - fuse.smbnetfs evil:/data rw\n"
        b"4 1 0:4 / /c rw - nfs4 filer:/data rw\n"
    )
    endpoints = [endpoint for endpoint, _ in mounted_endpoints(MountTable(parse(lines)[0]))]
    assert endpoints == [Endpoint("NAS", 1445)]
