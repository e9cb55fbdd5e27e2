"""Reads ``/proc/fs/cifs/DebugData``: what the kernel's own client says of its connections. Pure.

The file differs from kernel to kernel, so each fact is looked for by itself and may be missing. Session
ids, keys and kernel pointers in it are not read, so they cannot get out.
"""

from __future__ import annotations

import re

import msgspec

from ..model.samba import Connection

_SERVER = re.compile(r"^\d+\)\s+(?:ConnectionId:\s*\S+\s+)?(?:Hostname|Name):\s*(\S+)", re.MULTILINE)
_SHARE = re.compile(r"^\s*\d+\)\s+[\\/]{2}([^\\/\s]+)[\\/]([^\n]*?)\s+Mounts:\s*\d+(.*?)(?=^\s*\d+\)|\Z)", re.M | re.S)
_DIALECTS = {"0x202": "2.0.2", "0x210": "2.1", "0x300": "3.0", "0x302": "3.0.2", "0x311": "3.1.1"}
_CONNECTED = "1"


class ServerEntry(msgspec.Struct, frozen=True):
    """One server of the file, with the shares that hang on it, by lower-case name."""

    host: str
    addresses: tuple[str, ...]
    shares: tuple[str, ...]
    connection: Connection


def read_debug_data(text: str) -> tuple[ServerEntry, ...]:
    """The servers; none from a text that is not understood."""
    starts = list(_SERVER.finditer(text))
    ends = [*(start.start() for start in starts), len(text)][1:]
    return tuple(_entry(start[1], text[start.end() : end]) for start, end in zip(starts, ends, strict=False))


def connection_of(entries: tuple[ServerEntry, ...], server: str, address: str | None, share: str) -> Connection | None:
    """The connection of a share."""
    for entry in entries:
        hosts = {entry.host.lower(), *entry.addresses}
        # A kernel that names no host is matched by the share alone.
        if share.lower() in entry.shares and ({server.lower(), address} & hosts or len(entries) == 1):
            return entry.connection
    return None


def _entry(host: str, block: str) -> ServerEntry:
    shares = list(_SHARE.finditer(block))
    status = _field(block, r"TCP status:\s*(\d+)")
    sessions = re.findall(r"Session Status:\s*(\d+)", block)
    mode = _field(block, r"SecMode:\s*(0x[0-9a-fA-F]+)")
    dialect = _field(block, r"Dialect\s+(0x[0-9a-fA-F]+)")
    waiting = _field(block, r"Req On Wire:\s*(-?\d+)")
    gone = any("DISCONNECTED" in share[3] for share in shares)
    return ServerEntry(
        host=host,
        addresses=tuple(re.findall(r"\d+\)\s+Address:\s*(\S+)", block)),
        shares=tuple(share[2].strip().lower() for share in shares),
        connection=Connection(
            connected=status in (None, _CONNECTED) and all(each == _CONNECTED for each in sessions) and not gone,
            dialect=_DIALECTS.get((dialect or "").lower()),
            signing_required=bool(int(mode, 16) & 2) if mode else None,
            encrypted="encrypted" in block.lower(),
            waiting=int(waiting) if waiting else None,
        ),
    )


def _field(text: str, pattern: str) -> str | None:
    found = re.search(pattern, text)
    return found[1] if found else None
