"""All kernels: where Jupyter looks and where it does not, each with what its interpreter says."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from ...model.python import Kernel, KernelFolder, Trouble, TroubleReason
from ...mounts.locator import PathLocator, listed_mounts, on_path
from ...processes import call
from ..interpreter.facts import InterpreterFacts, ProbeResult
from ..interpreter.probe import ProbeQuestion, probe
from .command import KernelCommand, ServerInterpreter, is_python, started_by
from .kernelspecs import KernelSource, Listing, Spec, merge, places_to_look, read_folder

#: So many interpreters are asked at the same time.
AT_ONCE = 4


def find_kernels(source: KernelSource, locator: PathLocator) -> list[Spec]:
    """The kernels in the folders where Jupyter looks."""
    return merge([_listing(path, locator)[0] for path in source.folders], source)


def _listing(path: str, locator: PathLocator) -> tuple[Listing, bool]:
    """What a folder holds, and whether it answered."""
    try:
        return call.call_in_subprocess(locator.is_local(path), read_folder, Listing, path), True
    except call.NoAnswer:
        return Listing(path, False), False


def look_everywhere(
    source: KernelSource,
    answer: InterpreterFacts | None,
    own: ServerInterpreter,
    environ: Mapping[str, str],
    locator: PathLocator,
) -> tuple[tuple[Kernel, ...], tuple[KernelFolder, ...]]:
    """Every kernel with its interpreter's answer, and every folder that was looked into.

    Folders where Jupyter does not look are mentioned only if they hold kernels.
    """
    prefixes = [sys.prefix, *([answer.prefix, answer.base_prefix, answer.user_base] if answer else [])]
    prefixes += _below_opt(locator)
    points = [mount.mount_point for mount in listed_mounts() if not (mount.internal or mount.hidden)]
    places = places_to_look(source.folders, environ, [each for each in prefixes if each], points)
    locator.prefetch([*source.folders, *places])
    listings = [_listing(path, locator) for path in source.folders]
    listed = {locator(path).resolved for path in source.folders}
    elsewhere: dict[str, Listing] = {}
    for path in places:
        place = locator(path)
        # Where nobody may look without a process, a guess is not worth one.
        if place.exists and place.resolved not in listed and place.resolved not in elsewhere:
            found = read_folder(path)
            if found.specs:
                elsewhere[place.resolved] = found
    folders = [_folder(listing, True, "Jupyter looks here", answered, locator) for listing, answered in listings]
    folders += [_folder(listing, False, places[listing.path], True, locator) for listing in elsewhere.values()]
    specs = merge([*(listing for listing, _ in listings), *elsewhere.values()], source)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        kernels = tuple(pool.map(lambda spec: _kernel(spec, own, environ, locator), specs))
    return kernels, tuple(folders)


def _below_opt(locator: PathLocator) -> Sequence[str]:
    if not locator.is_local("/opt"):
        return []
    try:
        return [f"/opt/{name}" for name in sorted(os.listdir("/opt"))[:100]]
    except OSError:
        return []


def _folder(listing: Listing, listed: bool, origin: str, answered: bool, locator: PathLocator) -> KernelFolder:
    return KernelFolder(
        path=listing.path,
        where=locator(listing.path),
        listed=listed,
        origin=origin,
        exists=listing.exists if answered else None,
        kernels=tuple(spec.name for spec in listing.specs),
    )


def interpreter_of(spec: Spec, own: ServerInterpreter, environ: Mapping[str, str], locator: PathLocator) -> ProbeResult:
    """What a kernel's interpreter says. One that is no Python is not started."""
    if spec.trouble is not None or not spec.argv:
        missing = Trouble(reason=TroubleReason.BAD_SPEC, message=f"The kernel {spec.name} has no argv.")
        return ProbeResult(trouble=spec.trouble or missing)
    start = _start(spec, own, environ)
    trouble = _trouble_of(spec, start, locator, environ)
    if trouble is not None:
        return ProbeResult(trouble=trouble)
    program = on_path(start.executable, start.env.get("PATH", ""), locator) or start.executable
    return probe(ProbeQuestion(executable=program, options=start.options, env=start.env), locator.local_subset)


def _start(spec: Spec, own: ServerInterpreter, environ: Mapping[str, str]) -> KernelCommand:
    return started_by(spec.argv, spec.env, spec.folder, own, environ)


def _trouble_of(spec: Spec, start: KernelCommand, locator: PathLocator, environ: Mapping[str, str]) -> Trouble | None:
    """Why the program is not asked."""
    for program, search in ((start.wrapper, environ.get("PATH", "")), (start.executable, start.env.get("PATH", ""))):
        if program is None:
            continue
        if "/" in program and not program.startswith("/"):
            message = f"The kernel {spec.name} starts {program}, which depends on the folder of each notebook."
            return Trouble(reason=TroubleReason.RELATIVE, message=message)
        if on_path(program, search, locator) is None:
            message = f"{program}, which the kernel {spec.name} starts, is not there."
            return Trouble(reason=TroubleReason.GONE, message=message)
    if not is_python(start.executable):
        said = f"{start.executable}, which by its name is no Python, so it was not asked."
        return Trouble(reason=TroubleReason.NOT_PYTHON, message=f"The kernel {spec.name} starts {said}")
    return None


def _kernel(spec: Spec, own: ServerInterpreter, environ: Mapping[str, str], locator: PathLocator) -> Kernel:
    asked = interpreter_of(spec, own, environ, locator)
    answer, trouble = asked.answer, asked.trouble
    if trouble is not None and trouble.reason is TroubleReason.NOT_PYTHON:
        trouble = None  # a kernel for another language is no trouble
    executable = None
    if spec.argv:
        start = _start(spec, own, environ)
        executable = on_path(start.executable, start.env.get("PATH", ""), locator) or start.executable
    return Kernel(
        name=spec.name,
        display_name=spec.display_name,
        language=spec.language,
        folder=spec.folder,
        argv=spec.argv,
        executable=executable,
        visible=spec.visible,
        why=spec.why,
        version=answer.version if answer else None,
        prefix=answer.prefix if answer else None,
        user_base=answer.user_base if answer else None,
        user_site=answer.user_site if answer else None,
        user_site_enabled=answer.user_site_enabled if answer else None,
        trouble=trouble,
        where=locator(executable) if executable and executable.startswith("/") else None,
    )
