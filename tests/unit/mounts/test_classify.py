"""Kind, name, fates and evidence: each row of the table of cases. All lines here are synthetic; real ones
are in ``test_captures``."""

from __future__ import annotations

import pytest

from ide49_storage.model.mounts import EngineName
from ide49_storage.model.words import Fate, Kind
from ide49_storage.mounts.classify import RULES, classify, surroundings
from ide49_storage.mounts.verdict import Verdict

from .lines import DISK_ROOT, HEX, OVERLAY_ROOT, line, table_of

KEPT, LOST, RISK, UNKNOWN = Fate.KEPT, Fate.LOST, Fate.AT_RISK, Fate.UNKNOWN
DOCKER, PODMAN, BALENA, K8S = EngineName.DOCKER, EngineName.PODMAN, EngineName.BALENA, EngineName.KUBERNETES
NERDCTL, LXC, NSPAWN, NONE = EngineName.CONTAINERD, EngineName.LXC, EngineName.NSPAWN, EngineName.NONE
VOLATILE = OVERLAY_ROOT + ",volatile"
VOLUMES = "/var/lib/docker/volumes"
PODS = "/var/lib/kubelet/pods/1-2-3"
HOSTS = line(9, 1, "/etc/hosts", device="8:2", root=f"/c/containers/{HEX}/hosts", fs="ext4", source="/dev/sda2")


def judge(
    text: str, engine: EngineName = DOCKER, *, root: str = OVERLAY_ROOT, removable: dict[str, bool] | None = None
) -> Verdict:
    """The verdict on one line beside a root and the engine's own file."""
    lines = [text] if text == root else [root, text]
    table = table_of(*lines, HOSTS)
    around = surroundings(table, engine, removable or {})
    return classify(table.rows[len(lines) - 1], around)


def fates(verdict: Verdict) -> tuple[Fate, Fate, Fate]:
    return verdict.fate.stop, verdict.fate.update, verdict.fate.device


def bind(root: str, point: str = "/x", *, device: str = "8:2", source: str = "/dev/sda2", fs: str = "ext4") -> str:
    """A folder of a disk of the machine."""
    return line(20, 1, point, device=device, root=root, fs=fs, source=source)


# The container's own storage.


@pytest.mark.parametrize("engine", [DOCKER, PODMAN, BALENA, NERDCTL])
def test_an_overlay_root_is_the_container_layer(engine: EngineName) -> None:
    verdict = judge(OVERLAY_ROOT, engine)
    assert (verdict.kind, fates(verdict)) == (Kind.CONTAINER, (KEPT, LOST, LOST))
    assert "upperdir" in verdict.evidence.kind


@pytest.mark.parametrize("option", ["volatile", "fsync=volatile"])
def test_a_container_started_with_rm_loses_its_layer_at_the_stop(option: str) -> None:
    verdict = judge(f"{OVERLAY_ROOT},{option}", PODMAN, root=f"{OVERLAY_ROOT},{option}")
    assert fates(verdict) == (LOST, LOST, LOST)
    assert "--rm" in verdict.evidence.stop


def test_where_rm_leaves_no_sign_the_evidence_says_so() -> None:
    assert "--rm" in judge(OVERLAY_ROOT, DOCKER).evidence.stop
    assert "--rm" not in judge(OVERLAY_ROOT, PODMAN).evidence.stop


def test_kubernetes_loses_the_container_layer_at_every_restart() -> None:
    verdict = judge(OVERLAY_ROOT, K8S)
    assert (verdict.kind, fates(verdict)) == (Kind.CONTAINER, (LOST, LOST, LOST))


def test_an_unknown_engine_leaves_the_stop_unknown() -> None:
    assert fates(judge(OVERLAY_ROOT, EngineName.UNKNOWN)) == (UNKNOWN, LOST, LOST)


