"""Questions to pip that change nothing: its dry run, and what follows from it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from ...jobs.lock import state_folder
from ...model.installs import Action, Cause, InstallPlan, PlannedChange, Skipped
from ...mounts.locator import PathLocator
from ...mounts.temporary import temporary_directory
from ..distributions import scan
from ..interpreter import TargetFacts
from ..pip import output
from ..pip.process import PipCommand, run
from . import requested
from .outcome import NO_REPORT
from .plan import InstalledState, constraints, from_report, install_plan, shadow_sentence, shadowing

#: A single question is one pip; a bring-over asks for every package alone if the whole does not fit.
MAX_SINGLE = 60
#: What keeps the index from being asked is no reason to leave a package behind.
_FOR_ALL = (Cause.NETWORK, Cause.CERTIFICATE, Cause.INDEX, Cause.DISK_FULL, Cause.PERMISSION)


class DryRun(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to ask, in which folder (made by the caller, not below another's), and when to give up."""

    facts: TargetFacts
    scene: InstalledState
    env: Mapping[str, str]
    folder: str
    only_binary: bool
    stop: Callable[[], bool]


class DryRunAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What pip would do, or why it would not. ``stopped``: nobody wanted to wait any longer."""

    changes: tuple[PlannedChange, ...] | None
    cause: Cause | None = None
    message: str = ""
    stopped: bool = False


class JobRequest(Protocol):
    """The part of a job's start that names what is wanted."""

    @property
    def action(self) -> Action:
        """What is to be done."""

    @property
    def names(self) -> tuple[str, ...]:
        """Requirements in normal form."""

    @property
    def user_base(self) -> str:
        """The target's user base."""

    @property
    def old(self) -> str | None:
        """The old Python it is about, if one was named."""


def local_folders(facts: TargetFacts) -> tuple[str, ...]:
    """The folders of an interpreter's path that may be touched: none on a share."""
    locator = PathLocator(facts.path)
    return tuple(each for each in facts.path if os.path.isabs(each) and locator.is_local(each))


def resolve(names: Sequence[str], question: DryRun, action: Action, *, constrained: bool) -> DryRunAnswer:
    """A dry run. Wheels are downloaded to a temporary folder and deleted. Raises ``OSError``."""
    facts = question.facts
    with temporary_directory(question.folder) as folder:
        told, log = os.path.join(folder, "report.json"), os.path.join(folder, "pip.log")
        limits = os.path.join(folder, "constraints.txt") if constrained else None
        if limits is not None:
            with open(limits, "w", encoding="ascii") as file:
                file.write(constraints(question.scene))
        arguments = requested.install_arguments(
            action,
            names,
            pip=facts.pip or "",
            report=told,
            log=log,
            constraints=limits,
            dry_run=True,
            only_binary=question.only_binary,
            break_system=facts.managed is not None,
        )
        working = os.path.join(folder, "cwd")
        os.mkdir(working)
        what = PipCommand(
            python=facts.executable,
            options=facts.safe_path,
            arguments=arguments,
            env={**question.env, "TMPDIR": folder},
            cwd=working,
            base=facts.user_base,
            own=state_folder(facts.user_base),
        )
        outcome = run(what, lambda _: None, question.stop)
        if outcome.stopped:
            return DryRunAnswer(
                changes=None, cause=Cause.TIMEOUT, message="It was stopped before pip had an answer.", stopped=True
            )
        if outcome.status != 0:
            cause, said = output.cause(outcome.lines, _text(log))
            return DryRunAnswer(changes=None, cause=cause, message=said)
        sizes, yanked = output.download_sizes(outcome.lines), output.yanked_names(outcome.lines)
        report = read_report(told)
        if report is None:
            return DryRunAnswer(changes=None, cause=Cause.OTHER, message=NO_REPORT)
        changes = from_report(report, question.scene, sizes, yanked)
        unasked = output.unasked(outcome.lines, _text(log)) if action is Action.UPGRADE and not changes else None
        if unasked is not None:
            return DryRunAnswer(changes=None, cause=unasked[0], message=unasked[1])
        return DryRunAnswer(changes=changes)


