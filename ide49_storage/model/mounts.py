"""Records of the mount report: the mount table as the kernel tells it, and what follows from it."""

from __future__ import annotations

import enum

from .vocabulary import CONTRACT_VERSION, Evidence, Fates, Kind, Moment, Record


class EngineName(str, enum.Enum):
    """What runs the container this process is in."""

    DOCKER = "docker"
    PODMAN = "podman"
    BALENA = "balena"
    KUBERNETES = "kubernetes"
    CONTAINERD = "containerd"
    LXC = "lxc"
    NSPAWN = "systemd-nspawn"
    NONE = "none"
    UNKNOWN = "unknown"


class Engine(Record, frozen=True, kw_only=True):
    """The container engine, with the observed facts it was recognised by (at least one sentence)."""

    name: EngineName
    evidence: tuple[str, ...]


class Storage(Record, frozen=True, kw_only=True):
    """What a mount shows. Two mounts with equal ``device`` and ``root`` are the same data.

    ``device`` is the kernel's ``major:minor``; ``root`` is the folder within that file system.
    """

    device: str
    root: str


class MountOptions(Record, frozen=True, kw_only=True):
    """A mount's options as the kernel lists them, secrets left out.

    ``mount`` belongs to this mount alone (field 6), ``super`` to the file system (the last field);
    ``read_only`` holds when either says ``ro``. ``propagation`` has the optional fields (``shared:N``, ...).
    """

    mount: tuple[str, ...]
    super: tuple[str, ...]
    propagation: tuple[str, ...]
    read_only: bool


class Capacity(Record, frozen=True, kw_only=True):
    """Room on a storage's file system. Bytes; inode counts are ``None`` where it does not count them.

    ``free`` is what an ordinary user may still fill, so ``used + free`` can be less than ``total``.
    """

    total: int
    used: int
    free: int
    inodes_total: int | None
    inodes_free: int | None


class CapacityStatus(str, enum.Enum):
    """How ``capacity`` came about, or why it is absent or old.

    ``not-answering``: a probe got no answer; ``failed``: the system answered with an error. With both,
    ``capacity`` is the last known one, as old as ``capacity_at`` says.
    """

    MEASURED = "measured"
    NOT_ASKED = "not-asked"
    NOT_APPLICABLE = "not-applicable"
    FAILED = "failed"
    NOT_ANSWERING = "not-answering"


class Relation(str, enum.Enum):
    """How another place relates: the same folder, a folder inside this one, or one that contains it."""

    SAME = "same"
    INSIDE = "inside"
    CONTAINS = "contains"


class Place(Record, frozen=True, kw_only=True):
    """Another place at which the same data is seen.

    For a mount, ``path`` is the other mount's mount point and ``relation`` says what that mount shows
    of this one: all of it, a folder ``inside`` it, or a folder that ``contains`` it. ``subpath`` is
    the relative path between the two roots (``""`` for ``same``). For a path in ``where``, ``path`` is
    the full other path of the same file, and ``relation`` is always ``same``. ``hidden``: no path
    reaches that place now.
    """

    path: str
    mount_id: int
    relation: Relation
    subpath: str
    hidden: bool


class Mount(Record, frozen=True, kw_only=True):
    """One mount with its storage's kind, name, fate and evidence.

    ``name`` is what a person calls the storage (a volume's name, a share, a device), ``None`` if it
    has none. ``hidden_by`` is the id of the mount that lies over a hidden one. ``internal`` marks what
    the kernel and the engine mount for themselves, where nobody keeps files. ``capacity_at`` is when
    ``capacity`` was measured. ``not_answering_since`` is when a probe of this mount first got no answer,
    ``None`` while it answers or nobody asked.
    """

    id: int
    parent: int
    mount_point: str
    storage: Storage
    fs_type: str
    source: str
    kind: Kind
    name: str | None
    fate: Fates
    evidence: Evidence
    options: MountOptions
    capacity: Capacity | None
    capacity_status: CapacityStatus
    hidden: bool
    hidden_by: int | None
    internal: bool
    also_at: tuple[Place, ...]
    capacity_at: Moment | None = None
    not_answering_since: str | None = None


class LineProblem(Record, frozen=True, kw_only=True):
    """A line of mountinfo that could not be read: its number (from 1) and what is wrong with it."""

    line: int
    problem: str


class Where(Record, frozen=True, kw_only=True):
    """Where one path lives.

    ``path`` is as asked (made absolute); ``resolved`` has its symbolic links followed. When it does not
    exist, ``exists`` is false and the rest is the answer for ``nearest``, its deepest existing parent.
    ``exists`` and ``writable`` are ``None`` where nobody may ask (a network mount): ``doubt`` says so.
    Where the system refused to look (a folder that this user may not search) the path may be a link to
    anywhere: ``kind`` and fates are then ``unknown``, and the mount is what the path's text alone gives.
    """

    path: str
    resolved: str
    exists: bool | None
    nearest: str
    mount_id: int
    mount_point: str
    kind: Kind
    name: str | None
    fate: Fates
    evidence: Evidence
    also_at: tuple[Place, ...]
    writable: bool | None
    doubt: str | None


class MountReport(Record, frozen=True, kw_only=True):
    """The answer of ``GET mounts``.

    ``notebooks`` is ``where`` for the folder that Jupyter serves (``None`` from the command line when no
    server is asked). ``at`` is when the table was read. ``problems`` are unreadable lines. ``contract`` is
    the version of openapi.json that the server keeps: this is what the panel asks for first.
    """

    contract: str = CONTRACT_VERSION
    at: Moment
    engine: Engine
    notebooks: Where | None
    mounts: tuple[Mount, ...]
    problems: tuple[LineProblem, ...]


class WhereRequest(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of ``POST where``, for more paths than fit into an address."""

    paths: tuple[str, ...]
