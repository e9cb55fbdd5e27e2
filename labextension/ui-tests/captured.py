"""Print the report that the server would give inside a captured container, with made-up free space.

Usage: ``python captured.py NAME FOLDER``: a name from tests/fixtures/mountinfo, and the folder that Jupyter serves.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ide49_storage.model.json import encode
from ide49_storage.model.mounts import Capacity, CapacityStatus
from ide49_storage.mounts.engine_detection import Signs, recognise
from ide49_storage.mounts.capacity import NOT_APPLICABLE, NOT_ASKED, CapacityReading
from ide49_storage.mounts.local_files import LocalFiles
from ide49_storage.mounts.locator import locate
from ide49_storage.mounts.mountinfo import MountRow, parse
from ide49_storage.mounts.snapshot import MountSnapshot, now
from ide49_storage.mounts.report import build_report
from ide49_storage.mounts.table import MountTable
from ide49_storage.mounts.path_walk import Answer, DirEntry, EntryKind, Lstat, Unanswered

FIXTURES = Path(__file__).parents[2] / "tests" / "fixtures" / "mountinfo"
CARD = Capacity(
    total=29_012_000_000, used=6_112_345_000, free=21_421_000_000, inodes_total=1_900_544, inodes_free=1_701_233
)


class Folders(LocalFiles):
    """Takes every local path for a folder: the captured machine is not here to be asked."""

    def look(self, request: Lstat) -> Answer:
        """See ``Files``."""
        answer = super().look(request)
        return answer if isinstance(answer, Unanswered) else DirEntry(EntryKind.FOLDER)


def room(row: MountRow, table: MountTable) -> CapacityReading:
    """Made-up free space for what has any."""
    if not table.is_local(row):
        return NOT_ASKED
    return CapacityReading(CapacityStatus.MEASURED, CARD) if row.fs_type in {"ext4", "overlay"} else NOT_APPLICABLE


def main(name: str, folder: str) -> None:
    """Print the report as JSON."""
    fixture = json.loads((FIXTURES / f"{name}.json").read_text())
    files = fixture["signs"]["files"]
    rows, problems = parse(fixture["mountinfo"].encode())
    table = MountTable(rows)
    signs = Signs(
        env=fixture["signs"]["env"],
        dockerenv=files["/.dockerenv"] is not None,
        containerenv=files["/run/.containerenv"],
        cgroup=files["/proc/self/cgroup"],
    )
    snapshot = MountSnapshot(
        at=now(),
        table=table,
        engine=recognise(signs, table),
        problems=tuple(problems),
        capacities={(row.device, row.root): room(row, table) for row in rows},
    )
    (notebooks,) = locate(snapshot, [folder], Folders(table))
    sys.stdout.buffer.write(encode(build_report(snapshot, notebooks.where)))


if __name__ == "__main__":
    main(*sys.argv[1:])
