"""The closer look at an interpreter's packages as one report."""

from __future__ import annotations

import pwd

from ...formats import compatibility
from ...model.packages import (
    DeadScript,
    Examination,
    ForeignMachine,
    ForeignOwner,
    Package,
    PackageProblem,
    PackageReport,
    SizeDiffers,
    Unmet,
    Unowned,
)
from ...model.python import PathRole
from ...model.timestamps import now
from ...mounts.locator import PathLocator
from ...processes import call
from ..interpreter.facts import InterpreterFacts
from .dependencies import unmet
from .health import Owners, Recorded, Script, egg_tops, machine_of, owners, recorded, scripts, top_packages
from .inventory import prefix_of, winners

#: Whose files an installer of the image owns: only packages that a person could have damaged are compared.
_CHECKED = {PathRole.USER, PathRole.PACKAGES}


def examine(report: PackageReport, answer: InterpreterFacts, locator: PathLocator) -> Examination:
    """The closer look at what ``report`` lists. Sites that do not answer are named among the ``doubts``.

    Nothing is remembered: who mends something and asks again wants to see that it is mended.
    """
    wanted = _machine(answer, locator)
    rows, doubts = _compare(report, answer, locator, wanted)
    user_site = answer.user_site or ""
    return Examination(
        at=now(),
        differing=tuple(_differing(package, row) for package, row in rows if _is_off(row)),
        foreign_machine=tuple(_foreign(report, rows, wanted, answer.major_minor)),
        dead_scripts=_dead(answer, rows, locator),
        unmet=_unmet(report, answer, locator),
        foreign_owner=_owners(answer, locator),
        unowned=tuple(_unowned(report, rows, locator, user_site)),
        doubts=doubts,
    )


def _machine(answer: InterpreterFacts, locator: PathLocator) -> str:
    """The processor of the interpreter itself: a 64-bit kernel runs 32-bit Pythons too."""
    found = machine_of(answer.executable) if locator.is_local(answer.executable) else None
    return found or answer.markers.get("platform_machine", "")


Rows = list[tuple[Package, Recorded]]


def _compare(
    report: PackageReport, answer: InterpreterFacts, locator: PathLocator, machine: str
) -> tuple[Rows, tuple[str, ...]]:
    rows: Rows = []
    doubts = []
    groups: dict[tuple[str, str], list[Package]] = {}
    for package in report.packages:
        if package.role in _CHECKED and package.metadata.endswith(".dist-info"):
            groups.setdefault((package.location, prefix_of(package, answer)), []).append(package)
    for (site, prefix), there in groups.items():
        entries = [package.metadata for package in there]
        try:
            found = call.call_in_subprocess(
                locator.is_local(site), recorded, list[Recorded], site, entries, prefix, machine
            )
        except call.NoAnswer as silent:
            doubts.append(f"{site} was not compared with its RECORDs: {silent}")
            continue
        rows += zip(there, found, strict=True)
    return rows, tuple(doubts)


def _is_off(row: Recorded) -> bool:
    return bool(row.missing or row.differing or row.outside)


def _differing(package: Package, row: Recorded) -> SizeDiffers:
    return SizeDiffers(
        name=package.name,
        site=package.location,
        missing=row.missing,
        differing=row.differing,
        outside=row.outside,
        examples=row.examples,
    )


def _foreign(report: PackageReport, rows: Rows, machine: str, python: str) -> list[ForeignMachine]:
    found = []
    looked = {(package.location, package.metadata): row for package, row in rows}
    for package in report.packages:
        row = looked.get((package.location, package.metadata))
        if row is not None and row.foreign:
            built, example, wanted = row.foreign[1], row.foreign[0], machine
        # A 32-bit Python on a 64-bit kernel tags what it builds with the kernel's machine: the code is the proof.
        elif PackageProblem.WRONG_MACHINE in package.problems and not (row is not None and row.native):
            built, example, wanted = "another processor, as its wheel's tag says", package.metadata, machine
        elif PackageProblem.WRONG_PYTHON in package.problems:
            built, example, wanted = "another Python, as its wheel's tag says", package.metadata, f"Python {python}"
        else:
            continue
        found.append(
            ForeignMachine(name=package.name, site=package.location, built_for=built, wanted=wanted, example=example)
        )
    return [each for each in found if not compatibility.same_machine(each.built_for, each.wanted)]


def _dead(answer: InterpreterFacts, rows: Rows, locator: PathLocator) -> tuple[DeadScript, ...]:
    found: list[Script] = []
    # What the image put into its own folders is its maker's business; a person's commands are in these two.
    for key, mine in (("user_scripts", answer.user_site_enabled), ("scripts", answer.in_venv)):
        folder = answer.schemes.get(key)
        if folder and mine and locator.is_local(folder):
            found += scripts(folder)
    dead = {script.path: script for script in found if not script.alive}
    owners = {command: package for package, row in rows for command in row.commands}
    return tuple(
        DeadScript(
            path=each.path,
            interpreter=each.interpreter,
            package=owners[each.path].name if each.path in owners else None,
            site=owners[each.path].location if each.path in owners else None,
        )
        for each in dead.values()
    )


def _unmet(report: PackageReport, answer: InterpreterFacts, locator: PathLocator) -> tuple[Unmet, ...]:
    return tuple(unmet(winners(report.packages, locator), answer.markers))


def _owners(answer: InterpreterFacts, locator: PathLocator) -> tuple[ForeignOwner, ...]:
    base = answer.user_base
    if base is None or not answer.user_site_enabled or not locator.is_local(base):
        return ()
    folders = [base, f"{base}/lib", answer.user_site or base, answer.schemes.get("user_scripts") or base]
    seen = owners(list(dict.fromkeys(path for path in folders if locator.is_local(path))))
    # Root can write everywhere; then it is the owner of the base whose next upgrade fails.
    mine = answer.uid or next((each.uid for each in seen if each.path == base and base in each.examples), 0)
    return tuple(_foreign_owner(each) for each in seen if each.uid != mine)


def _foreign_owner(each: Owners) -> ForeignOwner:
    try:
        name = pwd.getpwuid(each.uid).pw_name
    except KeyError:
        name = str(each.uid)
    return ForeignOwner(path=each.path, owner=name, count=each.count, examples=each.examples)


def _unowned(report: PackageReport, rows: Rows, locator: PathLocator, user_site: str) -> list[Unowned]:
    """Top-level packages of the user site that nothing owns. Not where a RECORD is missing: it may own them."""
    there = [package for package in report.packages if package.location == user_site]
    if not locator.is_local(user_site) or any(PackageProblem.NO_RECORD in package.problems for package in there):
        return []
    owned = {top for package, row in rows if package.location == user_site for top in row.tops}
    owned |= set(egg_tops(user_site, [each.metadata for each in there if not each.metadata.endswith(".dist-info")]))
    return [Unowned(site=user_site, name=name) for name in top_packages(user_site) if name not in owned]
