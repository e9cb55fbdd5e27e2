"""Rules for ``/`` and for everything made of an image's layers: what the next update throws away."""

from __future__ import annotations

import re

from ...model.mounts import EngineName
from ...model.vocabulary import Fate, Kind
from .. import fstypes
from ..mountinfo import MountRow
from ..table import below, join
from .context import AT_RISK, KEPT, LOST, THIS_MACHINE, UNKNOWN, Classification, Context, classification

_HEX = "[0-9a-f]{64}"
_REPLACED = "An update replaces everything that belongs to the container with the new image."
_RUN_LAYER = re.compile(r"/userdata/overlay/[^/]+/(merge|upper|work)$")
_OTHERS_LAYER = re.compile(r"/overlay2?/[^/]+/merged$|/(io\.containerd\.runtime\.v[12]\.(task|linux))/.*/rootfs$")
_ENGINES_LAYER = re.compile(r"/overlay2?/|/overlay-containers/|/snapshots/")


def is_volatile(row: MountRow) -> bool:
    """Podman mounts the layer of a ``--rm`` container so that nothing need reach the disk."""
    return any(option in ("volatile", "fsync=volatile") for option in row.super_options)


def container_layer(row: MountRow, around: Context) -> Classification | None:
    """``/`` of a container made from an image, by whichever driver."""
    if row.mount_point != "/" or not around.profile.from_image or row.fs_type in fstypes.MEMORY:
        return None
    sign = _root_sign(row)
    if sign is None:
        return _given_root(row)
    kind = f"/ is {sign}: the container's own storage, which the engine laid over the image."
    if row.mount_options and "ro" in row.mount_options:
        kind += " It is read-only now."
    return classification(
        Kind.CONTAINER,
        *_layer_fates(row, around, kind),
    )


def _layer_fates(
    row: MountRow, around: Context, kind: str
) -> tuple[tuple[Fate, Fate, Fate], tuple[str, str, str, str]]:
    """What a stop does to the container layer depends on who runs the container."""
    stop_fate, stop = around.profile.layer_at_stop
    if around.auto_removed:
        stop_fate = LOST
        stop = (
            "The mount option 'volatile' says that the container was started with --rm: "
            "the engine removes it, with this storage, as soon as it stops."
        )
    elif around.profile.hides_auto_removal and row.fs_type not in around.profile.shows_auto_removal_on:
        stop += " (If it was started with --rm it is removed at the stop: that cannot be seen from inside.)"
    return (stop_fate, LOST, LOST), (kind, stop, _REPLACED, THIS_MACHINE)


def _root_sign(row: MountRow) -> str | None:
    """By which sign this root is a container's layer; ``None`` if it shows none."""
    if row.fs_type == "overlay":
        if row.super_value("upperdir") is not None:
            return "an overlay with a writable layer (upperdir)"
        return "an overlay"
    if row.fs_type == "aufs":
        return "an aufs of layers"
    if row.fs_type == fstypes.FUSE_OVERLAY:
        return "a fuse-overlayfs"
    if row.fs_type == "btrfs" and re.search(rf"/btrfs/subvolumes/{_HEX}", _subvolume(row)):
        return "a btrfs subvolume in the engine's folder …/btrfs/subvolumes"
    if re.search(r"/vfs/dir/[^/]+", row.root):
        return "a full copy in the engine's folder …/vfs/dir"
    if row.fs_type == "zfs" and re.search(rf"/({_HEX}|[0-9a-f]{{64}}-init)$", row.source):
        return "a ZFS data set named by the container's id"
    if row.source.startswith("/dev/mapper/docker-") or re.search(rf"/dev/mapper/.*{_HEX}$", row.source):
        return f"the engine's own thin disk {row.source}"
    return None


def _subvolume(row: MountRow) -> str:
    return (row.super_value("subvol") or "") + "\n" + row.root


def _given_root(row: MountRow) -> Classification:
    """A container whose root no known driver made: podman's --rootfs, or a virtual machine's."""
    doubt = "Its root has the sign of no storage driver, so what becomes of it is not known."
    return classification(
        Kind.CONTAINER,
        (UNKNOWN, UNKNOWN, UNKNOWN),
        (
            (
                f"/ is the {row.fs_type} folder {row.root} of {row.source}, in a container. It may be a folder "
                "that was given to the engine as the container's root."
            ),
            doubt,
            doubt,
            doubt,
        ),
    )


def system_root(row: MountRow, around: Context) -> Classification | None:
    """``/`` of an LXC or systemd-nspawn container: a whole system with a disk of its own."""
    if row.mount_point != "/" or not around.profile.whole_system or row.fs_type in fstypes.MEMORY:
        return None
    engine = around.profile.title
    upper = row.super_value("upperdir") or ""
    throw_away = around.profile.throw_away_layer
    ephemeral = (throw_away is not None and throw_away in upper) or re.search(r"(^|/)\.#[^/]+$", row.root)
    if ephemeral:
        gone = f"{engine} was asked for a throw-away copy (--ephemeral or --volatile), dropped at the end."
        kind = f"/ is {upper or row.root}: a copy that {engine} made for this run only."
        return classification(Kind.CONTAINER, (LOST, LOST, LOST), (kind, gone, gone, THIS_MACHINE))
    parts = [part for part in row.root.split("/") if part and part != "rootfs"]
    name = parts[-1] if parts else None
    return classification(
        Kind.DISK,
        (KEPT, KEPT, LOST),
        (
            f"/ is the folder {row.root} of {row.source}: the disk of a system container ({engine}).",
            "A system container keeps its disk when it is stopped and started.",
            "A system container is updated in place, like a machine: its disk stays.",
            THIS_MACHINE,
        ),
        name=name,
    )


