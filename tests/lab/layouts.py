"""Random containers: mounts, links and the places of markers, all from one seed. Nothing is started here."""

from __future__ import annotations

import dataclasses
from pathlib import Path, PurePosixPath
from random import Random

from .mounts import MountSpec, anonymous, bind, overlay_of, tmpfs, volume

PLACES = (
    "/home/iot",
    "/service-config/iot-home",
    "/service-config/nginx-config",
    "/data",
    "/srv/www",
    "/mnt/STICK",
    "/opt/app",
    "/opt/python_base",
    "/var/lib/thing",
    "/var/log",
    "/etc/nginx",
    "/root/.cache",
    "/usr/local/lib/extra",
    "/usr/share/doc",
    "/tmp",
    "/volumes/x/_data",
    "/userdata/overlay",
)
# the folder that user iot may not search
SHUT = "/root"
# a link in it, which nobody but root can follow
AWAY = f"{SHUT}/away"
LAYER_PLACES = ("/etc", "/root", "/usr/local/bin", "/opt/layer", "/home", "/var/cache/x", "/srv", "/lost+found")
COMPONENTS = (
    "projects",
    "two words",
    " leading",
    "trailing ",
    "new\nline",
    "tab\t",
    "back\\slash",
    "\\040",
    "#hash",
    "comma,comma",
    'quote"',
    "it's",
    "$HOME",
    "-dash",
    "..dots",
    "été 🙂",
    "_data",
    "//deleted",
    "x" * 200,
)
# engines keep their settings as JSON, so only names made inside can be bytes that are no UTF-8
INSIDE_ONLY = ("\udcff\udcfe", "caf\udce9")
# fixed, so that the images that have them are made once
IMAGE_VOLUMES = ("/var/lib/data", "/opt/a volume")
VOLUME_NAMES = ("iot-home", "nginx-config", "1834567_iot-home", "a.b_c-d", "userdata", "overlay", "volumes", "v" * 60)

Link = tuple[str, str]


@dataclasses.dataclass(frozen=True)
class OverMount:
    """A mount made inside after the start: tmpfs, or a bind of ``source``. It does not outlive a stop."""

    target: str
    source: str | None = None

    def command(self) -> list[str]:
        """The command that mounts it."""
        if self.source is None:
            return ["mount", "-t", "tmpfs", "-o", "size=4m", "over", self.target]
        return ["mount", "--rbind", self.source, self.target]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Layout:
    """One random container.

    ``files`` are mount points that are files; ``made_volumes`` need options of their own. ``host_folders``
    and ``host_files`` are the host's side of binds, to be made before the start. ``user`` asks the questions
    (``None``: root); ``operations`` is the seed of what is done to the files.
    """

    number: int
    images: tuple[str, str]
    mounts: tuple[MountSpec, ...]
    files: frozenset[str]
    made_volumes: tuple[tuple[str, tuple[str, ...]], ...]
    host_folders: tuple[str, ...]
    host_files: tuple[str, ...]
    image_volumes: tuple[str, ...]
    over_mounts: tuple[OverMount, ...]
    links: tuple[Link, ...]
    markers: tuple[str, ...]
    read_only: bool
    rm: bool
    user: str | None
    by_compose: bool
    stop_first: bool
    operations: int

    @property
    def risky_targets(self) -> frozenset[str]:
        """Where a verdict may be ``at-risk``: anonymous volumes."""
        return frozenset({mount.target for mount in self.mounts if mount.anonymous} | set(self.image_volumes))


