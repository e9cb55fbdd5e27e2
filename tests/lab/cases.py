"""The containers that are captured: how each is started, and by hand what its mounts are."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .engine import Engine
from .expected import (
    bound,
    container_layer,
    engine_file,
    expected,
    gone_with_the_container,
    kernel,
    memory,
    named,
    nameless,
)
from .images import DEBIAN12, DEBIAN13, Images
from .mounts import MountSpec, anonymous, bind, image_at, overlay_of, tmpfs, volume

PODMAN = "podman"
STRANGE = "/data/two words\nand \\ a tab\t#"


class Scene:
    """What a case may use: the engine, its images, and a folder ``host`` that plays the machine's files."""

    def __init__(self, engine: Engine, host: Path) -> None:
        self.engine = engine
        self.images = Images(engine)
        self.host = host

    def folder(self, name: str) -> Path:
        """A folder of the host with a file in it."""
        path = self.host / name
        path.mkdir(parents=True, exist_ok=True)
        (path / "from-the-host").write_text("host\n")
        return path

    def file(self, name: str) -> Path:
        """A file of the host."""
        path = self.host / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("host\n")
        return path


@dataclasses.dataclass(frozen=True, kw_only=True)
class Case:
    """``mounts`` gives the mounts and ``expect`` their rows; ``inside`` is a shell script run before the capture.

    ``options`` are keyword arguments of `Engine.run`, ``changes`` Dockerfile instructions of the image.
    """

    name: str
    expect: list[dict[str, Any]]
    mounts: Callable[[Scene], list[MountSpec]] = lambda _: []
    options: dict[str, Any] = dataclasses.field(default_factory=dict)
    changes: tuple[str, ...] = ()
    inside: str | None = None


IDE49_VOLUMES = {
    "/home/iot": "iot-home",
    "/service-config/iot-home": "iot-home",
    "/service-config/code-server-config": "code-server-config",
    "/service-config/duplicati-config": "duplicati-config",
    "/service-config/nginx-config": "nginx-config",
    "/service-config/mosquitto-config": "mosquitto-config",
}


def ide49_mounts() -> list[MountSpec]:
    """The volumes as ide49's Jupyter container has them."""
    return [volume(name, target) for target, name in IDE49_VOLUMES.items()]


def ide49_rows() -> list[dict[str, Any]]:
    """What these volumes are."""
    return [named(target, name) for target, name in IDE49_VOLUMES.items()]


KERNEL_ROWS = [kernel("/proc"), kernel("/sys"), kernel("/dev"), kernel("/proc/keys"), kernel("/sys/firmware")]
ENGINE_ROWS = [engine_file("/etc/hosts"), engine_file("/etc/hostname")]


def _nested(scene: Scene) -> list[MountSpec]:
    return [
        volume("outer", "/outer"),
        tmpfs("/outer/memory"),
        volume("inner", "/outer/memory/inner"),
        bind(scene.folder("nested"), "/outer/memory/inner/host"),
    ]


_NESTED_ROWS = [
    container_layer(),
    named("/outer", "outer"),
    memory("/outer/memory"),
    named("/outer/memory/inner", "inner"),
    bound("/outer/memory/inner/host"),
]

PRIVILEGED = {"extra": ["--privileged"]}

