"""Records of the scan of the container layer: what the next update throws away, and what to do about it."""

from __future__ import annotations

import enum

from .vocabulary import Moment, Record
from .watch import WatchMessage


class Group(str, enum.Enum):
    """What a change is to a person.

    ``made-at-start`` is what was written near a start of the container: by the image's own start script, or
    by somebody. Only nearness in time says so, which proves nothing.
    """

    SYSTEM_PACKAGES = "system-packages"
    PYTHON_PACKAGES = "python-packages"
    CONFIGURATION = "configuration"
    HOME_AND_DATA = "home-and-data"
    CACHES_AND_LOGS = "caches-and-logs"
    MADE_AT_START = "made-at-start"


class ChangeKind(str, enum.Enum):
    """How an entry differs from the image. ``unknown``: the image may or may not have had it."""

    NEW = "new"
    MODIFIED = "modified"
    UNKNOWN = "unknown"


class EntryType(str, enum.Enum):
    """What an entry of a folder is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"


class Change(Record, frozen=True, kw_only=True):
    """One entry of the container layer that the image did not bring.

    ``size`` is what a file holds (0 for folders; a file with several names counts at the first that is
    met, and is 0 at the others). ``at`` is the inode's last change. ``package`` names the system or
    Python package that brought it.
    """

    path: str
    change: ChangeKind
    type: EntryType
    size: int
    at: Moment
    package: str | None


class Largest(Record, frozen=True, kw_only=True):
    """A file, or a folder that is new with everything in it, among the largest of its group."""

    path: str
    type: EntryType
    files: int
    size: int


class RemedyKind(str, enum.Enum):
    """``dockerfile``: lines for the image's Dockerfile; ``move``: to a volume, with commands to type here where it is
    known what to move; ``none``: nothing to do.
    """

    DOCKERFILE = "dockerfile"
    MOVE = "move"
    NONE = "none"


class Remedy(Record, frozen=True, kw_only=True):
    """What keeps a group over the update: a sentence, and the exact lines to copy. ``left_out`` counts what
    the lines do not cover because there are too many.
    """

    kind: RemedyKind
    sentence: str
    lines: tuple[str, ...]
    left_out: int


class GroupTotals(Record, frozen=True, kw_only=True):
    """A group as a whole. The counts and ``size`` are of all its changes, listed or not; biggest ``largest`` first.

    ``missed``: somebody may miss it; what is not is safe to lose.
    """

    group: Group
    missed: bool
    files: int
    folders: int
    size: int
    largest: tuple[Largest, ...]
    remedies: tuple[Remedy, ...]


class SystemPackage(Record, frozen=True, kw_only=True):
    """A system package that was installed, upgraded or reinstalled here.

    ``automatic``: it only came as a dependency. ``size`` counts its files in the container layer.
    """

    name: str
    version: str | None
    automatic: bool
    files: int
    size: int


class PythonPackage(Record, frozen=True, kw_only=True):
    """A Python distribution in the container layer.

    ``location`` is its site folder, ``interpreter`` the program that uses that folder where it can be
    told, ``requirement`` the word for pip that gives the same again (``None`` for a local folder).
    """

    name: str
    version: str
    location: str
    interpreter: str | None
    requirement: str | None
    files: int
    size: int


class Missing(Record, frozen=True, kw_only=True):
    """A packaged file that is not there. ``certain``: the engine says that it was deleted here; otherwise the
    image may have come without it.
    """

    path: str
    package: str | None
    certain: bool


class Method(str, enum.Enum):
    """By what an entry was recognised as a change."""

    BIRTH = "birth-time"
    CHANGE_TIME = "change-time"
    HANDLE = "file-handle"
    DIFF = "engine-diff"
    NONE = "none"


class Clock(Record, frozen=True, kw_only=True):
    """When the container was made, from which fact that follows, and by what changes were recognised."""

    made_at: Moment | None
    started_at: Moment | None
    method: Method
    evidence: str


class Doubt(Record, frozen=True, kw_only=True):
    """What the answer may miss or have wrong: a word for programs, and a sentence.

    ``may_be_loss``: because of it, the next update may throw away something that somebody made here and
    that no group is sure of. As long as there is such a doubt, ``nothing_to_lose`` is never true.
    """

    reason: str
    message: str
    may_be_loss: bool


class ScanState(str, enum.Enum):
    """``not-applicable``: ``/`` is certainly no container layer, ``evidence`` says why.

    ``failed``: the scan broke off, or what ``/`` is cannot be scanned; ``error`` says why.
    """

    NEVER = "never"
    RUNNING = "running"
    ENDED = "ended"
    CANCELLED = "cancelled"
    FAILED = "failed"
    NOT_APPLICABLE = "not-applicable"


class ScanProgress(Record, frozen=True, kw_only=True):
    """How far a scan is: entries looked at, changes found so far and their bytes, and the folder it is in."""

    seen: int
    found: int
    size: int
    folder: str


class ChangesReport(Record, frozen=True, kw_only=True):
    """The answer of ``GET changes``: the last scan that ended, and the state of the one that runs.

    ``state`` and ``progress`` are of the last scan that was started; everything else is of the last
    that ended, at ``ended_at`` (``None``: none has yet). ``nothing_to_lose`` is true only where that is
    proven, false where a group has what somebody made, and ``None`` as long as nobody knows: then those of
    ``doubts`` that have ``may_be_loss`` say why. ``groups`` come with the biggest first. ``dockerfile``
    has the lines of all of them in the order in which an image is built: what pip builds may need what apt
    installs. ``unreadable`` has the changed folders that this user may not look into (at most 1,000;
    ``unreadable_count`` is complete).
    ``changes`` is one page of the listing, ``next`` the cursor of the following one (``None`` at the end).
    """

    state: ScanState
    started_at: Moment | None
    ended_at: Moment | None
    seconds: float | None
    progress: ScanProgress | None
    error: str | None
    evidence: str
    clock: Clock | None
    nothing_to_lose: bool | None
    files: int
    folders: int
    size: int
    groups: tuple[GroupTotals, ...]
    system_packages: tuple[SystemPackage, ...]
    python_packages: tuple[PythonPackage, ...]
    dockerfile: tuple[str, ...]
    missing: tuple[Missing, ...]
    missing_count: int
    unreadable: tuple[str, ...]
    unreadable_count: int
    doubts: tuple[Doubt, ...]
    changes: tuple[Change, ...]
    next: str | None


class ChangesProgressed(WatchMessage, frozen=True, kw_only=True, tag="changes-progressed"):
    """A scan of the container layer is under way. Sent a few times a second."""

    progress: ScanProgress


class ChangesEnded(WatchMessage, frozen=True, kw_only=True, tag="changes-ended"):
    """A scan of the container layer has ended, in this state: ask for ``changes`` again."""

    state: ScanState
