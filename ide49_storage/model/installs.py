"""Records of installs: one pip job, previewed, run, watched, verified, and undone where it broke."""

from __future__ import annotations

import enum

from .mounts import Where
from .vocabulary import Moment, Record
from .watch import WatchMessage


class Action(str, enum.Enum):
    """What a job does. ``restore`` puts back what an interrupted job left; ``delete-old`` removes the
    packages of a Python that the image no longer has.
    """

    INSTALL = "install"
    UPGRADE = "upgrade"
    UNINSTALL = "uninstall"
    REPAIR = "repair"
    BRING_OVER = "bring-over"
    DELETE_OLD = "delete-old"
    RESTORE = "restore"


class JobState(str, enum.Enum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    VERIFYING = "verifying"
    ENDED = "ended"


class JobVerdict(str, enum.Enum):
    """How a job ended, never by pip's exit status alone. The values are words that can be shown."""

    INSTALLED = "installed"
    WITH_CONFLICTS = "installed with conflicts"
    REMOVED = "removed"
    NOTHING = "nothing to do"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    RESTORED = "restored"


class Cause(str, enum.Enum):
    """Why a job failed."""

    NO_SUCH_PACKAGE = "no such package"
    NO_MATCH = "no version for this Python or processor"
    NETWORK = "network down"
    CERTIFICATE = "certificate not trusted"
    INDEX = "index error"
    HASH = "hash mismatch"
    DISK_FULL = "disk full"
    PERMISSION = "permission"
    BUILD = "build failed"
    DAMAGED = "damaged package"
    CONFLICT = "conflict"
    SHADOWING = "shadows the image"
    TARGET = "target refused"
    BUSY = "another installation is running"
    KILLED = "killed"
    TIMEOUT = "took too long"
    OUTSIDE = "leads outside the user base"
    OTHER = "other"


class Override(str, enum.Enum):
    """What a person may insist on: a target that is lost at an update or externally managed, or a copy
    that hides the image's.
    """

    CONTAINER = "container"
    MANAGED = "externally-managed"
    SHADOWING = "shadowing"


class TargetRefusal(Record, frozen=True, kw_only=True):
    """Why this target is not installed to. ``override`` names the choice that lifts it, if one does."""

    reason: str
    message: str
    remedy: str
    override: Override | None = None


class InstallTarget(Record, frozen=True, kw_only=True):
    """Where an install goes. ``where`` is for the user base; ``free`` is bytes, ``inodes_free`` a count.

    ``pip`` is the version of the pip that will run (``None``: it has none). ``site_exists`` is whether the
    user site is there yet: a kernel that started before it was made does not look into it.
    """

    kernel: str | None
    interpreter: str
    python: str
    pip: str | None
    user_base: str
    user_site: str
    site_exists: bool
    where: Where
    free: int | None
    inodes_free: int | None
    scripts: str
    scripts_on_path: bool
    refusals: tuple[TargetRefusal, ...]


class InstallChange(str, enum.Enum):
    """What a job does to one distribution."""

    NEW = "new"
    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"
    REINSTALL = "reinstall"
    REMOVE = "remove"


class PlannedChange(Record, frozen=True, kw_only=True):
    """One distribution that a job changes.

    ``size`` is of the download, in bytes, as exactly as pip prints it (``None`` where it did not say).
    ``shadows`` is the version of the image's copy that a user copy would hide. ``needed_by`` are
    distributions of jupyter_server's own closure that need it. ``source`` holds when it is built
    from source, which runs code of its author. ``breaks`` are installed ones that the change leaves unmet.
    """

    name: str
    version: str
    change: InstallChange
    installed: str | None = None
    requested: bool = False
    yanked: bool = False
    source: bool = False
    size: int | None = None
    shadows: str | None = None
    needed_by: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()


class Skipped(Record, frozen=True, kw_only=True):
    """A package that a bring-over cannot bring, and why."""

    name: str
    why: str


class InstallPlan(Record, frozen=True, kw_only=True):
    """What a job would do, or does. ``download`` and ``space`` are bytes: known sizes added up, and about what
    the disk must hold at the same time. ``left`` are packages that are left out, and why. ``notes`` are
    sentences: for ``delete-old``, which trees would go and which stay.
    """

    changes: tuple[PlannedChange, ...]
    download: int | None = None
    space: int | None = None
    left: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()


class InstallProblemKind(str, enum.Enum):
    """What a verification found."""

    REQUIREMENT = "requirement"
    FILES = "files"
    IMPORT = "import"
    SCRIPTS = "scripts"
    LEFTOVER = "leftover"


class InstallProblem(Record, frozen=True, kw_only=True):
    """One thing that verification found, with what to do. ``before``: it was so already before this job."""

    kind: InstallProblemKind
    package: str
    message: str
    remedy: str
    before: bool = False


class Restart(Record, frozen=True, kw_only=True):
    """Why running kernels of the target interpreter must be restarted, and which modules they may have loaded."""

    reason: str
    modules: tuple[str, ...]


class JobProgress(Record, frozen=True, kw_only=True):
    """What a job does now. ``done`` and ``total`` are bytes of a download, ``None`` where not known."""

    phase: str
    done: int | None = None
    total: int | None = None


class Line(Record, frozen=True, kw_only=True):
    """One line of the log: its number (from 1), when, and the text without control characters."""

    number: int
    at: Moment
    text: str


class Job(Record, frozen=True, kw_only=True):
    """A job. ``GET installs/ID?after=CURSOR`` has the ``lines`` since that cursor; lists have none.

    ``cursor`` is opaque. ``kept`` says where the record is kept and for how long. ``restored`` holds when the
    packages are as they were before. ``overrides`` are the choices that were made against a refusal.
    ``left_out`` counts log lines beyond the bound. ``next_steps`` are sentences.
    """

    id: str
    action: Action
    requirements: tuple[str, ...]
    kernel: str | None
    state: JobState
    verdict: JobVerdict | None
    cause: Cause | None
    message: str
    target: InstallTarget | None
    plan: InstallPlan | None
    progress: JobProgress | None
    problems: tuple[InstallProblem, ...]
    restart: Restart | None
    restored: bool
    overrides: tuple[Override, ...]
    next_steps: tuple[str, ...]
    created: str
    started: str | None
    ended: str | None
    kept: str
    cursor: str
    lines: tuple[Line, ...] = ()
    left_out: int = 0


class Jobs(Record, frozen=True, kw_only=True):
    """The answer of ``GET installs``: jobs, newest first. ``enabled`` is false where installs are switched off."""

    enabled: bool
    kept: str
    jobs: tuple[Job, ...]


class InstallRequest(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of ``POST installs`` and ``POST installs/preview``.

    ``requirements`` are what pip takes as names; empty for ``upgrade`` and ``bring-over`` means all.
    ``only_binary``: never build from source. ``imports``: verify by importing. ``old`` names the Python
    (``3.8``) that ``bring-over`` and ``delete-old`` are about; ``None``: every other one there is.
    """

    requirements: tuple[str, ...] = ()
    kernel: str | None = None
    action: Action = Action.INSTALL
    allow: tuple[Override, ...] = ()
    only_binary: bool = False
    imports: bool = True
    old: str | None = None


class Preview(Record, frozen=True, kw_only=True):
    """The answer of ``POST installs/preview``. Without a ``plan``, ``cause`` and ``message`` say why.

    ``requirements`` are the request's, in their normal form. ``override``: what in ``allow`` lifts ``cause``.
    """

    action: Action
    requirements: tuple[str, ...]
    target: InstallTarget
    plan: InstallPlan | None
    cause: Cause | None
    override: Override | None
    message: str


class NamesRequest(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of ``POST installs/check``: text as typed or pasted, several names or a requirements file."""

    text: str


class CheckedName(Record, frozen=True, kw_only=True):
    """One requirement of the text: its line (from 1), its normal form, or what is wrong with it."""

    line: int
    text: str
    requirement: str | None
    message: str | None


class NamesReport(Record, frozen=True, kw_only=True):
    """The answer of ``POST installs/check``. ``ok``: there is at least one requirement and nothing is wrong."""

    ok: bool
    checked: tuple[CheckedName, ...]


class UserPackage(Record, frozen=True, kw_only=True):
    """A distribution in the user site. ``problem`` is a sentence where its files are not whole."""

    name: str
    version: str
    requested: bool
    problem: str | None


class OldTree(Record, frozen=True, kw_only=True):
    """Packages of another Python below the user base. ``size`` is bytes on disk. ``in_use`` names an
    interpreter that still reads them: one on ``PATH``, in a usual folder, or behind a kernel.
    """

    python: str
    path: str
    size: int
    packages: tuple[str, ...]
    in_use: str | None


class UserPackages(Record, frozen=True, kw_only=True):
    """The answer of ``GET installs/packages``: what installs can act on."""

    target: InstallTarget
    packages: tuple[UserPackage, ...]
    old: tuple[OldTree, ...]
    open_journal: bool


class InstallProgressed(WatchMessage, frozen=True, kw_only=True, tag="install-progressed"):
    """A job went on: its state, what it does now, or its log. ``job`` is its id; ask for it from the cursor of
    the lines already seen. Sent at most ten times a second for each job.
    """

    job: str
    state: JobState
    verdict: JobVerdict | None
    message: str
    progress: JobProgress | None
