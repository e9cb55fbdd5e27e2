"""What checks read: the reports of the other folders, and what the environment says. Plain records."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ..model.changes import ChangesReport
from ..model.mounts import Mount, MountReport, Where
from ..model.packages import Examination, PackageReport
from ..model.python import Layout
from ..model.samba import SambaReport


class StartFault(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a start script that uses a variable in an unquoted here-document, where it is expanded too early."""

    script: str
    line: int
    text: str
    opened: int
    word: str


class JupyterPathEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of ``JUPYTER_PATH``. ``kernels``: it has a folder of that name; ``data``: ... below ``share/jupyter``.

    Both are ``None`` where nobody may look.
    """

    path: str
    kernels: bool | None
    data: bool | None


class CheckInputs(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a check may read. What could not be made is ``None``, with the reason in ``failed``.

    ``kept_folders`` are mount points of kept storages of this machine, in which this process may write.
    ``environ`` holds only variables without secrets; ``secrets`` the names of those that are set and left out.
    """

    mounts: MountReport | None = None
    layout: Layout | None = None
    packages: PackageReport | None = None
    examination: Examination | None = None
    samba: SambaReport | None = None
    changes: ChangesReport | None = None
    start_faults: tuple[StartFault, ...] = ()
    jupyter_path: tuple[JupyterPathEntry, ...] = ()
    kept_folders: tuple[str, ...] = ()
    named_paths: Mapping[str, Where] = {}
    environ: Mapping[str, str] = {}
    secrets: frozenset[str] = frozenset()
    failed: Mapping[str, str] = {}

    def mount_of(self, where: Where) -> Mount | None:
        """The mount on which a path lives."""
        rows = self.mounts.mounts if self.mounts is not None else ()
        return next((mount for mount in rows if mount.id == where.mount_id), None)
