"""Proves what a job did: files against RECORD, requirements against before, imports by the target interpreter."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Iterable, Mapping, Sequence

from ..model.installs import InstallChange, InstallProblem, InstallProblemKind, Planned, Restart, Target
from .distributions import Distribution, Unmet, damaged, leftovers, modules
from .plan import Scene

IMPORT_DEADLINE = 60.0
MAX_MODULES = 60
_IMPORTS = r"""
import importlib, json, os, sys
out = os.fdopen(os.dup(1), "w", 1)
os.dup2(2, 1)
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


def file_problems(scene: Scene, changes: Iterable[Planned]) -> list[InstallProblem]:
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


def import_problems(
    scene: Scene, changes: Iterable[Planned], python: str, env: Mapping[str, str], cwd: str
) -> list[InstallProblem]:
    """Import the top-level modules of what was installed, in fresh processes of the target interpreter."""
    owner = {name: each.name for each in _installed(scene, changes) for name in modules(each)}
    todo = list(owner)[:MAX_MODULES]
    problems = []
    while todo:
        done, trouble, died = _import(todo, python, env, cwd)
        for name, said in trouble.items():
            problems.append(_import_problem(owner[name], name, said))
        if not done:
            break
        todo = todo[len(done) :] if died else []
    return problems


def _installed(scene: Scene, changes: Iterable[Planned]) -> list[Distribution]:
    names = {each.name for each in changes if each.change is not InstallChange.REMOVE}
    return [each for each in scene.user if each.name in names]


def _import(
    names: Sequence[str], python: str, env: Mapping[str, str], cwd: str
) -> tuple[list[str], dict[str, str], bool]:
    """Try these modules in one process: those tried, what was wrong with which, and whether the process died."""
    process = subprocess.Popen(
        [python, "-c", _IMPORTS, json.dumps(list(names))],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=dict(env),
        cwd=cwd,
        start_new_session=True,
    )
    timed_out = False
    try:
        out, _ = process.communicate(timeout=IMPORT_DEADLINE)
    except subprocess.TimeoutExpired:
        timed_out = True
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        out, _ = process.communicate()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # what the imports started
    why = f"no answer within {IMPORT_DEADLINE:g} s" if timed_out else f"the interpreter ended with {process.returncode}"
    return read_imports(out.decode("utf-8", "replace"), why)


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


def script_problems(target: Target, scripts: Sequence[str]) -> list[InstallProblem]:
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


def restart(target: Target, before: Scene, after: Scene, changes: Sequence[Planned]) -> Restart | None:
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
