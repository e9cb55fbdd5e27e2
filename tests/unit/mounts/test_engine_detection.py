"""Recognising the engine from its signs. Real signs are in ``test_captures``; these are synthetic."""

from __future__ import annotations

import pytest

from ide49_storage.model.mounts import Engine, EngineName
from ide49_storage.mounts.engine_detection import ENV_NAMES, Signs, recognise

from .lines import DISK_ROOT, HEX, OVERLAY_ROOT, line, table_of

FOREIGN_OVERLAY = "1 0 0:50 / / rw - overlay overlay rw,lowerdir=/a,upperdir=/cow/up,workdir=/cow/w"
DOCKER_FILE = line(9, 1, "/etc/hosts", device="8:2", root=f"/var/lib/docker/containers/{HEX}/hosts", fs="ext4")


def engine(signs: Signs, *lines: str, root: str = FOREIGN_OVERLAY) -> Engine:
    return recognise(signs, table_of(root, *lines))


@pytest.mark.parametrize(
    ("signs", "name"),
    [
        (Signs(env={"BALENA": "1"}), EngineName.BALENA),
        (Signs(env={"RESIN": "1"}), EngineName.BALENA),
        (Signs(env={"BALENA_SERVICE_NAME": "jupyter"}), EngineName.BALENA),
        (Signs(env={"KUBERNETES_SERVICE_HOST": "10.0.0.1"}), EngineName.KUBERNETES),
        (Signs(env={"container": "podman"}), EngineName.PODMAN),
        (Signs(env={"container": "lxc"}), EngineName.LXC),
        (Signs(init_container="systemd-nspawn"), EngineName.NSPAWN),
        (Signs(systemd_container="docker\n"), EngineName.DOCKER),
        (Signs(container_manager="systemd-nspawn\n"), EngineName.NSPAWN),
        (Signs(containerenv=""), EngineName.PODMAN),
        (Signs(dockerenv=True), EngineName.DOCKER),
        (Signs(cgroup=f"12:pids:/docker/{HEX}\n"), EngineName.DOCKER),
        (Signs(cgroup=f"0::/system.slice/docker-{HEX}.scope\n"), EngineName.DOCKER),
        (Signs(cgroup="1:name=systemd:/kubepods/besteffort/pod1\n"), EngineName.KUBERNETES),
        (Signs(cgroup="0::/lxc.payload.jupyter\n"), EngineName.LXC),
        (Signs(cgroup="0::/machine.slice/libpod-1.scope\n"), EngineName.PODMAN),
        (Signs(env={"container": "oci"}), EngineName.UNKNOWN),
        (Signs(), EngineName.UNKNOWN),
    ],
)
def test_each_sign_alone_tells_the_engine(signs: Signs, name: EngineName) -> None:
    found = engine(signs)
    assert found.name is name
    assert found.evidence
    assert all(sentence.endswith(".") for sentence in found.evidence)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (DOCKER_FILE, EngineName.DOCKER),
        (line(9, 1, "/etc/hosts", root=f"/r/overlay-containers/{HEX}/userdata/hosts"), EngineName.PODMAN),
        (line(9, 1, "/etc/hosts", root=f"/var/lib/nerdctl/1/etchosts/default/{HEX}/hosts"), EngineName.CONTAINERD),
        (line(9, 1, "/etc/hosts", root="/var/lib/kubelet/pods/1-2/etc-hosts"), EngineName.KUBERNETES),
        (line(9, 1, "/var/run/secrets/kubernetes.io/serviceaccount"), EngineName.KUBERNETES),
        (line(9, 1, "/x", root="/docker/volumes/1861234_iot-home/_data", fs="ext4"), EngineName.BALENA),
        (line(9, 1, "/proc/sys/kernel/random/boot_id", root="/.lxc-boot-id"), EngineName.LXC),
        (line(9, 1, "/proc/cpuinfo", fs="fuse.lxcfs"), EngineName.LXC),
        (line(9, 1, "/run/host/incoming", root="/systemd/nspawn/propagate/x"), EngineName.NSPAWN),
    ],
)
def test_each_mount_that_an_engine_makes_tells_it(text: str, name: EngineName) -> None:
    found = engine(Signs(), text)
    assert found.name is name
    assert text.split()[4] in found.evidence[0]


