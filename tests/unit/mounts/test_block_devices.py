"""Which devices can be taken out."""

from __future__ import annotations

from pathlib import Path

from ide49_storage.mounts.block_devices import removable_devices

from .lines import DISK_ROOT, line, table_of


def block_device(folder: Path, name: str, number: str, *, under: str, removable: str | None = None) -> None:
    """A made-up entry of /sys/class/block. ``removable`` is written where the kernel has it: at the disk."""
    real = folder / "devices" / under
    real.mkdir(parents=True, exist_ok=True)
    (real / "dev").write_text(number + "\n")
    if removable is not None:
        (real / "removable").write_text(removable + "\n")
    (folder / name).symlink_to(real)


def test_a_device_on_usb_or_flagged_as_such_is_removable(tmp_path: Path) -> None:
    block_device(tmp_path, "sda", "8:0", under="pci/ata1/sda", removable="0")
    block_device(tmp_path, "sda2", "8:2", under="pci/ata1/sda/sda2")
    block_device(tmp_path, "sdb1", "8:17", under="pci/usb1/1-1/sdb/sdb1")
    block_device(tmp_path, "mmcblk1", "179:0", under="mmc/mmcblk1", removable="1")
    block_device(tmp_path, "mmcblk1p1", "179:1", under="mmc/mmcblk1/mmcblk1p1")
    table = table_of(
        DISK_ROOT,
        line(2, 1, "/mnt/stick", device="8:17", fs="vfat", source="/dev/sdb1"),
        line(3, 1, "/mnt/card", device="179:1", fs="vfat", source="/dev/root"),
        line(4, 1, "/mnt/gone", device="8:99", fs="vfat", source="/dev/sdz9"),
    )
    known = removable_devices(table, str(tmp_path))
    assert {number: known.get(number) for number in ("8:2", "8:17", "179:1", "8:99", "/dev/sdb1")} == {
        "8:2": False,
        "8:17": True,
        "179:1": True,
        "8:99": None,
        "/dev/sdb1": True,
    }


def test_without_sys_nothing_is_said_of_devices(tmp_path: Path) -> None:
    assert removable_devices(table_of(DISK_ROOT), str(tmp_path / "none")) == {}
