"""What a mount is and what becomes of it: the rules in their order, and what they need to know.

Each rule stands beside a row of the table in the project's facts on mounts. The first that gives a
verdict wins, so the order is: what is never anybody's file, what lies on another machine, the root,
volumes, folders and disks, memory, and in the end "unknown".
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ..model.mounts import EngineName
from . import fstypes, rules_disk, rules_remote, rules_root, rules_system, rules_volumes
from .mountinfo import MountRow
from .table import UNLISTED, MountTable
from .verdict import OCI, Rule, Surroundings, Verdict

ANY = None
_NOBODYS = fstypes.MEMORY | fstypes.KERNEL

RULES: tuple[tuple[frozenset[str] | None, Rule], ...] = (
    (fstypes.KERNEL, rules_system.kernel),
    (fstypes.MEMORY | fstypes.LXCFS, rules_system.masked),
    (frozenset({UNLISTED}), rules_disk.unlisted_root),
    (ANY, rules_system.engine_file),
    (ANY, rules_root.container_layer),
    (ANY, rules_root.system_root),
    (fstypes.SAMBA, rules_remote.samba),
    (fstypes.HOST_SHARE | {"9p", "virtiofs"}, rules_remote.windows_drive),
    (fstypes.NETWORK, rules_remote.network),
    (ANY, rules_volumes.engine_volume),
    (ANY, rules_volumes.pod_volume),
    (ANY, rules_volumes.cluster_anonymous),
    (ANY, rules_volumes.lxd_volume),
    (fstypes.MEMORY, rules_system.cluster_memory),
    (fstypes.MEMORY, rules_system.memory),
    (ANY, rules_root.host_root),
    (ANY, rules_root.root_again),
    (fstypes.LAYERED, rules_root.overlay),
    (frozenset({fstypes.FUSE_OVERLAY}), rules_root.fuse_overlay),
    (ANY, rules_remote.fuse),
    (ANY, rules_volumes.cluster_disk),
    (ANY, rules_disk.whole_disk),
    (ANY, rules_disk.host_folder),
    (ANY, rules_disk.host_disk),
)
"""The rules in their order, each with the file system types it is for."""


@lru_cache(maxsize=256)
def _rules_for(fs_type: str) -> tuple[Rule, ...]:
    return tuple(rule for types, rule in RULES if types is None or fs_type in types)


def surroundings(table: MountTable, engine: EngineName, removable: Mapping[str, bool]) -> Surroundings:
    """What the rules need beside the row; ``removable`` by ``major:minor`` or ``/dev/NAME``."""
    devices: set[str] = set()
    if engine in OCI:
        bare = Surroundings(engine, table.root, False, frozenset(), {})
        for row in table.rows:
            if row.device in devices or row.root == "/" or row.fs_type in _NOBODYS:
                continue
            if "/_data" in row.root or rules_system.engine_file(row, bare):
                devices.add(row.device)
    return Surroundings(engine, table.root, rules_root.is_volatile(table.root), frozenset(devices), removable)


def classify(row: MountRow, around: Surroundings) -> Verdict:
    """Kind, name, fates and evidence of one mount."""
    for rule in _rules_for(row.fs_type):
        found = rule(row, around)
        if found is not None:
            return found
    return rules_disk.unknown(row, around)