COMMON = [
    Case(name="ide49", mounts=lambda _: ide49_mounts(), expect=[container_layer(), *ide49_rows(), *ENGINE_ROWS]),
    Case(name="bare", expect=[container_layer(), memory("/dev/shm"), *KERNEL_ROWS, *ENGINE_ROWS]),
    Case(
        name="named-volume",
        mounts=lambda _: [volume("iot-home", "/home/iot"), volume("nginx-config", "/etc/nginx", read_only=True)],
        expect=[container_layer(), named("/home/iot", "iot-home"), named("/etc/nginx", "nginx-config")],
    ),
    Case(name="anonymous", mounts=lambda _: [anonymous("/data")], expect=[container_layer(), nameless("/data")]),
    Case(name="image-volume", changes=("VOLUME /data",), expect=[container_layer(), nameless("/data")]),
    Case(
        name="bind",
        mounts=lambda scene: [
            bind(scene.folder("projects"), "/projects"),
            bind(scene.file("settings/jupyter.conf"), "/etc/jupyter.conf"),
            bind(scene.folder("read-only"), "/read-only", read_only=True),
        ],
        expect=[container_layer(), bound("/projects"), bound("/etc/jupyter.conf"), bound("/read-only")],
    ),
    Case(
        name="tmpfs",
        mounts=lambda _: [tmpfs("/memory"), tmpfs("/tmp")],
        expect=[container_layer(), memory("/memory"), memory("/tmp"), memory("/dev/shm")],
    ),
    Case(
        name="read-only-root",
        mounts=lambda _: [volume("iot-home", "/home/iot")],
        options={"read_only": True},
        expect=[container_layer(), named("/home/iot", "iot-home")],
    ),
    Case(name="nested", mounts=_nested, expect=_NESTED_ROWS),
    Case(
        name="stacked",
        mounts=lambda _: [volume("first", "/data"), volume("below", "/data/below")],
        options=PRIVILEGED,
        inside="mount -t tmpfs -o size=1m over /data && mkdir /data/below && mount -t tmpfs -o size=1m top /data",
        expect=[
            container_layer(),
            named("/data", "first", hidden=True),
            named("/data/below", "below", hidden=True),
            memory("/data", hidden=True),
            memory("/data"),
        ],
    ),
    Case(
        name="hidden-below",
        mounts=lambda _: [volume("deep", "/a/b"), *ide49_mounts()],
        options=PRIVILEGED,
        inside="mount -t tmpfs -o size=1m over /a && mount -t tmpfs -o size=1m share /home/iot",
        expect=[
            container_layer(),
            named("/a/b", "deep", hidden=True),
            memory("/a"),
            named("/home/iot", "iot-home", hidden=True),
            memory("/home/iot"),
            named("/service-config/iot-home", "iot-home"),
        ],
    ),
    Case(
        name="subfolder",
        mounts=lambda scene: [volume("iot-home", "/home/iot"), bind(scene.folder("tree"), "/tree")],
        options=PRIVILEGED,
        inside="mkdir -p /home/iot/projects /tree/branch /part /twig && "
        "mount --bind /home/iot/projects /part && mount --bind /tree/branch /twig",
        expect=[
            container_layer(),
            named("/home/iot", "iot-home"),
            named("/part", "iot-home"),
            bound("/tree"),
            bound("/twig"),
        ],
    ),
    Case(
        name="strange-names",
        mounts=lambda scene: [
            volume("iot-home", STRANGE),
            bind(scene.folder("a folder, with \\ and #"), "/bound here"),
            tmpfs("/memory #1"),
        ],
        expect=[container_layer(), named(STRANGE, "iot-home"), bound("/bound here"), memory("/memory #1")],
    ),
    Case(
        name="misleading-names",
        # named like folders that the engines themselves use
        mounts=lambda scene: [
            volume("userdata", "/one"),
            volume("overlay", "/two"),
            volume("volumes", "/three"),
            bind(scene.folder("volumes/mine/_data"), "/four"),
            bind(scene.folder("containers/pods/etc-hosts"), "/five"),
        ],
        expect=[
            container_layer(),
            named("/one", "userdata"),
            named("/two", "overlay"),
            named("/three", "volumes"),
            # a folder of the host that looks like a volume in every way: its fate is the same
            {"mount_point": "/four", "stop": "kept", "update": "kept", "hidden": False},
            bound("/five"),
        ],
    ),
    Case(
        name="undecodable-name",
        mounts=lambda _: [volume("iot-home", "/home/iot")],
        options=PRIVILEGED,
        inside='d=$(printf \'/data/\\377\\376\') && mkdir -p "$d" && mount -t tmpfs -o size=1m none "$d"',
        expect=[container_layer(), memory("/data/\udcff\udcfe")],
    ),
]

PODMAN_ONLY = [
    Case(
        name="rm",
        mounts=lambda _: [volume("iot-home", "/home/iot"), anonymous("/data")],
        options={"rm": True},
        expect=[
            gone_with_the_container("/"),
            named("/home/iot", "iot-home"),
            # the engine removes them together with the container that it removes by itself
            expected("/data", "anonymous", "lost", "lost"),
        ],
    ),
    Case(
        name="overlay-of-folder",
        mounts=lambda scene: [overlay_of(scene.folder("tree"), "/tree")],
        expect=[container_layer(), gone_with_the_container("/tree")],
    ),
    Case(
        name="image-mount",
        mounts=lambda scene: [image_at(scene.images.base(DEBIAN13), "/other")],
        expect=[container_layer(), {"mount_point": "/other", "kind": "container", "hidden": False}],
    ),
    Case(
        name="image-mount-writable",
        mounts=lambda scene: [image_at(scene.images.base(DEBIAN13), "/other", writable=True)],
        expect=[container_layer(), gone_with_the_container("/other")],
    ),
]

# Docker, and podman on other drivers, leave no sign of --rm inside: what a stop does is not said here
RM_WITHOUT_A_SIGN = Case(
    name="rm",
    mounts=lambda _: [volume("iot-home", "/home/iot"), anonymous("/data")],
    options={"rm": True},
    expect=[
        {"mount_point": "/", "kind": "container", "update": "lost", "hidden": False},
        named("/home/iot", "iot-home"),
        {"mount_point": "/data", "kind": "anonymous", "hidden": False},
    ],
)

OTHER_DRIVERS = [case for case in COMMON if case.name in ("ide49", "bare", "nested", "image-volume")]
DEFAULT_IMAGE = DEBIAN12


def cases(engine: str, driver: str) -> list[Case]:
    """The cases to capture with this engine and storage driver."""
    if engine == PODMAN and driver == "overlay":
        return [*COMMON, *PODMAN_ONLY]
    return [*(COMMON if driver == "overlay2" else OTHER_DRIVERS), RM_WITHOUT_A_SIGN]
