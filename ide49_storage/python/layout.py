"""From an interpreter's answer to its layout: roles, reasons, and where each path lives. Pure."""

from __future__ import annotations

import os
from collections.abc import Callable

from ..model.mounts import Where
from ..model.python import (
    EnvironmentKind,
    Folder,
    Interpreter,
    PathEntry,
    PathRole,
    PlainInstall,
    ScriptFolder,
    SearchPath,
    UserSite,
)
from .interpreter.facts import InterpreterFacts
from .pip_config import decide, plain_install

Living = Callable[[str], Where]


def paths_in(answer: InterpreterFacts, start: str) -> list[str]:
    """Every absolute path whose ``Where`` the layout needs. ``start`` is the folder it is started in."""
    paths = [path or start for path in answer.path]
    paths += [path for path in (answer.user_base, answer.user_site, *answer.schemes.values()) if path]
    paths += [path for path in search_path(answer.environ.get("PATH", "")) if path.startswith("/")]
    target = decide(answer).path
    return [path for path in (*paths, *([target] if target else ())) if path.startswith("/")]


def search_path(variable: str) -> list[str]:
    """The entries of a ``PATH``, as they stand; an empty one means the current folder."""
    return variable.split(":") if variable else []


def folder(answer: InterpreterFacts, path: str, locator: Living) -> Folder:
    """A path with what the interpreter saw there and where it lives."""
    seen = answer.seen(path)
    return Folder(path=path, state=seen.state, owner=seen.owner, writable=seen.writable, where=locator(path))


def interpreter(answer: InterpreterFacts, noise: str | None) -> Interpreter:
    """Who answered."""
    kind = EnvironmentKind.CONDA if answer.conda else EnvironmentKind.SYSTEM
    implementation = {"cpython": "cp", "pypy": "pp"}.get(answer.implementation, answer.implementation)
    tag = implementation + answer.major_minor.replace(".", "")
    return Interpreter(
        executable=answer.executable,
        version=answer.version,
        implementation=answer.implementation,
        tag=tag,
        abi=tag + answer.abiflags,
        platform=platform_tag(answer),
        machine=answer.markers.get("platform_machine", ""),
        libc=answer.libc,
        prefix=answer.prefix,
        base_prefix=answer.base_prefix,
        environment=EnvironmentKind.VENV if answer.in_venv else kind,
        managed=answer.managed,
        uid=answer.uid,
        user=answer.user,
        noise=noise,
    )


def platform_tag(answer: InterpreterFacts) -> str:
    """As in a wheel's name. A 32-bit Python on a 64-bit kernel is named by its own size, not the kernel's."""
    tag = answer.platform.replace("-", "_").replace(".", "_")
    if answer.bits == 32:
        tag = tag.replace("aarch64", "armv7l").replace("x86_64", "i686")
    return tag


def path_entries(answer: InterpreterFacts, start: str, locator: Living) -> tuple[PathEntry, ...]:
    """``sys.path`` in its order, each entry with its role and how it came there."""
    entries = []
    for path in answer.path:
        role, origin = _role(answer, path)
        place = folder(answer, path, locator) if path.startswith("/") else _start_folder(answer, path or start, locator)
        entries.append(PathEntry(place=place, role=role, origin=origin))
    return tuple(entries)


def _start_folder(answer: InterpreterFacts, path: str, locator: Living) -> Folder:
    absolute = path if path.startswith("/") else "/" + path
    return folder(answer, absolute, locator)


def _role(answer: InterpreterFacts, path: str) -> tuple[PathRole, str]:
    if path == "":
        return PathRole.PROJECT, "the folder it is started in"
    if path in answer.environ.get("PYTHONPATH", "").split(":"):
        return PathRole.PROJECT, "named in PYTHONPATH"
    if path == answer.user_site:
        return PathRole.USER, "the user site"
    if path in answer.site_packages or path.endswith(("/site-packages", "/dist-packages")):
        owner = next((each for each in (answer.prefix, answer.base_prefix) if path.startswith(f"{each}/")), None)
        return PathRole.PACKAGES, f"the packages of {owner or 'the system'}"
    for file in answer.pth:
        if path in file.adds:
            return PathRole.PTH, f"added by {file.path}"
    return _library_role(answer, path)


