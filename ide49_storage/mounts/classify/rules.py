"""What a mount is and what becomes of it: the rules in their order, and what they need to know.

Each rule stands beside a row of the table in the project's facts on mounts. The first that gives a
verdict wins, so the order is: what is never anybody's file, what lies on another machine, the root,
volumes, folders and disks, memory, and in the end "unknown".
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ...model.mounts import EngineName
from .. import fstypes
from ..mountinfo import MountRow
from ..table import UNLISTED, MountTable
from . import disk, remote, root, system, volumes
from .context import Classification, Context, Rule

ANY = None
_NOBODYS = fstypes.MEMORY | fstypes.KERNEL

RULES: tuple[tuple[frozenset[str] | None, Rule], ...] = (
    (fstypes.KERNEL, system.kernel),
    (fstypes.MEMORY | fstypes.LXCFS, system.masked),
    (frozenset({UNLISTED}), disk.unlisted_root),
    (ANY, system.engine_file),
    (ANY, root.container_layer),
    (ANY, root.system_root),
    (fstypes.SAMBA, remote.samba),
    (fstypes.HOST_SHARE | {"9p", "virtiofs"}, remote.windows_drive),
    (fstypes.NETWORK, remote.network),
    (ANY, volumes.engine_volume),
    (ANY, volumes.pod_volume),
    (ANY, volumes.cluster_anonymous),
    (ANY, volumes.lxd_volume),
    (fstypes.MEMORY, system.cluster_memory),
    (fstypes.MEMORY, system.memory),
    (ANY, root.host_root),
    (ANY, root.bind_of_root),
    (fstypes.LAYERED, root.overlay),
    (frozenset({fstypes.FUSE_OVERLAY}), root.fuse_overlay),
    (ANY, remote.fuse),
    (ANY, volumes.cluster_disk),
    (ANY, disk.whole_disk),
    (ANY, disk.host_folder),
    (ANY, disk.host_disk),
)
"""The rules in their order, each with the file system types it is for."""


@lru_cache(maxsize=256)
def _rules_for(fs_type: str) -> tuple[Rule, ...]:
    return tuple(rule for types, rule in RULES if types is None or fs_type in types)


def context_of(table: MountTable, engine: EngineName, removable: Mapping[str, bool]) -> Context:
    """What the rules need beside the row; ``removable`` by ``major:minor`` or ``/dev/NAME``."""
    devices: set[str] = set()
    bare = Context(engine, table.root, False, frozenset(), {})
    if bare.profile.from_image:
        for row in table.rows:
            if row.device in devices or row.root == "/" or row.fs_type in _NOBODYS:
                continue
            if "/_data" in row.root or system.engine_file(row, bare):
                devices.add(row.device)
    return Context(engine, table.root, root.is_volatile(table.root), frozenset(devices), removable)


def classify(row: MountRow, around: Context) -> Classification:
    """Kind, name, fates and evidence of one mount."""
    for rule in _rules_for(row.fs_type):
        found = rule(row, around)
        if found is not None:
            return found
    return disk.unknown(row, around)
