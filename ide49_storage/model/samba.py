"""Records of the Samba report: the share as client, as server, what it hides, and what must not live on it."""

from __future__ import annotations

import enum

from .mounts import Capacity
from .vocabulary import Kind, Moment, Record


class ClientState(str, enum.Enum):
    """How the share stands.

    ``configured``: wanted by the settings and not mounted. ``stalled``: mounted, and programs that use it
    wait. ``disconnected``: mounted, and the connection to the server is known to be gone. ``recovered``:
    it answers again after it did not.
    """

    OFF = "off"
    CONFIGURED = "configured"
    MOUNTED = "mounted"
    STALLED = "stalled"
    DISCONNECTED = "disconnected"
    RECOVERED = "recovered"


class ServerState(str, enum.Enum):
    """What the server said when it was asked, without credentials, which language it speaks."""

    ANSWERS = "answers"
    SMB1_ONLY = "smb1 only"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNKNOWN_NAME = "unknown name"
    STALLED = "stalled"
    NO_SMB = "no smb"
    NOT_ASKED = "not asked"


class Negotiation(Record, frozen=True, kw_only=True):
    """The server itself, asked over the network.

    ``dialect`` is like ``3.1.1``; ``latency`` in seconds, from connecting to the answer. ``signing`` is
    ``required`` or ``enabled``. ``evidence`` is a sentence.
    """

    state: ServerState
    evidence: str
    server: str
    port: int
    dialect: str | None
    signing: str | None
    encryption: bool | None
    latency: float | None
    at: Moment


class Connection(Record, frozen=True, kw_only=True):
    """What the kernel says of its connection to the server (``/proc/fs/cifs/DebugData``).

    ``connected`` may stay true for minutes after a server stopped answering; ``waiting`` requests that
    rise are the earlier sign.
    """

    connected: bool
    dialect: str | None
    signing_required: bool | None
    encrypted: bool | None
    waiting: int | None


class Share(Record, frozen=True, kw_only=True):
    """One mount that another machine or a program serves: Samba, NFS, sshfs, 9p and so on.

    ``soft``: a blocked program gets an error in the end; ``False``: it waits for ever; ``None``: not said.
    ``locks`` says how locks work there (``server``: they exclude other clients, ``local``: only this
    client's programs, with ``nobrl`` or ``nolock``). ``latency`` in seconds, of the last answer. ``since`` is when
    the present state began to be seen, ``blocked`` what a program that uses the mount sees now.
    """

    mount_id: int
    mount_point: str
    kind: Kind
    fs_type: str
    source: str
    server: str | None
    share: str | None
    user: str | None
    state: ClientState
    since: str | None
    evidence: tuple[str, ...]
    blocked: str | None
    dialect: str | None
    security: str | None
    signing: bool | None
    encryption: bool | None
    soft: bool | None
    cache: str | None
    locks: str | None
    guest: bool | None
    options: tuple[str, ...]
    connection: Connection | None
    latency: float | None
    capacity: Capacity | None
    capacity_at: Moment | None


class Client(Record, frozen=True, kw_only=True):
    """The machine as client of the one share that the person's home is meant to be.

    The details of a mounted one are the entry of ``shares`` with the same ``mount_point``.
    """

    state: ClientState
    since: str | None
    evidence: tuple[str, ...]
    blocked: str | None
    mount_point: str | None
    server: str | None
    share: str | None
    user: str | None


class Name(Record, frozen=True, kw_only=True):
    """A name in a hidden folder; ``kind`` is ``dir``, ``file``, ``link`` or ``other``."""

    name: str
    kind: str


class HiddenStorage(Record, frozen=True, kw_only=True):
    """A storage that something mounted over it hides at ``path``.

    ``still_at`` is another path of the same files, ``None`` if there is none. ``names`` are the first
    there, ``more`` whether there are others. ``bytes`` is what lies there as far as it was counted
    (``complete``).
    """

    path: str
    kind: Kind
    name: str | None
    by: str
    by_mount_id: int
    still_at: str | None
    bytes: int | None
    complete: bool
    names: tuple[Name, ...]
    more: bool
    evidence: str


class Risk(str, enum.Enum):
    """What happens to a state file on such a mount."""

    LOCKED = "locked"
    SILENT_LOSS = "silent loss"
    FAILS = "fails"
    SLOW = "slow"
    HANGS = "hangs"


class StateFile(Record, frozen=True, kw_only=True):
    """Something of Jupyter or IPython that lies on a share and should not.

    ``what`` names it, ``setting`` the setting that puts it there (``None`` for a database that was found by
    looking). ``effect`` is what will happen with these mount options; ``remedy`` are lines to paste, each
    with its ``file`` or the shell in ``remedy_for``.
    """

    what: str
    path: str
    mount_point: str
    risk: Risk
    effect: str
    setting: str | None
    remedy: tuple[str, ...]
    remedy_for: str | None


class Setting(Record, frozen=True, kw_only=True):
    """A variable that was understood. ``value`` is ``***`` for a secret; ``source`` a file or ``environment``."""

    name: str
    value: str
    source: str


class Problem(Record, frozen=True, kw_only=True):
    """Something wrong with the settings: a word for programs, a sentence, and what to do."""

    id: str
    message: str
    remedy: str


class Settings(Record, frozen=True, kw_only=True):
    """What ide49's settings say, of whichever generation, and where they contradict themselves.

    ``generation`` is ``variables``, ``env49rc``, ``env`` or ``None``. ``client_wanted`` and ``server_wanted``
    are ``None`` when nothing says.
    """

    generation: str | None
    read: tuple[str, ...]
    values: tuple[Setting, ...]
    client_wanted: bool | None
    server_wanted: bool | None
    server: str | None
    user: str | None
    problems: tuple[Problem, ...]


class Export(Record, frozen=True, kw_only=True):
    """A share that ``smb.conf`` exports."""

    name: str
    path: str | None
    read_only: bool
    guest: bool


class SambaServer(Record, frozen=True, kw_only=True):
    """The machine as server. ``listening`` is ``None`` if not asked; ``exports`` if no smb.conf is seen."""

    wanted: bool | None
    listening: bool | None
    exports: tuple[Export, ...] | None
    evidence: tuple[str, ...]


class SambaReport(Record, frozen=True, kw_only=True):
    """The answer of ``GET samba``. ``negotiation`` is ``None`` when no server is known to be asked."""

    at: Moment
    client: Client
    shares: tuple[Share, ...]
    negotiation: Negotiation | None
    hidden: tuple[HiddenStorage, ...]
    state_files: tuple[StateFile, ...]
    state_files_doubt: str | None
    settings: Settings
    server: SambaServer


class CheckRequest(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of ``POST samba/check``. Empty fields are taken from the settings; ``guest`` asks without a password.

    ``server``: the configured one or that of a mounted share, written as there but for upper and lower case; its
    port behind a colon if that is not 445. Any other is refused with 403 (``other-server``).
    """

    server: str | None = None
    share: str | None = None
    user: str | None = None
    guest: bool = False


class CheckOutcome(str, enum.Enum):
    """What came of signing in."""

    GOOD = "good"
    WRONG_PASSWORD = "wrong password"  # noqa: S105  # an outcome, and no password
    SHARE_MISSING = "share missing"
    ACCESS_DENIED = "access denied"
    NO_ANSWER = "no answer"
    NOT_TRIED = "not tried"
    FAILED = "failed"


class Check(Record, frozen=True, kw_only=True):
    """The answer of ``POST samba/check``: one attempt to sign in, and never more by itself."""

    outcome: CheckOutcome
    message: str
    server: str | None
    share: str | None
    user: str | None
    at: Moment
