"""One attempt to sign in at a share, with smbprotocol (the extra ``ide49-storage[smb]``). Runs in a helper process.

Nothing of what it is given is in what it gives back: the outcome is one word.
"""

from __future__ import annotations

import contextlib
import uuid
from typing import Any

_NT = {0xC000006D: "wrong password", 0xC0000064: "wrong password", 0xC000006A: "wrong password"}
_NT.update({0xC00000CC: "share missing", 0xC0000022: "access denied", 0xC0000234: "access denied"})
_NT.update({0xC0000072: "access denied", 0xC000015B: "access denied"})

NOT_INSTALLED = "not installed"


def sign_in(request: dict[str, Any]) -> str:
    """``request``: ``server``, ``port``, ``share``, ``user``, ``password``, ``seconds``. The outcome's word."""
    try:
        from smbprotocol.connection import Connection
        from smbprotocol.exceptions import SMBResponseException
        from smbprotocol.session import Session
        from smbprotocol.tree import TreeConnect
    except ImportError:
        return NOT_INSTALLED

    guest = not request["password"]
    connection = Connection(uuid.uuid4(), request["server"], request["port"], require_signing=not guest)
    try:
        connection.connect(timeout=request["seconds"])
        session = Session(
            connection,
            request["user"] or "guest",
            request["password"] or "",
            require_encryption=False,
            auth_protocol="ntlm",
        )
        session.connect()
        TreeConnect(session, rf"\\{request['server']}\{request['share']}").connect(require_secure_negotiate=not guest)
    except SMBResponseException as error:
        return _NT.get(error.status & 0xFFFFFFFF, f"status {error.status & 0xFFFFFFFF:#010x}")
    except Exception as error:  # of what it uses in turn, too; its text may hold anything, so only its name is told
        return f"error {type(error).__name__}"
    finally:
        # It is of no use any more, in whatever state it is.
        with contextlib.suppress(Exception):
            connection.disconnect(close=False)
    return "good"
