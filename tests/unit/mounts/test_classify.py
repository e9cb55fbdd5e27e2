"""Kind, name, fates and evidence in a container of an engine's: each row of the table of cases.

All lines here are synthetic; real ones are in ``test_captures``.
"""

from __future__ import annotations

import pytest

from ide49_storage.model.mounts import EngineName
from ide49_storage.model.vocabulary import Kind

from .judging import (
    BALENA,
    DOCKER,
    K8S,
    KEPT,
    LOST,
    NERDCTL,
    NSPAWN,
    PODMAN,
    PODS,
    RISK,
    UNKNOWN,
    VOLATILE,
    VOLUMES,
    bind,
    fates,
    judge,
)
from .lines import HEX, OVERLAY_ROOT, line

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
    evidence = judge(line(20, 1, "/cache")).evidence.kind
    assert "type=tmpfs" in evidence
    assert "handed in whole" in evidence


def test_one_entry_of_the_machines_memory_is_a_bind_that_only_the_machines_restart_takes() -> None:
    verdict = judge(line(20, 1, "/var/run/docker.sock", device="0:25", root="/docker.sock"))
    assert (verdict.kind, verdict.name, fates(verdict)) == (Kind.BIND, "docker.sock", (KEPT, KEPT, LOST))
    assert "machine's memory" in verdict.evidence.update
    assert "until the machine itself restarts" in verdict.evidence.update


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