@pytest.mark.parametrize(
    ("root", "says"),
    [
        ("1 0 0:50 / / rw - fuse.fuse-overlayfs fuse-overlayfs rw", "fuse-overlayfs"),
        (f"1 0 0:50 /@/btrfs/subvolumes/{HEX} / rw - btrfs /dev/sda2 rw", "btrfs"),
        (f"1 0 0:50 / / rw - btrfs /dev/sda2 rw,subvol=/btrfs/subvolumes/{HEX}", "btrfs"),
        ("1 0 8:2 /var/lib/containers/storage/vfs/dir/abc / rw - ext4 /dev/sda2 rw", "vfs/dir"),
        (f"1 0 0:50 / / rw - zfs tank/docker/{HEX} rw", "ZFS"),
        ("1 0 0:50 / / rw - aufs none rw,si=12", "aufs"),
        (f"1 0 253:4 /rootfs / rw - xfs /dev/mapper/docker-8:2-123-{HEX} rw", "thin disk"),
    ],
)
def test_every_root_driver_is_known(root: str, says: str) -> None:
    verdict = judge(root, PODMAN, root=root)
    assert (verdict.kind, fates(verdict)) == (Kind.CONTAINER, (KEPT, LOST, LOST))
    assert says in verdict.evidence.kind
    assert "--rm" in verdict.evidence.stop


def test_a_root_that_no_driver_made_is_the_container_but_its_fate_is_unknown() -> None:
    root = "1 0 8:2 /srv/given / rw - ext4 /dev/sda2 rw"
    verdict = judge(root, PODMAN, root=root)
    assert (verdict.kind, fates(verdict)) == (Kind.CONTAINER, (UNKNOWN, UNKNOWN, UNKNOWN))


def test_a_read_only_root_is_said_to_be_so() -> None:
    root = OVERLAY_ROOT.replace(" / rw ", " / ro ")
    assert "read-only" in judge(root, root=root).evidence.kind


def test_a_folder_of_the_container_mounted_again_shares_its_fate() -> None:
    verdict = judge(line(20, 1, "/again", device="0:50", root="/opt", fs="overlay", whole="rw,upperdir=/x/diff"))
    assert (verdict.kind, fates(verdict)) == (Kind.CONTAINER, (KEPT, LOST, LOST))
    assert "/opt" in verdict.evidence.kind


# Overlays that are not the root.

RUN_LAYER = f"/c/overlay-containers/{HEX}/userdata/overlay/123"


def test_podmans_o_throws_the_changes_away() -> None:
    text = line(20, 1, "/x", fs="overlay", source=f"{RUN_LAYER}/merge", whole=f"rw,upperdir={RUN_LAYER}/upper")
    verdict = judge(text, PODMAN)
    assert (verdict.kind, fates(verdict)) == (Kind.CONTAINER, (LOST, LOST, LOST))


def test_an_image_mount_is_read_only_and_comes_back() -> None:
    text = line(20, 1, "/x", fs="overlay", source=f"{RUN_LAYER}/merge", whole="ro,lowerdir=/a:/b")
    verdict = judge(text, PODMAN)
    assert (verdict.kind, verdict.fate.stop, verdict.fate.update) == (Kind.CONTAINER, KEPT, KEPT)
    assert "read-only" in verdict.evidence.kind


def test_a_writable_image_mount_is_lost() -> None:
    text = line(20, 1, "/x", fs="overlay", whole="rw,upperdir=/c/storage/overlay/abc/diff")
    assert fates(judge(text, PODMAN)) == (LOST, LOST, LOST)


def test_somebodys_own_overlay_is_unknown_and_its_layer_is_named() -> None:
    verdict = judge(line(20, 1, "/x", fs="overlay", whole="rw,upperdir=/data/up"))
    assert (verdict.kind, fates(verdict)) == (Kind.UNKNOWN, (UNKNOWN, UNKNOWN, UNKNOWN))
    assert "/data/up" in verdict.evidence.kind


