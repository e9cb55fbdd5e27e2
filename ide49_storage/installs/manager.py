"""What handlers and the command line call: check, preview, start, list, follow, cancel, recover. All of it blocks.

The same jobs are seen by every server and program of this user: nothing of them is in this process.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping

import msgspec

from ..jobs.lock import BaseLock
from ..jobs.store import START, BadLogCursor, JobStore, NoSuchJob, open_store
from ..jobs.user_base import UserBase
from ..model.installs import (
    Action,
    Cause,
    InstallPlan,
    InstallRequest,
    InstallTarget,
    Job,
    Jobs,
    JobState,
    JobVerdict,
    NamesReport,
    Override,
    Preview,
    UserPackage,
    UserPackages,
)
from ..model.timestamps import now
from ..mounts.locator import PathLocator
from ..mounts.temporary import temporary_directory
from . import recovery, supervisor
from .claims import outside_sentence
from .distributions import OnRemoteStorage
from .interpreter import InterpreterSilent, TargetFacts, pip_options
from .planning import requested, resolve
from .planning.plan import InstalledState, read_installed_state, removal
from .policy import requirements
from .policy.environment import pip_environment, supervisor_environment
from .policy.target import InterpreterSpec, NoTarget, blocking_refusals, inspect_target, select_interpreter

PREVIEW_DEADLINE = 180.0
MAX_ACTIVE = 20
#: What the target's refusals call a user base that nobody may touch from here.
_FAR = ("share", "not-asked")
_BARE = (Action.UNINSTALL, Action.REPAIR, Action.BRING_OVER)
_MAY_BE_ALL = (Action.UPGRADE, Action.BRING_OVER, Action.DELETE_OLD, Action.RESTORE)


class InstallRefused(ValueError):
    """A request that is not carried out. ``status`` as in HTTP, ``code`` for programs, ``message`` what to do."""

    def __init__(self, status: int, message: str, code: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code


class InstallManager:
    """The installs of one user. ``enabled`` false: none is started. ``allow_urls``: https with a hash may be named."""

    def __init__(
        self, *, enabled: bool = True, allow_urls: bool = False, environ: Mapping[str, str] | None = None
    ) -> None:
        self.enabled = enabled
        self.allow_urls = allow_urls
        self._environ = dict(os.environ if environ is None else environ)
        self._made: JobStore | None = None
        self.started: list[supervisor.DetachedWorker] = []
        self.closed = False

    def close(self) -> None:
        """End the previews that are running. Jobs go on."""
        self.closed = True

    @property
    def store(self) -> JobStore:
        """Where the jobs are kept. Raises ``InstallRefused`` where nothing can be written."""
        if self._made is None or not os.path.isdir(self._made.root):
            try:
                self._made = open_store()
            except OSError as error:
                message = f"Jobs cannot be recorded ({error}). Make the Jupyter runtime directory writable."
                raise InstallRefused(409, message, "no-store") from None
        return self._made

    def check(self, text: str) -> NamesReport:
        """What a person typed or pasted, line by line."""
        return requirements.check(text, self.allow_urls)

    def preview(self, request: InstallRequest) -> Preview:
        """What this request would do. Raises ``InstallRefused``."""
        names = self._names(request)
        target, facts, chosen = self._target(request.kernel)
        if request.action is Action.RESTORE:
            raise InstallRefused(400, "restore has no preview: it puts back what was there before", "no-preview")
        if any(each.reason in ("no-pip", "old-pip", "old-python", "link-to-share", *_FAR) for each in target.refusals):
            # Nothing is read there either: a user base on a share that hangs would hold this thread for ever.
            plan, cause, message = None, Cause.TARGET, target.refusals[0].message
        elif request.action is Action.DELETE_OLD:
            trees = requested.old_trees(target.user_base, facts.tree_version, self._environ)
            plan, cause, message = InstallPlan(changes=(), notes=requested.deletions(trees, request.old)), None, ""
        elif request.action is Action.UNINSTALL:
            scene = read_installed_state(facts, resolve.local_folders(facts))
            plan, cause, message = _against_claims(InstallPlan(changes=removal(names, scene)), scene, target)
        else:
            scene = read_installed_state(facts, resolve.local_folders(facts))
            start = _start_of(self.store, "", request, names, (chosen, target))
            plan, cause, message = self._resolve(request, scene, facts, start)
            if plan is not None and cause is None and request.action is not Action.REPAIR:
                plan, cause, message = _against_claims(plan, scene, target)
        return Preview(
            action=request.action,
            requirements=names,
            target=target,
            plan=plan,
            cause=cause,
            override=Override.SHADOWING if cause is Cause.SHADOWING else None,
            message=message,
        )

    def _resolve(
        self, request: InstallRequest, scene: InstalledState, facts: TargetFacts, start: supervisor.JobSpec
    ) -> tuple[InstallPlan | None, Cause | None, str]:
        end = time.monotonic() + PREVIEW_DEADLINE
        try:
            options = pip_options(start.chosen.executable, start.chosen.env, options=start.chosen.options)
        except InterpreterSilent as error:
            return None, Cause.TARGET, f"What pip's files set is not known: {error}."
        with temporary_directory() as folder:
            question = resolve.DryRun(
                facts=facts,
                scene=scene,
                env=pip_environment(start.chosen.env, folder, options),
                folder=folder,
                only_binary=request.only_binary,
                stop=lambda: self.closed or time.monotonic() > end,
            )
            wishes, left = resolve.requirements_for(start, scene, facts, question, lambda _: None)
            if not wishes:
                return InstallPlan(changes=(), left=tuple(left)), None, ""
            shadow = Override.SHADOWING in request.allow or request.action is Action.REPAIR
            plan, cause, message = resolve.preview(wishes, question, request.action, shadow=shadow)
        return (msgspec.structs.replace(plan, left=tuple(left)) if plan else None), cause, message

    def start(self, request: InstallRequest) -> Job:
        """Start a job and give its record. Raises ``InstallRefused``."""
        if not self.enabled:
            raise InstallRefused(403, "Installs are switched off on this server", "switched-off")
        names = self._names(request)
        target, _, chosen = self._target(request.kernel)
        against = blocking_refusals(target, request.allow) if request.action is not Action.RESTORE else ()
        if against:
            message = f"{against[0].message} {against[0].remedy}"
            raise InstallRefused(409, message, against[0].reason)
        store = self.store
        if sum(1 for each in store.jobs() if each.state is not JobState.ENDED) >= MAX_ACTIVE:
            raise InstallRefused(409, f"{MAX_ACTIVE} jobs are waiting already. Cancel some, or wait.", "too-many-jobs")
        job = _new_job(store, request, names, target)
        start = _start_of(store, job.id, request, names, (chosen, target))
        try:
            self.started.append(supervisor.launch(store, job, start, supervisor_environment(self._environ)))
        except OSError as error:
            raise InstallRefused(409, f"The job cannot be started: {error}", "not-started") from None
        return store.read(job.id, START)

    def _names(self, request: InstallRequest) -> tuple[str, ...]:
        try:
            parsed = requirements.parse_all(request.requirements, self.allow_urls)
            if request.action in _BARE:
                parsed = tuple(requirements.name_only(each.text) for each in parsed)
        except requirements.BadRequirement as error:
            status = 413 if error.code == "too-many" else 400
            raise InstallRefused(status, error.message, error.code) from None
        if not parsed and request.action not in _MAY_BE_ALL:
            raise InstallRefused(400, "Name at least one package", "empty")
        return tuple(each.text for each in parsed)

    def _target(self, kernel: str | None) -> tuple[InstallTarget, TargetFacts, InterpreterSpec]:
        try:
            chosen = select_interpreter(kernel, self._environ)
            target, facts = inspect_target(chosen)
        except NoTarget as error:
            raise InstallRefused(404 if error.code == "no-such-kernel" else 409, error.message, error.code) from None
        return target, facts, chosen

    def packages(self, kernel: str | None) -> UserPackages:
        """The user's own distributions and old trees of a target. Raises ``InstallRefused``."""
        target, facts, _ = self._target(kernel)
        if _remote(target):
            return UserPackages(target=target, packages=(), old=(), open_journal=False)
        scene = read_installed_state(facts, ())
        names = [each.name for each in scene.user]
        base = UserBase(target.user_base)
        found = [
            UserPackage(
                name=each.name,
                version=each.version,
                requested=each.requested,
                problem=requested.health_note(each, names.count(each.name), base),
            )
            for each in scene.user
        ]
        for name, each in requested.damaged_leftovers(facts.user_site).items():
            if name not in names:
                problem = "an installation of it was killed; its old version was moved aside"
                found.append(UserPackage(name=name, version=each.version, requested=False, problem=problem))
        old = requested.old_trees(target.user_base, facts.tree_version, self._environ)
        left = self._interrupted(target.user_base)
        return UserPackages(target=target, packages=tuple(found), old=old, open_journal=left)

    def jobs(self) -> Jobs:
        """All jobs, newest first, without their lines."""
        seen: dict[str, Job] = {}
        for store in self._stores():
            for job in store.jobs():
                seen.setdefault(job.id, _as_it_is(store, job))
        self._reap()
        newest = tuple(seen[identifier] for identifier in sorted(seen, reverse=True))
        return Jobs(enabled=self.enabled, kept=self.store.kept, jobs=newest)

    def folders(self) -> list[str]:
        """The folders of all jobs, for those who watch their files. Raises ``InstallRefused``."""
        return [store.folder(each) for store in self._stores() for each in store.ids()]

    def job(self, identifier: str, after: str | None = None) -> Job:
        """One job with its lines since a cursor (``None``: from the start). Raises ``InstallRefused``."""
        store = self._store_of(identifier)
        try:
            job = store.read(identifier, START if after is None else after)
        except BadLogCursor:
            raise InstallRefused(
                400, "This cursor is not of this job's log. Ask without after=", "bad-cursor"
            ) from None
        except NoSuchJob:
            raise _no_job() from None
        self._reap()
        return _as_it_is(store, job)

    def cancel(self, identifier: str) -> Job:
        """Ask a job to stop; one that has ended is given as it is. Raises ``InstallRefused``."""
        if not self.enabled:
            raise InstallRefused(403, "Installs are switched off on this server", "switched-off")
        store = self._store_of(identifier)
        job = self.job(identifier)
        if job.state is JobState.ENDED:
            raise InstallRefused(409, f"This job has ended: {job.verdict.value if job.verdict else ''}.", "ended")
        try:
            store.cancel(identifier)
        except OSError as error:
            raise InstallRefused(409, f"It cannot be told to stop: {error}", "not-cancelled") from None
        return job

    def active(self) -> tuple[Job, ...]:
        """The jobs that are not over."""
        return tuple(each for each in self.jobs().jobs if each.state is not JobState.ENDED)

    def recover(self) -> Job | None:
        """If an interrupted job left something below this server's user base: start putting it back."""
        with contextlib.suppress(InstallRefused):
            target, _, _ = self._target(None)
            if self.enabled and not _remote(target) and self._interrupted(target.user_base):
                return self.start(InstallRequest(action=Action.RESTORE))
        return None

    def _interrupted(self, user_base: str) -> bool:
        if not recovery.pending(user_base):
            return False
        with contextlib.suppress(OSError):
            lock = BaseLock(user_base)
            try:
                return lock.take()
            finally:
                lock.close()
        return False

    def _stores(self) -> Iterator[JobStore]:
        yield self.store
        bases = {
            job.target.user_base for job in self.store.jobs() if job.target is not None and not _remote(job.target)
        }
        locator = PathLocator(bases)
        for base in sorted(bases):
            if locator.is_local(base):  # it was when the job was started; since then a share may hide it
                yield from recovery.other_stores(base, self.store)

    def _store_of(self, identifier: str) -> JobStore:
        for store in self._stores():
            with contextlib.suppress(NoSuchJob):
                store.read(identifier)
                return store
        raise _no_job()

    def _reap(self) -> None:
        self.started = [each for each in self.started if not each.over()]


