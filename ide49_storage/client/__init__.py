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

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from ..errors import BadPath, OtherServer, UnknownKernel

# A question about one path must not pay for the scan of the container layer or for Python's packages: each
# function imports what answers it.
if TYPE_CHECKING:
    from ..model.changes import ChangesReport, ScanProgress, ScanState
    from ..model.engines import EngineReport
    from ..model.findings import FindingReport
    from ..model.mounts import MountReport, Where
    from ..model.packages import PackageReport, Requirements
    from ..model.python import Layout
    from ..model.samba import Check, SambaReport
    from ..mounts.service import MountService
    from ..python.service import InterpreterRequest

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
    from ..mounts.report import working_directory
    from ..mounts.service import wait_for

    folder = working_directory()
    return wait_for(lambda service: service.mount_report(folder))


def where(*paths: str) -> tuple[Where, ...]:
    """Where each path lives, in order. ``BadPath`` (a ``ValueError``) for an empty path or one with NUL."""
    from ..mounts.report import working_directory
    from ..mounts.service import wait_for

    base = working_directory()
    return wait_for(lambda service: service.where(paths, base))


def samba() -> SambaReport:
    """How the share stands, for the current directory as the folder of a person's files.

    What a server's settings move is known to the server only, so ``state_files`` has what was found on the share
    and the folders that Jupyter, IPython and Python have in this process's environment.
    """
    from ..mounts.service import wait_for

    return wait_for(_share_report())


def _share_report() -> Callable[[MountService], Coroutine[Any, Any, SambaReport]]:
    """The question for the report of the share, to be put to a ``MountService``."""
    from ..mounts.report import working_directory
    from ..python.jupyter_home import jupyter_home
    from ..samba.service import SambaService
    from ..samba.state_locations import of_folders

    folder = working_directory() or "/"
    setups = of_folders(jupyter_home())
    return lambda service: SambaService(service.prober, patience=2.0).report(setups, folder)


def check_samba(
    server: str | None = None, share: str | None = None, user: str | None = None, *, guest: bool = False
) -> Check:
    """Sign in at the share once, with the password that the settings name (or none, as a guest).

    ``server``: one of those that are configured or mounted; ``OtherServer`` (a ``ValueError``) for another.
    """
    from ..model.samba import CheckRequest
    from ..mounts.service import wait_for
    from ..samba.service import SambaService

    request = CheckRequest(server=server, share=share, user=user, guest=guest)
    return wait_for(lambda service: SambaService(service.prober).check(request))


def changes(limit: int = 100, progress: Callable[[ScanProgress], None] | None = None) -> ChangesReport:
    """Scan the container layer now and give the answer with the first ``limit`` changes.

    ``progress`` is called a few times a second, in another thread. An interrupt cancels the scan.
    """
    from ..changes.scanner import LayerScanner
    from ..engines.socket_client import engine_diff

    def tell(_state: ScanState, told: ScanProgress | None) -> None:
        if progress is not None and told is not None:
            progress(told)

    scans = LayerScanner(ask_engine=engine_diff)
    try:
        scans.start(tell)
        scans.wait()
        return scans.report(limit=limit)
    finally:
        scans.close()


def engine() -> EngineReport:
    """What the container engine itself tells, where its socket can be reached; at most a few seconds."""
    from ..engines.socket_client import engine_report
    from ..mounts.service import wait_for

    return wait_for(lambda service: engine_report(service.prober.pool))


def _about(kernel: str | None) -> InterpreterRequest:
    from ..mounts.report import working_directory
    from ..python.kernels.local_paths import local_source
    from ..python.service import request

    return request(working_directory() or "/", kernel, local_source())


def python(kernel: str | None = None) -> Layout:
    """Where this interpreter, or a kernel's, finds things. ``UnknownKernel`` (a ``ValueError``) names the known."""
    from ..python.service import layout

    return layout(_about(kernel))


def packages(kernel: str | None = None, *, sizes: bool = False) -> PackageReport:
    """The distributions of this interpreter, or a kernel's; ``sizes`` takes about a second for 300."""
    from ..python.service import package_report

    return package_report(_about(kernel), sizes=sizes)


def requirements(kernel: str | None = None, *, pinned: bool = True) -> Requirements:
    """A requirements file of what a person asked for."""
    from ..python import service

    return service.requirements(_about(kernel), pinned)


def findings() -> FindingReport:
    """What is wrong, worst first. Scans the container layer too, which takes seconds where it has to be walked."""
    from ..findings import inputs
    from ..mounts.report import working_directory
    from ..mounts.service import wait_for

    folder = working_directory()
    share_report = _share_report()

    async def reports(service: MountService) -> tuple[MountReport, SambaReport]:
        # Both from one service, so that its helper processes are started once.
        return await service.mount_report(folder), await share_report(service)

    mounts, share = wait_for(reports)
    return inputs.findings(_about(None), mounts, share, changes(limit=0))
