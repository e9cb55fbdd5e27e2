"""Rules for volumes: named, anonymous, and Kubernetes' many."""

from __future__ import annotations

import re

from ...model.mounts import EngineName
from ...model.vocabulary import Kind
from ..mountinfo import MountRow
from .context import AT_RISK, KEPT, LOST, THIS_MACHINE, UNKNOWN, Classification, Context, classification

_VOLUME = re.compile(r".*/volumes/(?:([^/]+)/)?([^/]+)/_data(?:/(.*))?")
_HEX = re.compile(r"[0-9a-f]{64}")
_CRI_VOLUME = re.compile(r".*/io\.containerd\.grpc\.v1\.cri/containers/[^/]+/volumes/([0-9a-f]{64})")
_LXD_VOLUME = re.compile(r".*/storage-pools/[^/]+/custom/([^/]+)(?:/.*)?")
_POD_VOLUME = re.compile(r".*/pods/([^/]+)/volumes/kubernetes\.io~([^/]+)/([^/]+)(?:/.*)?")
_POD_SUBPATH = re.compile(r".*/pods/([^/]+)/volume-subpaths/([^/]+)/.*")
_POD_CONFIG = frozenset({"configmap", "secret", "projected", "downward-api"})


def engine_volume(row: MountRow, around: Context) -> Classification | None:
    """``…/volumes/NAME/_data``: Docker, Podman, balena, nerdctl (which has a name space before NAME)."""
    if "/_data" not in row.root:
        return None
    volume = _VOLUME.fullmatch(row.root)
    if volume is None:
        return None
    space, name, folder = volume.groups()
    sign = f"…/volumes/{space + '/' if space else ''}{name}/_data"
    if _HEX.fullmatch(name):
        return _anonymous(row, around, f"…/volumes/{name[:12]}…/_data")
    pattern = around.profile.volume_name
    if pattern is not None and (given := pattern.fullmatch(name)):
        name = given[1]
    part = f", of which it shows the folder {folder}" if folder else ""
    engine = "the engine" if around.engine is EngineName.NONE else around.profile.title
    return classification(
        Kind.VOLUME,
        (KEPT, KEPT, LOST),
        (
            f"{row.mount_point} shows {sign}: there {engine} keeps the volume {name}{part}.",
            f"The volume {name} is kept apart from the container, so a stop does not touch it.",
            f"The volume {name} is kept apart from the container: the new one gets the same volume.",
            THIS_MACHINE,
        ),
        name=name,
    )


def cluster_anonymous(row: MountRow, _: Context) -> Classification | None:
    """What an image's ``VOLUME`` becomes under containerd in Kubernetes."""
    if "/volumes/" not in row.root or not (volume := _CRI_VOLUME.fullmatch(row.root)):
        return None
    gone = "It belongs to the container, and Kubernetes makes a new container at every restart."
    return classification(
        Kind.ANONYMOUS,
        (LOST, LOST, LOST),
        (
            (
                f"{row.mount_point} shows …/containers/ID/volumes/{volume[1][:12]}…: a volume without a name, "
                "made because the image asks for one."
            ),
            gone,
            gone,
            THIS_MACHINE,
        ),
    )


def _anonymous(row: MountRow, around: Context, sign: str) -> Classification:
    stop_fate, update_fate = KEPT, AT_RISK
    stop = "A volume is kept when its container is stopped and started." + around.profile.anonymous_at_stop
    update = around.profile.anonymous_at_update
    if around.auto_removed:
        stop_fate = update_fate = LOST
        stop = update = (
            "The container was started with --rm (mount option 'volatile' on /): its volumes without a "
            "name are removed with it as soon as it stops."
        )
    return classification(
        Kind.ANONYMOUS,
        (stop_fate, update_fate, LOST),
        (
            f"{row.mount_point} shows {sign}: a volume whose name is 64 random digits, so nobody named it.",
            stop,
            update,
            THIS_MACHINE,
        ),
    )


def pod_volume(row: MountRow, _: Context) -> Classification | None:
    """``/pods/UID/volumes/kubernetes.io~TYPE/NAME``: Kubernetes says the type in the folder's name."""
    if "/pods/" not in row.root:
        return None
    volume = _POD_VOLUME.fullmatch(row.root)
    if volume is None:
        subpath = _POD_SUBPATH.fullmatch(row.root)
        if subpath is None:
            return None
        return _subpath(row, subpath[2])
    kind, name = volume[2], volume[3]
    sign = f"…/volumes/kubernetes.io~{kind}/{name}"
    if kind == "empty-dir":
        return classification(
            Kind.POD,
            (KEPT, LOST, LOST),
            (
                f"{row.mount_point} shows {sign}: an emptyDir, room that belongs to the pod.",
                "An emptyDir lives as long as the pod, so it outlives the container's restart.",
                "An update makes a new pod, whose emptyDir is empty.",
                THIS_MACHINE,
            ),
            name=name,
        )
    if kind in _POD_CONFIG:
        again = "Kubernetes writes it anew from the cluster's own records: do not keep changes there."
        return classification(
            Kind.CONFIG,
            (KEPT, KEPT, UNKNOWN),
            (
                f"{row.mount_point} shows {sign}: settings that Kubernetes hands to the pod.",
                again,
                again,
                "Where the cluster keeps its records cannot be seen from here.",
            ),
            name=name,
            internal="/secrets/kubernetes.io" in row.mount_point,
        )
    return _persistent(row, name, f"{sign}: a persistent volume of the cluster")


def _subpath(row: MountRow, name: str) -> Classification:
    """A ``subPath`` hides which type the volume has."""
    doubt = "A subPath does not show which type the volume has, so it is not known what becomes of it."
    return classification(
        Kind.VOLUME,
        (KEPT, UNKNOWN, UNKNOWN),
        (
            f"{row.mount_point} shows …/volume-subpaths/{name}: a folder (subPath) of the pod's volume {name}.",
            "Every volume of a pod outlives the container's restart.",
            doubt,
            doubt,
        ),
        name=name,
    )


def _persistent(row: MountRow, name: str | None, sign: str) -> Classification:
    return classification(
        Kind.VOLUME,
        (KEPT, KEPT, UNKNOWN),
        (
            f"{row.mount_point} shows {sign}.",
            "A persistent volume is kept apart from the pod, so a stop does not touch it.",
            "A persistent volume is kept apart from the pod: the new pod gets it again.",
            "Whether the cluster keeps it on this machine or elsewhere cannot be seen from here.",
        ),
        name=name,
    )


def cluster_disk(row: MountRow, around: Context) -> Classification | None:
    """A whole block device in a pod: mostly a persistent volume of its own."""
    if around.engine is not EngineName.KUBERNETES or row.mount_point == "/":
        return None
    if row.root != "/" or not row.source.startswith("/dev/") or row.device in around.engine_devices:
        return None
    return _persistent(
        row,
        None,
        f"the whole of {row.source}: probably a persistent volume of the cluster, though a disk of the "
        "machine handed in would look the same",
    )


def lxd_volume(row: MountRow, _: Context) -> Classification | None:
    """A custom volume of LXD or Incus."""
    if "/custom/" not in row.root or not (volume := _LXD_VOLUME.fullmatch(row.root)):
        return None
    name = volume[1].partition("_")[2] or volume[1]
    stays = f"The volume {name} is kept apart from the container."
    return classification(
        Kind.VOLUME,
        (KEPT, KEPT, LOST),
        (
            f"{row.mount_point} shows …/custom/{volume[1]}: there LXD keeps the volume {name}.",
            stays,
            stays,
            THIS_MACHINE,
        ),
        name=name,
    )
