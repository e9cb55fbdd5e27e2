"""The reports for a notebook or a program: the same records as REST gives, without a server.

    from ide49_storage import client
    client.mounts()
    client.where("/home/iot", "data/results.csv")
    client.changes()

They describe the process that asks: a kernel in the server's container sees what the server sees. A
relative path is below the current directory. These functions block while they look: in a server's event
loop, ask the REST calls instead.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from .changes.scans import Scans
from .engines.ask import engine_diff, engine_report
from .model.changes import ChangesReport, ScanProgress, ScanState
from .model.engines import EngineReport
from .model.mounts import MountReport, Where
from .mounts import report
from .mounts.report import BadPath

__all__ = ["BadPath", "changes", "engine", "mounts", "where"]


def mounts() -> MountReport:
    """The mount report of this process; its ``notebooks`` is ``where`` for the current directory."""
    return report.mount_report(os.getcwd())


def where(*paths: str) -> tuple[Where, ...]:
    """Where each path lives, in order. ``BadPath`` (a ``ValueError``) for an empty path or one with NUL."""
    return report.where(paths, os.getcwd())


def changes(limit: int = 100, progress: Callable[[ScanProgress], None] | None = None) -> ChangesReport:
    """Scan the container layer now and give the answer with the first ``limit`` changes.

    ``progress`` is called a few times a second, in another thread. An interrupt cancels the scan.
    """

    def tell(_state: ScanState, told: ScanProgress | None) -> None:
        if progress is not None and told is not None:
            progress(told)

    scans = Scans(ask_engine=engine_diff)
    try:
        scans.start(tell)
        scans.wait()
        return scans.report(limit=limit)
    finally:
        scans.close()


def engine() -> EngineReport:
    """What the container engine itself tells, where its socket can be reached; at most a few seconds."""
    return engine_report()