def test_the_layer_of_a_container_inside_this_one_is_out_of_the_way() -> None:
    text = line(20, 1, "/var/lib/docker/overlay2/abc/merged", fs="overlay", whole="rw,upperdir=/o/overlay2/abc/diff")
    verdict = judge(text)
    assert (verdict.kind, verdict.internal) == (Kind.CONTAINER, True)
    assert "another container" in verdict.evidence.kind


# Volumes.


@pytest.mark.parametrize("root", [f"{VOLUMES}/iot-home/_data", "/docker/volumes/iot-home/_data"])
def test_a_named_volume_is_kept_and_called_by_its_name(root: str) -> None:
    verdict = judge(bind(root))
    assert (verdict.kind, verdict.name, fates(verdict)) == (Kind.VOLUME, "iot-home", (KEPT, KEPT, LOST))
    assert "iot-home" in verdict.evidence.update
    assert not verdict.internal


def test_a_subfolder_of_a_volume_keeps_the_volumes_name() -> None:
    verdict = judge(bind(f"{VOLUMES}/iot-home/_data/projects/x"))
    assert (verdict.kind, verdict.name) == (Kind.VOLUME, "iot-home")
    assert "projects/x" in verdict.evidence.kind


def test_a_volume_inside_a_volume_is_called_by_the_inner_name() -> None:
    verdict = judge(bind(f"{VOLUMES}/outer/_data/volumes/inner/_data"))
    assert verdict.name == "inner"


def test_balena_puts_the_apps_number_before_the_name() -> None:
    root = "/docker/volumes/1861234_iot-home/_data"
    assert judge(bind(root), BALENA).name == "iot-home"
    assert judge(bind(root), DOCKER).name == "1861234_iot-home"


def test_nerdctl_has_a_name_space_before_the_name() -> None:
    verdict = judge(bind("/var/lib/nerdctl/1935db59/volumes/default/iot-home/_data"), NERDCTL)
    assert (verdict.kind, verdict.name, fates(verdict)) == (Kind.VOLUME, "iot-home", (KEPT, KEPT, LOST))


def test_an_anonymous_volume_is_at_risk_at_an_update() -> None:
    verdict = judge(bind(f"{VOLUMES}/{HEX}/_data"))
    assert (verdict.kind, verdict.name, fates(verdict)) == (Kind.ANONYMOUS, None, (KEPT, RISK, LOST))


def test_an_anonymous_volume_goes_with_a_container_started_with_rm() -> None:
    verdict = judge(bind(f"{VOLUMES}/{HEX}/_data"), PODMAN, root=VOLATILE)
    assert fates(verdict) == (LOST, LOST, LOST)


def test_balena_is_said_to_drop_anonymous_volumes() -> None:
    assert "balena" in judge(bind(f"/docker/volumes/{HEX}/_data"), BALENA).evidence.update


@pytest.mark.parametrize("root", [f"{VOLUMES}/x/data", "/srv/_data", "/_data", "/volumes/_data"])
def test_a_folder_that_only_resembles_a_volume_is_none(root: str) -> None:
    assert judge(bind(root)).kind is Kind.BIND


# Folders, files and disks of the machine.


def test_a_folder_of_the_machine_is_a_bind_called_as_it_is_called_there() -> None:
    verdict = judge(bind("/home/pi/projects", "/work"))
    assert (verdict.kind, verdict.name, fates(verdict)) == (Kind.BIND, "projects", (KEPT, KEPT, LOST))
    assert "o=bind" in verdict.evidence.kind


def test_a_file_of_the_machine_is_a_bind() -> None:
    assert judge(bind("/etc/jupyter.conf", "/etc/jupyter.conf")).name == "jupyter.conf"


def test_a_deleted_folder_is_said_to_be_deleted() -> None:
    verdict = judge(bind("/home/pi/old//deleted"))
    assert (verdict.kind, verdict.name) == (Kind.BIND, "old")
    assert "deleted" in verdict.evidence.kind


def test_the_machines_whole_file_system_is_a_bind_and_no_disk() -> None:
    verdict = judge(bind("/", "/host"), removable={"8:2": True})
    assert (verdict.kind, verdict.name) == (Kind.BIND, "host")
    assert verdict.fate.device is LOST


