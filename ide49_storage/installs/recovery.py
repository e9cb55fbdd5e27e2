"""Puts back what an interrupted job left: every open journal of a user base, under its lock."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable

import msgspec

from ..jobs import journal
from ..jobs.lock import state_folder
from ..jobs.store import JobStore, NoSuchJob, write_whole
from ..model.installs import Action, Cause, JobState, JobVerdict
from ..model.timestamps import now
from ..mounts.locator import PathLocator

JOURNAL = "journal"


def work_folder(user_base: str, job: str) -> str:
    """Where a job keeps its journal and its temporary files: on the user base's own storage."""
    return os.path.join(state_folder(user_base), "jobs", job)


def pending(user_base: str) -> tuple[str, ...]:
    """The jobs that left something below a user base. Running ones are among them: the lock tells them apart."""
    try:
        return tuple(sorted(os.listdir(os.path.join(state_folder(user_base), "jobs"))))
    except OSError:
        return ()


def recover(user_base: str, store: JobStore, say: Callable[[str], None], but: str = "") -> int:
    """Restore every job but ``but``; how many had changed something. The lock must be held. Raises ``OSError``."""
    count = 0
    for job in pending(user_base):
        if job == but:
            continue
        folder = work_folder(user_base, job)
        open_journal = os.path.join(folder, JOURNAL)
        changed = journal.read(open_journal) is not None
        if changed:
            say(f"Job {job} was interrupted. Putting its packages back as they were.")
            for path in journal.restore(open_journal):
                say(f"Left alone, because it is not of this job: {path}")
            count += 1
        shutil.rmtree(folder, ignore_errors=True)
        mark(user_base, store, job, changed)
    return count


def mark(user_base: str, store: JobStore, job: str, changed: bool) -> None:
    """Say in the record of an interrupted job that its packages are as they were."""
    for each in (store, *other_stores(user_base, store)):
        with contextlib.suppress(NoSuchJob, OSError):
            record = each.read(job)
            if record.state is JobState.ENDED and record.verdict is not JobVerdict.INTERRUPTED:
                return
            verdict = JobVerdict.RESTORED
            message = "It was interrupted; your packages were put back as they were before."
            if record.action is Action.DELETE_OLD:
                verdict = JobVerdict.INTERRUPTED
                message = "It was interrupted. What it had set aside to delete is gone, the rest is as it was."
            elif not changed:
                message = "It was interrupted before it changed anything."
            each.save(
                msgspec.structs.replace(
                    record,
                    state=JobState.ENDED,
                    verdict=verdict,
                    cause=Cause.KILLED,
                    message=message,
                    restored=verdict is JobVerdict.RESTORED,
                    progress=None,
                    ended=now(),
                )
            )
            return


def announce_store(user_base: str, store: JobStore) -> None:
    """Leave a note beside the packages where the records of its jobs are: other servers may keep theirs elsewhere."""
    folder = os.path.join(state_folder(user_base), "stores")
    name = hashlib.sha256(os.fsencode(store.root)).hexdigest()[:16]
    with contextlib.suppress(OSError):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        write_whole(os.path.join(folder, name), os.fsencode(store.root))


def other_stores(user_base: str, store: JobStore) -> list[JobStore]:
    """The stores that others left a note of, as far as they can be reached from here."""
    folder = os.path.join(state_folder(user_base), "stores")
    found = []
    with contextlib.suppress(OSError):
        for name in sorted(os.listdir(folder))[:20]:
            with open(os.path.join(folder, name), "rb") as file:
                root = os.fsdecode(file.read(4096))
            # Another container may have what is a share here.
            near = os.path.isabs(root) and PathLocator().is_local(root)
            if root != store.root and near and os.path.isdir(root):
                with contextlib.suppress(OSError):
                    found.append(JobStore(root, "in the runtime directory of another server"))
    return found
