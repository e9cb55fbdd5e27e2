"""Records of the package report: every distribution of every site directory, and what is wrong with them."""

from __future__ import annotations

import enum

from .python import PathRole, PathState, Trouble
from .vocabulary import Evidence, Fates, Kind, Moment, Record


class PackageProblem(str, enum.Enum):
    """What is wrong with one distribution."""

    NO_METADATA = "no-metadata"
    NO_NAME = "no-name"
    BAD_ENCODING = "bad-encoding"
    TOO_LONG = "too-long"
    UNREADABLE = "unreadable"
    NO_RECORD = "no-record"
    TWICE = "twice"
    WRONG_MACHINE = "wrong-machine"
    WRONG_PYTHON = "wrong-python"


class Package(Record, frozen=True, kw_only=True):
    """One distribution in one site directory.

    ``normalized`` is the name as indexes compare it. ``metadata`` is its ``.dist-info`` or ``.egg-info``.
    ``size`` is ``None`` unless sizes were asked for. ``requested`` is ``None`` where no installer said.
    ``direct_url`` is redacted. ``wins``: this is the copy that an import finds; else ``shadowed_by`` has the
    site directory of the one that does. ``shadows`` are site directories with copies that this one hides.
    ``yours``: a person put it there: all in the user site, and what was asked for where this user may write.
    ``server_needs`` holds when jupyter_server or this extension requires it (``None``: not asked).
    """

    name: str
    normalized: str
    version: str
    location: str
    metadata: str
    role: PathRole
    kind: Kind
    fate: Fates
    size: int | None
    installer: str | None
    requested: bool | None
    yours: bool
    editable: bool
    direct_url: str | None
    wins: bool
    shadows: tuple[str, ...]
    shadowed_by: str | None
    server_needs: bool | None
    problems: tuple[PackageProblem, ...]


class Site(Record, frozen=True, kw_only=True):
    """A directory with distributions. ``importable``: it is on ``sys.path``. ``problem`` says why it was not read."""

    path: str
    role: PathRole
    state: PathState
    importable: bool
    kind: Kind
    name: str | None
    mount_point: str
    fate: Fates
    evidence: Evidence
    owner: str | None
    writable: bool | None
    packages: int
    problem: str | None


class LeftOver(Record, frozen=True, kw_only=True):
    """What an interrupted pip renamed out of the way: ``entries`` (``~ig``) stand for ``name``, if that is known.

    ``version`` is the one that was being replaced; ``present`` whether a distribution of that name is there now.
    """

    site: str
    entries: tuple[str, ...]
    name: str | None
    version: str | None
    present: bool


class OtherPython(Record, frozen=True, kw_only=True):
    """Packages in the user base (or prefix) for a Python that is not this one.

    ``requested`` are those that a person asked for, as far as the markers tell. ``interpreter`` is one of
    that version on ``PATH``, in a usual folder, or behind a kernel, if there is one: then they are in use.
    """

    path: str
    version: str
    packages: tuple[str, ...]
    requested: tuple[str, ...]
    interpreter: str | None
    fate: Fates


class PackageReport(Record, frozen=True, kw_only=True):
    """The answer of ``GET packages``.

    ``packages`` is the page that was asked for, of ``total`` that match the filter; ``count`` is all of them.
    With ``trouble`` the interpreter gave no answer.
    """

    at: Moment
    kernel: str | None
    executable: str | None
    version: str | None
    trouble: Trouble | None
    sites: tuple[Site, ...]
    packages: tuple[Package, ...]
    count: int
    total: int
    offset: int
    left_overs: tuple[LeftOver, ...]
    other_pythons: tuple[OtherPython, ...]


class Requirements(Record, frozen=True, kw_only=True):
    """A requirements file as text, and the packages that have no line in it, each with the reason."""

    text: str
    left_out: tuple[str, ...]


class SizeDiffers(Record, frozen=True, kw_only=True):
    """A distribution whose files are not as its RECORD says. ``examples`` are at most five paths.

    ``outside`` counts entries that lead out of the environment: those are not looked at.
    """

    name: str
    site: str
    missing: int
    differing: int
    outside: int
    examples: tuple[str, ...]


class ForeignMachine(Record, frozen=True, kw_only=True):
    """A package built for another processor or Python. ``built_for`` as the file or the tag says."""

    name: str
    site: str
    built_for: str
    wanted: str
    example: str


class DeadScript(Record, frozen=True, kw_only=True):
    """A command whose first line names an interpreter that is not there.

    ``package`` is the name of the one whose RECORD lists it in ``site``; both are ``None`` where none does.
    """

    path: str
    interpreter: str
    package: str | None
    site: str | None


class Unmet(Record, frozen=True, kw_only=True):
    """A requirement that is not met. ``found`` is the installed version, ``None`` when it is not there."""

    name: str
    requirement: str
    found: str | None


class ForeignOwner(Record, frozen=True, kw_only=True):
    """Entries below ``path`` that belong to another user (``owner``). ``examples`` are at most five."""

    path: str
    owner: str
    count: int
    examples: tuple[str, ...]


class Unowned(Record, frozen=True, kw_only=True):
    """A top-level package that no RECORD owns: what a full disk leaves of a new installation."""

    site: str
    name: str


class Examination(Record, frozen=True, kw_only=True):
    """A closer look at the packages of one interpreter. ``doubts`` say what could not be looked at."""

    at: Moment
    differing: tuple[SizeDiffers, ...]
    foreign_machine: tuple[ForeignMachine, ...]
    dead_scripts: tuple[DeadScript, ...]
    unmet: tuple[Unmet, ...]
    foreign_owner: tuple[ForeignOwner, ...]
    unowned: tuple[Unowned, ...]
    doubts: tuple[str, ...]