def host_root(row: MountRow, around: Context) -> Classification | None:
    """No container at all: ``/``, and other folders of the same file system."""
    if around.engine is not EngineName.NONE or row.fs_type in fstypes.MEMORY:
        return None
    if row.mount_point != "/" and not _of_root(row, around):
        return None
    stays = "There is no container that could be replaced."
    return classification(
        Kind.HOST,
        (KEPT, KEPT, LOST),
        (
            f"{row.mount_point} is on {row.source} ({row.fs_type}), and no container engine has left a sign.",
            stays,
            stays,
            THIS_MACHINE,
        ),
    )


def bind_of_root(row: MountRow, around: Context) -> Classification | None:
    """A folder of the container's own storage that is mounted once more: same data, same fate."""
    if row.mount_point == "/" or not _of_root(row, around):
        return None
    for rule in (container_layer, system_root):
        whole = rule(around.root, around)
        if whole is not None:
            inner = join("/", below(around.root.root, row.root))
            sentence = f"{row.mount_point} shows {inner} of the container's own storage once more."
            return Classification(
                whole.kind,
                None,
                whole.fate,
                type(whole.evidence)(
                    kind=sentence,
                    stop=whole.evidence.stop,
                    update=whole.evidence.update,
                    device=whole.evidence.device,
                ),
                whole.internal,
            )
    return None


def _of_root(row: MountRow, around: Context) -> bool:
    """The row shows the root's storage, or a folder inside it."""
    root = around.root
    if row.device != root.device or row is root:
        return False
    return row.root == root.root or row.root.startswith(root.root.rstrip("/") + "/")


def overlay(row: MountRow, around: Context) -> Classification:
    """An overlay that is not ``/``: an image, a volume with a throw-away layer, another container."""
    upper = row.super_value("upperdir")
    if _OTHERS_LAYER.search(row.mount_point):
        return _others_layer(row)
    runs_layer = _RUN_LAYER.search(row.source) is not None or (upper is not None and _RUN_LAYER.search(upper))
    engines = runs_layer or upper is None or _ENGINES_LAYER.search(upper)
    if not around.profile.from_image or not engines:
        return _somebodys_overlay(row, upper)
    if upper is None:
        return _image(row)
    how = "the engine's own"
    if runs_layer:
        how = "one that Podman makes for this run (…/userdata/overlay, as with its option :O)"
    gone = "The engine makes the layer anew for each run of the container, and drops it at the end."
    return classification(
        Kind.CONTAINER,
        (LOST, LOST, LOST),
        (
            f"{row.mount_point} is a folder or image under a writable layer, {how}: changes go into the layer.",
            gone,
            gone,
            THIS_MACHINE,
        ),
    )


def fuse_overlay(row: MountRow, around: Context) -> Classification | None:
    """The same through fuse-overlayfs, which does not show where its layer is."""
    if not around.profile.from_image:
        return None
    what = f"{row.mount_point} is a fuse-overlayfs, not the one of /: folders or an image shown as one"
    if row.read_only:
        again = "Nobody can write there, and the same image shows the same files again."
        return classification(
            Kind.CONTAINER, (KEPT, KEPT, AT_RISK), (f"{what}, read-only.", again, again, THIS_MACHINE)
        )
    gone = "Probably a layer that the engine makes anew for each run of the container, and drops at the end."
    return classification(Kind.CONTAINER, (LOST, LOST, LOST), (f"{what}.", gone, gone, THIS_MACHINE))


def _image(row: MountRow) -> Classification:
    again = "Nobody can write there, and the same image shows the same files again."
    return classification(
        Kind.CONTAINER,
        (KEPT, KEPT, AT_RISK),
        (
            f"{row.mount_point} is an overlay without a writable layer: an image's files, read-only.",
            again,
            again,
            "It is on this machine's own disk; an image can mostly be fetched again.",
        ),
    )


def _others_layer(row: MountRow) -> Classification:
    return classification(
        Kind.CONTAINER,
        (KEPT, LOST, LOST),
        (
            f"{row.mount_point} is where an engine in here shows the files of another container.",
            "A stopped container keeps its own storage until it is removed.",
            _REPLACED,
            THIS_MACHINE,
        ),
        internal=True,
    )


def _somebodys_overlay(row: MountRow, upper: str | None) -> Classification:
    if upper is None:
        what = "no writable layer: several folders shown as one, read-only"
        follows = "It shows folders whose own fate cannot be told from here."
    else:
        what = f"its writable layer in {upper}"
        follows = f"Its files share the fate of {upper}, which cannot be told from here."
    return classification(
        Kind.UNKNOWN,
        (UNKNOWN, UNKNOWN, UNKNOWN),
        (
            f"{row.mount_point} is an overlay with {what}; no engine's sign is on it.",
            follows,
            follows,
            follows,
        ),
    )
