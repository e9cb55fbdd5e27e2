"""Where an install goes: the interpreter, its user base, the storage under it, and why not to go there."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping

import msgspec

from ...jobs.user_base import UserBase
from ...model.installs import InstallTarget, Override, TargetRefusal
from ...model.mounts import Where
from ...model.vocabulary import Fate, Kind
from ...mounts.locator import PathLocator, on_path
from ...python.kernels.command import is_python, started_by
from ...python.kernels.discovery import find_kernels
from ...python.kernels.local_paths import local_source, server_interpreter
from ..distributions import remote_metadata
from ..interpreter import InterpreterSilent, TargetFacts, ask
from .environment import child_environment

#: Less than this is called full: pip needs room to unpack before it knows how much.
LEAST_BYTES = 20_000_000
LEAST_INODES = 500
_REMOTE = (Kind.SAMBA, Kind.NETWORK)
#: ``--report`` came with 22.2; the gate (an audit hook) needs Python 3.8.
LEAST_PIP = (22, 2)
LEAST_PYTHON = (3, 8)


class NoTarget(ValueError):
    """There is no such kernel, or its interpreter cannot be asked. ``code`` is a word for programs."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class InterpreterSpec(msgspec.Struct, frozen=True, kw_only=True):
    """An interpreter before it is asked: its program, the options that move its paths (``-I``, ``-s``), and the
    environment that its processes get.
    """

    kernel: str | None
    executable: str
    env: dict[str, str]
    options: tuple[str, ...] = ()


def select_interpreter(kernel: str | None, environ: Mapping[str, str]) -> InterpreterSpec:
    """The server's own interpreter, or that of a kernelspec. Raises ``NoTarget``."""
    if kernel is None:
        return InterpreterSpec(kernel=None, executable=sys.executable, env=child_environment(environ))
    locator = PathLocator()
    specs = find_kernels(local_source(), locator)
    named = sorted((each for each in specs if each.name.lower() == kernel.lower()), key=lambda each: not each.visible)
    if not named or not named[0].argv:
        known = ", ".join(sorted({each.name for each in specs if each.argv})) or "none"
        raise NoTarget(f"There is no kernel of that name. There are: {known}", "no-such-kernel")
    # What jupyter_client starts: a bare ``python`` is the server's own, any other name is looked up.
    spec = named[0]
    start = started_by(spec.argv, spec.env, spec.folder, server_interpreter(), environ)
    env = child_environment(start.env)
    executable = on_path(start.executable, env.get("PATH", ""), locator)
    if executable is None:
        raise NoTarget(f"The kernel's program {start.executable} is not on PATH", "no-interpreter")
    if not is_python(executable):
        raise NoTarget(f"The kernel {kernel} starts {executable}, which is no Python", "no-interpreter")
    return InterpreterSpec(kernel=kernel, executable=executable, env=env, options=start.options)


def inspect_target(chosen: InterpreterSpec) -> tuple[InstallTarget, TargetFacts]:
    """Ask the interpreter and look at its user base. Nothing on a share is touched. Raises ``NoTarget``."""
    locator = PathLocator([chosen.executable])
    if not locator.is_local(chosen.executable):
        raise NoTarget(f"{chosen.executable} is on a share, so it is not started from here", "interpreter-on-share")
    facts = _ask(chosen, locator)
    base = os.path.abspath(facts.user_base)
    astray = next((each for each in (base, facts.user_site, facts.scripts) if not locator.is_local(each)), None)
    where = locator(astray or base)
    free, inodes = (None, None) if astray else _room(where.nearest)
    on_path = os.path.normpath(facts.scripts) in map(os.path.normpath, chosen.env.get("PATH", "").split(os.pathsep))
    target = InstallTarget(
        kernel=chosen.kernel,
        interpreter=facts.executable,
        python=facts.version,
        pip=facts.pip,
        user_base=base,
        user_site=facts.user_site,
        site_exists=astray is None and os.path.isdir(facts.user_site),
        where=where,
        free=free,
        inodes_free=inodes,
        scripts=facts.scripts,
        scripts_on_path=on_path,
        refusals=(*refusals(facts, where, free, inodes), *(() if astray else _against_links(base, facts.user_site))),
    )
    return target, facts


def _ask(chosen: InterpreterSpec, locator: PathLocator) -> TargetFacts:
    """Ask it. Where its user site is on a share it must not look there when it starts: a dead one would hold it."""
    home = chosen.env.get("PYTHONUSERBASE") or os.path.join(chosen.env.get("HOME", "/"), ".local")
    far = os.path.isabs(home) and _leads_away(home, locator)
    try:
        facts = ask(chosen.executable, chosen.env, options=(*chosen.options, *(("-s",) if far else ())))
    except InterpreterSilent as error:
        raise NoTarget(str(error), "no-interpreter") from None
    return msgspec.structs.replace(facts, enabled=True) if far and not chosen.options else facts


