"""What is particular to each container engine: one ``EngineProfile`` each. Pure data.

``engine_detection`` reads the signs, ``classify`` the files and fates, the ``engines`` package the sockets. A new
engine is a name in ``model.mounts.EngineName`` and a profile here.
"""

from __future__ import annotations

import re

import msgspec

from ..model.mounts import EngineName
from ..model.vocabulary import Fate

_HEX = "[0-9a-f]{64}"
_WRITTEN = r"(?:hosts|hostname|resolv\.conf)"

WRITTEN_AT = ("/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/run/.containerenv")
"""Where engines mount the files that they write for each container."""

_WRITTEN_POINTS = re.compile("|".join(map(re.escape, WRITTEN_AT)))


class MountSign(msgspec.Struct, frozen=True, kw_only=True):
    """A sign of an engine on a mount: all patterns that are given must match.

    ``words`` continue a sentence that begins with the mount point; ``{folder}`` in them stands for the last two
    components of the mount's root. ``point`` must match the whole mount point; ``root`` and ``upper`` (the overlay's
    upper folder) are searched for. ``part`` is text that the root must contain, which is quick to test.
    """

    words: str
    part: str = ""
    point: re.Pattern[str] | None = None
    root: re.Pattern[str] | None = None
    upper: re.Pattern[str] | None = None
    fs_type: str | None = None


class EngineProfile(msgspec.Struct, frozen=True, kw_only=True):
    """One engine.

    ``title``: its name as a sentence has it. ``from_image``: its containers are made from an image and replaced at an
    update. ``whole_system``: they are systems that update themselves in place.

    Signs. ``variables``: names in the environment with the value that they must have (``None``: any).
    ``manager_names``: what the variable ``container`` and systemd's files call it. ``control_group``: searched for in
    ``/proc/self/cgroup``. ``root_signs`` on the mount of ``/``, ``whole_signs`` on mounts of whole file systems,
    ``folder_signs`` on mounts of a folder or file.

    Files. ``own_files``: patterns of mount roots where it keeps what it writes for a container; ``own_points``: mount
    points where only this engine puts something of its own, while with another engine a person may have chosen the
    place. ``sockets``: where it listens; ``user_socket``: for one user, with ``{uid}``.

    Fates. ``layer_at_stop`` is what a stop does to the container layer and the sentence that says why.
    ``hides_auto_removal``: a container may have been started with ``--rm`` and show nothing of it, except where the
    root is of a type in ``shows_auto_removal_on``. ``anonymous_at_stop`` is added to what a stop does to a volume
    without a name; ``anonymous_at_update`` says what an update does. ``volume_name``: its group is the name that a
    person gave a volume. ``throw_away_layer``: a part of the upper folder of a root that lasts for one run.
    """

    name: EngineName
    title: str
    from_image: bool = False
    whole_system: bool = False
    variables: tuple[tuple[str, str | None], ...] = ()
    manager_names: frozenset[str] = frozenset()
    control_group: re.Pattern[str] | None = None
    root_signs: tuple[MountSign, ...] = ()
    whole_signs: tuple[MountSign, ...] = ()
    folder_signs: tuple[MountSign, ...] = ()
    own_files: tuple[str, ...] = ()
    own_points: re.Pattern[str] | None = None
    sockets: tuple[str, ...] = ()
    user_socket: str | None = None
    layer_at_stop: tuple[Fate, str] = (Fate.KEPT, "A stopped container keeps its own storage until it is removed.")
    hides_auto_removal: bool = False
    shows_auto_removal_on: frozenset[str] = frozenset()
    anonymous_at_stop: str = ""
    anonymous_at_update: str = (
        "A volume without a name is easily left behind: a new container mostly gets a new, empty one "
        "(current compose carries it over)."
    )
    volume_name: re.Pattern[str] | None = None
    throw_away_layer: str | None = None


