"""An interpreter's answer as a record, and what its output means when there is none."""

from __future__ import annotations

import errno
import json
from typing import Any

import msgspec

from ...model.python import PathState, Trouble, TroubleReason
from ...processes.run import ProcessResult


class SeenPath(msgspec.Struct, frozen=True):
    """What the interpreter found at a path."""

    state: PathState
    owner: str | None = None
    writable: bool | None = None


class PthFile(msgspec.Struct, frozen=True):
    """A ``.pth`` file: the paths it adds, and whether it runs code."""

    path: str
    adds: tuple[str, ...] = ()
    runs: bool = False


class InterpreterFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The facts that ``probe_script.py`` prints."""

    executable: str
    version: str
    implementation: str
    cache_tag: str
    prefix: str
    base_prefix: str
    path: tuple[str, ...]
    schemes: dict[str, str | None]
    states: dict[str, SeenPath]
    markers: dict[str, str]
    platform: str
    uid: int
    user: str
    same_user: bool = True
    flags: dict[str, int] = {}
    site_packages: tuple[str, ...] = ()
    user_base: str | None = None
    user_site: str | None = None
    user_site_enabled: bool | None = None
    environ: dict[str, str] = {}
    pth: tuple[PthFile, ...] = ()
    start_files: tuple[str, ...] = ()
    pip: str | None = None
    pip_files: tuple[str, ...] = ()
    pip_settings: tuple[tuple[str, str, str], ...] = ()
    managed: str | None = None
    conda: bool = False
    watched: tuple[str | None, ...] = ()
    abiflags: str = ""
    libc: str | None = None
    bits: int = 64

    def seen(self, path: str) -> SeenPath:
        """What it found at ``path``; ``unknown`` if it was not asked."""
        return self.states.get(path, SeenPath(PathState.UNKNOWN))

    @property
    def in_venv(self) -> bool:
        """Whether it runs in a virtual environment."""
        return self.prefix != self.base_prefix

    @property
    def major_minor(self) -> str:
        """Such as ``3.11``."""
        return ".".join(self.version.split(".")[:2])

    @property
    def tree_version(self) -> str:
        """As in the name of its library folder: such as ``3.11``, and ``3.13t`` when it is free-threaded."""
        return self.major_minor + ("t" if "t" in self.abiflags else "")


class ProbeResult(msgspec.Struct, frozen=True, kw_only=True):
    """An answer, or why there is none. ``noise`` is what was printed besides."""

    answer: InterpreterFacts | None = None
    trouble: Trouble | None = None
    noise: str | None = None


def read_frame(executable: str, token: str, outcome: ProcessResult, deadline: float) -> ProbeResult:
    """What a process's outcome says. The frame is found by its token, whatever else was printed around it."""
    before, found, rest = outcome.out.partition(f"\n{token}\n".encode())
    body, ended, after = rest.partition(f"\n{token}\n".encode())
    if found and ended:
        answer = _decode(body)
        if answer is not None:
            return ProbeResult(answer=answer, noise=_shorten(before + after) or None)
    return ProbeResult(trouble=_trouble(executable, outcome, deadline))


def _decode(body: bytes) -> InterpreterFacts | None:
    # json, not msgspec: undecodable bytes in paths come as surrogate escapes, which msgspec refuses
    try:
        return msgspec.convert(json.loads(body), InterpreterFacts)
    except (ValueError, msgspec.ValidationError):
        return None


def _trouble(executable: str, outcome: ProcessResult, deadline: float) -> Trouble:
    if outcome.still_running:
        message = f"{executable} was killed because it did not answer, and the kernel has not let go of it yet."
        return Trouble(reason=TroubleReason.STILL_RUNNING, message=message)
    if outcome.problem is not None:
        return _start_trouble(executable, outcome.problem)
    if outcome.timed_out:
        message = f"{executable} gave no answer within {deadline:g} s and was stopped."
        return Trouble(reason=TroubleReason.HANGS, message=message)
    said = _last_line(outcome.err) or _shorten(outcome.out)
    if outcome.cut or outcome.status == 0:
        message = f"{executable} printed something that is no answer: {said or 'nothing'}"
        return Trouble(reason=TroubleReason.GARBAGE, message=message)
    message = f"{executable} ended with status {outcome.status}: {said or 'it said nothing'}"
    return Trouble(reason=TroubleReason.FAILS, message=message)


def _start_trouble(executable: str, problem: OSError) -> Trouble:
    if problem.errno in (errno.ENOENT, errno.ENOTDIR):
        message = f"{executable} is not there."
        return Trouble(reason=TroubleReason.GONE, message=message)
    if problem.errno in (errno.EACCES, errno.ENOEXEC):
        message = f"{executable} cannot be executed: {problem.strerror}."
        return Trouble(reason=TroubleReason.NOT_EXECUTABLE, message=message)
    message = f"{executable} cannot be started: {problem.strerror or problem}."
    return Trouble(reason=TroubleReason.FAILS, message=message)


def _last_line(text: bytes) -> str:
    lines = [line for line in text.decode("utf-8", "replace").splitlines() if line.strip()]
    return _shorten(lines[-1].encode()) if lines else ""


def _shorten(text: bytes, most: int = 200) -> str:
    words: Any = text[: most * 8].decode("utf-8", "replace").split()
    joined = "".join(each if each.isprintable() else "?" for each in " ".join(words))
    return joined if len(joined) <= most else joined[:most] + "…"
