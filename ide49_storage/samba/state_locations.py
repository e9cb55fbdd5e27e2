"""What of Jupyter and IPython lies on a share and should not: what will happen, and what moves it. Pure.

What happens was measured with Linux 6.1 and smbd 4.17 (``docs/samba.md``).
"""

from __future__ import annotations

import enum
import json
import re
import shlex
from typing import Protocol

import msgspec

from ..model.samba import Risk, StateFile
from ..model.vocabulary import Kind


class StateKind(str, enum.Enum):
    """What a state file is, as far as a share makes a difference."""

    DATABASE = "database"
    SECRETS = "secrets"
    IPYTHON = "ipython"
    PACKAGES = "packages"
    FOLDER = "folder"


class StateLocation(msgspec.Struct, frozen=True):
    """One setting of this server: handed in by whoever can ask Jupyter.

    ``name`` is the setting to change: a variable of the environment, or ``c.X.y`` in ``file``.
    ``subpath`` is where it should lie below a folder on a local volume.
    """

    what: str
    path: str
    sort: StateKind
    name: str
    subpath: str
    file: str | None = None


class StorageTraits(msgspec.Struct, frozen=True):
    """What a path lies on: its mount's kind, type, mount point, and how locks work there."""

    kind: Kind
    fs_type: str
    mount_point: str
    locks: str | None


_PLAIN = re.compile(r"[^\"$`\\!\x00-\x1f]*")
SHELL = "the container's variables or the server's start script"


class Folders(Protocol):
    """Where Jupyter, IPython and Python have their folders. ``None``, or a relative path, tells nothing."""

    @property
    def runtime(self) -> str:
        """With the keys of running kernels."""

    @property
    def data(self) -> str:
        """Kernels, and by default the databases."""

    @property
    def config(self) -> str | None:
        """Settings."""

    @property
    def ipython(self) -> str | None:
        """The profile, with the history's database."""

    @property
    def user_base(self) -> str | None:
        """The user's own packages."""


def of_folders(folders: Folders) -> list[StateLocation]:
    """What a process without a server's settings can say."""
    known = (
        ("Jupyter's runtime folder", StateKind.SECRETS, folders.runtime, "JUPYTER_RUNTIME_DIR", "jupyter/runtime"),
        ("Jupyter's data folder", StateKind.FOLDER, folders.data, "JUPYTER_DATA_DIR", "jupyter/data"),
        ("Jupyter's settings", StateKind.FOLDER, folders.config, "JUPYTER_CONFIG_DIR", "jupyter/config"),
        ("IPython's profile and history", StateKind.IPYTHON, folders.ipython, "IPYTHONDIR", "ipython"),
        ("Your own packages", StateKind.PACKAGES, folders.user_base, "PYTHONUSERBASE", ".local"),
    )
    return [
        StateLocation(what, path, sort, name, subpath)
        for what, sort, path, name, subpath in known
        if path is not None and path.startswith("/")
    ]


def on_share(
    setup: StateLocation, path: str, ground: StorageTraits, local: str | None, insecure_writes: bool
) -> StateFile:
    """The warning for one setting that leads to ``path`` on ``ground``.

    ``local`` is a folder on a local volume, for the remedy.
    """
    risk, effect = _effect(setup.sort, ground, insecure_writes)
    target = f"{local or '/a/folder/on/a/local/volume'}/{setup.subpath}"
    if setup.name.startswith("c."):
        remedy: tuple[str, ...] = (f"{setup.name} = {json.dumps(target, ensure_ascii=False)}",)
    else:
        quoted = f'"{target}"' if _PLAIN.fullmatch(target) else shlex.quote(target)
        remedy = (f"export {setup.name}={quoted}",)
    return StateFile(
        what=setup.what,
        path=path,
        mount_point=ground.mount_point,
        risk=risk,
        effect=effect,
        setting=setup.name,
        remedy=remedy,
        remedy_for=setup.file or SHELL,
    )


def database_on_share(path: str, ground: StorageTraits) -> StateFile:
    """The warning for a database that was found by its first bytes."""
    risk, effect = _database(ground)
    return StateFile(
        what="SQLite database",
        path=path,
        mount_point=ground.mount_point,
        risk=risk,
        effect=effect,
        setting=None,
        remedy=(),
        remedy_for=None,
    )


def _effect(sort: StateKind, ground: StorageTraits, insecure_writes: bool) -> tuple[Risk, str]:
    samba = ground.kind is Kind.SAMBA
    if sort is StateKind.DATABASE:
        return _database(ground)
    if sort is StateKind.IPYTHON:
        risk, effect = _database(ground)
        if samba and risk is Risk.LOCKED:
            effect += " IPython may fail to start: it tries to move aside the history that it cannot open."
        return risk, effect
    if sort is StateKind.SECRETS and samba:
        if insecure_writes:
            return Risk.FAILS, (
                "chmod does nothing there, so who can read the share can read the keys of running kernels; sockets "
                "cannot be made at all. JUPYTER_ALLOW_INSECURE_WRITES lets Jupyter write them all the same."
            )
        return Risk.FAILS, (
            "chmod does nothing there, so Jupyter refuses to write its files (Got '0o655' instead of '0o0600'), and "
            "kernels do not start. JUPYTER_ALLOW_INSECURE_WRITES=true allows it; a local folder is better."
        )
    if sort is StateKind.PACKAGES:
        more = "; there are no symbolic links, and names ignore case" if samba else ""
        return Risk.SLOW, (
            f"Creating a file needs the server and takes about 30 times as long as on a local disk{more}. While the "
            "server does not answer, every start of Python that looks there hangs."
        )
    return Risk.HANGS, "While the server does not answer, Jupyter's own calls that look there hang."


def _database(ground: StorageTraits) -> tuple[Risk, str]:
    if ground.kind is Kind.SAMBA and ground.fs_type in ("cifs", "smb3"):
        if ground.locks == "local":
            return Risk.SILENT_LOSS, (
                "The share is mounted with nobrl or nolock, so locks do not exclude other machines. With one client it "
                "works. With two, commits are lost without an error (measured in WAL mode: 3 of 42 survived)."
            )
        return Risk.LOCKED, (
            "SQLite's locks do not work over this mount: each write ends with 'database is locked' after 5 seconds, "
            "and not even a table can be made."
        )
    if ground.locks == "local":
        return Risk.SILENT_LOSS, (
            "The mount keeps locks on this machine only, so a second client is not kept out and can destroy "
            "the database."
        )
    return Risk.HANGS, (
        "Each write waits for the server, and whether locks keep others out depends on it: SQLite's authors advise "
        "against any network file system."
    )