KUBERNETES = EngineProfile(
    name=EngineName.KUBERNETES,
    title="Kubernetes",
    from_image=True,
    variables=(("KUBERNETES_SERVICE_HOST", None),),
    control_group=re.compile(r"/kubepods|/kubelet"),
    whole_signs=(
        MountSign(
            words="is where Kubernetes puts a pod's access token",
            point=re.compile(r".*/run/secrets/kubernetes\.io/serviceaccount", re.DOTALL),
        ),
    ),
    folder_signs=(
        MountSign(
            words="is in …/pods/ID, where Kubernetes keeps it",
            part="/pods/",
            # On a cluster's own machine the kubelet binds folders of pods below its own folder.
            point=re.compile(r"(?!.*/pods/).*", re.DOTALL),
            root=re.compile(r"/pods/[^/]+/(?:etc-hosts$|containers/|volumes/kubernetes\.io~|volume-subpaths/)"),
        ),
    ),
    # containerd as Kubernetes runs it; CRI-O keeps them where Podman does.
    own_files=(rf"/io\.containerd\.grpc\.v1\.cri/sandboxes/{_HEX}/",),
    own_points=re.compile(r"/dev/termination-log$|/etc/hosts$"),
    layer_at_stop=(Fate.LOST, "Kubernetes makes a new container from the image at every restart."),
)

BALENA = EngineProfile(
    name=EngineName.BALENA,
    title="balenaEngine",
    from_image=True,
    variables=(("BALENA", "1"), ("RESIN", "1"), ("BALENA_SERVICE_NAME", None)),
    folder_signs=(
        MountSign(
            words="is in /docker/volumes/APPID_NAME, as balena names volumes",
            part="/volumes/",
            root=re.compile(r"^/(?:docker|balena)/volumes/\d+_[^/]+/_data"),
        ),
    ),
    own_points=re.compile(r"/tmp/balena(/|$)"),  # noqa: S108  # compared, never opened
    sockets=("/var/run/balena.sock", "/var/run/balena-engine.sock", "/host/run/balena-engine.sock"),
    anonymous_at_update="balena drops volumes without a name when it replaces the container.",
    volume_name=re.compile(r"\d+_(.+)"),
)

PODMAN = EngineProfile(
    name=EngineName.PODMAN,
    title="Podman",
    from_image=True,
    manager_names=frozenset({"podman"}),
    control_group=re.compile(r"/libpod-"),
    root_signs=(
        MountSign(
            words="is an overlay in the folder of Podman's storage",
            upper=re.compile(r"/containers/storage/overlay/"),
        ),
    ),
    folder_signs=(
        MountSign(
            words="is a file in …/userdata, where Podman keeps it",
            part="/userdata/",
            point=_WRITTEN_POINTS,
            root=re.compile(r"/userdata/(?:hosts|hostname|resolv\.conf|\.containerenv)$"),
        ),
    ),
    own_files=(rf"-containers/{_HEX}/userdata/(?!overlay/)[^/]", r"/catatonit$"),
    sockets=("/run/podman/podman.sock",),
    user_socket="/run/user/{uid}/podman/podman.sock",
    hides_auto_removal=True,
    shows_auto_removal_on=frozenset({"overlay"}),
)

DOCKER = EngineProfile(
    name=EngineName.DOCKER,
    title="Docker",
    from_image=True,
    manager_names=frozenset({"docker"}),
    control_group=re.compile(rf"/docker[/-]{_HEX}"),
    root_signs=(
        MountSign(
            words="is an overlay in Docker's folder",
            upper=re.compile(r"^(?=.*/overlay2/)(?=.*/docker/)", re.DOTALL),
        ),
    ),
    folder_signs=(
        MountSign(
            words="is a file in …/containers/ID, where Docker keeps it",
            part="/containers/",
            point=_WRITTEN_POINTS,
            root=re.compile(rf"/containers/{_HEX}/{_WRITTEN}$"),
        ),
    ),
    own_files=(rf"/containers/{_HEX}/(hosts|hostname|resolv\.conf|mounts/)", r"/(docker-init|tini)$"),
    sockets=("/var/run/docker.sock", "/run/docker.sock"),
    hides_auto_removal=True,
    anonymous_at_stop=" (With --rm it is removed at the stop: that cannot be seen from inside.)",
)

