"""Rules for what the kernel and the engine mount for themselves, and for memory."""

from __future__ import annotations

import re

from ...model.mounts import EngineName
from ...model.vocabulary import Kind
from .. import fstypes
from ..engines import PROFILES, EngineProfile
from ..mountinfo import MountRow
from .context import AT_RISK, KEPT, LOST, UNKNOWN, Classification, Context, classification

_HEX = re.compile("[0-9a-f]{64}")
_ENGINE_FILE = re.compile("|".join(pattern for profile in PROFILES for pattern in profile.own_files))
_INTERNAL_POINT = re.compile(
    r"/(dev|run|var/run)$|/dev/(shm|mqueue|lxc)$|/run/(lock|user/\d+|secrets|credentials)(/|$)"
    r"|/var/run/secrets(/|$)|/run/systemd/|/run/wrappers$|/sys/|/proc/"
)
_LOST_IN_MEMORY = "What is in memory is gone when the container stops."


def is_internal_point(path: str) -> bool:
    """Mount points where nobody keeps files, whatever is mounted there."""
    return path.startswith(("/dev", "/run", "/var/run", "/sys", "/proc")) and (_INTERNAL_POINT.match(path) is not None)


def kernel(row: MountRow, _: Context) -> Classification:
    """proc, sysfs, cgroups, device files: the kernel's own windows."""
    return _kernel(f"The file system type {row.fs_type} holds no files: the kernel shows itself there.")


def masked(row: MountRow, around: Context) -> Classification | None:
    """What the engine lays over parts of /proc and /sys that a container shall not see."""
    below = row.mount_point.startswith(("/proc/", "/sys/"))
    if row.fs_type in fstypes.MEMORY and (row.root == "/null" or below):
        if around.engine is EngineName.NONE:
            return _kernel(f"{row.mount_point} is a {row.fs_type} among the kernel's own folders.")
        return _kernel(
            f"{row.mount_point} is covered by an empty {row.fs_type}, so that the container cannot "
            "see or change this part of the kernel."
        )
    if row.fs_type in fstypes.LXCFS and below:
        return _kernel(f"fuse.lxcfs answers for {row.mount_point}: it shows the container its share of the machine.")
    if row.mount_point == "/dev" and row.fs_type in fstypes.MEMORY:
        return _kernel("/dev holds the device files: made anew at every start.")
    return None


def _kernel(what: str) -> Classification:
    same = "Nobody's files are kept there: it is made anew at every start."
    return classification(Kind.KERNEL, (LOST, LOST, LOST), (what, same, same, same), internal=True)


def engine_file(row: MountRow, around: Context) -> Classification | None:
    """/etc/hosts and its like, which the engine writes for each container."""
    if row.fs_type in fstypes.LAYERED:
        return None
    if around.engine is EngineName.NONE or not _is_engines(row, around.profile):
        return None
    engine = around.profile.title
    anew = f"Written anew by {engine}: do not keep changes in {row.mount_point}."
    return classification(
        Kind.ENGINE,
        (LOST, LOST, LOST),
        (
            f"{row.mount_point} shows {_ending(row.root)}, where {engine} keeps what it writes for the container.",
            anew,
            anew,
            "It describes this container, and is lost with it.",
        ),
        internal=True,
    )


def _is_engines(row: MountRow, engine: EngineProfile) -> bool:
    point = engine.own_points
    return _ENGINE_FILE.search(row.root) is not None or (point is not None and point.match(row.mount_point) is not None)


def cluster_memory(row: MountRow, around: Context) -> Classification | None:
    """A tmpfs in a pod: a secret, or memory that belongs to the pod and not to the container."""
    if around.engine is not EngineName.KUBERNETES:
        return None
    point = row.mount_point
    token = "/secrets/kubernetes.io/" in point
    if token or (row.read_only and not is_internal_point(point)):
        what = f"{point} is in memory and read-only, as Kubernetes hands out secrets; other memory could look the same."
        if token:
            what = f"{point} is where Kubernetes puts a pod's access token."
        again = "Kubernetes writes it anew from the cluster's own records."
        return classification(
            Kind.CONFIG,
            (KEPT, KEPT, UNKNOWN),
            (what, again, again, "Where the cluster keeps its records cannot be seen from here."),
            name=point.rsplit("/", 1)[-1],
            internal=is_internal_point(point),
        )
    return classification(
        Kind.MEMORY,
        (AT_RISK, LOST, LOST),
        (
            f"{point} is a {row.fs_type}: its files are in memory.",
            (
                "In Kubernetes memory mostly belongs to the pod: it outlives the container's own restart, "
                "but not the pod's."
            ),
            "An update makes a new pod, with empty memory.",
            "Memory is lost when the machine is switched off.",
        ),
        internal=is_internal_point(point),
    )


def memory(row: MountRow, around: Context) -> Classification:
    """A tmpfs. A folder of the host's own tmpfs, handed in, outlives the container."""
    inside_root = row.device == around.root.device
    if row.root != "/" and around.engine is not EngineName.NONE and not inside_root:
        return classification(
            Kind.BIND,
            (KEPT, KEPT, LOST),
            (
                (
                    f"{row.mount_point} shows {row.root}, one entry of a {row.fs_type} that is mounted whole "
                    "somewhere else: it is handed in from the machine's memory."
                ),
                "It belongs to the machine and not to the container, so a stop does not touch it.",
                "It is the machine's memory: the new container shows it again, until the machine itself restarts.",
                "Memory is lost when the machine is switched off.",
            ),
            name=row.root.rstrip("/").rsplit("/", 1)[-1],
            internal=is_internal_point(row.mount_point),
        )
    doubt = ""
    if around.profile.from_image and not is_internal_point(row.mount_point):
        doubt = (
            " A named volume made with -o type=tmpfs looks the same, and is no safer; so does the machine's own "
            "memory when it is handed in whole, which would be kept until the machine restarts."
        )
    gone = _LOST_IN_MEMORY
    if around.engine is EngineName.NONE:
        gone = "What is in memory is gone when the machine restarts."
    return classification(
        Kind.MEMORY,
        (LOST, LOST, LOST),
        (
            f"{row.mount_point} is a {row.fs_type}: its files are in memory.{doubt}",
            gone,
            gone,
            "Memory is lost when the machine is switched off.",
        ),
        internal=is_internal_point(row.mount_point),
    )


def _ending(root: str) -> str:
    """The telling end of a long folder: its last three components, long ids cut."""
    parts = [part[:12] + "…" if _HEX.fullmatch(part) else part for part in root.split("/") if part]
    return "/".join(["…", *parts[-3:]]) if len(parts) > 3 else root
