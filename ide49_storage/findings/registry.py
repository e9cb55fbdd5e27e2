"""The checks by their ids, and how they are run: one that fails itself is named, and the rest go on."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from ..model.findings import Finding, FindingReport, Level, NotChecked

if TYPE_CHECKING:
    from .inputs import CheckInputs

ORDER = {Level.ERROR: 0, Level.WARNING: 1, Level.ADVICE: 2}
Run = Callable[..., Iterable["Observation"]]


class Observation(NamedTuple):
    """What a check saw. ``about`` makes two findings of one check different; ``level`` replaces the check's own.

    ``title`` replaces the check's title where it can say more (a number, a name).
    """

    evidence: str
    remedy: str
    about: str | None = None
    lines: tuple[str, ...] = ()
    level: Level | None = None
    title: str | None = None


class FindingCheck(NamedTuple):
    """A check: its id, level and title, its docs, the function, and which fields of ``CheckInputs`` that takes.

    Without the ``required`` ones the check is not made; the ``optional`` ones may be ``None``.
    """

    id: str
    level: Level
    title: str
    docs: str
    run: Run
    required: tuple[str, ...]
    optional: tuple[str, ...]


CHECKS: dict[str, FindingCheck] = {}


def check(identifier: str, level: Level, title: str) -> Callable[[Run], Run]:
    """Register a function as the check ``identifier``; its docstring is the text of its page.

    Its parameters are named as the fields of ``CheckInputs`` that it reads. One that has a default may be ``None``.
    """

    def register(run: Run) -> Run:
        if identifier in CHECKS:
            raise ValueError(f"two checks are called {identifier}")
        docs = inspect.getdoc(run)
        if not docs:
            raise ValueError(f"{identifier} has no docs: write what it sees, why it matters, what to do")
        parameters = inspect.signature(run).parameters.values()
        required = tuple(each.name for each in parameters if each.default is each.empty)
        optional = tuple(each.name for each in parameters if each.default is not each.empty)
        CHECKS[identifier] = FindingCheck(identifier, level, title, docs, run, required, optional)
        return run

    return register


def all_checks() -> dict[str, FindingCheck]:
    """Every check, by id. Importing the modules registers them."""
    from .checks import (  # noqa: F401
        changes,
        install_target,
        interpreters,
        jupyter,
        mounts,
        package_health,
        packages,
        samba,
        user_base,
    )

    return dict(sorted(CHECKS.items()))


def run_checks(inputs: CheckInputs, at: str) -> FindingReport:
    """Make every check. Findings come worst first, then by id."""
    findings: list[Finding] = []
    skipped: list[NotChecked] = []
    made = 0
    for each in all_checks().values():
        missing = [name for name in each.required if getattr(inputs, name) is None]
        if missing:
            why = "; ".join(inputs.failed.get(name, f"there is no report about {name}") for name in missing)
            skipped.append(NotChecked(id=each.id, why=why))
            continue
        try:
            found = list(_findings(each, inputs))
        except Exception as error:  # a fault of ours in one check must not hide what the others see
            skipped.append(NotChecked(id=each.id, why=f"the check itself failed: {type(error).__name__}: {error}"))
            continue
        findings += found
        made += 1
    findings.sort(key=lambda finding: (ORDER[finding.level], finding.id, finding.about or ""))
    return FindingReport(at=at, findings=tuple(findings), checks=made, not_checked=tuple(skipped))


def _findings(each: FindingCheck, inputs: CheckInputs) -> Iterator[Finding]:
    arguments = {name: getattr(inputs, name) for name in (*each.required, *each.optional)}
    for seen in each.run(**arguments):
        yield Finding(
            id=each.id,
            key=each.id if seen.about is None else f"{each.id}:{seen.about}",
            level=seen.level or each.level,
            title=seen.title or each.title,
            about=seen.about,
            evidence=seen.evidence,
            remedy=seen.remedy,
            lines=seen.lines,
            docs=page_of(each.id),
        )


def page_of(identifier: str) -> str:
    """The address of a check's page, below the extension's own."""
    return f"findings/{identifier}"
