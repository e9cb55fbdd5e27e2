"""One attempt to sign in at a server, and the servers at whose mounted shares that may be tried."""

from __future__ import annotations

from typing import Any

from ..model.samba import CheckOutcome, ServerState
from ..mounts import fstypes
from ..mounts.table import MountTable
from ..processes.replies import Answered, Failed, Target
from ..processes.worker import module_path
from .endpoint import SMB_PORT, Endpoint
from .mount_options import Options, read_options
from .report import sign_in_outcome
from .share_observer import ShareObserver, shares_of
from .sign_in_worker import NOT_INSTALLED

_SIGN_IN = Target("sign in", "The server")
_SIGN_IN_SECONDS = 25.0
"""For all of it: a small machine needs some of them only to load smbprotocol."""
_CONNECT_SECONDS = 5


def mounted_endpoints(table: MountTable) -> list[tuple[Endpoint, Options]]:
    """The servers of the shares that the kernel mounts. What a FUSE program calls its source proves nothing."""
    found = []
    for row in shares_of(table):
        options = read_options(row)
        if row.fs_type in fstypes.KERNEL_SAMBA and options.server:
            found.append((Endpoint(options.server, options.port or SMB_PORT), options))
    return found


async def attempt(
    observer: ShareObserver, server: Endpoint | None, *, share: str, user: str | None, password: str | None, guest: bool
) -> tuple[CheckOutcome, str]:
    """What came of it, and a sentence. ``share``: its name; ``password``: none for a guest."""
    if server is None:
        return CheckOutcome.NOT_TRIED, "No server is configured: set SAMBA_SERVER_IP, or mount its share."
    if not guest and not password:
        return CheckOutcome.NOT_TRIED, "No password is set (SAMBA_PASSWORD): set it, or ask as a guest."
    asked: dict[str, Any] = {"server": server.host, "port": server.port, "share": share}
    asked |= {"user": user, "password": password, "seconds": _CONNECT_SECONDS}
    said = await observer.negotiation(server.host, server.port, observer.prober.pool.deadline, fresh=0)
    if said.state is not ServerState.ANSWERS:
        return CheckOutcome.NO_ANSWER, f"{server}: {said.evidence}"
    question = ("call", module_path(), f"{__package__}.sign_in_worker", "sign_in", asked)
    (reply,) = await observer.prober.pool.ask(_SIGN_IN, [question], _SIGN_IN_SECONDS)
    observer.prober.pool.end(_SIGN_IN)
    observer.prober.pool.hurry(_SIGN_IN)
    if isinstance(reply, Failed) or (isinstance(reply, Answered) and reply.value == NOT_INSTALLED):
        return CheckOutcome.NOT_TRIED, "This needs smbprotocol: pip install 'ide49-storage[smb]'."
    if not isinstance(reply, Answered):
        return CheckOutcome.NO_ANSWER, f"{server.host} did not answer."
    return sign_in_outcome(str(reply.value), server.host, share)
