"""The process that does one job: it outlives the server, holds the lock and the journal, and writes the record.

Started by ``launch``, which hands it what it needs in a file without a name: an environment may hold a password for
the index, and no record does. Its folder holds all it tells.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import site
import sys
import time
from collections.abc import Mapping
from types import FrameType
from typing import Any

import msgspec

from ..jobs.lock import BaseLock
from ..jobs.store import OUTPUT, JobStore, Log
from ..model.installs import Action, Cause, Job, JobState, JobVerdict, Override
from ..model.timestamps import now
from ..mounts.temporary import temporary_file
from ..processes.worker import module_path
from . import recovery
from .planning.outcome import next_steps
from .policy.target import InterpreterSpec

_MAIN = (
    "import json, site, sys; sys.path[:], site.ENABLE_USER_SITE = json.loads(sys.argv[1]);"
    "from ide49_storage.installs.supervisor import main; main(*sys.argv[2:])"
)
_TOLD = os.O_WRONLY | os.O_CREAT


class JobSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What a job is to do. ``names`` are requirements in normal form, ``user_base`` what the target's is.
    ``chosen`` has pip's environment, and so perhaps a password for the index.
    """

    job: str
    kept: str
    action: Action
    names: tuple[str, ...]
    chosen: InterpreterSpec
    user_base: str
    allow: tuple[Override, ...]
    only_binary: bool
    imports: bool
    old: str | None


class Ended(Exception):
    """A job's end, from anywhere within it."""

    def __init__(self, verdict: JobVerdict, message: str, cause: Cause | None = None, **fields: Any) -> None:
        super().__init__(message)
        self.fields = {"verdict": verdict, "message": message, "cause": cause, **fields}


class JobRecorder:
    """The record and the log of the running job. A full disk must not end the job, so it is told again at the end."""

    def __init__(self, store: JobStore, job: Job) -> None:
        self.store = store
        self.job = job
        self.log = Log(store.folder(job.id))
        self._saved = 0.0
        self._terminated = False

    def tell(self, **fields: Any) -> None:
        """InstallChange fields of the record."""
        self.job = msgspec.structs.replace(self.job, **fields, left_out=self.log.left_out)
        # Progress comes with every block of a download: ten records a second are enough.
        if set(fields) == {"progress"} and time.monotonic() - self._saved < 0.1:
            return
        with contextlib.suppress(OSError):
            self.store.save(self.job)
            self._saved = time.monotonic()

    def say(self, text: str) -> None:
        """Add a line to the log."""
        self.log.write(text)

    def stop(self) -> bool:
        """Whether the job should stop: cancelled by a person, or ended with the machine."""
        return self._terminated or self.store.cancelled(self.job.id)

    def terminate(self, _number: int, _frame: FrameType | None) -> None:
        """A signal handler."""
        self._terminated = True

    def end(self, **fields: Any) -> None:
        """The last word. Tried for a while, since a full disk may just have been emptied."""
        self.log.finish()
        problems, target = fields.get("problems", self.job.problems), self.job.target
        restart = fields.get("restart", self.job.restart)
        offers: tuple[str, ...] = fields.pop("offers", ())
        steps = (*next_steps(fields["verdict"], fields.get("cause"), target, problems, restart), *offers)
        last = msgspec.structs.replace(
            self.job,
            **fields,
            state=JobState.ENDED,
            progress=None,
            ended=now(),
            next_steps=steps,
            left_out=self.log.left_out,
        )
        self.job = last
        for attempt in range(5):
            with contextlib.suppress(OSError):
                self.store.save(last)
                return
            time.sleep(0.2 * attempt)


