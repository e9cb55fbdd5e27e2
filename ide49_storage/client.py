"""The reports for a notebook or a program: the same records as REST gives, without a server.

    from ide49_storage import client
    client.mounts()
    client.where("/home/iot", "data/results.csv")

They describe the process that asks: a kernel in the server's container sees what the server sees. A
relative path is below the current directory. These functions block while they look: in a server's event
loop, ask the REST calls instead.
"""

from __future__ import annotations

import os

from .model.mounts import MountReport, Where
from .model.samba import Check, CheckRequest, SambaReport
from .mounts.asking import wait_for
from .mounts.report import BadPath

__all__ = ["BadPath", "check_samba", "mounts", "samba", "where"]


def mounts() -> MountReport:
    """The mount report of this process; its ``notebooks`` is ``where`` for the current directory."""
    folder = os.getcwd()
    return wait_for(lambda asking: asking.mount_report(folder))


def where(*paths: str) -> tuple[Where, ...]:
    """Where each path lives, in order. ``BadPath`` (a ``ValueError``) for an empty path or one with NUL."""
    base = os.getcwd()
    return wait_for(lambda asking: asking.where(paths, base))


def samba() -> SambaReport:
    """How the share stands, for the current directory as the folder of a person's files.

    Where a server keeps its state is known to the server only, so ``state_files`` has what was found on the
    share and what this process's environment says.
    """
    from .samba.report import SambaDesk
    from .samba.state_files import from_environment

    folder = os.getcwd()
    return wait_for(lambda asking: SambaDesk(asking.prober, patience=2.0).report(from_environment(os.environ), folder))


def check_samba(
    server: str | None = None, share: str | None = None, user: str | None = None, *, guest: bool = False
) -> Check:
    """Sign in at the share once, with the password that the settings name (or none, as a guest)."""
    from .samba.report import SambaDesk

    request = CheckRequest(server=server, share=share, user=user, guest=guest)
    return wait_for(lambda asking: SambaDesk(asking.prober).check(request))
