"""Asks a server, without credentials and with a deadline, which SMB it speaks: one NEGOTIATE over asyncio.

Source of the format: [MS-SMB2] 2.2.3, 2.2.4 and [MS-CIFS] for the answer of a server that knows SMB1 only.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import time

import msgspec

from ..model.samba import Negotiation, ServerState
from ..model.times import now
from ..probes.pool import Pool
from ..probes.replies import Answered, Silent, Target

PORT = 445
_HEADER = 64
_DIALECTS = {0x0202: "2.0.2", 0x0210: "2.1", 0x0300: "3.0", 0x0302: "3.0.2", 0x0311: "3.1.1"}
_MOST = 65536
_SIGNING_REQUIRED, _CAP_ENCRYPTION = 0x2, 0x40


class Answer(msgspec.Struct, frozen=True):
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


def read_answer(data: bytes) -> Answer:
    """What the first message of a server (without its length) means."""
    if data[:4] == b"\xffSMB":
        return Answer(ServerState.SMB1_ONLY, "It answers in SMB1, the protocol that newer systems refuse.")
    if len(data) < _HEADER + 64 or data[:4] != b"\xfeSMB":
        return Answer(ServerState.NO_SMB, "It answers, but not in SMB: something else listens there.")
    (status,) = struct.unpack_from("<I", data, 8)
    if status:
        return Answer(ServerState.ANSWERS, f"It refuses all dialects that were offered (status {status:#010x}).")
    mode, dialect = struct.unpack_from("<HH", data, _HEADER + 2)
    (capabilities,) = struct.unpack_from("<I", data, _HEADER + 24)
    spoken = _DIALECTS.get(dialect)
    signing = "required" if mode & _SIGNING_REQUIRED else "enabled"
    # From 3.1.1 on, a server that can encrypt says so in a context and not by this flag.
    encryption = True if dialect == 0x0311 else bool(capabilities & _CAP_ENCRYPTION)
    return Answer(
        ServerState.ANSWERS,
        f"It answers, speaks SMB {spoken or hex(dialect)}, signing {signing}.",
        spoken,
        signing,
        encryption,
    )


async def negotiate(pool: Pool, server: str, port: int | None = None, deadline: float = 0.8) -> Negotiation:
    """Ask ``server`` (a name, an IPv4 or IPv6 address). Takes no longer than ``deadline`` seconds, and never raises."""
    start = time.monotonic()
    used = port or PORT
    try:
        answer = await asyncio.wait_for(_ask(pool, server.strip("[]"), used, deadline), deadline)
    except asyncio.TimeoutError:
        answer = Answer(ServerState.STALLED, f"It gave no answer within {deadline:.1f} seconds.")
    except ConnectionRefusedError:
        answer = Answer(ServerState.REFUSED, f"The machine answers, but nothing listens on its port {used}.")
    except (ConnectionError, asyncio.IncompleteReadError):
        # This is how a server that has switched the newer protocol off ends such a connection.
        answer = Answer(
            ServerState.SMB1_ONLY,
            "It ended the connection on being asked for SMB2 or newer, as a server does that knows SMB1 only.",
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no address"
        answer = Answer(ServerState.UNREACHABLE, f"It cannot be reached: {reason}.")
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


async def _ask(pool: Pool, host: str, port: int, deadline: float) -> Answer:
    address = host
    if not is_address(host):
        (reply,) = await pool.ask(
            Target(f"name {host}", f"The resolver, asked for {host},"), [("resolve", host, port)], deadline
        )
        if isinstance(reply, Silent):
            return Answer(ServerState.UNKNOWN_NAME, f"The name server gave no answer for {host}.")
        if not isinstance(reply, Answered) or not reply.value:
            return Answer(ServerState.UNKNOWN_NAME, f"No address is known for the name {host}.")
        address = reply.value[0]
    reader, writer = await asyncio.open_connection(address, port, limit=_MOST)
    try:
        writer.write(request())
        (length,) = struct.unpack(">I", await reader.readexactly(4))
        if length > _MOST:
            return Answer(ServerState.NO_SMB, "It answers, but not in SMB: something else listens there.")
        return read_answer(await reader.readexactly(length))
    finally:
        # Nothing is owed to it: a server that hangs would never say goodbye.
        writer.transport.abort()