def shadow_reason(names: Sequence[str], question: DryRun, action: Action) -> str | None:
    """If a conflict comes only from keeping the image's versions: the sentences about what would be hidden."""
    answer = resolve(names, question, action, constrained=False)
    hidden = shadowing(answer.changes or ())
    return " ".join(map(shadow_sentence, hidden)) or None


def preview(
    names: Sequence[str], question: DryRun, action: Action, *, shadow: bool
) -> tuple[InstallPlan | None, Cause | None, str]:
    """The plan, and why it would be refused. With ``shadow`` copies of the image's distributions may be hidden."""
    answer = resolve(names, question, action, constrained=not shadow)
    if answer.changes is not None:
        return install_plan(answer.changes), None, ""
    if answer.cause is Cause.CONFLICT and not shadow:
        free = resolve(names, question, action, constrained=False)
        hidden = shadowing(free.changes or ())
        if free.changes is not None and hidden:
            return install_plan(free.changes), Cause.SHADOWING, " ".join(map(shadow_sentence, hidden))
    return None, answer.cause, answer.message


def requirements_for(
    wanted: JobRequest, scene: InstalledState, facts: TargetFacts, question: DryRun, say: Callable[[str], None]
) -> tuple[list[str], list[Skipped]]:
    """The requirements that an action passes to pip, and the wishes that cannot be met."""
    if wanted.action is Action.UPGRADE and not wanted.names:
        return _all_own(scene)
    if wanted.action is Action.REPAIR:
        return _repairs(wanted.names, scene, facts)
    if wanted.action is Action.BRING_OVER:
        return _bring_over(wanted, scene, facts, question, say)
    return list(wanted.names), []


def _repairs(names: Sequence[str], scene: InstalledState, facts: TargetFacts) -> tuple[list[str], list[Skipped]]:
    aside = requested.damaged_leftovers(facts.user_site)
    found, left = [], []
    for name in names:
        pinned = requested.repair_requirement(name, scene.user, aside)
        if pinned is None:
            left.append(Skipped(name=name, why="It is not among your own packages."))
        else:
            found.append(pinned)
    return found, left


def _all_own(scene: InstalledState) -> tuple[list[str], list[Skipped]]:
    """Every package of the user's that came from the index: another one there may have the same name."""
    left = [Skipped(name=each.name, why=requested.NOT_FROM_INDEX) for each in scene.user if each.direct_url is not None]
    return sorted({each.name for each in scene.user} - {each.name for each in left}), left


def _bring_over(
    wanted: JobRequest, scene: InstalledState, facts: TargetFacts, question: DryRun, say: Callable[[str], None]
) -> tuple[list[str], list[Skipped]]:
    trees = requested.old_trees(wanted.user_base, facts.tree_version, question.env)
    chosen = [scan(requested.tree_site(each)) for each in trees if wanted.old in (None, each.python)]
    names, left = requested.bring_over_names(chosen, scene.seen, facts.markers)
    if wanted.names:
        names = [name for name in names if name in wanted.names]
    return _installable_subset(names, left, question, say)


def _installable_subset(
    names: list[str], left: list[Skipped], question: DryRun, say: Callable[[str], None]
) -> tuple[list[str], list[Skipped]]:
    """All names if pip takes them together, else those that it takes alone; the others are left, with the reason."""
    if not names:
        return names, left
    whole = resolve(names, question, Action.BRING_OVER, constrained=True)
    if whole.changes is not None or whole.stopped or whole.cause in _FOR_ALL or len(names) > MAX_SINGLE:
        return names, left
    say("Not everything fits together. Asking for each package alone.")
    fitting = []
    for name in names:
        alone = resolve([name], question, Action.BRING_OVER, constrained=True)
        if alone.stopped or alone.cause in _FOR_ALL:
            return names, left
        if alone.changes is None:
            left.append(Skipped(name=name, why=_why(alone)))
        else:
            fitting.append(name)
    return fitting, left


def _why(answer: DryRunAnswer) -> str:
    if answer.cause in (Cause.NO_MATCH, Cause.NO_SUCH_PACKAGE):
        return "It has no wheel for this Python and processor."
    return answer.message


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(5_000_000)
    except OSError:
        return ""


def read_report(path: str) -> dict[str, Any] | None:
    """Pip's report; ``None`` if it wrote none."""
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