class DetachedWorker:
    """A supervisor that was started here. It may outlive this process, so nobody must wait for it; who is still
    there when it ends takes note of it, lest it stays a zombie.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._over = False

    def over(self) -> bool:
        """Whether it has ended."""
        if not self._over:
            try:
                self._over = os.waitpid(self.pid, os.WNOHANG)[0] != 0
            except ChildProcessError:
                self._over = True
        return self._over


def launch(store: JobStore, job: Job, start: JobSpec, env: Mapping[str, str]) -> DetachedWorker:
    """Make the job's folder and start its supervisor, detached from this process. Raises ``OSError``.

    ``env`` is the supervisor's own: a kernel's may be made for another Python.
    """
    alive = store.create(job)
    folder = store.folder(job.id)
    try:
        with temporary_file(folder) as file:
            file.write(json.dumps(msgspec.to_builtins(start)).encode("ascii"))
            file.seek(0)
            return _spawn(store, job, env, (alive, file.fileno()))
    except NotImplementedError as error:  # a C library without POSIX_SPAWN_SETSID
        raise OSError(38, f"This system cannot start a process in a session of its own: {error}") from None
    finally:
        os.close(alive)


def _spawn(store: JobStore, job: Job, env: Mapping[str, str], descriptors: tuple[int, int]) -> DetachedWorker:
    alive, start = descriptors
    # Where this process finds its modules, the supervisor finds them, whatever the environment says. -I keeps the
    # working folder out from the first import on; Jupyter's paths still follow whether there is a user site.
    told = json.dumps([module_path(), site.ENABLE_USER_SITE])
    # -I passes over PYTHONDONTWRITEBYTECODE, too.
    options = ("-I", "-B") if sys.dont_write_bytecode else ("-I",)
    os.set_inheritable(alive, True)
    pid = os.posix_spawn(
        sys.executable,
        [sys.executable, *options, "-c", _MAIN, told, store.root, job.id, str(alive)],
        env,
        # A session of its own: what ends the server's process group must not end the job.
        setsid=True,
        file_actions=[
            (os.POSIX_SPAWN_DUP2, start, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.path.join(store.folder(job.id), OUTPUT), _TOLD, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
    )
    return DetachedWorker(pid)


def main(root: str, identifier: str, alive: str) -> None:
    """Do the job. ``alive`` is the locked descriptor: it stays open as long as this process lives."""
    os.chdir("/")
    os.set_inheritable(int(alive), False)
    os.umask(0o022)
    store = JobStore(root, "")
    start = msgspec.convert(json.load(sys.stdin), JobSpec)
    store.kept = start.kept
    teller = JobRecorder(store, store.read(identifier))
    signal.signal(signal.SIGTERM, teller.terminate)
    try:
        _do(start, teller)
    except Ended as end:
        teller.end(**end.fields)
    except OSError as error:
        cause = (
            Cause.DISK_FULL
            if error.errno in (28, 122)
            else Cause.PERMISSION
            if error.errno in (13, 1, 30)
            else Cause.OTHER
        )
        teller.end(verdict=JobVerdict.FAILED, cause=cause, message=f"{error.strerror}: {error.filename}", restored=True)
    except BaseException as error:
        teller.end(verdict=JobVerdict.FAILED, cause=Cause.OTHER, message=f"A fault of this program: {error!r}")
        raise


def _do(start: JobSpec, teller: JobRecorder) -> None:
    lock = BaseLock(start.user_base)
    try:
        if not lock.take():
            teller.say("Another installation into the same user base is running. Waiting for it.")
            if not lock.wait(teller.stop):
                raise Ended(JobVerdict.CANCELLED, "Cancelled while it waited; nothing was changed.", restored=True)
        _under_lock(start, teller, lock)
    finally:
        lock.close()


def _under_lock(start: JobSpec, teller: JobRecorder, lock: BaseLock) -> None:
    from . import run_job

    recovery.announce_store(start.user_base, teller.store)
    teller.tell(state=JobState.RUNNING, started=now())
    try:
        found = recovery.recover(start.user_base, teller.store, teller.say, but=start.job)
    except OSError as error:
        message = f"What an interrupted job left cannot be put back ({error}); until then nothing else is done."
        cause = Cause.DISK_FULL if error.errno in (28, 122) else Cause.PERMISSION
        raise Ended(JobVerdict.FAILED, message, cause) from None
    if start.action is Action.RESTORE:
        if found.count:
            message = " ".join(("Your packages were put back as they were before.", *found.aside))
            raise Ended(JobVerdict.RESTORED, message, restored=True)
        if found.aside:
            raise Ended(JobVerdict.NOTHING, " ".join(("Nothing could be put back.", *found.aside)))
        raise Ended(JobVerdict.NOTHING, "No interrupted job has left anything.", restored=True)
    folder = recovery.work_folder(start.user_base, start.job)
    os.makedirs(os.path.join(folder, "tmp"), mode=0o700)
    os.makedirs(os.path.join(folder, "cwd"), mode=0o700)
    try:
        run_job.Work(start, teller, lock, folder).do()
    except Ended as end:
        if end.fields["verdict"] is not JobVerdict.INTERRUPTED:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    except OSError:
        if not os.path.exists(os.path.join(folder, recovery.JOURNAL, "journal.json")):
            shutil.rmtree(folder, ignore_errors=True)
        raise
