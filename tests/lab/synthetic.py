"""Writes the fixtures of what does not run on our machines: ``python -m tests.lab.synthetic``.

Made by hand from the engines' sources and documentation. Their file names say ``synthetic``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .cases import IDE49_VOLUMES, ide49_rows
from .expected import bound, container_layer, engine_file, expected, kernel, memory, named, nameless
from .fixture import Fixture

ID = "3f9a0c5be1d24768" * 4
OTHER_ID = "b7e61d0294fc8a53" * 4
POD = "5c0de1f2-8d8e-4b9a-9a43-0f6f3f1c2b7d"
KUBELET = f"/var/lib/kubelet/pods/{POD}"
SANDBOX = f"/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/{ID}"
ABSENT: dict[str, str | None] = {
    "/.dockerenv": None,
    "/run/.containerenv": None,
    "/run/systemd/container": None,
    "/run/host/container-manager": None,
    "/proc/self/cgroup": "0::/\n",
    "/proc/1/cgroup": "0::/\n",
}

ROOT_ID = 600
Row = tuple[str, str, str, str]
"""Device, root, mount point, and the rest from the mount options on; fields as the kernel escapes them."""


def table(rows: Iterable[Row]) -> str:
    """Lines of a mount table: the first row is ``/``, each other has the mount of its longest prefix as parent."""
    ids: dict[str, int] = {}
    lines = []
    for number, (device, root, point, rest) in enumerate(rows, ROOT_ID):
        parent = max((other for other in ids if _inside(point, other)), key=len, default=None)
        parent_id = ROOT_ID - 50 if parent is None else ids[parent]
        lines.append(f"{number} {parent_id} {device} {root} {point} {rest}")
        ids[point] = number
    return "\n".join([*lines, ""])


def _inside(point: str, other: str) -> bool:
    return other == "/" or point == other or point.startswith(other + "/")


def synthetic(
    engine: str,
    case: str,
    expect_engine: str,
    rows: Sequence[Row],
    expect: list[dict[str, Any]],
    *,
    env: Mapping[str, str] | None = None,
    files: Mapping[str, str] | None = None,
    removable: Mapping[str, bool] | None = None,
) -> Fixture:
    """A fixture that no real container stands behind."""
    env = dict(env or {})
    return Fixture(
        engine=engine,
        version="synthetic",
        driver=None,
        case=case,
        synthetic=True,
        expect_engine=expect_engine,
        expect=expect,
        mountinfo=table(rows),
        signs={
            "env_names": sorted({"HOME", "PATH", *env}),
            "env": env,
            "init_container": None,
            "files": {**ABSENT, **(files or {})},
            "removable": dict(removable or {}),
        },
    )


def overlay_root(storage: str, device: str = "0:58") -> Row:
    """``/`` on overlay, its layers below ``storage``."""
    layers = (
        f"lowerdir={storage}/l/AB3WQXJ5:{storage}/l/ZK7NDE2R,upperdir={storage}/{ID}/diff,workdir={storage}/{ID}/work"
    )
    return (device, "/", "/", f"rw,relatime master:21 - overlay overlay rw,{layers}")


def kernel_rows() -> list[Row]:
    """What every OCI container shows of the kernel."""
    return [
        ("0:61", "/", "/proc", "rw,nosuid,nodev,noexec,relatime - proc proc rw"),
        ("0:62", "/", "/dev", "rw,nosuid - tmpfs tmpfs rw,size=65536k,mode=755"),
        ("0:63", "/", "/dev/pts", "rw,nosuid,noexec,relatime - devpts devpts rw,gid=5,mode=620,ptmxmode=666"),
        ("0:64", "/", "/sys", "rw,nosuid,nodev,noexec,relatime - sysfs sysfs rw"),
        ("0:30", "/", "/sys/fs/cgroup", "rw,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw,nsdelegate"),
        ("0:65", "/", "/dev/shm", "rw,nosuid,nodev,noexec,relatime - tmpfs shm rw,size=65536k"),
    ]


KERNEL_EXPECTED = [kernel("/proc"), kernel("/sys"), kernel("/dev"), memory("/dev/shm")]


def engine_files(device: str, folder: str, rest: str) -> list[Row]:
    """The three files in /etc that Docker and its kin write."""
    return [(device, f"{folder}/{name}", f"/etc/{name}", rest) for name in ("resolv.conf", "hostname", "hosts")]


ENGINE_EXPECTED = [engine_file("/etc/resolv.conf"), engine_file("/etc/hostname"), engine_file("/etc/hosts")]

# --- balenaOS -------------------------------------------------------------------------------------------------------

DATA_PARTITION = "179:6"
ON_DATA = "rw,relatime master:20 - ext4 /dev/mmcblk0p6 rw"
BALENA_ENV = {"BALENA": "1", "RESIN": "1", "BALENA_SERVICE_NAME": "jupyter", "BALENA_APP_ID": "1834567"}
CIFS = (
    "rw,relatime - cifs //192.0.2.20/iot-data rw,vers=3.1.1,sec=ntlmssp,cache=strict,username=iot,domain=WORKGROUP,"
    "uid=1000,forceuid,gid=0,noforcegid,addr=192.0.2.20,file_mode=0755,dir_mode=0755,soft,nounix,serverino,mapposix,"
    "rsize=4194304,wsize=4194304,bsize=1048576,echo_interval=60,actimeo=1,closetimeo=1"
)


def balena_rows(root: Row) -> list[Row]:
    """ide49's Jupyter container on a Raspberry Pi."""
    volumes: list[Row] = [
        (DATA_PARTITION, f"/docker/volumes/1834567_{name}/_data", target, ON_DATA)
        for target, name in IDE49_VOLUMES.items()
    ]
    locks = ("0:34", "/balena-supervisor/services/1834567/jupyter", "/tmp/balena", "rw,nosuid,nodev - tmpfs tmpfs rw")
    files = engine_files(DATA_PARTITION, f"/docker/containers/{ID}", ON_DATA)
    return [root, *kernel_rows(), *files, locks, *volumes]


