"""Asks a server, without credentials and with a deadline, which SMB it speaks: one NEGOTIATE over asyncio.

Source of the format: [MS-SMB2] 2.2.3, 2.2.4 and [MS-CIFS] for the answer of a server that knows SMB1 only.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
import time

import msgspec

from ..model.samba import Negotiation, ServerState
from ..model.timestamps import now
from ..processes.pool import Pool
from ..processes.replies import Answered, Silent, Target
from .endpoint import SMB_PORT

_HEADER = 64
_DIALECTS = {0x0202: "2.0.2", 0x0210: "2.1", 0x0300: "3.0", 0x0302: "3.0.2", 0x0311: "3.1.1"}
_MOST = 65536
_SIGNING_REQUIRED, _CAP_ENCRYPTION, _ENCRYPTION = 0x2, 0x40, 2
_TURNED_AWAY = 0x83
"""The first byte of a negative session response (RFC 1002, 4.3.4)."""
# One process for all names: they hang on the same name server.
_RESOLVER = Target("resolver", "The resolver")


class _NoConnectionError(Exception):
    """Nobody took the connection in time."""


class NegotiateAnswer(msgspec.Struct, frozen=True):
    """What a server's first message says."""

    state: ServerState
    evidence: str
    dialect: str | None = None
    signing: str | None = None
    encryption: bool | None = None


def request() -> bytes:
    """An SMB2 NEGOTIATE that offers every dialect, with its length before it."""
    header = struct.pack("<4sHHIHHIIQIIQ16s", b"\xfeSMB", 64, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, b"")
    integrity = struct.pack("<HHI", 1, 38, 0) + struct.pack("<HHH", 1, 32, 1) + os.urandom(32)
    ciphers = struct.pack("<HHI", 2, 6, 0) + struct.pack("<HHH", 2, 2, 1)
    padding = b"\0" * (-len(integrity) % 8)
    contexts = integrity + padding + ciphers
    offset = (_HEADER + 36 + 2 * len(_DIALECTS) + 7) // 8 * 8
    body = struct.pack("<HHHHI16sIHH", 36, len(_DIALECTS), 1, 0, _CAP_ENCRYPTION, os.urandom(16), offset, 2, 0)
    body += b"".join(struct.pack("<H", dialect) for dialect in _DIALECTS)
    message = (header + body).ljust(offset, b"\0") + contexts
    return struct.pack(">I", len(message)) + message


def request_smb1() -> bytes:
    """The same in SMB1, which offers the one dialect that was in use last."""
    header = struct.pack("<4sBIBHH8sHHHHH", b"\xffSMB", 0x72, 0, 0x18, 0xC801, 0, b"", 0, 0xFFFF, 1, 0, 0)
    dialects = b"\x02NT LM 0.12\0"
    message = header + struct.pack("<BH", 0, len(dialects)) + dialects
    return struct.pack(">I", len(message)) + message


def read_answer(data: bytes) -> NegotiateAnswer:
    """What the first message of a server (without its length) means."""
    if data == bytes([_TURNED_AWAY]):
        return NegotiateAnswer(
            ServerState.REFUSED, "It refuses connections from this machine (in Samba: hosts allow, hosts deny)."
        )
    if data[:4] == b"\xffSMB":
        return NegotiateAnswer(ServerState.SMB1_ONLY, "It answers in SMB1, the protocol that newer systems refuse.")
    if len(data) < _HEADER + 64 or data[:4] != b"\xfeSMB":
        return NegotiateAnswer(ServerState.NO_SMB, "It answers, but not in SMB: something else listens there.")
    (status,) = struct.unpack_from("<I", data, 8)
    if status:
        return NegotiateAnswer(
            ServerState.ANSWERS, f"It refuses all dialects that were offered (status {status:#010x})."
        )
    mode, dialect = struct.unpack_from("<HH", data, _HEADER + 2)
    (capabilities,) = struct.unpack_from("<I", data, _HEADER + 24)
    spoken = _DIALECTS.get(dialect)
    signing = "required" if mode & _SIGNING_REQUIRED else "enabled"
    # From 3.1.1 on, a server that can encrypt says so in a context and not by this flag.
    encryption = _ENCRYPTION in _contexts(data) if dialect == 0x0311 else bool(capabilities & _CAP_ENCRYPTION)
    return NegotiateAnswer(
        ServerState.ANSWERS,
        f"It answers, speaks SMB {spoken or hex(dialect)}, signing {signing}.",
        spoken,
        signing,
        encryption,
    )