def test_a_whole_partition_is_a_disk() -> None:
    verdict = judge(bind("/", "/mnt/archive", device="8:17", source="/dev/sdb1"), removable={"8:17": False})
    assert (verdict.kind, verdict.name, fates(verdict)) == (Kind.DISK, "archive", (KEPT, KEPT, LOST))


@pytest.mark.parametrize("known", [{"8:17": True}, {"/dev/sdb1": True}])
def test_a_usb_stick_is_removable(known: dict[str, bool]) -> None:
    verdict = judge(bind("/", "/mnt/STICK", device="8:17", source="/dev/sdb1", fs="vfat"), removable=known)
    assert (verdict.kind, verdict.name, fates(verdict)) == (Kind.REMOVABLE, "STICK", (KEPT, KEPT, RISK))


def test_a_disk_behind_ntfs_3g_is_a_disk_too() -> None:
    verdict = judge(bind("/", "/data", device="8:17", source="/dev/sdb1", fs="fuseblk"))
    assert (verdict.kind, verdict.name) == (Kind.DISK, "sdb1")


def test_a_folder_of_a_stick_is_a_bind_at_risk_with_the_device() -> None:
    verdict = judge(bind("/backup", device="8:17", source="/dev/sdb1"), removable={"8:17": True})
    assert (verdict.kind, fates(verdict)) == (Kind.BIND, (KEPT, KEPT, RISK))


# Memory.


@pytest.mark.parametrize(("point", "internal"), [("/tmp", False), ("/cache", False), ("/dev/shm", True)])
def test_memory_is_lost(point: str, internal: bool) -> None:
    verdict = judge(line(20, 1, point))
    assert (verdict.kind, fates(verdict), verdict.internal) == (Kind.MEMORY, (LOST, LOST, LOST), internal)


def test_the_doubt_about_a_volume_in_memory_is_named() -> None:
    assert "type=tmpfs" in judge(line(20, 1, "/cache")).evidence.kind


def test_one_entry_of_the_machines_memory_is_a_bind_that_a_restart_may_take() -> None:
    verdict = judge(line(20, 1, "/var/run/docker.sock", device="0:25", root="/docker.sock"))
    assert (verdict.kind, verdict.name, fates(verdict)) == (Kind.BIND, "docker.sock", (KEPT, RISK, LOST))


# The engine's and the kernel's own.


@pytest.mark.parametrize(
    ("engine", "root", "point"),
    [
        (PODMAN, f"/r/overlay-containers/{HEX}/userdata/hosts", "/etc/hosts"),
        (PODMAN, f"/r/overlay-containers/{HEX}/userdata/.containerenv", "/run/.containerenv"),
        (PODMAN, f"/r/overlay-containers/{HEX}/userdata/run/secrets", "/run/secrets"),
        (DOCKER, f"/var/lib/docker/containers/{HEX}/resolv.conf", "/etc/resolv.conf"),
        (BALENA, f"/docker/containers/{HEX}/hostname", "/etc/hostname"),
        (NERDCTL, f"/var/lib/nerdctl/1935db59/etchosts/default/{HEX}/hosts", "/etc/hosts"),
        (NERDCTL, f"/var/lib/nerdctl/1935db59/containers/default/{HEX}/resolv.conf", "/etc/resolv.conf"),
        (K8S, f"{PODS}/etc-hosts", "/etc/hosts"),
        (K8S, f"{PODS}/containers/jupyter/1a2b", "/dev/termination-log"),
        (K8S, f"/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/{HEX}/hostname", "/etc/hostname"),
        (BALENA, "/balena-supervisor/services/1/jupyter", "/tmp/balena"),
        (DOCKER, "/usr/bin/docker-init", "/sbin/docker-init"),
        (NSPAWN, "/systemd/nspawn/propagate/x", "/run/host/incoming"),
    ],
)
def test_what_the_engine_writes_is_the_engines(engine: EngineName, root: str, point: str) -> None:
    verdict = judge(bind(root, point), engine)
    assert (verdict.kind, fates(verdict), verdict.internal) == (Kind.ENGINE, (LOST, LOST, LOST), True)
    assert "anew" in verdict.evidence.update