def _leads_away(home: str, locator: PathLocator) -> bool:
    """Whether a user base, or a user site in it, is on a share: for any Python, since it is not asked yet."""
    library = os.path.join(home, "lib")
    if not locator.is_local(home) or not locator.is_local(library):
        return True
    try:
        sites = [os.path.join(library, name, "site-packages") for name in os.listdir(library)]
    except OSError:
        return False
    return not all(map(locator.is_local, sites))


def _against_links(base: str, site: str) -> list[TargetRefusal]:
    """A user site that a link takes out of the user base: what is changed there could not be put back. A package whose
    metadata is a link to a share: pip would read it, and wait for the share.
    """
    if UserBase(base).inner(os.path.join(site, "any")) is None:
        message = f"{site} is behind a link that leads out of {base}, to {os.path.realpath(site)}."
        return [_no("link-outside", message, "Put the folder itself where the link is, or set PYTHONUSERBASE.")]
    far = remote_metadata(site)
    if not far:
        return []
    message = f"{far[0]} leads to a share, which pip would have to wait for."
    return [_no("link-to-share", message, f"Remove the link, or copy what it leads to: rm {far[0]}")]


def _room(path: str) -> tuple[int | None, int | None]:
    try:
        seen = os.statvfs(path)
    except OSError:
        return None, None
    return seen.f_bavail * seen.f_frsize, seen.f_favail if seen.f_files else None


def refusals(facts: TargetFacts, where: Where, free: int | None, inodes: int | None) -> tuple[TargetRefusal, ...]:
    """Every reason against this target, from what was observed. Pure."""
    return (*_against_interpreter(facts), *_against_storage(where, free, inodes))


def _against_interpreter(facts: TargetFacts) -> list[TargetRefusal]:
    found = []
    version = f"Python {facts.version}"
    if _numbers(facts.version) < LEAST_PYTHON:
        found.append(
            _no("old-python", f"{version} is too old for safe installs.", "Use a kernel with Python 3.8 or later.")
        )
    if facts.pip is None:
        remedy = f"Run {facts.executable} -m ensurepip --user, or install python3-pip into the image."
        found.append(_no("no-pip", f"{facts.executable} has no pip.", remedy))
    elif _numbers(facts.pip) < LEAST_PIP:
        remedy = f"Run {facts.executable} -m pip install --user --upgrade pip in a terminal."
        found.append(_no("old-pip", f"pip {facts.pip} cannot report what it will do; 22.2 or later can.", remedy))
    if facts.venv and not facts.enabled:
        message = f"{facts.executable} is a virtual environment that does not look into the user base."
        found.append(_no("venv", message, "Choose a kernel outside it, or make it with --system-site-packages."))
    elif not facts.enabled:
        message = f"{facts.executable} runs with its user site disabled, so what is installed there is never found."
        found.append(_no("user-site-disabled", message, "Remove PYTHONNOUSERSITE, -s or -I from how it is started."))
    if facts.managed is not None:
        message = f"{version} belongs to the system's package manager ({facts.managed})."
        remedy = "Install with the system's package manager, or choose to install into your own packages all the same."
        found.append(_no("externally-managed", message, remedy, Override.MANAGED))
    return found


def _against_storage(where: Where, free: int | None, inodes: int | None) -> list[TargetRefusal]:
    base = where.path
    move = "Set PYTHONUSERBASE to a folder on a volume before Jupyter starts."
    if where.kind in _REMOTE:
        message = f"{base} is on a share ({where.evidence.kind}). Packages there are slow and locks do not hold."
        return [_no("share", message, move)]
    found = []
    if where.fate.update is Fate.LOST:
        message = f"{base} is lost when the container is updated: {where.evidence.update}"
        found.append(
            _no("container", message, move + " Or choose to install until the next update.", Override.CONTAINER)
        )
    if where.writable is False:
        message = f"{base} cannot be written by this user ({where.nearest} is read-only or belongs to another)."
        found.append(_no("not-writable", message, f"Make it yours: chown -R $(id -u) {base} as root, or {move}"))
    elif where.writable is None:
        found.append(_no("not-asked", f"{base} is where nobody may ask: {where.doubt or where.evidence.kind}", move))
    if free is not None and free < LEAST_BYTES:
        found.append(
            _no("full", f"The storage of {base} is full ({free} bytes free).", "Delete what is not needed there.")
        )
    elif inodes is not None and inodes < LEAST_INODES:
        message = f"The storage of {base} has room for {inodes} more files only (inodes)."
        found.append(_no("no-inodes", message, "Delete folders with many small files there."))
    return found


def _no(reason: str, message: str, remedy: str, override: Override | None = None) -> TargetRefusal:
    return TargetRefusal(reason=reason, message=message, remedy=remedy, override=override)


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"(\d+)(?:\.(\d+))?", version)
    return (int(found[1]), int(found[2] or 0)) if found else (0, 0)


def blocking_refusals(target: InstallTarget, allow: tuple[Override, ...]) -> tuple[TargetRefusal, ...]:
    """The refusals that no choice in the request lifts. Pure."""
    return tuple(each for each in target.refusals if each.override is None or each.override not in allow)
