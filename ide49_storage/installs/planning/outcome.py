"""The words at the end of a job. Pure: from what was seen to a verdict, a sentence, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from ...model.installs import (
    Action,
    Cause,
    InstallChange,
    InstallPlan,
    InstallProblem,
    InstallProblemKind,
    InstallTarget,
    JobVerdict,
    PlannedChange,
    Restart,
)

REMEDIES: dict[Cause, str] = {
    Cause.NO_SUCH_PACKAGE: "Check how the name is spelled.",
    Cause.NO_MATCH: "Ask for other versions, or use a kernel with another Python.",
    Cause.NETWORK: "Check the network and the proxy settings, then try again.",
    Cause.CERTIFICATE: (
        "Look at the clock of this machine (date): a wrong one, as a Pi has without network time, makes every"
        " certificate look wrong. If a proxy reads the traffic here, name its certificate to pip:"
        " pip config set global.cert /path/to/certificate.pem"
    ),
    Cause.INDEX: "Try again later, or ask who runs the package index.",
    Cause.HASH: "What arrived is not what the index promised. Try again; if it stays so, do not install it.",
    Cause.DISK_FULL: "Delete what is not needed on this storage, then try again.",
    Cause.PERMISSION: "Make the user base yours: its files belong to another user or are read-only.",
    Cause.BUILD: "Ask for a version that has a wheel, or install the compilers it needs into the image.",
    Cause.DAMAGED: "Repair it first: then pip can replace and remove it again.",
    Cause.CONFLICT: "Ask for versions that fit together.",
    Cause.SHADOWING: "Choose versions that the image's copies satisfy, or choose to hide them.",
    Cause.TARGET: "See the target's remedies.",
    Cause.BUSY: "Wait until it has ended, or cancel it.",
    Cause.KILLED: "Try again.",
    Cause.TIMEOUT: "Try again; the network may be slow.",
    Cause.OUTSIDE: (
        "If the files are in its RECORD: repair the package, which writes the list anew, or take these lines out of it."
        " If a link leads there: put the folder itself in its place. If it is a new package: do not install it."
    ),
    Cause.OTHER: "Read the log.",
}


NO_REPORT = "pip ended without a report, so it is not known what it did."


def is_conflict(problem: InstallProblem) -> bool:
    """Whether a problem spoils a success: it is new, and more than advice."""
    grave = (InstallProblemKind.REQUIREMENT, InstallProblemKind.FILES, InstallProblemKind.IMPORT)
    return not problem.before and problem.kind in grave


def success(action: Action, plan: InstallPlan, problems: Sequence[InstallProblem]) -> tuple[JobVerdict, str]:
    """The verdict of a job whose pip did what was planned."""
    if not plan.changes:
        return JobVerdict.NOTHING, _nothing(action)
    new = [each for each in problems if is_conflict(each)]
    removed = [each for each in plan.changes if each.change is InstallChange.REMOVE]
    if len(removed) == len(plan.changes):
        names = ", ".join(each.name for each in removed)
        if new:
            return JobVerdict.WITH_CONFLICTS, f"Removed {names}. {_count(new)}"
        return JobVerdict.REMOVED, f"Removed {names}."
    names = ", ".join(f"{each.name} {each.version}" for each in plan.changes[:8])
    more = f" and {len(plan.changes) - 8} more" if len(plan.changes) > 8 else ""
    if new:
        return JobVerdict.WITH_CONFLICTS, f"Installed {names}{more}. {_count(new)}"
    return JobVerdict.INSTALLED, f"Installed {names}{more}; files, requirements and imports were checked."


def unproven(planned: Sequence[PlannedChange] | None) -> str | None:
    """Why a job whose pip ended well and changed nothing is no success: ``planned`` is what pip's report says that it
    installed, ``None`` without a report.
    """
    if planned is None:
        return NO_REPORT
    if not planned:
        return None
    names = ", ".join(f"{each.name} {each.version}" for each in planned)
    return (
        f"pip says that it installed {names}, but nothing was put into the user base. What is run at the start of this"
        " Python may redirect pip or make it a dry run."
    )


def _count(new: Sequence[InstallProblem]) -> str:
    return "One thing does not work: " + new[0].message if len(new) == 1 else f"{len(new)} things do not work."


def _nothing(action: Action) -> str:
    if action is Action.UNINSTALL:
        return "None of these is among your own packages."
    if action is Action.BRING_OVER:
        return "There is nothing to bring over."
    return "Everything that was asked for is there already."


def next_steps(
    verdict: JobVerdict,
    cause: Cause | None,
    target: InstallTarget | None,
    problems: Sequence[InstallProblem],
    restart: Restart | None,
) -> tuple[str, ...]:
    """What a person does next, most urgent first."""
    steps = []
    if verdict is JobVerdict.FAILED and cause is not None:
        if cause is Cause.TARGET and target is not None:
            steps += [each.remedy for each in target.refusals]
        else:
            steps.append(REMEDIES[cause])
    steps += [each.remedy for each in problems if is_conflict(each)]
    if restart is not None and verdict in (JobVerdict.INSTALLED, JobVerdict.WITH_CONFLICTS, JobVerdict.REMOVED):
        steps.append(f"Restart running kernels of Python {target.python if target else ''}. {restart.reason}")
    steps += [each.remedy for each in problems if each.kind is InstallProblemKind.SCRIPTS]
    return tuple(dict.fromkeys(steps))
