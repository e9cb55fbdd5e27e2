"""Puts back what an interrupted job left: every open journal of a user base, under its lock."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
from collections.abc import Callable

import msgspec

from ..jobs import journal
from ..jobs.lock import state_folder
from ..jobs.manifest import Unusable, read
from ..jobs.store import JobStore, NoSuchJob, is_job_id, write_whole
from ..jobs.user_base import open_folder, open_plain
from ..model.installs import Action, Cause, JobState, JobVerdict
from ..model.timestamps import now
from ..mounts.locator import PathLocator

JOURNAL = "journal"
#: What begins so in the folder of jobs was set aside.
ASIDE = "set-aside-"


def work_folder(user_base: str, job: str) -> str:
    """Where a job keeps its journal and its temporary files: on the user base's own storage."""
    return os.path.join(_jobs(user_base), job)


def pending(user_base: str) -> tuple[str, ...]:
    """The jobs that left something below a user base, as far as this user may put it back. Running ones are among
    them: the lock tells them apart.
    """
    folder = _jobs(user_base)
    return tuple(name for name in _names(folder) if is_job_id(name) and _ours(os.path.join(folder, name)))


class Recovered(msgspec.Struct, frozen=True):
    """How many jobs were put back, and what was set aside: its new path, and why."""

    count: int
    aside: tuple[str, ...]


def recover(user_base: str, store: JobStore, say: Callable[[str], None], but: str = "") -> Recovered:
    """Restore every job but ``but``. The lock must be held. Raises ``OSError`` where the storage fails.

    What is no job's folder, and a journal that must not be obeyed, is set aside or passed over: it never keeps other
    jobs from being done.
    """
    folder = _jobs(user_base)
    aside: list[str] = []
    count = 0
    if os.path.lexists(folder) and not _is_folder(folder):
        aside += _aside(folder, "It is no folder.", say)
    for name in _names(folder):
        if name == but or name.startswith(ASIDE):
            continue
        path = os.path.join(folder, name)
        if not is_job_id(name) or not _is_folder(path):
            aside += _aside(path, "It is no folder of a job.", say)
        elif not _ours(path):
            say(f"Passed over, because another user has to put it back: {path}")
        else:
            changed, why = _recover_job(user_base, name, say)
            count += changed and not why
            mark(user_base, store, name, changed, why)
            if not why:
                shutil.rmtree(path, ignore_errors=True)
            if why or os.path.lexists(path):
                aside += _aside(path, why or "It cannot be removed.", say)
    return Recovered(count, tuple(aside))


def _recover_job(user_base: str, job: str, say: Callable[[str], None]) -> tuple[bool, str]:
    """Whether a job had changed something, and why it could not be put back."""
    open_journal = os.path.join(work_folder(user_base, job), JOURNAL)
    changed = True
    try:
        changed = read(open_journal, user_base) is not None
        if changed:
            say(f"Job {job} was interrupted. Putting its packages back as they were.")
            for path in journal.restore(open_journal, user_base):
                say(f"Left alone, because it is not of this job: {path}")
    except Unusable as error:
        return changed, str(error)
    return changed, ""


def set_aside(path: str, why: str) -> str | None:
    """Rename what must neither be obeyed nor deleted, and leave a note beside it. Gives the new path; ``None`` if it
    could not be renamed.
    """
    folder, name = os.path.split(path)
    number = 1
    while True:
        new = os.path.join(folder, f"{ASIDE}{name[:50]}" + (f"-{number}" if number > 1 else ""))
        if not os.path.lexists(new):
            break
        number += 1
    try:
        os.rename(path, new)
    except OSError:
        return None
    with contextlib.suppress(OSError), open(f"{new}.why.txt", "x", encoding="utf-8", errors="replace") as file:
        file.write(f"{why}\nIt was not obeyed, and nothing of it was deleted. Nothing reads it any more.\n")
    return new


def _aside(path: str, why: str, say: Callable[[str], None]) -> tuple[str, ...]:
    new = set_aside(path, why)
    said = f"Set aside as {new}: {why}" if new else f"Passed over: {path}. {why}"
    say(said)
    return (said,) if new else ()


def _jobs(user_base: str) -> str:
    return os.path.join(state_folder(user_base), "jobs")


def _names(folder: str) -> list[str]:
    """The names in a folder; none in what is no folder, or behind a link."""
    with contextlib.suppress(OSError), open_folder(folder) as opened:
        return sorted(os.listdir(opened))
    return []


def _is_folder(path: str) -> bool:
    with contextlib.suppress(OSError):
        return stat.S_ISDIR(os.lstat(path).st_mode)
    return False


def _ours(path: str) -> bool:
    """Whether this user may put back what is there: root may for all."""
    with contextlib.suppress(OSError):
        return os.geteuid() in (0, os.lstat(path).st_uid)
    return False


def mark(user_base: str, store: JobStore, job: str, changed: bool, why: str = "") -> None:
    """Say in the record of an interrupted job that its packages are as they were, or ``why`` that cannot be said."""
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
            elif why:
                verdict = JobVerdict.INTERRUPTED
                message = f"It was interrupted, and not everything could be put back. {why} Repair its packages."
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
    if os.path.islink(folder):
        return
    with contextlib.suppress(OSError):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        write_whole(os.path.join(folder, name), os.fsencode(store.root))


def other_stores(user_base: str, store: JobStore) -> list[JobStore]:
    """The stores that others left a note of, as far as they can be reached from here."""
    folder = os.path.join(state_folder(user_base), "stores")
    found = []
    with contextlib.suppress(OSError), open_folder(folder) as notes:
        for name in sorted(os.listdir(notes))[:20]:
            root = _note(name, notes)
            # Another container may have what is a share here.
            near = os.path.isabs(root) and PathLocator().is_local(root)
            if root != store.root and near and os.path.isdir(root):
                with contextlib.suppress(OSError):
                    found.append(JobStore(root, "in the runtime directory of another server"))
    return found


def _note(name: str, folder: int) -> str:
    try:
        with open(open_plain(name, folder), "rb") as file:
            return os.fsdecode(file.read(4096))
    except OSError:
        return ""
