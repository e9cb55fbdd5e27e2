"""Proves what a job did: files against RECORD, requirements against before, imports by the target interpreter."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from ..model.installs import InstallChange, InstallProblem, InstallProblemKind, InstallTarget, PlannedChange, Restart
from ..model.packages import Unmet
from ..processes.groups import end_group, kill_tagged, tag_environment
from .distributions import InstalledDistribution, damaged, leftovers, modules
from .planning.plan import InstalledState

#: For all modules together, and for one process with some of them.
IMPORTS_DEADLINE = 180.0
IMPORT_DEADLINE = 60.0
MAX_MODULES = 60
_IMPORTS = r"""
import importlib, json, os, sys
out = open(sys.argv[2], "w", 1, encoding="utf-8")
if sys.path and sys.path[0] == "":
    del sys.path[0]
for name in json.loads(sys.argv[1]):
    out.write("try " + name + "\n")
    try:
        importlib.import_module(name)
        out.write("ok " + name + "\n")
    except BaseException as error:
        said = (type(error).__name__ + ": " + str(error)).splitlines()[0][:300]
        out.write("no " + name + " " + json.dumps(said) + "\n")
out.flush()
os._exit(0)
"""


def requirement_problems(before: frozenset[Unmet], after: frozenset[Unmet]) -> list[InstallProblem]:
    """What is not met now; what was not met before is marked so. Pure."""
    return [
        InstallProblem(
            kind=InstallProblemKind.REQUIREMENT,
            package=each.name,
            message=f"{each.name} needs {each.requirement}, "
            + (f"and {each.found} is installed." if each.found else "which is not installed."),
            remedy=f"Install a version that fits: {each.requirement}",
            before=each in before,
        )
        for each in sorted(after, key=lambda one: (one in before, one.name, one.requirement))
    ]


def file_problems(scene: InstalledState, changes: Iterable[PlannedChange]) -> list[InstallProblem]:
    """Whether every changed distribution is there exactly once, whole, at the planned version."""
    found = []
    for planned in changes:
        copies = [each for each in scene.user if each.name == planned.name]
        if planned.change is InstallChange.REMOVE:
            said = f"{planned.name} is still there." if copies else None
        elif len(copies) != 1 or copies[0].version != planned.version:
            there = ", ".join(each.version for each in copies) or "none"
            said = f"{planned.name} {planned.version} should be there; there is: {there}."
        else:
            wrong = damaged(copies[0], hashes=True)
            said = f"{planned.name}: {wrong}." if wrong else None
        if said:
            remedy = f"Repair {planned.name}"
            found.append(
                InstallProblem(kind=InstallProblemKind.FILES, package=planned.name, message=said, remedy=remedy)
            )
    return found


def leftover_problems(site: str) -> list[InstallProblem]:
    """What killed pips left in the user site, by name."""
    return [
        InstallProblem(
            kind=InstallProblemKind.LEFTOVER,
            package=name,
            message=f"{name} was left by an installation that was killed; it holds an older version.",
            remedy="Repair the package it belongs to",
            before=True,
        )
        for name in leftovers(site)
    ]


class Importer(msgspec.Struct, frozen=True, kw_only=True):
    """The target interpreter, for imports in fresh processes. ``stop`` is asked ten times a second; what is running
    then is ended. ``cwd`` and ``options`` are as in ``Run``.
    """

    python: str
    options: tuple[str, ...] = ()
    env: Mapping[str, str]
    cwd: str
    stop: Callable[[], bool] = lambda: False


def import_problems(
    scene: InstalledState, changes: Iterable[PlannedChange], importer: Importer
) -> list[InstallProblem]:
    """Import the top-level modules of what was installed."""
    owner = {name: each.name for each in _installed(scene, changes) for name in modules(each)}
    todo = list(owner)[:MAX_MODULES]
    problems = []
    end = time.monotonic() + IMPORTS_DEADLINE
    while todo and not importer.stop() and (left := end - time.monotonic()) > 0:
        done, trouble, died = _import(todo, importer, min(left, IMPORT_DEADLINE))
        for name, said in trouble.items():
            problems.append(_import_problem(owner[name], name, said))
        if not done:
            break
        todo = todo[len(done) :] if died else []
    return problems


def _installed(scene: InstalledState, changes: Iterable[PlannedChange]) -> list[InstalledDistribution]:
    names = {each.name for each in changes if each.change is not InstallChange.REMOVE}
    return [each for each in scene.user if each.name in names]


def _import(names: Sequence[str], importer: Importer, deadline: float) -> tuple[list[str], dict[str, str], bool]:
    """Try these modules in one process: those tried, what was wrong with which, and whether the process died."""
    # A file and no pipe: what a module starts may hold a pipe open for ever.
    told = Path(importer.cwd) / "imports.txt"
    told.write_bytes(b"")
    own, token = tag_environment(importer.env)
    process = subprocess.Popen(
        [importer.python, *importer.options, "-c", _IMPORTS, json.dumps(list(names)), str(told)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=own,
        cwd=importer.cwd,
        start_new_session=True,
    )
    end = time.monotonic() + deadline
    while process.poll() is None and time.monotonic() < end and not importer.stop():
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    why = f"the interpreter ended with {process.returncode}"
    if process.returncode is None:
        why = f"no answer within {deadline:.0f} s"
    end_group(process.pid)
    kill_tagged(token)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(5)
    return read_imports(told.read_text("utf-8", "replace"), why)


def read_imports(out: str, why: str) -> tuple[list[str], dict[str, str], bool]:
    """What the import process printed. The last module tried without an answer is the one that ended it. Pure."""
    tried: list[str] = []
    answered = set()
    trouble = {}
    for line in out.splitlines():
        word, _, rest = line.partition(" ")
        if word == "try":
            tried.append(rest)
        elif word == "ok":
            answered.add(rest)
        elif word == "no":
            name, _, said = rest.partition(" ")
            answered.add(name)
            trouble[name] = json.loads(said)
    died = bool(tried) and tried[-1] not in answered
    if died:
        trouble[tried[-1]] = why
    return tried, trouble, died


def _import_problem(package: str, module: str, said: str) -> InstallProblem:
    return InstallProblem(
        kind=InstallProblemKind.IMPORT,
        package=package,
        message=f"import {module} fails: {said}",
        remedy=f"Look at what {package} needs besides Python packages, or install another version of it",
    )


def script_problems(target: InstallTarget, scripts: Sequence[str]) -> list[InstallProblem]:
    """Commands that were installed where PATH does not look."""
    if target.scripts_on_path or not scripts:
        return []
    names = ", ".join(scripts[:5]) + (" and more" if len(scripts) > 5 else "")
    return [
        InstallProblem(
            kind=InstallProblemKind.SCRIPTS,
            package=scripts[0],
            message=f"{names} cannot be called by name: {target.scripts} is not on PATH.",
            remedy=f'Add to your shell profile: export PATH="{target.scripts}:$PATH"',
        )
    ]


def restart(
    target: InstallTarget, before: InstalledState, after: InstalledState, changes: Sequence[PlannedChange]
) -> Restart | None:
    """Whether kernels that run already must be restarted to see the change. Pure but for the RECORDs it reads."""
    replaced = [each for each in changes if each.change is not InstallChange.NEW or each.shadows]
    names = {each.name for each in replaced}
    loaded = {name for scene in (before, after) for each in scene.user if each.name in names for name in modules(each)}
    if not target.site_exists:
        reason = (
            "Kernels that are running started before the folder for your packages was made: they do not look there."
        )
        return Restart(reason=reason, modules=tuple(sorted(loaded)))
    if loaded:
        reason = "A kernel that has imported one of these modules keeps the old version until it is restarted."
        return Restart(reason=reason, modules=tuple(sorted(loaded)))
    return None
