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
from .mounts.asking import wait_for
from .mounts.report import BadPath

__all__ = ["BadPath", "mounts", "where"]


def mounts() -> MountReport:
    """The mount report of this process; its ``notebooks`` is ``where`` for the current directory."""
    folder = os.getcwd()
    return wait_for(lambda asking: asking.mount_report(folder))


def where(*paths: str) -> tuple[Where, ...]:
    """Where each path lives, in order. ``BadPath`` (a ``ValueError``) for an empty path or one with NUL."""
    base = os.getcwd()
    return wait_for(lambda asking: asking.where(paths, base))
