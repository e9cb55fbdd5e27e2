"""The reports for a notebook or a program: the same records as REST gives, without a server.

    from ide49_storage import client
    client.mounts()
    client.where("/home/iot", "data/results.csv")
    client.changes()
    client.python(kernel="python3")
    client.packages()
    client.findings()

They describe the process that asks: a kernel in the server's container sees what the server sees. A
relative path is below the current directory. These functions block while they look: in a server's event
loop, ask the REST calls instead.
"""

from __future__ import annotations

from collections.abc import Callable

from .changes.scans import Scans
from .engines.ask import engine_diff, engine_report
from .findings import gather as _gather
from .model.changes import ChangesReport, ScanProgress, ScanState
from .model.engines import EngineReport
from .model.findings import FindingReport
from .model.mounts import MountReport, Where
from .model.packages import PackageReport, Requirements
from .model.python import Layout
from .model.samba import Check, CheckRequest, SambaReport
from .mounts.asking import wait_for
from .mounts.report import BadPath, working_directory
from .python import report as _python
from .python.local_source import local_source
from .python.report import UnknownKernel
from .samba.endpoint import OtherServer

__all__ = [
    "BadPath",
    "OtherServer",
    "UnknownKernel",
    "changes",
    "check_samba",
    "engine",
    "findings",
    "mounts",
    "packages",
    "python",
    "requirements",
    "samba",
    "where",
]


def mounts() -> MountReport:
    """The mount report of this process; its ``notebooks`` is ``where`` for the current directory."""
    folder = working_directory()
    return wait_for(lambda asking: asking.mount_report(folder))


def where(*paths: str) -> tuple[Where, ...]:
    """Where each path lives, in order. ``BadPath`` (a ``ValueError``) for an empty path or one with NUL."""
    base = working_directory()
    return wait_for(lambda asking: asking.where(paths, base))


def samba() -> SambaReport:
    """How the share stands, for the current directory as the folder of a person's files.

    What a server's settings move is known to the server only, so ``state_files`` has what was found on the share
    and the folders that Jupyter, IPython and Python have in this process's environment.
    """
    from .python.jupyter_home import jupyter_home
    from .samba.report import SambaDesk
    from .samba.state_files import of_folders

    folder = working_directory() or "/"
    setups = of_folders(jupyter_home())
    return wait_for(lambda asking: SambaDesk(asking.prober, patience=2.0).report(setups, folder))


def check_samba(
    server: str | None = None, share: str | None = None, user: str | None = None, *, guest: bool = False
) -> Check:
    """Sign in at the share once, with the password that the settings name (or none, as a guest).

    ``server``: one of those that are configured or mounted; ``OtherServer`` (a ``ValueError``) for another.
    """
    from .samba.report import SambaDesk

    request = CheckRequest(server=server, share=share, user=user, guest=guest)
    return wait_for(lambda asking: SambaDesk(asking.prober).check(request))


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
    return wait_for(lambda asking: engine_report(asking.prober.pool))


def _about(kernel: str | None) -> _python.Request:
    return _python.request(working_directory() or "/", kernel, local_source())


def python(kernel: str | None = None) -> Layout:
    """Where this interpreter, or a kernel's, finds things. ``UnknownKernel`` (a ``ValueError``) names the known."""
    return _python.layout(_about(kernel))


def packages(kernel: str | None = None, *, sizes: bool = False) -> PackageReport:
    """The distributions of this interpreter, or a kernel's; ``sizes`` takes about a second for 300."""
    return _python.package_report(_about(kernel), sizes=sizes)


def requirements(kernel: str | None = None, *, pinned: bool = True) -> Requirements:
    """A requirements file of what a person asked for."""
    return _python.requirements(_about(kernel), pinned)


def findings() -> FindingReport:
    """What is wrong, worst first. Scans the container layer too, which takes seconds where it has to be walked."""
    return _gather.findings(_about(None), samba(), changes(limit=0))
