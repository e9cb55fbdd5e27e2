"""The same in Kubernetes, on other machines, in system containers and without any. All lines are synthetic."""

from __future__ import annotations

import pytest

from ide49_storage.model.mounts import EngineName
from ide49_storage.model.vocabulary import Fate, Kind
from ide49_storage.mounts.classify.rules import RULES, classify, context_of

from .judging import K8S, KEPT, LOST, LXC, NONE, NSPAWN, PODS, RISK, UNKNOWN, bind, fates, judge
from .lines import DISK_ROOT, HEX, OVERLAY_ROOT, line, table_of

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
    verdict = classify(table.root, context_of(table, NONE, {}))
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