def _contexts(data: bytes) -> set[int]:
    """The types of the negotiate contexts in an answer of dialect 3.1.1."""
    (count,) = struct.unpack_from("<H", data, _HEADER + 6)
    (offset,) = struct.unpack_from("<I", data, _HEADER + 60)
    found = set()
    while count and offset + 8 <= len(data):
        kind, length = struct.unpack_from("<HH", data, offset)
        found.add(kind)
        offset, count = (offset + 8 + length + 7) // 8 * 8, count - 1
    return found


async def negotiate(pool: Pool, server: str, port: int | None = None, deadline: float = 0.8) -> Negotiation:
    """Ask ``server`` (a name, an IPv4 or IPv6 address). Takes no longer than ``deadline`` seconds, and never raises."""
    start = time.monotonic()
    used = port or SMB_PORT
    try:
        answer = await _ask(pool, server.strip("[]"), used, start + deadline)
    except asyncio.TimeoutError:
        answer = NegotiateAnswer(
            ServerState.STALLED, f"It accepts the connection, but did not answer within {deadline:.1f} seconds."
        )
    except ConnectionRefusedError:
        answer = NegotiateAnswer(ServerState.REFUSED, f"The machine answers, but nothing listens on its port {used}.")
    except (OSError, ValueError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or "it is no address"
        answer = NegotiateAnswer(ServerState.UNREACHABLE, f"It cannot be reached: {reason}.")
    reached = answer.state in (ServerState.ANSWERS, ServerState.SMB1_ONLY)
    return Negotiation(
        state=answer.state,
        evidence=answer.evidence,
        server=server,
        port=used,
        dialect=answer.dialect,
        signing=answer.signing,
        encryption=answer.encryption,
        latency=time.monotonic() - start if reached else None,
        at=now(),
    )


def is_address(host: str) -> bool:
    """Whether it is an address already, so that no resolver is asked."""
    try:
        socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host.partition("%")[0])
    except (OSError, ValueError):
        return False
    return True


async def _ask(pool: Pool, host: str, port: int, until: float) -> NegotiateAnswer:
    address = host
    if not is_address(host):
        # A part of the time only, so that it is told who is silent: the name server, and not this one.
        seconds = 0.75 * (until - time.monotonic())
        (reply,) = await pool.ask(_RESOLVER, [("resolve", host, port)], seconds)
        if isinstance(reply, Silent):
            return NegotiateAnswer(ServerState.UNKNOWN_NAME, f"The name server did not answer for {host}.")
        if not isinstance(reply, Answered) or not reply.value:
            return NegotiateAnswer(ServerState.UNKNOWN_NAME, f"No address is known for the name {host}.")
        address = reply.value[0]
    try:
        return read_answer(await _exchange(address, port, request(), until))
    except _NoConnectionError:
        return NegotiateAnswer(
            ServerState.UNREACHABLE,
            "No connection was made in time: the machine is off, or a firewall drops what is sent to it.",
        )
    except ConnectionRefusedError:
        raise
    except (ConnectionError, asyncio.IncompleteReadError):
        return await _without_smb2(address, port, until)


async def _without_smb2(address: str, port: int, until: float) -> NegotiateAnswer:
    """It ended the connection on being asked for SMB2 or newer: is that because it knows SMB1 only?"""
    with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.TimeoutError, _NoConnectionError):
        answer = await _exchange(address, port, request_smb1(), until)
        if answer.startswith(b"\xffSMB"):
            return read_answer(answer)
    return NegotiateAnswer(ServerState.NO_SMB, "It accepts the connection and closes it without an SMB message.")


async def _exchange(address: str, port: int, message: bytes, until: float) -> bytes:
    """The answer to a first message, without its length. ``TimeoutError`` from the time of the connection on."""
    try:
        reader, writer = await asyncio.wait_for(
            asyncio.open_connection(address, port, limit=_MOST), max(0.01, until - time.monotonic())
        )
    except asyncio.TimeoutError:
        raise _NoConnectionError from None
    try:
        writer.write(message)
        return await asyncio.wait_for(_message(reader), max(0.01, until - time.monotonic()))
    finally:
        # Nothing is owed to it: a server that hangs would never say goodbye.
        writer.transport.abort()


async def _message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(4)
    (length,) = struct.unpack(">I", head)
    if head[0] == _TURNED_AWAY:
        return head[:1]
    return b"" if length > _MOST else await reader.readexactly(length)
