"""Which engine runs the container this process is in: a pure function of the signs that were seen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from ..model.mounts import Engine, EngineName
from .mountinfo import MountRow
from .table import UNLISTED, MountTable

ENV_NAMES = (
    "BALENA",
    "BALENA_SERVICE_NAME",
    "RESIN",
    "KUBERNETES_SERVICE_HOST",
    "container",
)
"""The only variables that are looked at: others may hold secrets."""

_WRITTEN_BY_ENGINES = frozenset({"/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/run/.containerenv"})
_ENGINE_FILES = (
    (
        re.compile(r"/containers/[0-9a-f]{64}/(?:hosts|hostname|resolv\.conf)$"),
        EngineName.DOCKER,
        "is a file in …/containers/ID, where Docker keeps it",
    ),
    (
        re.compile(r"/userdata/(?:hosts|hostname|resolv\.conf|\.containerenv)$"),
        EngineName.PODMAN,
        "is a file in …/userdata, where Podman keeps it",
    ),
    (
        re.compile(r"/(?:etchosts|containers)/[^/]+/[0-9a-f]{64}/(?:hosts|hostname|resolv\.conf)$"),
        EngineName.CONTAINERD,
        "is a file where nerdctl, containerd's command line, keeps it",
    ),
)
_POD_FILE = re.compile(r"/pods/[^/]+/(?:etc-hosts$|containers/|volumes/kubernetes\.io~|volume-subpaths/)")
_BALENA_VOLUME = re.compile(r"^/(?:docker|balena)/volumes/\d+_[^/]+/_data")
_LXC_ROOT = re.compile(r"/[^/]+/rootfs$")
_CGROUPS = (
    (re.compile(r"/kubepods|/kubelet"), EngineName.KUBERNETES),
    (re.compile(r"/libpod-"), EngineName.PODMAN),
    (re.compile(r"/docker[/-][0-9a-f]{64}"), EngineName.DOCKER),
    (re.compile(r"/systemd-nspawn@"), EngineName.NSPAWN),
    (re.compile(r"/lxc(?:\.payload)?[./]"), EngineName.LXC),
    (re.compile(r"/nerdctl-|/cri-containerd-"), EngineName.CONTAINERD),
)
_MANAGERS = {
    "podman": EngineName.PODMAN,
    "docker": EngineName.DOCKER,
    "lxc": EngineName.LXC,
    "lxc-libvirt": EngineName.LXC,
    "systemd-nspawn": EngineName.NSPAWN,
}
_NO_CONTAINER = frozenset({"wsl"})


class Signs(msgspec.Struct, frozen=True):
    """What was seen. ``containerenv`` and the three after it are texts of files, ``None`` if absent.

    ``env`` holds nothing but ``ENV_NAMES``; ``init_container`` is the variable ``container`` of process 1.
    """

    env: Mapping[str, str] = {}
    dockerenv: bool = False
    containerenv: str | None = None
    systemd_container: str | None = None
    container_manager: str | None = None
    cgroup: str | None = None
    init_container: str | None = None


Hint = tuple[EngineName, str]


def recognise(signs: Signs, table: MountTable) -> Engine:
    """The engine, and the sentences that it follows from. Every sign found for it is named."""
    hints = [*_env_hints(signs), *_file_hints(signs, table.root), *_mount_hints(table.rows)]
    hints += _cgroup_hints(signs)
    for name in _PRECEDENCE:
        evidence = tuple(dict.fromkeys(text for engine, text in hints if engine is name))
        if evidence:
            return Engine(name=name, evidence=evidence)
    weak = tuple(text for engine, text in hints if engine is EngineName.UNKNOWN)
    root = table.root
    if root.fs_type == "overlay":
        weak += ("/ is an overlay, as in a container (or a live system), but no engine left a sign of its own.",)
    if weak:
        return Engine(name=EngineName.UNKNOWN, evidence=weak)
    if root.fs_type == UNLISTED:
        no = "There is no sign of a container engine; the mount of / is not listed, as in a chroot."
    elif signs.dockerenv:
        no = (
            f"There is a file /.dockerenv, but / is on {root.source} ({root.fs_type}) and no engine has "
            "mounted anything: the file was left in the system's files."
        )
    else:
        no = f"/ is on {root.source} ({root.fs_type}), and there is no sign of a container engine."
    return Engine(name=EngineName.NONE, evidence=(no,))


# The outer name first: balena is a Docker and Kubernetes runs containerd or CRI-O, so both show their signs too.
_PRECEDENCE = (
    EngineName.KUBERNETES,
    EngineName.BALENA,
    EngineName.PODMAN,
    EngineName.DOCKER,
    EngineName.CONTAINERD,
    EngineName.NSPAWN,
    EngineName.LXC,
)


def _env_hints(signs: Signs) -> Iterator[Hint]:
    env = signs.env
    if env.get("KUBERNETES_SERVICE_HOST"):
        yield EngineName.KUBERNETES, "The variable KUBERNETES_SERVICE_HOST is set."
    for name in ("BALENA", "RESIN"):
        if env.get(name) == "1":
            yield EngineName.BALENA, f"The variable {name} is 1."
    if env.get("BALENA_SERVICE_NAME"):
        yield EngineName.BALENA, "The variable BALENA_SERVICE_NAME is set."
    yield from _manager_hint(env.get("container"), "The variable container says")
    yield from _manager_hint(signs.init_container, "In the environment of process 1 the variable container says")
    yield from _manager_hint(signs.systemd_container, "The file /run/systemd/container says")
    yield from _manager_hint(signs.container_manager, "The file /run/host/container-manager says")


def _manager_hint(said: str | None, opening: str) -> Iterator[Hint]:
    said = (said or "").strip()[:40]
    if said and said not in _NO_CONTAINER:
        yield _MANAGERS.get(said, EngineName.UNKNOWN), f"{opening} {said}."


def _file_hints(signs: Signs, root: MountRow) -> Iterator[Hint]:
    if signs.containerenv is not None:
        engine = re.search(r'^engine="([^"]{1,60})"', signs.containerenv, re.MULTILINE)
        said = f' with engine="{engine[1]}"' if engine else ""
        yield EngineName.PODMAN, f"There is a file /run/.containerenv{said}."
    # Alone on a whole disk the file is a left-over: machines are made from images as well.
    if signs.dockerenv and (root.root != "/" or root.fs_type in ("overlay", "aufs")):
        yield EngineName.DOCKER, "There is a file /.dockerenv."


def _mount_hints(rows: Sequence[MountRow]) -> Iterator[Hint]:
    """The signs on the mounts, each by the first mount that shows it."""
    seen = set()
    for row in rows:
        hint = _mount_hint(row)
        if hint is not None and hint not in seen:
            seen.add(hint)
            yield hint[0], f"{row.mount_point} {hint[1]}."


def _mount_hint(row: MountRow) -> Hint | None:
    """The sign on one mount, as the rest of a sentence."""
    root, point = row.root, row.mount_point
    if point == "/":
        return _root_hint(row)
    if root == "/":
        return _whole_hint(row)
    if point in _WRITTEN_BY_ENGINES:
        for pattern, name, sign in _ENGINE_FILES:
            if pattern.search(root):
                return name, sign
    # On a cluster's own machine the kubelet binds folders of pods below its own folder.
    if "/pods/" in root and "/pods/" not in point and _POD_FILE.search(root):
        return EngineName.KUBERNETES, "is in …/pods/ID, where Kubernetes keeps it"
    if _BALENA_VOLUME.match(root):
        return EngineName.BALENA, "is in /docker/volumes/APPID_NAME, as balena names volumes"
    if root.endswith("/.lxc-boot-id"):
        return EngineName.LXC, "is a file that LXC makes (.lxc-boot-id)"
    if "/nspawn/propagate/" in root:
        return EngineName.NSPAWN, "is a folder that systemd-nspawn makes"
    return None


def _whole_hint(row: MountRow) -> Hint | None:
    """The sign on a mount that shows a whole file system: only its place and type can tell."""
    if row.mount_point.endswith("/run/secrets/kubernetes.io/serviceaccount"):
        return EngineName.KUBERNETES, "is where Kubernetes puts a pod's access token"
    if row.fs_type == "fuse.lxcfs" and row.mount_point.startswith("/proc/"):
        return EngineName.LXC, "is answered by lxcfs, which belongs to LXC"
    return None


def _root_hint(row: MountRow) -> Hint | None:
    if row.root.startswith("/var/lib/machines/"):
        return EngineName.NSPAWN, "is a folder of /var/lib/machines, where systemd-nspawn keeps its systems"
    if _LXC_ROOT.search(row.root) and "/lx" in row.root:
        return EngineName.LXC, f"is the folder …/{'/'.join(row.root.split('/')[-2:])}, as LXC lays it out"
    upper = row.super_value("upperdir") or ""
    if "/io.containerd.snapshotter" in upper and "/docker/" not in upper:
        return EngineName.CONTAINERD, "is an overlay in containerd's folder"
    if "/overlay2/" in upper and "/docker/" in upper:
        return EngineName.DOCKER, "is an overlay in Docker's folder"
    if "/containers/storage/overlay/" in upper:
        return EngineName.PODMAN, "is an overlay in the folder of Podman's storage"
    return None


def _cgroup_hints(signs: Signs) -> Iterator[Hint]:
    for pattern, name in _CGROUPS:
        if signs.cgroup and (found := pattern.search(signs.cgroup)):
            yield name, f"The process's control group has '{found[0].strip('/')[:20]}' in its name."
