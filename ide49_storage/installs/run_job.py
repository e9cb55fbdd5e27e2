"""The work of one job under its lock: plan, journal, pip, proof, and the way back where one of them fails."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import zipfile
from collections import deque
from collections.abc import Mapping, Sequence
from typing import NoReturn

import msgspec

from ..jobs import journal
from ..jobs.lock import BaseLock, state_folder
from ..jobs.manifest import Unusable
from ..jobs.user_base import Opened, UserBase
from ..model.installs import (
    Action,
    Cause,
    InstallChange,
    InstallPlan,
    InstallProblem,
    InstallTarget,
    JobProgress,
    JobState,
    JobVerdict,
    Override,
    PlannedChange,
)
from ..python.site_packages.scan import normalize
from . import verification
from .claims import claims, outside_claims, outside_sentence
from .distributions import OnRemoteStorage, require_local, scan, walk
from .interpreter import InterpreterSilent, TargetFacts, pip_options
from .pip import output
from .pip.process import STUCK, PipCommand, PipResult, run
from .pip.wheels import UserScheme, Wheel, read_wheel
from .planning import requested
from .planning.outcome import is_conflict, success, unproven
from .planning.plan import (
    InstalledState,
    constraints,
    from_report,
    install_plan,
    read_installed_state,
    removal,
    shadow_sentence,
    shadowing,
)
from .planning.resolve import DryRun, local_folders, read_report, requirements_for, shadow_reason
from .policy.environment import pip_environment
from .policy.target import NoTarget, blocking_refusals, inspect_target
from .recovery import JOURNAL, set_aside
from .supervisor import Ended, JobRecorder, JobSpec


class Work:
    """One job. ``do`` always raises ``Ended`` (or ``OSError`` before anything was changed)."""

    def __init__(self, start: JobSpec, teller: JobRecorder, lock: BaseLock, folder: str) -> None:
        self.start = start
        self.teller = teller
        self.lock = lock
        self.folder = folder
        self.journal = os.path.join(folder, JOURNAL)
        self.log = os.path.join(folder, "tmp", "pip.log")
        self.report = os.path.join(folder, "tmp", "report.json")
        self.refusal: Ended | None = None
        self.extra: tuple[str, ...] = ()
        self.names: tuple[str, ...] = ()
        self.plan = InstallPlan(changes=())
        self.said: deque[str] = deque(maxlen=500)

    def do(self) -> NoReturn:
        """Do it."""
        self.target, self.facts = self._target()
        self.base = UserBase(self.target.user_base)
        self.scene = read_installed_state(self.facts, local_folders(self.facts))
        self.env = pip_environment(self.start.chosen.env, os.path.join(self.folder, "tmp"), self._pip_options())
        match self.start.action:
            case Action.UNINSTALL:
                self._uninstall()
            case Action.DELETE_OLD:
                self._delete_old()
            case _:
                self._install()

    def _target(self) -> tuple[InstallTarget, TargetFacts]:
        try:
            target, facts = inspect_target(self.start.chosen)
        except NoTarget as error:
            raise Ended(JobVerdict.FAILED, error.message, Cause.TARGET, restored=True) from None
        against = blocking_refusals(target, self.start.allow)
        chosen = tuple(each.override for each in target.refusals if each.override in self.start.allow and each.override)
        self.teller.tell(target=target, overrides=chosen)
        if target.user_base != self.start.user_base:
            raise Ended(
                JobVerdict.FAILED, "The user base has changed since this was asked for.", Cause.TARGET, restored=True
            )
        if against:
            raise Ended(JobVerdict.FAILED, against[0].message, Cause.TARGET, restored=True)
        return target, facts

    def _pip_options(self) -> tuple[tuple[str, str], ...]:
        """What pip's files set. To remove something, none of it is needed."""
        if self.start.action in (Action.UNINSTALL, Action.DELETE_OLD):
            return ()
        try:
            return pip_options(self.start.chosen.executable, self.start.chosen.env, options=self.start.chosen.options)
        except InterpreterSilent as error:
            message = f"What pip's files set is not known: {error}."
            raise Ended(JobVerdict.FAILED, message, Cause.TARGET, restored=True) from None

    # -- install, upgrade, repair, bring over

    def _install(self) -> NoReturn:
        names, left = requirements_for(self.start, self.scene, self.facts, self._question(), self._quiet)
        if self.start.action is Action.REPAIR:
            self.extra = tuple(
                path
                for name in names
                for path in requested.stale_metadata(*_pinned(name), self.facts.user_site, self.scene.user)
            )
        self.plan = InstallPlan(changes=(), left=tuple(left))
        self.names = tuple(names)
        if not names:
            self._end_well([])
        outcome = run(self._run(names), self._line, self.teller.stop, self._gate)
        self._check(outcome)
        for path in self.extra:
            shutil.rmtree(path, ignore_errors=True)
        self._prove()

    def _run(self, names: Sequence[str]) -> PipCommand:
        limits = None
        if Override.SHADOWING not in self.start.allow and self.start.action is not Action.REPAIR:
            limits = os.path.join(self.folder, "tmp", "constraints.txt")
            with open(limits, "w", encoding="ascii") as file:
                file.write(constraints(self.scene))
        arguments = requested.install_arguments(
            self.start.action,
            names,
            pip=self.facts.pip or "",
            report=self.report,
            log=self.log,
            constraints=limits,
            only_binary=self.start.only_binary,
            break_system=self.facts.managed is not None,
        )
        return self._pip(arguments, self.report)

    def _pip(self, arguments: tuple[str, ...], report: str = "") -> PipCommand:
        return PipCommand(
            python=self.facts.executable,
            options=self.facts.safe_path,
            arguments=arguments,
            env=self.env,
            cwd=os.path.join(self.folder, "cwd"),
            base=self.target.user_base,
            own=state_folder(self.target.user_base),
            report=report,
            inherit=(self.lock.fileno(),),
        )

    def _question(self) -> DryRun:
        return DryRun(
            facts=self.facts,
            scene=self.scene,
            env=self.env,
            folder=os.path.join(self.folder, "tmp"),
            only_binary=self.start.only_binary,
            stop=self.teller.stop,
        )

    def _gate(self, paths: Sequence[str]) -> bool:
        """Pip is about to change something: take the journal, or refuse. Nothing is changed yet."""
        try:
            with open(self.report, encoding="utf-8") as file:
                report = json.load(file)
            sizes = {os.path.basename(path): os.stat(path).st_size for path in paths if os.path.exists(path)}
            changes = from_report(report, self.scene, sizes, output.yanked_names(self.said))
            wheels = _wheels(paths, changes, self._layout())
            space = sum(each.unpacked for each in wheels)
            self.plan = msgspec.structs.replace(install_plan(changes, left=self.plan.left), space=space)
            self.teller.tell(plan=self.plan)
            self._allow(changes, wheels)
            self._take(changes, [path for each in wheels for path in each.paths])
        except Ended as refusal:
            self.refusal = refusal
        except OSError as error:
            cause = Cause.DISK_FULL if error.errno in (28, 122) else Cause.PERMISSION
            self.refusal = Ended(JobVerdict.FAILED, f"The journal cannot be written: {error}", cause)
        except (ValueError, KeyError, zipfile.BadZipFile) as error:
            self.refusal = Ended(JobVerdict.FAILED, f"A wheel or pip's report cannot be read: {error}", Cause.OTHER)
        return self.refusal is None

    def _allow(self, changes: Sequence[PlannedChange], wheels: Sequence[Wheel]) -> None:
        said = [outside_claims(f"{each.name} {each.version}", each.outside) for each in wheels if each.outside]
        if said:
            raise Ended(JobVerdict.FAILED, " ".join(said) + " Nothing was changed.", Cause.OUTSIDE)
        hidden = shadowing(changes)
        if hidden and Override.SHADOWING not in self.start.allow and self.start.action is not Action.REPAIR:
            raise Ended(JobVerdict.FAILED, " ".join(map(shadow_sentence, hidden)), Cause.SHADOWING)
        if hidden:
            self.teller.tell(overrides=(*self.teller.job.overrides, Override.SHADOWING))
        room = os.statvfs(self.target.user_base)
        need, files = sum(each.unpacked for each in wheels), sum(len(each.paths) for each in wheels)
        if room.f_bavail * room.f_frsize < need:
            message = f"{need:,} bytes are needed, {room.f_bavail * room.f_frsize:,} are free."
            raise Ended(JobVerdict.FAILED, message, Cause.DISK_FULL)
        if room.f_files and room.f_favail < files:
            message = f"{files:,} files will be made, and there is room for {room.f_favail:,} more (inodes)."
            raise Ended(JobVerdict.FAILED, message, Cause.DISK_FULL)

    def _take(self, changes: Sequence[PlannedChange], appears: Sequence[str]) -> None:
        names = {each.name for each in changes}
        self.teller.tell(progress=JobProgress(phase="Taking the journal"))
        extra = {path for top in self.extra for path in walk(top)}
        try:
            found = {each.path: claims(each, self.base) for each in self.scene.user if each.name in names}
            saves = extra.union(*(each.paths for each in found.values()))
            require_local([*saves, *appears])
        except OnRemoteStorage as error:
            message = f"{error}, so what is there can neither be kept nor put back. Remove the link, then try again."
            raise Ended(JobVerdict.FAILED, message, Cause.TARGET, restored=True) from None
        self._stay_inside({path: each.outside for path, each in found.items()}, appears)
        manifest = journal.take(self.journal, self.start.job, self.target.user_base, saves, appears)
        if self.facts.venv:
            # In a virtual environment pip installs for the user but never removes: "outside environment".
            requested.remove(saves - extra, manifest, self.target.user_base, self.facts.user_site)

    def _stay_inside(self, outside: Mapping[str, Sequence[str]], appears: Sequence[str]) -> None:
        """Refuse what would lead pip out of the user base. A repair removes nothing by RECORD, it writes it anew."""
        said = [outside_claims(path, rows) for path, rows in outside.items() if rows]
        if self.start.action is Action.REPAIR:
            for each in said:
                self.teller.say(f"Left alone: {each}")
            said = []
        astray = [path for path in appears if self.base.inner(path) is None]
        if astray:
            said.append(outside_claims("The new version", astray))
        if said:
            raise Ended(JobVerdict.FAILED, " ".join(said) + " Nothing was changed.", Cause.OUTSIDE, restored=True)

    def _layout(self) -> UserScheme:
        base = self.target.user_base
        python = self.facts.major_minor
        headers = os.path.join(base, "include", f"python{python}")
        return UserScheme(
            base=base,
            site=self.facts.user_site,
            scripts=self.facts.scripts,
            headers=headers,
            cache_tag=self.facts.cache_tag,
            python=python,
        )

    # -- uninstall, delete an old tree

    def _uninstall(self) -> NoReturn:
        names = [name for name in self.start.names if any(each.name == name for each in self.scene.user)]
        changes = removal(names, self.scene)
        self.plan = InstallPlan(changes=changes)
        self.teller.tell(plan=self.plan)
        if not names:
            self._end_well([])
        self._take(changes, [])
        arguments = requested.uninstall_arguments(
            names, pip=self.facts.pip or "", log=self.log, break_system=self.facts.managed is not None
        )
        if not self.facts.venv:
            self._check(run(self._pip(arguments), self._line, self.teller.stop))
        self._prove()

    def _delete_old(self) -> NoReturn:
        trees = requested.old_trees(self.target.user_base, self.facts.tree_version, self.env)
        chosen = requested.unused(trees, self.start.old)
        if not chosen:
            raise Ended(JobVerdict.NOTHING, "There are no packages of another Python that nobody uses.", restored=True)
        for tree in chosen:
            with contextlib.suppress(OnRemoteStorage):
                if outside := outside_sentence(scan(requested.tree_site(tree)), self.base):
                    self.teller.say(f"Left alone: {outside}")
            with Opened(self.target.user_base) as opened:
                for path in requested.dead_scripts(tree, self.target.user_base):
                    opened.unlink(path)
            aside = os.path.join(self.folder, f"old-{tree.python}")
            os.rename(tree.path, aside)
            shutil.rmtree(aside)
            self.teller.say(f"Deleted {tree.path} ({tree.size:,} bytes).")
        versions = ", ".join(each.python for each in chosen)
        raise Ended(JobVerdict.REMOVED, f"Deleted the packages of Python {versions}.")

    # -- how it went

    def _check(self, outcome: PipResult) -> None:
        """Raise the end of a job whose pip did not do what was planned; everything is put back first."""
        if outcome.status == STUCK:
            message = "pip hangs in the kernel and cannot be ended: a storage does not answer. What it changed is put"
            raise Ended(JobVerdict.INTERRUPTED, message + " back when it is gone, at the next start.", Cause.KILLED)
        if outcome.stopped or self.teller.stop():
            self._undo(self._stopped())
        if self.refusal is not None:
            self._undo(self.refusal)
        if outcome.status < 0:
            message = f"pip was killed (signal {-outcome.status}). Your packages were put back as they were before."
            self._undo(Ended(JobVerdict.RESTORED, message, Cause.KILLED))
        if outcome.status != 0:
            cause, said = output.cause(outcome.lines, _read_text(self.log))
            if cause is Cause.CONFLICT and self.start.action is not Action.UNINSTALL:
                hidden = shadow_reason(self.names, self._question(), self.start.action)
                cause, said = (Cause.SHADOWING, hidden) if hidden else (cause, said)
            self._undo(Ended(JobVerdict.FAILED, said, cause))
        if self.start.action is not Action.UNINSTALL and not outcome.gate:
            self._nothing(outcome)

    def _nothing(self, outcome: PipResult) -> NoReturn:
        """Pip ended well before its first change: nothing to do, if what it says agrees with that."""
        after = read_installed_state(self.facts, local_folders(self.facts))
        if after.user != self.scene.user:
            message = "pip changed packages without waiting for the journal. Check them with a repair."
            raise Ended(JobVerdict.FAILED, message, Cause.OTHER)
        if self.start.action is Action.UPGRADE and (unasked := output.unasked(outcome.lines, _read_text(self.log))):
            raise Ended(JobVerdict.FAILED, unasked[1], unasked[0], restored=True)
        report = read_report(self.report)
        if against := unproven(None if report is None else from_report(report, self.scene, {})):
            raise Ended(JobVerdict.FAILED, against, Cause.OTHER, restored=True)
        self._end_well([])

    def _stopped(self) -> Ended:
        if self.teller.store.cancelled(self.start.job):
            return Ended(JobVerdict.CANCELLED, "Cancelled. Your packages are as they were before.")
        return Ended(JobVerdict.RESTORED, "Stopped from outside. Your packages are as they were before.", Cause.KILLED)

    def _undo(self, end: Ended) -> NoReturn:
        """Put everything back, then end."""
        self.teller.tell(progress=JobProgress(phase="Putting everything back"))
        try:
            for path in journal.restore(self.journal, self.target.user_base):
                self.teller.say(f"Left alone, because it is not of this job: {path}")
        except Unusable as error:
            aside = set_aside(self.folder, str(error)) or self.folder
            message = f"{end.fields['message']} Not everything could be put back: {error} What was kept is in {aside}."
            raise Ended(JobVerdict.INTERRUPTED, message, end.fields["cause"]) from None
        except OSError as error:
            message = f"{end.fields['message']} Putting back failed ({error}); it is tried again at the next start."
            raise Ended(JobVerdict.INTERRUPTED, message, end.fields["cause"]) from None
        end.fields["restored"] = True
        raise end

    def _prove(self) -> NoReturn:
        self.teller.tell(state=JobState.VERIFYING, progress=JobProgress(phase="Checking what was done"))
        after = read_installed_state(self.facts, local_folders(self.facts))
        changes = self.plan.changes
        problems = verification.requirement_problems(self.scene.unmet, after.unmet)
        problems += verification.file_problems(after, changes)
        problems += verification.leftover_problems(self.facts.user_site)
        if self.start.imports and self.start.action is not Action.UNINSTALL:
            importer = verification.Importer(
                python=self.facts.executable,
                options=self.facts.safe_path,
                env=self.start.chosen.env,
                cwd=os.path.join(self.folder, "cwd"),
                stop=self.teller.stop,
            )
            problems += verification.import_problems(after, changes, importer)
        names = {each.name for each in changes if each.change is not InstallChange.REMOVE}
        commands = requested.scripts([each for each in after.user if each.name in names], self.target.user_base)
        problems += verification.script_problems(self.target, commands)
        if self.teller.stop():
            self._undo(self._stopped())
        restart = verification.restart(self.target, self.scene, after, changes)
        try:
            journal.close(self.journal, self.target.user_base)
        except OSError as error:
            self._undo(Ended(JobVerdict.FAILED, f"The new files are not safe on the disk: {error}", Cause.DISK_FULL))
        self._forget_requests(after)
        self.teller.tell(restart=restart)
        self._end_well(problems)

    def _forget_requests(self, after: InstalledState) -> None:
        """To upgrade all, pip is given all names, and marks each as asked for: dependencies are not."""
        if self.start.action is not Action.UPGRADE or self.start.names:
            return
        pulled = {each.name for each in self.scene.user if not each.requested}
        for each in after.user:
            if each.requested and each.name in pulled and self.base.inner(os.path.join(each.path, "RECORD")):
                try:
                    requested.forget_request(each)
                except OSError as error:
                    self.teller.say(f"{each.name} stays marked as asked for: {error}")

    def _end_well(self, problems: Sequence[InstallProblem]) -> NoReturn:
        verdict, message = success(self.start.action, self.plan, problems)
        if self.plan.left:
            message += " Left out: " + ", ".join(each.name for each in self.plan.left) + "."
        for each in problems:
            if is_conflict(each):
                self.teller.say(each.message)
        raise Ended(verdict, message, problems=tuple(problems), plan=self.plan, offers=self._offers())

    def _offers(self) -> tuple[str, ...]:
        """After a bring-over: what the old trees hold that nobody needs any more."""
        if self.start.action is not Action.BRING_OVER:
            return ()
        trees = requested.old_trees(self.target.user_base, self.facts.tree_version, self.env)
        return tuple(map(requested.offer, requested.unused(trees, self.start.old)))

    def _line(self, text: str) -> None:
        """One line of pip's output."""
        self.said.append(text)
        now = output.progress(text, self.teller.job.progress)
        if output.raw_progress(text) is None:
            self.teller.say(text)
        if now is not None and now != self.teller.job.progress:
            self.teller.tell(progress=now)

    def _quiet(self, text: str) -> None:
        """A line of our own, or of a question to pip."""
        self.teller.say(text)


def _wheels(paths: Sequence[str], changes: Sequence[PlannedChange], layout: UserScheme) -> list[Wheel]:
    """The wheels of the planned distributions among those that pip opened. ``ValueError`` if one is missing."""
    wanted = {each.name: each.version for each in changes}
    found: dict[str, Wheel] = {}
    for path in paths:
        # pip may have opened other versions as well, while it looked for ones that fit together.
        if normalize(os.path.basename(path).partition("-")[0]) in wanted:
            with contextlib.suppress(FileNotFoundError):
                wheel = read_wheel(path, layout)
                if wheel.version == wanted.get(wheel.name):
                    found[wheel.name] = wheel
    missing = wanted.keys() - found.keys()
    if missing:
        raise ValueError(f"pip did not open a wheel of {', '.join(sorted(missing))}")
    return list(found.values())


def _pinned(requirement: str) -> tuple[str, str]:
    name, _, version = requirement.partition("==")
    return name, version


def _read_text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(5_000_000)
    except OSError:
        return ""
