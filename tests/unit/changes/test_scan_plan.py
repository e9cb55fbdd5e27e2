"""What is scanned, from a mount table: engines as they were captured, and storages made up for a driver."""

from __future__ import annotations

import pytest

from ide49_storage.changes import detection
from ide49_storage.changes.scan_plan import NoLayer, ScanPlan, Unscannable, elsewhere, plan_for, storage_of
from ide49_storage.model.mounts import CapacityStatus, Engine, EngineName, Mount, MountOptions, MountReport, Storage
from ide49_storage.model.vocabulary import Evidence, Fate, Fates, Kind

WHY = Evidence(kind="It is so.", stop="", update="", device="")
CONTAINER = Fates(stop=Fate.KEPT, update=Fate.LOST, device=Fate.LOST)
KEPT = Fates(stop=Fate.KEPT, update=Fate.KEPT, device=Fate.LOST)


def mount(point: str, kind: Kind, fates: Fates = KEPT, **more: object) -> Mount:
    fs_type, root = str(more.get("fs_type", "ext4")), str(more.get("root", "/x"))
    return Mount(
        id=hash(point) % 10_000,
        parent=1,
        mount_point=point,
        storage=Storage(device="8:1", root=root),
        fs_type=fs_type,
        source="/dev/sda1",
        kind=kind,
        name=None,
        fate=fates,
        evidence=WHY,
        options=MountOptions(mount=(), super=(), propagation=(), read_only=bool(more.get("read_only"))),
        capacity=None,
        capacity_status=CapacityStatus.NOT_ASKED,
        hidden=bool(more.get("hidden")),
        hidden_by=None,
        internal=bool(more.get("internal")),
        also_at=(),
    )


def report(*mounts: Mount) -> MountReport:
    engine = Engine(name=EngineName.PODMAN, evidence=("yes",))
    return MountReport(at="", engine=engine, notebooks=None, mounts=mounts, problems=())


ROOT = mount("/", Kind.CONTAINER, CONTAINER, fs_type="overlay")


def planned(*mounts: Mount, root: Mount = ROOT) -> ScanPlan:
    made = plan_for(report(root, *mounts), root.id, ["/usr/lib", "/usr/lib/python3/dist-packages"])
    assert isinstance(made, ScanPlan)
    return made


def test_every_mount_point_is_left_out_and_the_root_is_not() -> None:
    made = planned(mount("/proc", Kind.KERNEL), mount("/home/iot", Kind.VOLUME), mount("/a", Kind.BIND, hidden=True))
    assert made.task["skip"] == ["/a", "/home/iot", "/proc"]
    assert made.task["sites"] == ["/usr/lib/python3/dist-packages"]


@pytest.mark.parametrize(("fs_type", "sign"), [("tmpfs", "/dev/fd"), ("devtmpfs", None)])
def test_only_a_dev_of_its_own_tells_when_the_container_was_started(fs_type: str, sign: str | None) -> None:
    assert planned(mount("/dev", Kind.KERNEL, fs_type=fs_type)).task["start_sign"] == sign


def test_only_files_that_the_engine_mounted_are_clocks() -> None:
    made = planned(mount("/etc/hosts", Kind.ENGINE), mount("/etc/hostname", Kind.BIND), mount("/x", Kind.ENGINE))
    assert made.task["engine_files"] == ["/etc/hosts"]


def test_things_are_moved_to_what_an_update_keeps_volumes_and_homes_first() -> None:
    made = planned(
        mount("/projects", Kind.BIND),
        mount("/data", Kind.VOLUME),
        mount("/home/iot", Kind.VOLUME),
        mount("/read-only", Kind.VOLUME, read_only=True),
        mount("/under", Kind.VOLUME, hidden=True),
        mount("/anonymous", Kind.ANONYMOUS, Fates(stop=Fate.KEPT, update=Fate.AT_RISK, device=Fate.LOST)),
        mount("/share", Kind.SAMBA),
        mount("/memory", Kind.MEMORY, CONTAINER),
    )
    assert made.destinations == ("/home/iot", "/data", "/projects")


def test_where_the_root_is_no_container_layer_there_is_nothing_to_scan() -> None:
    host = mount("/", Kind.HOST)
    answer = plan_for(report(host), host.id, [])
    assert isinstance(answer, NoLayer)
    assert "It is so." in answer.evidence


def test_the_disk_of_a_system_container_is_no_layer_either() -> None:
    own = mount("/", Kind.DISK, fs_type="zfs")
    assert isinstance(plan_for(report(own), own.id, []), NoLayer)


@pytest.mark.parametrize(
    "root",
    [
        pytest.param(mount("/", Kind.NETWORK, fs_type="9p"), id="gVisor, no engine recognised"),
        pytest.param(mount("/", Kind.CONTAINER, CONTAINER, fs_type="9p"), id="gVisor"),
        pytest.param(mount("/", Kind.MEMORY, CONTAINER, fs_type="tmpfs"), id="a root in memory"),
        pytest.param(mount("/", Kind.UNKNOWN, KEPT, fs_type="strange"), id="unknown"),
        pytest.param(mount("/", Kind.HOST, KEPT, fs_type="aufs"), id="layers without an engine's sign"),
        pytest.param(mount("/", Kind.DISK, CONTAINER), id="a disk that an update does not keep"),
    ],
)
def test_a_root_that_may_be_a_layer_but_cannot_be_scanned_is_not_called_none(root: Mount) -> None:
    answer = plan_for(report(root), root.id, [])
    assert isinstance(answer, Unscannable)
    assert "It cannot be told" in answer.message
    assert "It is so." in answer.message


def test_a_root_that_is_not_listed_is_said() -> None:
    assert isinstance(plan_for(report(), 1, []), Unscannable)


def test_elsewhere_than_on_linux_only_macos_is_certainly_no_container() -> None:
    assert isinstance(elsewhere("darwin"), NoLayer)
    assert isinstance(elsewhere("win32"), Unscannable)


@pytest.mark.parametrize(
    ("fs_type", "root", "storage"),
    [
        ("overlay", "/", detection.OVERLAY),
        ("fuse.fuse-overlayfs", "/", detection.FUSE_OVERLAYFS),
        ("ext4", "/var/lib/containers/storage/vfs/dir/abc", detection.VFS),
        ("btrfs", "/btrfs/subvolumes/abc", detection.BTRFS),
        ("btrfs", "/storage/vfs/dir/abc", detection.VFS),
        ("zfs", "/", detection.OTHER),
        ("aufs", "/", detection.OTHER),
    ],
)
def test_the_storage_is_told_from_the_root_mount(fs_type: str, root: str, storage: str) -> None:
    assert storage_of(mount("/", Kind.CONTAINER, CONTAINER, fs_type=fs_type, root=root)) == storage
