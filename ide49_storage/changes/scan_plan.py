"""What to scan, and where things could be moved to: from the mount report."""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Sequence
from typing import Any

import msgspec

from ..model.mounts import Mount, MountReport
from ..model.vocabulary import Fate, Kind
from ..mounts import fstypes
from ..mounts.engines import WRITTEN_AT
from ..mounts.locator import PathLocator
from ..mounts.report import build_report
from ..mounts.snapshot import ON_LINUX, take_snapshot
from . import detection

# A link that runc and crun make when they start a container, and nobody changes.
_START_SIGN = "/dev/fd"
# Behind it is another program, such as the gofer of gVisor (runsc), which shows no layer.
_UNSCANNABLE = frozenset({"9p"})
_KEEPS = (Kind.VOLUME, Kind.BIND, Kind.DISK)


class ScanPlan(msgspec.Struct, frozen=True):
    """A scan that can be made. ``task`` is what the helper reads, without the descriptors; ``destinations``
    are folders on storages that an update keeps and this user can write to, the best first.
    """

    task: dict[str, Any]
    destinations: tuple[str, ...]


class NoLayer(msgspec.Struct, frozen=True):
    """There certainly is no container layer; ``evidence`` says why."""

    evidence: str


class Unscannable(msgspec.Struct, frozen=True):
    """There may be a container layer, but no scan can tell what was changed in it; ``message`` says why."""

    message: str


def plan() -> ScanPlan | NoLayer | Unscannable:
    """What to scan here. Reads the mount table; asks local storages whether they can be written to."""
    if not ON_LINUX:
        return elsewhere(sys.platform)
    snapshot = take_snapshot()
    found = build_report(snapshot)
    made = plan_for(found, snapshot.table.root.id, [*sys.path, site.getusersitepackages()])
    if not isinstance(made, ScanPlan):
        return made
    locator = PathLocator(made.destinations)
    usable = tuple(path for path in made.destinations if locator(path).writable and os.path.isdir(path))
    return ScanPlan(made.task, usable)


def elsewhere(platform: str) -> NoLayer | Unscannable:
    """On a system that is no Linux: macOS has no containers of its own, others may."""
    if platform == "darwin":
        return NoLayer("This is macOS, where Jupyter does not run in a container.")
    return Unscannable("Only on Linux can it be told what was changed in a container, and whether this is one.")


def plan_for(report: MountReport, root_id: int, python_path: Sequence[str]) -> ScanPlan | NoLayer | Unscannable:
    """The same as a pure function of the report; its ``destinations`` may not be writable."""
    root = next((mount for mount in report.mounts if mount.id == root_id), None)
    if root is None:
        return Unscannable(
            "The kernel does not list the mount of /, so it is not known what it is, nor what an update throws away."
        )
    if _is_no_layer(root):
        return NoLayer(f"There is no container layer that an update would throw away. {root.evidence.kind}")
    if root.kind is not Kind.CONTAINER or root.fs_type in _UNSCANNABLE:
        return Unscannable(
            "It cannot be told what was changed in /, and it may be a container's own storage, which an update throws"
            f" away. {root.evidence.kind}"
        )
    task = {
        "root": "",
        "storage": storage_of(root),
        "skip": sorted({mount.mount_point for mount in report.mounts} - {"/"}),
        "engine_files": [mount.mount_point for mount in report.mounts if _is_engine_file(mount)],
        "start_sign": _START_SIGN if any(map(_is_own_memory, report.mounts)) else None,
        "sites": [path for path in python_path if path.endswith(("/site-packages", "/dist-packages"))],
        "diff": None,
    }
    return ScanPlan(task, _destinations(report))


def _is_no_layer(root: Mount) -> bool:
    """Whether ``/`` is certainly kept: a machine's own disk, or that of a system container."""
    kept = root.fate.stop is Fate.KEPT and root.fate.update is Fate.KEPT
    return kept and (root.kind is Kind.DISK or (root.kind is Kind.HOST and root.fs_type in fstypes.DISK))


def storage_of(root: Mount) -> str:
    """Which of ``detection``'s storages ``/`` is."""
    if root.fs_type == "overlay":
        return detection.OVERLAY
    if root.fs_type == "fuse.fuse-overlayfs":
        return detection.FUSE_OVERLAYFS
    if "/vfs/dir/" in root.storage.root:
        return detection.VFS
    return detection.BTRFS if root.fs_type == "btrfs" else detection.OTHER


def _is_own_memory(mount: Mount) -> bool:
    """The folder of devices that the engine makes anew at each start, and not the machine's own."""
    return mount.mount_point == "/dev" and mount.fs_type == "tmpfs" and not mount.hidden


def _is_engine_file(mount: Mount) -> bool:
    return mount.kind is Kind.ENGINE and not mount.hidden and mount.mount_point in WRITTEN_AT


def _destinations(report: MountReport) -> tuple[str, ...]:
    """Volumes before folders of the host, homes before the rest."""
    fit = [
        mount
        for mount in report.mounts
        if mount.kind in _KEEPS
        and mount.fate.update is Fate.KEPT
        and not (mount.hidden or mount.internal or mount.options.read_only)
    ]
    fit.sort(key=lambda mount: (_KEEPS.index(mount.kind), not mount.mount_point.startswith("/home"), mount.mount_point))
    return tuple(mount.mount_point for mount in fit)
