"""Which server may be signed in to: host and port, and when two of them are the same. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from ..errors import OtherServer

SMB_PORT = 445
_WITH_PORT = re.compile(r"(\[[^\[\]]+\]|[^:\[\]]+):([0-9]{1,9})")


class Endpoint(msgspec.Struct, frozen=True):
    """A host, as it was written but without brackets, and a port."""

    host: str
    port: int = SMB_PORT

    def __str__(self) -> str:
        """As a person writes it: the port only where it is not the usual one."""
        if self.port == SMB_PORT:
            return self.host
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def is_same(self, other: Endpoint) -> bool:
        """Whether both are written alike, but for the case of ASCII letters and a dot at the end.

        Two names of one address are two servers: who answers for a name may be another one tomorrow.
        """
        return (_normalized(self.host), self.port) == (_normalized(other.host), other.port)


def read_endpoint(text: str) -> Endpoint:
    """The endpoint that ``nas``, ``nas:1445``, ``192.0.2.1``, ``::1`` or ``[::1]:1445`` names. Never fails."""
    found = _WITH_PORT.fullmatch(text)
    host, port = (found[1], int(found[2])) if found else (text, SMB_PORT)
    bracketed = host.startswith("[") and host.endswith("]")
    return Endpoint(host[1:-1] if bracketed else host, port)


def choose_endpoint(asked: str | None, known: Sequence[Endpoint]) -> Endpoint | None:
    """The one of ``known`` that is asked for; the first without a name, ``None`` if there is none.

    Raises ``OtherServer``. The answer is always one of ``known``, so that nothing a request says is connected to.
    """
    if asked is None:
        return known[0] if known else None
    wanted = read_endpoint(asked)
    for each in known:
        if each.is_same(wanted):
            return each
    raise OtherServer(map(str, known))


def _normalized(host: str) -> str:
    # Letters beyond ASCII are left alone: some of them become ASCII ones in lower case.
    return (host.lower() if host.isascii() else host).removesuffix(".")
