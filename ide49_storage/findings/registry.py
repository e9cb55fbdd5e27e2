"""The checks by their ids, and how they are run: one that fails itself is named, and the rest go on."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from ..model.findings import Finding, FindingReport, Level, NotChecked
from .reports import CheckInputs

ORDER = {Level.ERROR: 0, Level.WARNING: 1, Level.ADVICE: 2}
Run = Callable[[CheckInputs], Iterable["Observation"]]


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


class Check(NamedTuple):
    """A check: its id, level and title, the reports it cannot do without, its docs, and the function."""

    id: str
    level: Level
    title: str
    needs: tuple[str, ...]
    docs: str
    run: Run


CHECKS: dict[str, Check] = {}


def check(identifier: str, level: Level, title: str, *needs: str) -> Callable[[Run], Run]:
    """Register a function as the check ``identifier``; its docstring is the text of its docs page.

    ``needs`` are fields of ``CheckInputs`` that must not be ``None``; without them the check is not made.
    """

    def register(run: Run) -> Run:
        if identifier in CHECKS:
            raise ValueError(f"two checks are called {identifier}")
        docs = inspect.getdoc(run)
        if not docs:
            raise ValueError(f"{identifier} has no docs: write what it sees, why it matters, what to do")
        CHECKS[identifier] = Check(identifier, level, title, needs, docs, run)
        return run

    return register


def all_checks() -> dict[str, Check]:
    """Every check, by id. Importing the modules registers them."""
    from .checks import changes, jupyter, mounts, packages, python, samba  # noqa: F401

    return dict(sorted(CHECKS.items()))


def run_checks(reports: CheckInputs, at: str) -> FindingReport:
    """Make every check. Findings come worst first, then by id."""
    findings: list[Finding] = []
    skipped: list[NotChecked] = []
    made = 0
    for each in all_checks().values():
        missing = [name for name in each.needs if getattr(reports, name) is None]
        if missing:
            why = "; ".join(reports.failed.get(name, f"there is no report about {name}") for name in missing)
            skipped.append(NotChecked(id=each.id, why=why))
            continue
        try:
            found = list(_findings(each, reports))
        except Exception as error:  # a fault of ours in one check must not hide what the others see
            skipped.append(NotChecked(id=each.id, why=f"the check itself failed: {type(error).__name__}: {error}"))
            continue
        findings += found
        made += 1
    findings.sort(key=lambda finding: (ORDER[finding.level], finding.id, finding.about or ""))
    return FindingReport(at=at, findings=tuple(findings), checks=made, not_checked=tuple(skipped))


def _findings(each: Check, reports: CheckInputs) -> Iterator[Finding]:
    for seen in each.run(reports):
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
    """The docs page of a check, below the repository."""
    return f"docs/findings/{identifier}.md"
