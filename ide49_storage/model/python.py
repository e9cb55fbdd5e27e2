"""Records of the Python layout: where an interpreter finds things, and what a plain ``pip install`` does."""

from __future__ import annotations

import enum

from .mounts import Where
from .vocabulary import Moment, Record


class PathRole(str, enum.Enum):
    """What an entry of ``sys.path`` is for."""

    STDLIB = "stdlib"
    PACKAGES = "packages"
    USER = "user"
    PROJECT = "project"
    PTH = "pth"
    ZIP = "zip"
    OTHER = "other"


class PathState(str, enum.Enum):
    """What the interpreter found at a path. ``loop``: its symbolic links lead in a circle."""

    FOLDER = "folder"
    FILE = "file"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    LOOP = "loop"
    UNKNOWN = "unknown"


class EnvironmentKind(str, enum.Enum):
    """Whose packages the interpreter uses."""

    SYSTEM = "system"
    VENV = "venv"
    CONDA = "conda"


class InstallMode(str, enum.Enum):
    """What a plain ``pip install`` does. ``refused``: pip stops before it writes anything."""

    USER = "user"
    SYSTEM = "system"
    VENV = "venv"
    CONDA = "conda"
    TARGET = "target"
    PREFIX = "prefix"
    ROOT = "root"
    REFUSED = "refused"


class TroubleReason(str, enum.Enum):
    """Why an interpreter or a kernelspec is not described: a word for programs."""

    HANGS = "hangs"
    GARBAGE = "garbage"
    FAILS = "fails"
    GONE = "gone"
    NOT_EXECUTABLE = "not-executable"
    NOT_PYTHON = "not-python"
    BAD_JSON = "bad-json"
    BAD_SPEC = "bad-spec"
    STILL_RUNNING = "still-running"
    RELATIVE = "relative"


class Trouble(Record, frozen=True, kw_only=True):
    """Why something could not be asked: a word for programs, and a sentence with what was seen.

    ``start_file`` is the file in which an interpreter hangs at its start, where that is known.
    """

    reason: TroubleReason
    message: str
    start_file: str | None = None


class Folder(Record, frozen=True, kw_only=True):
    """A folder as the interpreter sees it, and where it lives.

    ``owner`` is a user's name or, where it has none, the uid as digits; ``writable`` is asked as the
    interpreter's user. Both are ``None`` where nobody asked or nothing is there.
    """

    path: str
    state: PathState
    owner: str | None
    writable: bool | None
    where: Where


class PathEntry(Record, frozen=True, kw_only=True):
    """An entry of ``sys.path``, in the order of the search. ``origin`` says how it came there."""

    place: Folder
    role: PathRole
    origin: str


class UserSite(Record, frozen=True, kw_only=True):
    """The user base and its ``site-packages``. ``base_from`` and ``why`` are sentences."""

    base: Folder
    base_from: str
    site: Folder
    enabled: bool
    why: str


class ScriptFolder(Record, frozen=True, kw_only=True):
    """A folder into which pip puts commands. ``position`` is its place on ``PATH`` (from 0), ``None``: not there."""

    place: Folder
    role: PathRole
    position: int | None


class PipSetting(Record, frozen=True, kw_only=True):
    """A pip setting that decides where a plain install goes, and the file or variable it stands in."""

    name: str
    value: str
    source: str


class PlainInstall(Record, frozen=True, kw_only=True):
    """What a plain ``pip install`` does here.

    ``target`` is the folder that gets the packages (``None`` if refused). ``why`` are sentences, each
    from an observed fact. ``stays`` says what an update makes of it. ``settings`` have a say in it.
    ``hidden`` holds when the interpreter would not import from ``target``.
    """

    mode: InstallMode
    target: Folder | None
    why: tuple[str, ...]
    stays: str
    hidden: bool
    settings: tuple[PipSetting, ...]


class Interpreter(Record, frozen=True, kw_only=True):
    """Who was asked. ``platform`` as in a wheel's tag (``linux_x86_64``); ``machine`` from the kernel.

    ``managed`` is the ``EXTERNALLY-MANAGED`` file, if there is one. ``noise`` is what the interpreter printed
    besides its answer (a start file that prints), shortened.
    """

    executable: str
    version: str
    implementation: str
    tag: str
    abi: str
    platform: str
    machine: str
    libc: str | None
    prefix: str
    base_prefix: str
    environment: EnvironmentKind
    managed: str | None
    uid: int
    user: str
    noise: str | None


class Kernel(Record, frozen=True, kw_only=True):
    """A kernelspec. ``visible``: the server offers it; ``why`` says why, or why not.

    ``executable`` is what is started, after Jupyter's replacements; ``version``, ``prefix`` and what is said of the
    user site are ``None`` when it is no Python or has ``trouble``. ``folder`` is ``None`` for the server's built-in
    kernel.
    """

    name: str
    display_name: str
    language: str | None
    folder: str | None
    argv: tuple[str, ...]
    executable: str | None
    visible: bool
    why: str
    version: str | None
    prefix: str | None
    user_base: str | None
    user_site: str | None
    user_site_enabled: bool | None
    trouble: Trouble | None
    where: Where | None


class KernelFolder(Record, frozen=True, kw_only=True):
    """A folder that may hold kernelspecs. ``listed``: Jupyter looks there. ``exists`` is ``None`` if not asked."""

    path: str
    where: Where
    listed: bool
    origin: str
    exists: bool | None
    kernels: tuple[str, ...]


class SearchPath(Record, frozen=True, kw_only=True):
    """One entry of the ``PATH`` variable, as it stands. ``where`` is ``None`` for one that is not absolute."""

    path: str
    where: Where | None


class Layout(Record, frozen=True, kw_only=True):
    """The answer of ``GET python``: where one interpreter finds things.

    ``kernel`` is the kernel that was asked about (``None``: the server's own interpreter). With ``trouble``
    the interpreter gave no answer, and only kernels and ``search_path`` are known.
    """

    at: Moment
    kernel: str | None
    interpreter: Interpreter | None
    trouble: Trouble | None
    user: UserSite | None
    path: tuple[PathEntry, ...]
    scripts: tuple[ScriptFolder, ...]
    search_path: tuple[SearchPath, ...]
    install: PlainInstall | None
    kernels: tuple[Kernel, ...]
    kernel_folders: tuple[KernelFolder, ...]
