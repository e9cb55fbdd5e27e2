"""A file system of its own in a file: for other drivers, for engines on a partition of their own, for full disks."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from .shell import run

MEGABYTE = 1024 * 1024


@contextlib.contextmanager
def loop_mounted(fs_type: str, mount_point: Path, *, megabytes: int) -> Iterator[Path]:
    """A fresh file system (``ext4``, ``btrfs``, ``xfs``) at ``mount_point``, in a file beside it; gone at the end."""
    image = mount_point.with_name(f"{mount_point.name}.{fs_type}")
    run(["umount", "--recursive", str(mount_point)], check=False)
    with image.open("wb") as file:
        file.truncate(megabytes * MEGABYTE)
    mount_point.mkdir(exist_ok=True)
    try:
        run([f"mkfs.{fs_type}", "-q", str(image)])
        run(["mount", "-o", "loop", str(image), str(mount_point)])
        yield mount_point
    finally:
        run(["umount", "--recursive", str(mount_point)], check=False)
        image.unlink()