def _library_role(answer: InterpreterFacts, path: str) -> tuple[PathRole, str]:
    if path.endswith(".zip") and os.path.basename(path).startswith("python"):
        return PathRole.ZIP, "the standard library as an archive; usually it is not there"
    for library in (answer.schemes.get("stdlib"), answer.schemes.get("platstdlib")):
        if library and (path == library or path.startswith(library + "/")):
            return PathRole.STDLIB, "the standard library"
    if path.startswith(answer.base_prefix + "/lib/python" + answer.major_minor):
        return PathRole.STDLIB, f"the standard library of {answer.base_prefix}"
    return PathRole.OTHER, "added while the interpreter started"


def user_site(answer: InterpreterFacts, locator: Living) -> UserSite | None:
    """The user base and site with their reasons; ``None`` where the interpreter knows none."""
    if not answer.user_base or not answer.user_site:
        return None
    home = answer.environ.get("HOME", "unset")
    named = "PYTHONUSERBASE in the environment" if answer.environ.get("PYTHONUSERBASE") else ""
    return UserSite(
        base=folder(answer, answer.user_base, locator),
        base_from=named or f"The default: .local in the home folder (HOME is {home})",
        site=folder(answer, answer.user_site, locator),
        enabled=bool(answer.user_site_enabled),
        why=_why_user_site(answer),
    )


def _why_user_site(answer: InterpreterFacts) -> str:
    if answer.user_site_enabled:
        if answer.user_site not in answer.path:
            return "It is on, but not yet there: once a package is in it, a newly started interpreter finds it."
        return "It is on."
    if answer.flags.get("no_site"):
        return "The interpreter is started with -S, which leaves out every site directory."
    if answer.flags.get("isolated"):
        return "The interpreter is started with -I (isolated)."
    if answer.flags.get("no_user_site"):
        if answer.environ.get("PYTHONNOUSERSITE"):
            return f"PYTHONNOUSERSITE is {answer.environ['PYTHONNOUSERSITE']!r} in the environment."
        return "The interpreter is started with -s."
    if answer.in_venv:
        return "The virtual environment leaves it out (include-system-site-packages is not true in pyvenv.cfg)."
    if not answer.same_user:
        return "The interpreter runs with another user's rights, so Python leaves it out."
    return "The interpreter says so, without a reason that it shows."


def script_folders(answer: InterpreterFacts, locator: Living) -> tuple[ScriptFolder, ...]:
    """The folders into which commands are installed, with their place on ``PATH``."""
    resolved = [locator(path).resolved if path.startswith("/") else path for path in _search(answer)]
    found = []
    for key, role in (("user_scripts", PathRole.USER), ("scripts", PathRole.PACKAGES)):
        path = answer.schemes.get(key)
        if not path or (role is PathRole.USER and not answer.user_site_enabled):
            continue
        place = folder(answer, path, locator)
        position = resolved.index(place.where.resolved) if place.where.resolved in resolved else None
        found.append(ScriptFolder(place=place, role=role, position=position))
    return tuple(found)


def _search(answer: InterpreterFacts) -> list[str]:
    return search_path(answer.environ.get("PATH", ""))


def search_entries(variable: str, locator: Living) -> tuple[SearchPath, ...]:
    """The entries of ``PATH`` with where each lives."""
    return tuple(
        SearchPath(path=path, where=locator(path) if path.startswith("/") else None) for path in search_path(variable)
    )


def install(answer: InterpreterFacts, locator: Living) -> PlainInstall:
    """What a plain ``pip install`` does here."""
    decision = decide(answer)
    target = None
    if decision.path is not None and decision.path.startswith("/"):
        target = folder(answer, decision.path, locator)
    return plain_install(answer, decision, target)