def balena() -> list[Fixture]:
    """ide49 as balena runs it, by the supervisor's sources; once on aufs, once with its Samba home."""
    rows = balena_rows(overlay_root("/var/lib/docker/overlay2"))
    aufs: Row = ("0:58", "/", "/", "rw,relatime master:21 - aufs none rw,si=c7d3a9b152e0f684,dio,dirperm1")
    expect = [container_layer(), *ide49_rows(), *ENGINE_EXPECTED, *KERNEL_EXPECTED, engine_file("/tmp/balena")]
    files = {"/.dockerenv": "", "/proc/self/cgroup": f"0::/docker/{ID}\n", "/proc/1/cgroup": f"0::/docker/{ID}\n"}
    stick: Row = ("8:1", "/", "/mnt/STICK", "rw,relatime - vfat /dev/sda1 rw,fmask=0022,dmask=0022,codepage=437")
    share: Row = ("0:71", "/", "/home/iot", CIFS)
    hidden = [{**row, "hidden": True} if row["mount_point"] == "/home/iot" else row for row in expect]
    on_the_share = expected("/home/iot", "samba", "kept", "kept", name="iot-data on 192.0.2.20")
    on_the_stick = expected("/mnt/STICK", "removable", "kept", "kept", name="STICK")
    return [
        synthetic("balena", "ide49", "balena", rows, expect, env=BALENA_ENV, files=files),
        synthetic("balena", "aufs", "balena", balena_rows(aufs), expect, env=BALENA_ENV, files=files),
        synthetic(
            "balena", "samba-home", "balena", [*rows, share], [*hidden, on_the_share], env=BALENA_ENV, files=files
        ),
        synthetic(
            "balena",
            "usb-stick",
            "balena",
            [*rows, stick],
            [*expect, on_the_stick],
            env=BALENA_ENV,
            files=files,
            removable={"8:1": True, "179:6": False},
        ),
    ]


# --- Kubernetes -----------------------------------------------------------------------------------------------------

NODE = "254:1"
ON_NODE = "rw,relatime - ext4 /dev/vda1 rw,discard"