@pytest.mark.parametrize(
    ("root", "point"),
    [
        ("/srv/userdata/photos", "/photos"),
        ("/srv/pods/a/containers/b/c", "/c"),
        ("/run", "/run/host"),
        ("/srv/x", "/tmp/balena"),
        ("/home/pi/hosts", "/etc/hosts"),
    ],
)
def test_a_persons_own_folder_is_not_taken_for_the_engines(root: str, point: str) -> None:
    assert judge(bind(root, point), DOCKER).kind is Kind.BIND


@pytest.mark.parametrize(
    "text",
    [
        line(20, 1, "/proc", fs="proc", source="proc"),
        line(20, 1, "/sys/fs/cgroup", fs="cgroup2", source="cgroup"),
        line(20, 1, "/proc/keys", device="0:6", root="/null"),
        line(20, 1, "/proc/kcore", device="0:6", root="/null", fs="devtmpfs", source="udev"),
        line(20, 1, "/sys/firmware", options="ro"),
        line(20, 1, "/proc/scsi", options="ro"),
        line(20, 1, "/dev"),
        line(20, 1, "/proc/cpuinfo", root="/proc/cpuinfo", fs="fuse.lxcfs", source="lxcfs"),
        line(20, 1, "/dev/ttyUSB0", root="/ttyUSB0", fs="devtmpfs", source="udev"),
    ],
)
def test_what_the_kernel_shows_or_the_engine_masks_is_the_kernels(text: str) -> None:
    verdict = judge(text)
    assert (verdict.kind, verdict.internal) == (Kind.KERNEL, True)


# Kubernetes.


@pytest.mark.parametrize(
    ("root", "kind", "name", "expected"),
    [
        (f"{PODS}/volumes/kubernetes.io~csi/pvc-1/mount", Kind.VOLUME, "pvc-1", (KEPT, KEPT, UNKNOWN)),
        (f"{PODS}/volumes/kubernetes.io~local-volume/disk", Kind.VOLUME, "disk", (KEPT, KEPT, UNKNOWN)),
        (f"{PODS}/volumes/kubernetes.io~empty-dir/cache", Kind.POD, "cache", (KEPT, LOST, LOST)),
        (f"{PODS}/volumes/kubernetes.io~configmap/settings", Kind.CONFIG, "settings", (KEPT, KEPT, UNKNOWN)),
        (f"{PODS}/volumes/kubernetes.io~secret/key", Kind.CONFIG, "key", (KEPT, KEPT, UNKNOWN)),
        (f"{PODS}/volumes/kubernetes.io~projected/x", Kind.CONFIG, "x", (KEPT, KEPT, UNKNOWN)),
        (f"{PODS}/volume-subpaths/home/jupyter/0", Kind.VOLUME, "home", (KEPT, UNKNOWN, UNKNOWN)),
        ("/home/pi/x", Kind.BIND, "x", (KEPT, KEPT, LOST)),
        (
            f"/var/lib/containerd/io.containerd.grpc.v1.cri/containers/{HEX}/volumes/{HEX}",
            Kind.ANONYMOUS,
            None,
            (LOST, LOST, LOST),
        ),
    ],
)
def test_kubernetes_says_the_type_of_a_volume_in_its_folder(
    root: str, kind: Kind, name: str | None, expected: tuple[Fate, Fate, Fate]
) -> None:
    verdict = judge(bind(root), K8S)
    assert (verdict.kind, verdict.name, fates(verdict)) == (kind, name, expected)


def test_a_whole_disk_in_a_pod_is_probably_a_persistent_volume() -> None:
    verdict = judge(bind("/", "/home/jovyan", device="8:33", source="/dev/sdc1"), K8S)
    assert (verdict.kind, verdict.fate.update) == (Kind.VOLUME, KEPT)
    assert "probably" in verdict.evidence.kind


