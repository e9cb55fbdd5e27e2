"""The truth about changes on overlay: the container's own layer, seen from outside."""

from __future__ import annotations

import os
import re
import stat

from ide49_storage.changes.rules import ENGINE_MADE, engine_folders

from .engine import Container


def upper(container: Container) -> dict[str, os.stat_result]:
    """What the engine's own folder of this container holds, deletions left out."""
    top = container.upper_dir()
    found = {}
    for folder, folders, files in os.walk(os.fsencode(top)):
        for name in (*folders, *files):
            path = os.path.join(folder, name)
            seen = os.lstat(path)
            if stat.S_ISCHR(seen.st_mode) and seen.st_rdev == 0:
                continue
            found[os.fsdecode(path[len(os.fsencode(top)) :])] = seen
    return found


def mount_points(container: Container) -> set[str]:
    """Where anything is mounted in the container, hidden or not."""
    table = container.exec(["cat", "/proc/self/mountinfo"]).stdout.splitlines()
    octal = re.compile(r"\\([0-7]{3})")
    return {octal.sub(lambda found: chr(int(found[1], 8)), line.split(" ")[4]) for line in table} - {"/"}


def reachable(truth: dict[str, os.stat_result], points: set[str]) -> set[str]:
    """Without what lies below a mount, what the engine makes, and the folders it only made for that."""
    hidden = points | {os.fsdecode(path) for path in ENGINE_MADE}
    kept = {path for path in truth if not any(path == point or path.startswith(f"{point}/") for point in hidden)}
    touched = engines_own(points)
    for path in sorted(kept, key=len, reverse=True):
        if path in touched and not any(other.startswith(f"{path}/") for other in kept):
            kept.discard(path)
    return kept


def engines_own(points: set[str]) -> set[str]:
    """Folders that the engine may have touched to make mount points and files of its own."""
    return {os.fsdecode(path) for path in engine_folders(map(os.fsencode, points))}