def kubernetes() -> list[Fixture]:
    """A Jupyter pod with every usual kind of volume, by kubelet's sources."""
    snapshot = "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots"
    upper = f"lowerdir={snapshot}/41/fs,upperdir={snapshot}/42/fs,workdir={snapshot}/42/work"
    volumes = f"{KUBELET}/volumes"
    claim = "pvc-0b8a5f3e-6a52-4c1b-8e65-8f0c2f5f7d11"
    token = "ro,relatime - tmpfs tmpfs rw,size=16384k,inode64"
    rows: list[Row] = [
        ("0:58", "/", "/", f"rw,relatime - overlay overlay rw,{upper}"),
        *kernel_rows(),
        (NODE, f"{KUBELET}/etc-hosts", "/etc/hosts", ON_NODE),
        (NODE, f"{KUBELET}/containers/notebook/1a2b3c4d", "/dev/termination-log", ON_NODE),
        (NODE, f"{SANDBOX}/hostname", "/etc/hostname", ON_NODE),
        (NODE, f"{SANDBOX}/resolv.conf", "/etc/resolv.conf", ON_NODE),
        (NODE, f"{volumes}/kubernetes.io~csi/{claim}/mount", "/home/jovyan", ON_NODE),
        ("8:16", "/", "/data", "rw,relatime - ext4 /dev/sdb rw"),
        (NODE, f"{volumes}/kubernetes.io~empty-dir/scratch", "/scratch", ON_NODE),
        (NODE, f"{volumes}/kubernetes.io~configmap/settings", "/etc/settings", "ro,relatime - ext4 /dev/vda1 rw"),
        ("0:80", "/..2024_05_01/token", "/etc/secret", token),
        (NODE, f"{volumes}/kubernetes.io~projected/bundle", "/etc/bundle", "ro,relatime - ext4 /dev/vda1 rw"),
        (NODE, f"{volumes}/kubernetes.io~secret/keys", "/etc/keys", "ro,relatime - ext4 /dev/vda1 rw"),
        ("0:81", "/", "/run/secrets/kubernetes.io/serviceaccount", token),
    ]
    config = ["/etc/settings", "/etc/bundle", "/etc/keys", "/run/secrets/kubernetes.io/serviceaccount"]
    expect = [
        expected("/", "container", "lost", "lost"),
        # not /dev/shm: the pod keeps it while a container restarts
        *[row for row in KERNEL_EXPECTED if row["mount_point"] != "/dev/shm"],
        *[engine_file(point) for point in ("/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/dev/termination-log")],
        expected("/home/jovyan", "volume", "kept", "kept"),
        # a claim on a disk of its own shows as the whole disk: what it is called is open, what becomes of it is not
        {"mount_point": "/data", "stop": "kept", "update": "kept", "hidden": False},
        expected("/scratch", "pod", "kept", "lost"),
        *[{"mount_point": point, "kind": "config", "hidden": False} for point in config],
    ]
    env = {"KUBERNETES_SERVICE_HOST": "192.0.2.1"}
    return [synthetic("kubernetes", "pod", "kubernetes", rows, expect, env=env)]


# --- others ---------------------------------------------------------------------------------------------------------

MACHINE = "259:2"
ON_MACHINE = "rw,relatime - ext4 /dev/nvme0n1p2 rw,errors=remount-ro"


def nerdctl() -> Fixture:
    """containerd's own command line."""
    storage = "/var/lib/nerdctl/1935db59"
    snapshot = "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots"
    upper = f"lowerdir={snapshot}/3/fs,upperdir={snapshot}/4/fs,workdir={snapshot}/4/work"
    rows: list[Row] = [
        ("0:58", "/", "/", f"rw,relatime - overlay overlay rw,{upper}"),
        *kernel_rows(),
        (MACHINE, f"{storage}/containers/default/{ID}/resolv.conf", "/etc/resolv.conf", ON_MACHINE),
        (MACHINE, f"{storage}/etchosts/default/{ID}/hosts", "/etc/hosts", ON_MACHINE),
        (MACHINE, f"{storage}/volumes/default/iot-home/_data", "/home/iot", ON_MACHINE),
        (MACHINE, f"{storage}/volumes/default/{OTHER_ID}/_data", "/data", ON_MACHINE),
        (MACHINE, "/srv/projects", "/projects", ON_MACHINE),
    ]
    expect = [
        container_layer(),
        named("/home/iot", "iot-home"),
        nameless("/data"),
        bound("/projects"),
        engine_file("/etc/hosts"),
        engine_file("/etc/resolv.conf"),
    ]
    return synthetic("nerdctl", "volumes", "containerd", rows, expect)


def docker_rows(*more: Row) -> list[Row]:
    """A Docker container on a machine of its own, with ``more`` mounts."""
    folder = f"/var/lib/docker/containers/{ID}"
    files = engine_files(MACHINE, folder, ON_MACHINE)
    return [overlay_root("/var/lib/docker/overlay2"), *kernel_rows(), *files, *more]


