"""Rules for disks and for folders of the machine that were handed into the container; and the last resort."""

from __future__ import annotations

from ...model.mounts import EngineName
from ...model.vocabulary import Kind
from .. import fstypes
from ..mountinfo import MountRow
from ..table import DELETED
from .context import AT_RISK, KEPT, LOST, THIS_MACHINE, UNKNOWN, Classification, Context, classification
from .system import is_internal_point

_MEDIA = ("/mnt/", "/media/", "/run/media/")


def whole_disk(row: MountRow, around: Context) -> Classification | None:
    """A whole partition (root ``/``), fixed or removable; never the one the engine itself works on."""
    if not _on_disk(row) or row.root != "/" or row.device in around.engine_devices:
        return None
    if around.is_removable(row):
        apart = f"The files are on {row.source}, which is no part of the container."
        return classification(
            Kind.REMOVABLE,
            (KEPT, KEPT, AT_RISK),
            (
                (
                    f"{row.mount_point} is the whole of {row.source}, and the kernel says that this device is "
                    "on USB or can be taken out."
                ),
                apart + " It has to be plugged in.",
                apart + " It has to be plugged in.",
                "It can be read on another machine if it is saved, and is lost if it goes with this one.",
            ),
            name=_disk_name(row),
        )
    apart = f"The files are on {row.source}, which no update of a container touches."
    internal = row.fs_type == "squashfs" or row.mount_point.startswith("/boot")
    return classification(
        Kind.DISK,
        (KEPT, KEPT, LOST),
        (
            f"{row.mount_point} is the whole of {row.source} ({row.fs_type}), a disk of this machine.",
            apart,
            apart,
            THIS_MACHINE,
        ),
        name=_disk_name(row),
        internal=internal,
    )


def host_folder(row: MountRow, around: Context) -> Classification | None:
    """In a container, any other folder or file of a real file system: a bind from the machine."""
    if around.engine is EngineName.NONE or not _on_disk(row):
        return None
    root = row.root.removesuffix(DELETED)
    name = root.rstrip("/").rsplit("/", 1)[-1] or row.mount_point.rsplit("/", 1)[-1] or None
    what = f"{root} of the machine's file system on {row.source}"
    if root == "/":
        what = f"the machine's whole file system on {row.source}"
    doubt = ""
    if around.profile.from_image:
        doubt = (
            " It looks like a folder handed in from the machine (a bind); a named volume made with "
            "-o o=bind would look the same."
        )
    if root is not row.root:
        doubt += " The entry itself has been deleted on the machine."
    apart = "The files belong to the machine and not to the container, so a stop does not touch them."
    device_fate, device = LOST, THIS_MACHINE
    if around.is_removable(row) and row.device not in around.engine_devices:
        device_fate = AT_RISK
        device = f"{row.source} is on USB or can be taken out: saved if it is, lost if it goes with the machine."
    return classification(
        Kind.BIND,
        (KEPT, KEPT, device_fate),
        (
            f"{row.mount_point} shows {what}.{doubt}",
            apart,
            "The files belong to the machine: the new container shows the same ones again.",
            device,
        ),
        name=name,
        internal=is_internal_point(row.mount_point),
    )


def host_disk(row: MountRow, around: Context) -> Classification | None:
    """Outside a container, a folder of a disk that is mounted at a second place."""
    if around.engine is not EngineName.NONE or not _on_disk(row):
        return None
    stays = f"The files are on {row.source}, and {around.profile.title} is at work that could replace them."
    removable = bool(around.is_removable(row))
    return classification(
        Kind.REMOVABLE if removable else Kind.DISK,
        (KEPT, KEPT, AT_RISK if removable else LOST),
        (
            f"{row.mount_point} shows {row.root} of {row.source} ({row.fs_type}).",
            stays,
            stays,
            "It can be taken out: saved if it is, lost if it goes with the machine." if removable else THIS_MACHINE,
        ),
        name=_disk_name(row),
    )


def unresolvable_path(why: str) -> Classification:
    """A path that may lead to another place than its text says: ``why`` names what could not be read."""
    follows = "Where the path leads is not known, so it is not known what becomes of it."
    return classification(Kind.UNKNOWN, (UNKNOWN, UNKNOWN, UNKNOWN), (why, follows, follows, follows))


def unlisted_root(_row: MountRow, _: Context) -> Classification:
    """The root that a chroot hides."""
    return _unknown("The kernel does not list the mount of /: this process runs in a chroot, or may not see it.")


def unknown(row: MountRow, _: Context) -> Classification:
    """The last resort, for a mount that no rule knows."""
    return _unknown(
        f"{row.mount_point} has the file system type {row.fs_type}, source {row.source or 'none'} and root "
        f"{row.root}: no rule of this project knows it."
    )


def _unknown(why: str) -> Classification:
    follows = "It is not known what this mount is, so it is not known what becomes of it."
    return classification(Kind.UNKNOWN, (UNKNOWN, UNKNOWN, UNKNOWN), (why, follows, follows, follows))


def _on_disk(row: MountRow) -> bool:
    return (
        row.fs_type in fstypes.DISK
        or row.fs_type in fstypes.FUSE_DISK
        or (row.source.startswith("/dev/") and not row.fs_type.startswith("fuse."))
    )


def _disk_name(row: MountRow) -> str | None:
    """What a person calls a disk: the name it is mounted by, else its device."""
    if row.mount_point.startswith(_MEDIA):
        return row.mount_point.rsplit("/", 1)[-1]
    return row.source.rsplit("/", 1)[-1] or None
