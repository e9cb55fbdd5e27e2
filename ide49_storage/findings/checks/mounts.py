"""Checks of the mounts: what is hidden, what is missing, what turned read-only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...model.findings import Level
from ...model.mounts import Mount, MountReport, Where
from ...model.vocabulary import Fate, Kind
from ..registry import Observation, check
from ._shared import REMOTE, lives_on, quoted

_STORES = (Kind.VOLUME, Kind.ANONYMOUS, Kind.BIND, Kind.DISK, Kind.REMOVABLE, Kind.HOST, Kind.SAMBA)


@check("MT01", Level.ADVICE, "A share lies over a local folder")
def hidden_by_share(mounts: MountReport) -> Iterator[Observation]:
    """A network share is mounted over a folder that has a storage of its own.

    What was in the folder before is still there, but no longer under that path. ide49 does this on purpose
    with `/home/iot`, and shows the local volume again at `/service-config/iot-home`. Without such a second
    place the local files cannot be reached.
    """
    by_id = {mount.id: mount for mount in mounts.mounts}
    for mount in mounts.mounts:
        over = by_id.get(mount.hidden_by) if mount.hidden_by is not None else None
        if over is None or over.kind not in REMOTE or mount.internal or mount.kind in REMOTE:
            continue
        elsewhere = [place.path for place in mount.also_at if not place.hidden]
        told = f"{mount.name or mount.source} at {mount.mount_point} is hidden by {over.name or over.source}."
        if elsewhere:
            yield Observation(
                f"{told} The same files are at {elsewhere[0]}.",
                f"Use {elsewhere[0]} for what must stay on this machine.",
                about=mount.mount_point,
            )
        else:
            yield Observation(
                f"{told} No other path reaches its files.",
                "Mount the volume at a second place too, or unmount the share to reach the files.",
                about=mount.mount_point,
                level=Level.WARNING,
                title="A share hides local files that no other path reaches",
            )


@check("MT02", Level.ERROR, "A folder that settings count on is not on its volume")
def volume_missing(named_paths: Mapping[str, Where]) -> Iterator[Observation]:
    """A variable names a folder that should be on a volume of its own, and it is not: the volume is not
    mounted, or a share is mounted in its place.

    In ide49, `/service-config/iot-home` holds Jupyter's state and your packages. Without the volume they are
    written into the container, and are lost at the next update.
    """
    for name, where in named_paths.items():
        path = where.path
        if where.fate.update is Fate.LOST and where.mount_point == "/" and path.startswith("/service-config/"):
            folder = "/".join(path.split("/")[:3])
            yield Observation(
                f"{name} is {path}, but nothing is mounted at {folder}. {where.evidence.update}",
                f"Mount the volume at {folder} (in docker-compose: under volumes of the Jupyter service).",
                about=f"{folder} for {name}",
                lines=(f"- {folder.rsplit('/', 1)[-1]}:{folder}",),
            )
        elif where.kind in REMOTE and path.startswith("/service-config/"):
            yield Observation(
                f"{name} is {path}, which lives on {lives_on(where)}.",
                "Unmount the share there: this folder must be on a local volume.",
                about=path,
                lines=(f"umount {quoted(where.mount_point)}",),
            )


@check("MT03", Level.ERROR, "A storage turned read-only")
def turned_read_only(mounts: MountReport) -> Iterator[Observation]:
    """A storage is mounted for writing, but its file system is read-only.

    The kernel does this when a disk or SD card gives errors. Save what you can, then check the card.
    """
    for mount in mounts.mounts:
        if mount.kind in _STORES and not (mount.internal or mount.hidden) and _turned(mount):
            yield Observation(
                f"{mount.mount_point} is mounted rw, but its file system ({mount.source}, {mount.fs_type}) says ro.",
                "Save what you need from it, look into the kernel's log, and check the disk or card.",
                about=mount.mount_point,
                lines=("dmesg | grep -i 'remount\\|i/o error'",),
            )


def _turned(mount: Mount) -> bool:
    return "rw" in mount.options.mount and "ro" in mount.options.super