@pytest.mark.parametrize(
    ("root", "name"),
    [
        (OVERLAY_ROOT, EngineName.DOCKER),
        (OVERLAY_ROOT.replace("docker/overlay2", "containers/storage/overlay"), EngineName.PODMAN),
        (OVERLAY_ROOT.replace("docker/overlay2", "io.containerd.snapshotter.v1.overlayfs/snapshots"), "containerd"),
        (line(1, 0, "/", root="/var/lib/lxc/jupyter/rootfs", fs="ext4"), EngineName.LXC),
        (line(1, 0, "/", root="/var/lib/machines/debian", fs="ext4"), EngineName.NSPAWN),
    ],
)
def test_the_root_itself_may_tell_the_engine(root: str, name: str) -> None:
    assert engine(Signs(), root=root).name == name


def test_balena_and_kubernetes_win_over_what_they_are_built_on() -> None:
    signs = Signs(env={"BALENA": "1"}, dockerenv=True)
    assert engine(signs, DOCKER_FILE, root=OVERLAY_ROOT).name is EngineName.BALENA
    signs = Signs(env={"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, containerenv="")
    assert engine(signs, root=OVERLAY_ROOT).name is EngineName.KUBERNETES


def test_all_evidence_for_the_engine_is_given_and_none_for_others() -> None:
    found = engine(Signs(dockerenv=True, cgroup="0::/lxc/a"), DOCKER_FILE, root=OVERLAY_ROOT)
    assert found.name is EngineName.DOCKER
    assert len(found.evidence) == 3
    assert not any("lxc" in sentence for sentence in found.evidence)


def test_one_sign_on_many_mounts_is_said_once() -> None:
    volumes = [line(n, 1, f"/v{n}", root=f"/docker/volumes/12_v{n}/_data", fs="ext4") for n in range(2, 9)]
    assert len(engine(Signs(), *volumes).evidence) == 1


def test_podman_says_its_version_in_the_evidence_and_nothing_else_of_the_file() -> None:
    content = 'engine="podman-4.3.1"\nname="secret-name"\nid="1"\n'
    assert engine(Signs(containerenv=content)).evidence == (
        'There is a file /run/.containerenv with engine="podman-4.3.1".',
    )


def test_a_dockerenv_left_on_a_machines_disk_makes_no_container() -> None:
    found = engine(Signs(dockerenv=True), root=DISK_ROOT)
    assert found.name is EngineName.NONE
    assert "/.dockerenv" in found.evidence[0]


def test_a_dockerenv_counts_when_docker_has_mounted_something() -> None:
    root = f"1 0 253:1 /rootfs / rw - ext4 /dev/mapper/docker-8:2-1-{HEX} rw"
    assert engine(Signs(dockerenv=True), DOCKER_FILE, root=root).name is EngineName.DOCKER


def test_a_machine_without_signs_has_no_engine_and_the_evidence_says_what_was_seen() -> None:
    found = engine(Signs(cgroup="0::/user.slice/user-1000.slice\n"), root=DISK_ROOT)
    assert found.name is EngineName.NONE
    assert "/dev/sda2" in found.evidence[0]


def test_in_a_chroot_the_evidence_says_that_the_root_is_not_listed() -> None:
    found = recognise(Signs(), table_of(line(2, 9, "/proc", fs="proc")))
    assert found.name is EngineName.NONE
    assert "chroot" in found.evidence[0]


def test_a_machine_that_runs_containers_is_none_itself() -> None:
    merged = line(5, 1, "/var/lib/docker/overlay2/x/merged", fs="overlay", whole="rw,upperdir=/o/overlay2/x/diff")
    pod = line(6, 1, "/var/lib/kubelet/pods/1/volume-subpaths/v/c/0", root="/data/pods/1/volumes/kubernetes.io~csi/v")
    lxcfs = line(7, 1, "/var/lib/lxcfs", fs="fuse.lxcfs")
    assert engine(Signs(), merged, pod, lxcfs, root=DISK_ROOT).name is EngineName.NONE


def test_wsl_is_no_container() -> None:
    assert engine(Signs(systemd_container="wsl"), root=DISK_ROOT).name is EngineName.NONE


def test_a_long_word_where_an_engines_name_should_be_is_cut() -> None:
    found = engine(Signs(env={"container": "x" * 5000}))
    assert found.name is EngineName.UNKNOWN
    assert all(len(sentence) < 100 for sentence in found.evidence)


def test_only_variables_that_hold_no_secret_are_looked_at() -> None:
    assert not any(word in name for name in ENV_NAMES for word in ("PASSWORD", "SECRET", "TOKEN", "KEY"))