def _against_claims(
    plan: InstallPlan, scene: InstalledState, target: InstallTarget
) -> tuple[InstallPlan, Cause | None, str]:
    """A plan, and why it is refused: pip would delete files outside of the user base."""
    names = {each.name for each in plan.changes}
    going = [each for each in scene.user if each.name in names]
    try:
        outside = outside_sentence(going, UserBase(target.user_base))
    except OnRemoteStorage as error:
        return plan, Cause.TARGET, f"{error}. Remove the link, then try again."
    return plan, Cause.OUTSIDE if outside else None, outside or ""


def _no_job() -> InstallRefused:
    return InstallRefused(404, "There is no such job. GET installs lists those there are.", "no-such-job")


def _remote(target: InstallTarget) -> bool:
    return any(each.reason in _FAR for each in target.refusals)


def _as_it_is(store: JobStore, job: Job) -> Job:
    """A job whose supervisor is gone did not end by itself: say so. What it left is put back by the next job."""
    if job.state is JobState.ENDED or not store.lost(job.id):
        return job
    again = store.read(job.id)
    if again.state is JobState.ENDED:  # it ended between the two looks
        return msgspec.structs.replace(again, lines=job.lines, cursor=job.cursor)
    message = "It was interrupted. What it changed is put back when the server starts, or before the next job."
    said = store.last_words(job.id)
    message += f" The last that its own process said: {said}" if said else ""
    return msgspec.structs.replace(
        job, state=JobState.ENDED, verdict=JobVerdict.INTERRUPTED, cause=Cause.KILLED, message=message, progress=None
    )


def _new_job(store: JobStore, request: InstallRequest, names: tuple[str, ...], target: InstallTarget) -> Job:
    return Job(
        id=store.new_id(),
        action=request.action,
        requirements=names,
        kernel=request.kernel,
        state=JobState.QUEUED,
        verdict=None,
        cause=None,
        message="",
        target=target,
        plan=None,
        progress=None,
        problems=(),
        restart=None,
        restored=False,
        overrides=request.allow,
        next_steps=(),
        created=now(),
        started=None,
        ended=None,
        kept=store.kept,
        cursor=START,
    )


def _start_of(
    store: JobStore,
    job: str,
    request: InstallRequest,
    names: tuple[str, ...],
    where: tuple[InterpreterSpec, InstallTarget],
) -> supervisor.JobSpec:
    chosen, target = where
    return supervisor.JobSpec(
        job=job,
        kept=store.kept,
        action=request.action,
        names=names,
        chosen=chosen,
        user_base=target.user_base,
        allow=request.allow,
        only_binary=request.only_binary,
        imports=request.imports,
        old=request.old,
    )