def docker() -> list[Fixture]:
    """Remote file systems and a disk in a Docker container."""
    files = {"/.dockerenv": ""}
    home: Row = (MACHINE, "/var/lib/docker/volumes/iot-home/_data", "/home/iot", ON_MACHINE)
    again: Row = (MACHINE, "/var/lib/docker/volumes/iot-home/_data", "/service-config/iot-home", ON_MACHINE)
    share: Row = ("0:71", "/", "/home/iot", CIFS)
    nfs: Row = (
        "0:72",
        "/",
        "/data",
        "rw,relatime - nfs4 nas.example:/export/data rw,vers=4.2,rsize=1048576,hard,proto=tcp,addr=192.0.2.30",
    )
    stick: Row = ("8:1", "/", "/mnt/STICK", "rw,relatime - vfat /dev/sda1 rw,fmask=0022,dmask=0022,codepage=437")
    disk: Row = ("8:17", "/", "/mnt/archive", "rw,relatime - ext4 /dev/sdb1 rw")
    return [
        synthetic(
            "docker",
            "samba-home",
            "docker",
            docker_rows(home, again, share),
            [
                container_layer(),
                named("/home/iot", "iot-home", hidden=True),
                named("/service-config/iot-home", "iot-home"),
                expected("/home/iot", "samba", "kept", "kept", name="iot-data on 192.0.2.20"),
            ],
            files=files,
        ),
        synthetic(
            "docker",
            "nfs",
            "docker",
            docker_rows(home, nfs),
            [container_layer(), named("/home/iot", "iot-home"), expected("/data", "network", "kept", "kept")],
            files=files,
        ),
        synthetic(
            "docker",
            "disks",
            "docker",
            docker_rows(home, stick, disk),
            [
                container_layer(),
                expected("/mnt/STICK", "removable", "kept", "kept", name="STICK"),
                expected("/mnt/archive", "disk", "kept", "kept", name="archive"),
            ],
            files=files,
            removable={"8:1": True, "8:17": False},
        ),
    ]


def wsl() -> Fixture:
    """Docker Desktop's WSL2 distribution: super options with spaces that the kernel does not escape."""
    drive = "dirsync,aname=drvfs;path=C:\\;uid=1000;gid=1000;symlinkroot=/mnt/,mmap,access=client,msize=262144"
    resources = "dirsync,aname=drvfs;path=C:\\Program Files\\Docker\\Docker\\resources;symlinkroot=/mnt/,mmap"
    program_files = "C:\\134Program\\040Files\\134Docker\\134Docker\\134resources"
    rows: list[Row] = [
        ("8:32", "/", "/", "rw,relatime - ext4 /dev/sdc rw,discard,errors=remount-ro,data=ordered"),
        ("0:61", "/", "/proc", "rw,nosuid,nodev,noexec,relatime - proc proc rw"),
        ("0:90", "/", "/mnt/c", f"rw,noatime - 9p C:\\134 rw,{drive}"),
        ("0:91", "/", "/Docker/host", f"rw,noatime - 9p {program_files} rw,{resources}"),
        ("0:92", "/", "/mnt/wsl", "rw,relatime shared:1 - tmpfs none rw"),
    ]
    expect = [
        expected("/", "host", "kept", "kept"),
        # 9p, but to the same machine's other side: what to call it is open
        {"mount_point": "/mnt/c", "stop": "kept", "update": "kept", "hidden": False},
        {"mount_point": "/Docker/host", "stop": "kept", "update": "kept", "hidden": False},
        memory("/mnt/wsl"),
        kernel("/proc"),
    ]
    return synthetic("wsl", "super-options-with-spaces", "none", rows, expect)


def machine() -> Fixture:
    """A machine without any container."""
    rows: list[Row] = [
        (MACHINE, "/", "/", "rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw,errors=remount-ro"),
        ("0:22", "/", "/proc", "rw,nosuid,nodev,noexec,relatime shared:13 - proc proc rw"),
        ("0:21", "/", "/sys", "rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw"),
        ("0:5", "/", "/dev", "rw,nosuid,relatime shared:2 - devtmpfs udev rw,size=8039132k,nr_inodes=2009783,mode=755"),
        ("0:26", "/", "/dev/shm", "rw,nosuid,nodev shared:4 - tmpfs tmpfs rw,inode64"),
        ("0:25", "/", "/run", "rw,nosuid,nodev,noexec,relatime shared:5 - tmpfs tmpfs rw,size=1613708k,mode=755"),
        ("259:1", "/", "/boot/efi", "rw,relatime shared:30 - vfat /dev/nvme0n1p1 rw,fmask=0077,dmask=0077"),
        ("259:3", "/", "/home", "rw,relatime shared:32 - ext4 /dev/nvme0n1p3 rw"),
        ("8:1", "/", "/media/alice/STICK", "rw,nosuid,nodev,relatime shared:99 - vfat /dev/sda1 rw,uid=1000"),
    ]
    expect = [
        expected("/", "host", "kept", "kept"),
        expected("/home", "disk", "kept", "kept"),
        expected("/media/alice/STICK", "removable", "kept", "kept", name="STICK"),
        memory("/run"),
        memory("/dev/shm"),
        *[kernel(point) for point in ("/proc", "/sys", "/dev")],
    ]
    return synthetic("none", "ext4", "none", rows, expect, removable={"8:1": True, "259:2": False, "259:3": False})


def all_synthetic() -> list[Fixture]:
    """Every fixture of this file."""
    return [*balena(), *kubernetes(), nerdctl(), *docker(), wsl(), machine()]


if __name__ == "__main__":
    for made in all_synthetic():
        print(made.write())