def test_the_pods_token_is_config_and_out_of_the_way() -> None:
    verdict = judge(line(20, 1, "/var/run/secrets/kubernetes.io/serviceaccount", options="ro"), K8S)
    assert (verdict.kind, verdict.internal) == (Kind.CONFIG, True)


def test_memory_of_a_pod_may_outlive_the_containers_restart() -> None:
    verdict = judge(line(20, 1, "/scratch"), K8S)
    assert (verdict.kind, fates(verdict)) == (Kind.MEMORY, (RISK, LOST, LOST))


# On other machines.


@pytest.mark.parametrize(
    ("fs", "source", "name"),
    [
        ("cifs", "//10.39.40.200/iot-data", "iot-data on 10.39.40.200"),
        ("smb3", "//nas/iot-data/sub", "iot-data/sub on nas"),
        ("cifs", "\\\\nas\\iot-data", "iot-data on nas"),
        ("fuse.smbnetfs", "smbnetfs", None),
        ("fuse.gvfsd-fuse", "gvfsd-fuse", None),
    ],
)
def test_a_samba_share_is_kept_on_its_server(fs: str, source: str, name: str | None) -> None:
    verdict = judge(line(20, 1, "/home/iot", fs=fs, source=source))
    assert (verdict.kind, verdict.name, fates(verdict)) == (Kind.SAMBA, name, (KEPT, KEPT, KEPT))


@pytest.mark.parametrize("server", ["127.0.0.1", "localhost"])
def test_a_share_of_this_very_machine_is_lost_with_it(server: str) -> None:
    assert judge(line(20, 1, "/x", fs="cifs", source=f"//{server}/iot-data")).fate.device is LOST


@pytest.mark.parametrize(
    ("fs", "source", "name"),
    [
        ("nfs4", "nas:/export/home", "/export/home on nas"),
        ("nfs", "[fe80::1]:/x", "/x on [fe80::1]"),
        ("fuse.sshfs", "iot@host:/home/iot", "/home/iot on host"),
        ("fuse.davfs2", "https://cloud.example.org/dav", "/dav on cloud.example.org"),
        ("fuse.rclone", "drive:", "drive"),
        ("glusterfs", "server:/gv0", "/gv0 on server"),
    ],
)
def test_a_network_file_system_is_kept_on_its_server(fs: str, source: str, name: str) -> None:
    verdict = judge(line(20, 1, "/net", fs=fs, source=source))
    assert (verdict.kind, verdict.name, fates(verdict)) == (Kind.NETWORK, name, (KEPT, KEPT, KEPT))


def test_what_the_machine_around_a_virtual_machine_shares_has_an_unknown_fate_with_it() -> None:
    verdict = judge(line(20, 1, "/share", fs="virtiofs", source="share0"))
    assert (verdict.kind, fates(verdict)) == (Kind.NETWORK, (KEPT, KEPT, UNKNOWN))


def test_a_drive_of_windows_is_on_this_computer() -> None:
    verdict = judge(line(20, 1, "/mnt/c", fs="9p", source="C:\\", whole="rw,aname=drvfs;path=C:\\"), NONE)
    assert (verdict.kind, verdict.name, verdict.fate.device) == (Kind.DISK, "C:\\", LOST)


def test_an_unknown_program_is_unknown() -> None:
    verdict = judge(line(20, 1, "/x", fs="fuse.encfs", source="encfs"))
    assert (verdict.kind, fates(verdict)) == (Kind.UNKNOWN, (UNKNOWN, UNKNOWN, UNKNOWN))
    assert "fuse.encfs" in verdict.evidence.kind


def test_an_unknown_file_system_is_unknown_and_shown_as_it_is() -> None:
    verdict = judge(line(20, 1, "/x", fs="strangefs", source="thing", root="/q"))
    assert verdict.kind is Kind.UNKNOWN
    assert {"strangefs", "thing", "/q"} <= set(verdict.evidence.kind.replace(",", " ").replace(":", " ").split())


