"""What really changed in a container: the engine's own folders of it, seen from outside."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from ide49_storage.changes.groups import ENGINE_MADE, engine_folders
from ide49_storage.mounts.mountinfo import unescape

from .engine import Container
from .markers import run_script

Truth = dict[str, os.stat_result]
"""The upper directory: what the kernel says of each entry, by its path in the container."""


def changes(
    container: Container, program: Sequence[str] = ("jupyter", "storage"), *, user: str | None = None
) -> dict[str, Any]:
    """The project's answer, with the whole listing."""
    argv = [*program, "changes", "--json", "--list", "1000000"]
    return dict(json.loads(container.exec(argv, user=user).stdout))


def upper(container: Container) -> Truth:
    """What the engine's own folder of this container holds, deletions left out."""
    top = os.fsencode(container.upper_dir())
    found = {}
    for folder, folders, files in os.walk(top):
        for name in (*folders, *files):
            path = os.path.join(folder, name)
            seen = os.lstat(path)
            if not _is_whiteout(seen):
                found[os.fsdecode(path[len(top) :])] = seen
    return found


def image_had(container: Container, paths: Iterable[str]) -> Collection[str]:
    """Those of ``paths`` at which the image has something too."""
    layers = [Path(layer) for layer in container.inspect()["GraphDriver"]["Data"]["LowerDir"].split(":")]
    return {path for path in paths if _is_in(layers, path)}


def _is_in(layers: list[Path], path: str) -> bool:
    for layer in layers:
        try:
            seen = os.lstat(os.fsencode(f"{layer}{path}"))
        except OSError:
            continue
        return not _is_whiteout(seen)
    return False


def _is_whiteout(seen: os.stat_result) -> bool:
    return stat.S_ISCHR(seen.st_mode) and seen.st_rdev == 0


def mount_points(container: Container) -> set[str]:
    """The mount points in the container but ``/``, as its mount table writes them, unescaped."""
    table = container.exec(["cat", "/proc/self/mountinfo"]).stdout.splitlines()
    return {unescape(line.split(" ")[4]) for line in table} - {"/"}


def reachable(truth: Truth, points: set[str]) -> set[str]:
    """Without what lies below a mount, what the engine makes, and the folders it only made for that."""
    hidden = points | {os.fsdecode(path) for path in ENGINE_MADE}
    kept = {path for path in truth if not any(path == point or path.startswith(f"{point}/") for point in hidden)}
    touched = {os.fsdecode(path) for path in engine_folders(map(os.fsencode, points))}
    for path in sorted(kept, key=len, reverse=True):
        if path in touched and not any(other.startswith(f"{path}/") for other in kept):
            kept.discard(path)
    return kept


PRESENT = """
import json, os, sys
json.dump({path: os.path.lexists(path) for path in json.load(sys.stdin)}, sys.stdout)
"""


def present(container: Container, paths: list[str]) -> dict[str, bool]:
    """Whether each path is there, for root."""
    found: dict[str, bool] = run_script(container, PRESENT, paths)
    return found


def sizes(truth: Truth, paths: set[str]) -> int:
    """The bytes of these files, one with several names once."""
    inodes = {truth[path].st_ino: truth[path].st_size for path in paths if stat.S_ISREG(truth[path].st_mode)}
    return sum(inodes.values())
