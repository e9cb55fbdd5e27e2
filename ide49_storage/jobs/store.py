"""Jobs as files: one folder each below the Jupyter runtime directory, so that every server and program of this
user sees the same job, and its log can be read again from any cursor.

``record.json`` is replaced as a whole, ``log.jsonl`` only grows, ``cancel`` asks the supervisor to stop, and
``alive`` is locked as long as the supervisor lives: the kernel lets go of it however it dies.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import fcntl
import json
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from typing import Any

import msgspec

from ..model.installs import Job, JobState, Line
from ..model.timestamps import now
from ..mounts.locator import PathLocator
from ..mounts.temporary import IN_MEMORY, temporary_file, temporary_folder
from .log_text import clean

#: A record and the start of its log fit into this: where it cannot be written, a job could not be followed.
_ROOM = 64_000
MAX_JOBS = 30
MAX_BYTES = 20_000_000
MAX_LOG = 1_000_000
_ID = re.compile(r"\d{8}T\d{6}-[0-9a-f]{12}")
_CURSOR = re.compile(r"(\d{1,9})-(\d{1,9})")
START = "0-0"
#: What a supervisor itself prints, which is only what ends it.
OUTPUT = "supervisor.txt"
_LAST = 3


def is_job_id(text: str) -> bool:
    """Whether a text is an id as ``new_id`` makes them. Pure."""
    return _ID.fullmatch(text) is not None


class NoSuchJob(LookupError):
    """No job has this id."""


class BadLogCursor(ValueError):
    """A cursor that this log never gave."""


def open_store() -> JobStore:
    """The store of this user: the Jupyter runtime directory if it is local and has room, else a temporary folder,
    at last one in memory. Raises ``OSError`` where none will do.
    """
    from jupyter_core.paths import jupyter_runtime_dir

    runtime = os.path.join(jupyter_runtime_dir(), "ide49-storage", "installs")
    why = "on a share"
    if PathLocator().is_local(runtime):
        try:
            return JobStore.made(runtime, "in the Jupyter runtime directory, across restarts of the server")
        except OSError as error:
            why = "full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "not writable"
    place = temporary_folder()
    kind = "in memory" if place == IN_MEMORY else "in a temporary folder"
    kept = f"{kind} until the container stops: the Jupyter runtime directory is {why}"
    return JobStore.made(os.path.join(place, f"ide49-storage-{os.getuid()}", "installs"), kept)


class JobStore:
    """The jobs in one folder."""

    def __init__(self, root: str, kept: str) -> None:
        """One that is there. Raises ``OSError`` if it belongs to another. ``kept`` is the sentence for the records."""
        parent = os.lstat(os.path.dirname(root))
        if parent.st_uid != os.getuid() or not stat.S_ISDIR(parent.st_mode):
            raise PermissionError(errno.EACCES, "belongs to another user", root)
        self.root = root
        self.kept = kept

    @classmethod
    def made(cls, root: str, kept: str) -> JobStore:
        """Make ``root`` for this user alone, and see that there is room. Raises ``OSError``."""
        os.makedirs(root, mode=0o700, exist_ok=True)
        store = cls(root, kept)
        with temporary_file(root) as probe:
            probe.write(b"\0" * _ROOM)
        return store

    def new_id(self) -> str:
        """An id for a new job. Newer ones sort behind."""
        moment = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%S")
        return f"{moment}-{secrets.token_hex(6)}"

    def create(self, job: Job) -> int:
        """Make a job's folder and give the locked descriptor of its ``alive``, for the supervisor to inherit."""
        self.prune()
        folder = self.folder(job.id)
        os.mkdir(folder, 0o700)
        alive = os.open(os.path.join(folder, "alive"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(alive, fcntl.LOCK_EX)
        self.save(job)
        return alive

    def folder(self, identifier: str) -> str:
        """The folder of a job. Raises ``NoSuchJob`` for what is no id."""
        if not _ID.fullmatch(identifier):
            raise NoSuchJob(identifier)
        return os.path.join(self.root, identifier)

    def save(self, job: Job) -> None:
        """Replace the record. Raises ``OSError``."""
        write_whole(os.path.join(self.folder(job.id), "record.json"), encode_job(job))

    def read(self, identifier: str, after: str | None = None) -> Job:
        """The record, with the log lines since a cursor (``None``: the log is not looked at). Raises ``NoSuchJob``,
        ``BadLogCursor``.

        A job that never ended although its supervisor is gone is given as it is: ``lost`` says so.
        """
        folder = self.folder(identifier)
        try:
            job = _record(os.path.join(folder, "record.json"))
        except (OSError, ValueError, msgspec.ValidationError):
            raise NoSuchJob(identifier) from None
        lines, cursor = ((), START) if after is None else read_log(os.path.join(folder, "log.jsonl"), after)
        return msgspec.structs.replace(job, lines=lines, cursor=cursor, kept=self.kept)

    def ids(self) -> list[str]:
        """All jobs, newest first."""
        with contextlib.suppress(OSError):
            return sorted((name for name in os.listdir(self.root) if _ID.fullmatch(name)), reverse=True)
        return []

    def jobs(self) -> Iterator[Job]:
        """All records, newest first, without their lines."""
        for identifier in self.ids():
            with contextlib.suppress(NoSuchJob):
                yield self.read(identifier)

    def lost(self, identifier: str) -> bool:
        """Whether a job's supervisor is gone."""
        try:
            descriptor = os.open(os.path.join(self.folder(identifier), "alive"), os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        else:
            return True
        finally:
            os.close(descriptor)

    def last_words(self, identifier: str) -> str:
        """The last lines that a job's supervisor itself printed, as one; empty if it printed none."""
        try:
            with open(os.path.join(self.folder(identifier), OUTPUT), "rb") as file:
                file.seek(max(0, _size(file.name) - 4_000))
                lines = [clean(line).strip() for line in file.read().splitlines()]
        except OSError:
            return ""
        return " ".join([line for line in lines if line][-_LAST:])[-500:]

    def cancel(self, identifier: str) -> None:
        """Ask the job's supervisor to stop. Raises ``NoSuchJob``, ``OSError``."""
        with open(os.path.join(self.folder(identifier), "cancel"), "wb"):
            pass

    def cancelled(self, identifier: str) -> bool:
        """Whether somebody asked the job to stop."""
        return os.path.exists(os.path.join(self.folder(identifier), "cancel"))

    def prune(self) -> None:
        """Forget the oldest ended jobs beyond the bounds of number and size."""
        total = 0
        for count, identifier in enumerate(self.ids(), 1):
            folder = self.folder(identifier)
            total += sum(_size(os.path.join(folder, name)) for name in _names(folder))
            if (count >= MAX_JOBS or total > MAX_BYTES) and self._ended(identifier):
                shutil.rmtree(folder, ignore_errors=True)

    def _ended(self, identifier: str) -> bool:
        try:
            return self.read(identifier).state is JobState.ENDED or self.lost(identifier)
        except NoSuchJob:
            return self.lost(identifier)


_records: dict[str, tuple[tuple[int, int, int], Job]] = {}
_MOST_REMEMBERED = 200


def _record(path: str) -> Job:
    """A record as it is in its file. Ended jobs are looked at five times a second while another one runs: what has not
    changed is not read again. Raises ``OSError``, ``ValueError``.
    """
    seen = os.stat(path)
    stamp = (seen.st_ino, seen.st_mtime_ns, seen.st_size)
    known = _records.get(path)
    if known is not None and known[0] == stamp:
        return known[1]
    with open(path, "rb") as file:
        job = msgspec.convert(json.loads(file.read()), Job)
    if len(_records) >= _MOST_REMEMBERED:
        _records.clear()
    _records[path] = stamp, job
    return job


class Log:
    """The growing log of one job; beyond its bound lines are counted, and the last ones written at the end."""

    def __init__(self, folder: str) -> None:
        """Append to the log in a job's folder."""
        self._path = os.path.join(folder, "log.jsonl")
        self._number = len(read_log(self._path, START)[0])
        self._bytes = _size(self._path)
        self._held: list[str] = []
        self.left_out = 0

    def write(self, text: str) -> None:
        """Add a line. A disk that is full must not end the job: the line is counted then."""
        if self._bytes > MAX_LOG:
            self._held.append(text)
            if len(self._held) > 50:
                self._held.pop(0)
                self.left_out += 1
            return
        self._append(text)

    def finish(self) -> None:
        """Write the last lines that were held back."""
        if self.left_out:
            self._append(f"... {self.left_out} lines are left out here ...")
        for text in self._held:
            self._append(text)
        self._held = []

    def _append(self, text: str) -> None:
        line = json.dumps({"number": self._number + 1, "at": now(), "text": text}).encode("ascii") + b"\n"
        descriptor = -1
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            written = os.write(descriptor, line)
            if written < len(line):  # a full disk takes a part: a reader must never see half a line
                os.ftruncate(descriptor, self._bytes)
                raise OSError
            self._number += 1
            self._bytes += written
        except OSError:
            self.left_out += 1
        finally:
            if descriptor >= 0:
                os.close(descriptor)


def read_log(path: str, after: str) -> tuple[tuple[Line, ...], str]:
    """The lines behind a cursor, and the cursor behind them. Raises ``BadLogCursor``."""
    found = _CURSOR.fullmatch(after)
    if not found:
        raise BadLogCursor(after)
    number, offset = int(found[1]), int(found[2])
    try:
        with open(path, "rb") as file:
            file.seek(max(0, offset - 1))
            part = file.read()
    except FileNotFoundError:
        part = b""
    if offset:
        if part[:1] != b"\n":
            raise BadLogCursor(after)
        part = part[1:]
    whole = part[: part.rfind(b"\n") + 1]
    entries = _entries(whole)
    if entries and entries[0]["number"] != number + 1:
        raise BadLogCursor(after)
    return tuple(Line(**entry) for entry in entries), f"{number + len(entries)}-{offset + len(whole)}"


def _entries(whole: bytes) -> list[dict[str, Any]]:
    """The lines, up to one that a power cut left without its content."""
    entries = []
    for line in whole.split(b"\n")[:-1]:
        try:
            entries.append(json.loads(line))
        except ValueError:
            break
    return entries


def encode_job(job: Job) -> bytes:
    """A record as it is kept: JSON in ASCII, which any path survives."""
    return json.dumps(msgspec.to_builtins(job)).encode("ascii")


def write_whole(path: str, content: bytes, *, durable: bool = False) -> None:
    """Replace a file as a whole. Raises ``OSError``; the old one is there still then.

    ``durable``: after a power cut it is the old one or the new one, on every file system.
    """
    temporary = f"{path}.{secrets.token_hex(4)}"
    try:
        with open(temporary, "wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.rename(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _size(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