CONTAINERD = EngineProfile(
    name=EngineName.CONTAINERD,
    title="containerd",
    from_image=True,
    control_group=re.compile(r"/nerdctl-|/cri-containerd-"),
    root_signs=(
        MountSign(
            words="is an overlay in containerd's folder",
            upper=re.compile(r"^(?!.*/docker/).*/io\.containerd\.snapshotter", re.DOTALL),
        ),
    ),
    folder_signs=(
        MountSign(
            words="is a file where nerdctl, containerd's command line, keeps it",
            point=_WRITTEN_POINTS,
            root=re.compile(rf"/(?:etchosts|containers)/[^/]+/{_HEX}/{_WRITTEN}$"),
        ),
    ),
    own_files=(rf"/(etchosts|containers)/[^/]+/{_HEX}/(hosts|hostname|resolv\.conf)$",),
    hides_auto_removal=True,
)

NSPAWN = EngineProfile(
    name=EngineName.NSPAWN,
    title="systemd-nspawn",
    whole_system=True,
    manager_names=frozenset({"systemd-nspawn"}),
    control_group=re.compile(r"/systemd-nspawn@"),
    root_signs=(
        MountSign(
            words="is a folder of /var/lib/machines, where systemd-nspawn keeps its systems",
            root=re.compile(r"^/var/lib/machines/"),
        ),
    ),
    folder_signs=(
        MountSign(
            words="is a folder that systemd-nspawn makes",
            part="/nspawn/propagate/",
        ),
    ),
    own_points=re.compile(r"/run/host(/|$)|/run/systemd/nspawn(/|$)"),
    throw_away_layer="/nspawn-root-",
)

LXC = EngineProfile(
    name=EngineName.LXC,
    title="LXC",
    whole_system=True,
    manager_names=frozenset({"lxc", "lxc-libvirt"}),
    control_group=re.compile(r"/lxc(?:\.payload)?[./]"),
    root_signs=(
        MountSign(
            words="is the folder …/{folder}, as LXC lays it out",
            root=re.compile(r"^(?=.*/lx).*/[^/]+/rootfs$", re.DOTALL),
        ),
    ),
    whole_signs=(
        MountSign(
            words="is answered by lxcfs, which belongs to LXC",
            point=re.compile(r"/proc/.*", re.DOTALL),
            fs_type="fuse.lxcfs",
        ),
    ),
    folder_signs=(
        MountSign(
            words="is a file that LXC makes (.lxc-boot-id)",
            part="/.lxc-boot-id",
            root=re.compile(r"/\.lxc-boot-id$"),
        ),
    ),
    own_points=re.compile(r"/dev/\.lxc|/dev/\.lxd|/dev/lxd(/|$)|/\.lxc-boot-id$"),
)

UNKNOWN = EngineProfile(
    name=EngineName.UNKNOWN,
    title="the container engine",
    from_image=True,
    layer_at_stop=(
        Fate.UNKNOWN,
        "It is not known what runs this container, so it is not known what a stop does to it.",
    ),
)

NONE = EngineProfile(name=EngineName.NONE, title="no container engine")

PROFILES = (KUBERNETES, BALENA, PODMAN, DOCKER, CONTAINERD, NSPAWN, LXC)
"""The engines that leave signs. Outer names first: balena is a Docker, and Kubernetes runs containerd or CRI-O, so
those two show the signs of others beside their own."""

BY_NAME = {profile.name: profile for profile in (*PROFILES, UNKNOWN, NONE)}


def socket_paths(uid: int) -> tuple[str, ...]:
    """Where an engine usually listens, in the order in which they are tried: those of a user come last."""
    engines = (DOCKER, PODMAN, BALENA)
    users = [profile.user_socket.format(uid=uid) for profile in engines if profile.user_socket is not None]
    return (*(path for profile in engines for path in profile.sockets), *users)