# Systems in a container, and no container at all.


@pytest.mark.parametrize(
    ("engine", "root", "name"),
    [
        (LXC, "/var/lib/lxc/jupyter/rootfs", "jupyter"),
        (LXC, "/containers/jupyter/rootfs", "jupyter"),
        (NSPAWN, "/var/lib/machines/debian", "debian"),
    ],
)
def test_the_root_of_a_system_container_is_a_disk(engine: EngineName, root: str, name: str) -> None:
    text = line(1, 0, "/", device="8:2", root=root, fs="ext4", source="/dev/sda2")
    verdict = judge(text, engine, root=text)
    assert (verdict.kind, verdict.name, fates(verdict)) == (Kind.DISK, name, (KEPT, KEPT, LOST))


@pytest.mark.parametrize(
    "text",
    [
        line(1, 0, "/", device="8:2", root="/var/lib/machines/.#debian0a1b", fs="ext4", source="/dev/sda2"),
        line(1, 0, "/", fs="overlay", whole="rw,upperdir=/tmp/nspawn-root-x/u,workdir=/w"),
    ],
)
def test_a_throw_away_system_is_lost(text: str) -> None:
    verdict = judge(text, NSPAWN, root=text)
    assert (verdict.kind, fates(verdict)) == (Kind.CONTAINER, (LOST, LOST, LOST))


def test_a_custom_volume_of_lxd_has_a_name() -> None:
    verdict = judge(bind("/var/lib/lxd/storage-pools/default/custom/default_home"), LXC, root=DISK_ROOT)
    assert (verdict.kind, verdict.name) == (Kind.VOLUME, "home")


@pytest.mark.parametrize("fs", ["ext4", "xfs", "btrfs", "zfs"])
def test_without_a_container_the_root_is_the_host(fs: str) -> None:
    root = f"1 0 8:2 / / rw - {fs} /dev/sda2 rw"
    verdict = judge(root, NONE, root=root)
    assert (verdict.kind, fates(verdict)) == (Kind.HOST, (KEPT, KEPT, LOST))


def test_without_a_container_other_disks_are_disks_and_sticks_removable() -> None:
    disk = bind("/", "/home", device="8:3", source="/dev/sda3")
    assert judge(disk, NONE, root=DISK_ROOT).kind is Kind.DISK
    assert judge(disk, NONE, root=DISK_ROOT, removable={"8:3": True}).kind is Kind.REMOVABLE
    folder = bind("/sub", "/srv", device="8:3", source="/dev/sda3")
    assert judge(folder, NONE, root=DISK_ROOT).kind is Kind.DISK


def test_without_a_container_the_systems_own_memory_is_out_of_the_way() -> None:
    assert judge(line(20, 1, "/run/user/1000"), NONE, root=DISK_ROOT).internal
    assert not judge(line(20, 1, "/tmp"), NONE, root=DISK_ROOT).internal


def test_the_root_that_a_chroot_hides_is_unknown() -> None:
    table = table_of(line(22, 20, "/proc", fs="proc"))
    verdict = classify(table.root, surroundings(table, NONE, {}))
    assert (verdict.kind, fates(verdict)) == (Kind.UNKNOWN, (UNKNOWN, UNKNOWN, UNKNOWN))


def test_each_verdict_has_four_sentences() -> None:
    texts = [OVERLAY_ROOT, bind("/"), bind("/a"), line(20, 1, "/x"), line(20, 1, "/x", fs="cifs", source="//a/b")]
    for engine in EngineName:
        for text in texts:
            evidence = judge(text, engine).evidence
            for sentence in (evidence.kind, evidence.stop, evidence.update, evidence.device):
                assert sentence.endswith((".", ".)")), sentence
                assert len(sentence) > 20


def test_every_rule_says_in_its_docstring_what_it_is_for() -> None:
    assert all(rule.__doc__ for _, rule in RULES)