class Generator:
    """Draws one layout. ``host`` is the folder of the host for binds, ``memory`` one of the host's in memory."""

    def __init__(self, random: Random, engine: str, images: tuple[str, str], host: Path, memory: Path) -> None:
        self._random = random
        self._podman = engine == "podman"
        self._images = images
        self._host = host
        self._memory = memory
        self._mounts: list[MountSpec] = []
        self._folders: list[str] = []
        self._host_folders: list[str] = []
        self._host_files: list[str] = []
        self._files: set[str] = set()
        self._made: dict[str, tuple[str, ...]] = {}

    def layout(self, number: int) -> Layout:
        """A layout with about sixty markers."""
        random = self._random
        self._user = random.choice((None, None, "iot"))
        read_only = random.random() < 0.1
        image_volumes = random.choice(((), (), IMAGE_VOLUMES))
        self._folders += image_volumes
        for _ in range(random.randint(3, 9)):
            self._add_mount(self._free_target())
        over_mounts = () if read_only else tuple(self._over_mounts())
        links = self._links()
        return Layout(
            number=number,
            images=self._images if random.random() < 0.5 else self._images[::-1],
            mounts=tuple(self._mounts),
            files=frozenset(self._files),
            made_volumes=tuple(self._made.items()),
            host_folders=tuple(self._host_folders),
            host_files=tuple(self._host_files),
            image_volumes=image_volumes,
            over_mounts=over_mounts,
            links=links,
            markers=tuple(self._markers(links, over_mounts)),
            read_only=read_only,
            rm=self._podman and random.random() < 0.1,
            user=self._user,
            by_compose=not self._podman and random.random() < 0.5,
            stop_first=random.random() < 0.6,
            operations=random.getrandbits(32),
        )

    def _free_target(self) -> str:
        taken = {mount.target for mount in self._mounts} | set(self._folders)
        while True:
            nested = self._folders and self._random.random() < 0.4
            target = self._random.choice(self._folders if nested else self._reachable(PLACES))
            if nested or self._random.random() < 0.3:
                target += "/" + self._random.choice(COMPONENTS).replace("//", "-")
            if target not in taken and len(target) < 800 and not self._inside_a_closed_one(target):
                return target

    def _reachable(self, places: tuple[str, ...]) -> tuple[str, ...]:
        # a user who asks about what he may not see can only be told "unknown": that is asked on purpose, below
        if self._user is None:
            return places
        return tuple(place for place in places if place != SHUT and not place.startswith(f"{SHUT}/"))

    def _inside_a_closed_one(self, target: str) -> bool:
        # an engine cannot make a mount point in a read-only mount
        return any(target.startswith(mount.target + "/") for mount in self._mounts if "ro" in mount.options)

    def _add_mount(self, target: str) -> None:
        kinds = ["volume"] * 6 + ["anonymous", "bind", "tmpfs"] * 2 + ["file", "host memory", "odd volume"]
        kind = self._random.choice([*kinds, "overlay"] if self._podman else kinds)
        read_only = self._random.random() < 0.15 and not self._has_mounts_below(target)
        match kind:
            case "file":
                self._add_file(f"{target}/file{len(self._host_files)}.conf")
                return
            case "volume":
                mount = volume(self._random.choice(VOLUME_NAMES), target, read_only=read_only)
            case "anonymous":
                mount = anonymous(target)
            case "tmpfs":
                mount = tmpfs(target)
            case "odd volume":
                mount = volume(self._odd_volume(), target)
            case _:
                mount = self._bind(kind, target, read_only=read_only)
        self._mounts.append(mount)
        if "ro" not in mount.options:
            self._folders.append(target)

    def _has_mounts_below(self, target: str) -> bool:
        return any(below.startswith(target + "/") for below in [*self._folders, *self._files])

    def _add_file(self, target: str) -> None:
        path = f"{self._host}/file{len(self._host_files)}"
        self._host_files.append(path)
        self._files.add(target)
        self._mounts.append(bind(path, target))

    def _bind(self, kind: str, target: str, *, read_only: bool) -> MountSpec:
        parent = self._memory if kind == "host memory" else self._host
        # podman's -v takes colons and commas for its own
        name = "plain" if kind == "overlay" else self._random.choice(COMPONENTS).replace("/", "-")
        source = f"{parent}/{len(self._host_folders)}/{name}"
        self._host_folders.append(source)
        if kind == "overlay":
            return overlay_of(source, target)
        return bind(source, target, read_only=read_only)

    def _odd_volume(self) -> str:
        name = f"odd{len(self._made)}"
        if self._random.random() < 0.5:
            self._made[name] = ("--opt", "type=tmpfs", "--opt", "device=tmpfs")
        else:
            source = f"{self._host}/behind-{name}"
            self._host_folders.append(source)
            self._made[name] = ("--opt", "type=none", "--opt", "o=bind", "--opt", f"device={source}")
        return name

    def _over_mounts(self) -> list[OverMount]:
        found = []
        for _ in range(self._random.choice((0, 0, 1, 2, 4))):
            over = self._random.choice([*self._folders, *LAYER_PLACES[3:]])
            if self._random.random() < 0.6:
                found.append(OverMount(over))
            else:
                found.append(OverMount(f"/bound{len(found)}", over))
        return found

    def _links(self) -> tuple[Link, ...]:
        places = [*self._folders, *self._reachable(LAYER_PLACES)]
        links: list[Link] = []
        for number in range(self._random.randint(0, 8)):
            name = f"{self._random.choice(places)}/link{number}" + self._random.choice(("", " ", "\n", *INSIDE_ONLY))
            target = self._random.choice([*places, *[link for link, _ in links]])
            if self._random.random() < 0.4:
                target = _relative(target, name)
            links.append((name, target))
        if self._user is not None:
            links.append((AWAY, self._random.choice(places)))
        return tuple(links)

    def _markers(self, links: tuple[Link, ...], over_mounts: tuple[OverMount, ...]) -> list[str]:
        made = [mount.target for mount in self._mounts if mount.target not in self._files]
        linked = [link for link, _ in links if link != AWAY]
        folders = [*made, *self._folders, *self._reachable(LAYER_PLACES), "/dev/shm", *linked * 2]
        folders += [mount.target for mount in over_mounts] * 2
        paths = [f"{self._deeper(folder)}/marker{number}" for number, folder in enumerate(folders)]
        extra = [f"{self._deeper(self._random.choice(folders))}/more{number}" for number in range(30)]
        shut = [] if self._user is None else self._random.choices((f"{SHUT}/secret", f"{AWAY}/secret"))
        return [*paths, *extra, *sorted(self._files), *shut]

    def _deeper(self, folder: str) -> str:
        names = [name.replace("/", "-") for name in (*COMPONENTS, *INSIDE_ONLY)]
        return "/".join([folder, *self._random.choices(names, k=self._random.choice((0, 0, 1, 2)))])


def _relative(target: str, link: str) -> str:
    up = "/".join([".."] * (len(PurePosixPath(link).parts) - 2))
    return f"{up}{target}" if up else target[1:]
