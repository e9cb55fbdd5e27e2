"""Which block devices can be taken out, from ``/sys/class/block``."""

from __future__ import annotations

import os
from collections.abc import Mapping

from .local_files import read_text
from .table import MountTable

_SYS_BLOCK = "/sys/class/block"


def removable_devices(table: MountTable, folder: str = _SYS_BLOCK) -> Mapping[str, bool]:
    """For each block device that a mount is on: can it be taken out? By ``major:minor`` and ``/dev/NAME``.

    ``/sys/dev/block`` is masked in podman's containers, ``/sys/class/block`` is not. Nothing is said of a
    device that cannot be read.
    """
    found: dict[str, bool] = {}
    wanted = set()
    for row in table.rows:
        # Major number 0 is for file systems without a block device.
        if not row.device.startswith("0:"):
            wanted.add(row.device)
        if row.source.startswith("/dev/") and row.source not in found:
            _add_device(found, folder, row.source.removeprefix("/dev/"))
    if not wanted <= found.keys():
        for name in _names(folder):
            if read_text(f"{folder}/{name}/dev") in wanted:
                _add_device(found, folder, name)
    return found


def _add_device(found: dict[str, bool], folder: str, name: str) -> None:
    """Look at one device. The flag ``removable`` is the whole disk's; a partition's folder lies inside it."""
    device = f"{folder}/{name}"
    number = read_text(f"{device}/dev")
    if number is None:
        return
    real = os.path.realpath(device)
    removable = "/usb" in real or "1" in (
        read_text(f"{real}/removable"),
        read_text(f"{os.path.dirname(real)}/removable"),
    )
    found[f"/dev/{name}"] = found[number] = removable


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
