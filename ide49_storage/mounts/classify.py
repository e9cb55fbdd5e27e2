"""What a mount is and what becomes of it: the rules in their order, and what they need to know.

Each rule stands beside a row of the table in the project's facts on mounts. The first that gives a
verdict wins, so the order is: what is never anybody's file, what lies on another machine, the root,
volumes, folders and disks, memory, and in the end "unknown".
"""

from __future__ import annotations

from collections.abc import Mapping

from ..model.mounts import EngineName
from . import fstypes, rules_disk, rules_remote, rules_root, rules_system, rules_volumes
from .mountinfo import MountRow
from .table import MountTable
from .verdict import OCI, Rule, Surroundings, Verdict

RULES: tuple[Rule, ...] = (
    rules_system.kernel,
    rules_system.masked,
    rules_disk.unlisted_root,
    rules_system.engine_file,
    rules_root.container_layer,
    rules_root.system_root,
    rules_remote.samba,
    rules_remote.windows_drive,
    rules_remote.network,
    rules_volumes.engine_volume,
    rules_volumes.pod_volume,
    rules_volumes.cluster_anonymous,
    rules_volumes.lxd_volume,
    rules_system.cluster_memory,
    rules_system.memory,
    rules_root.host_root,
    rules_root.root_again,
    rules_root.overlay,
    rules_remote.fuse,
    rules_volumes.cluster_disk,
    rules_disk.whole_disk,
    rules_disk.host_folder,
    rules_disk.host_disk,
)


def surroundings(table: MountTable, engine: EngineName, removable: Mapping[str, bool]) -> Surroundings:
    """What the rules need beside the row; ``removable`` by ``major:minor`` or ``/dev/NAME``."""
    devices = set()
    if engine in OCI:
        bare = Surroundings(engine, table.root, False, frozenset(), {})
        for row in table.rows:
            if row.fs_type in fstypes.MEMORY or row.root == "/" or row.fs_type in fstypes.KERNEL:
                continue
            if rules_system.engine_file(row, bare) or "/_data" in row.root:
                devices.add(row.device)
    return Surroundings(engine, table.root, rules_root.is_volatile(table.root), frozenset(devices), removable)


def classify(row: MountRow, around: Surroundings) -> Verdict:
    """Kind, name, fates and evidence of one mount."""
    for rule in RULES:
        found = rule(row, around)
        if found is not None:
            return found
    return rules_disk.unknown(row, around)
