"""The edge to an interpreter: asks it once where it installs to, what it is, and which pip it has."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence

import msgspec

from ..processes import run
from ..python.interpreter.probe import program

#: A first start on a slow SD card takes two to three seconds.
DEADLINE = 15.0

_SCRIPT = r"""
import sys
sys.path[:] = [each for each in sys.path if each]  # `python -c` looks into the working folder first
import json, os, platform, site, sysconfig
def attempt(call, *arguments):
    try:
        return call(*arguments)
    except Exception:
        return None
def pip_version():
    import importlib.util
    spec = importlib.util.find_spec("pip")
    if spec is None or not spec.origin:
        return None
    for line in open(spec.origin, encoding="utf-8"):
        if line.startswith("__version__"):
            return line.split("=")[1].strip().strip("'\"")
version = platform.python_version()
name = sys.implementation.name
implementation = "{0.major}.{0.minor}.{0.micro}".format(sys.implementation.version)
markers = {
    "implementation_name": name, "implementation_version": implementation, "os_name": os.name,
    "platform_machine": platform.machine(), "platform_release": platform.release(),
    "platform_system": platform.system(), "platform_version": platform.version(), "python_full_version": version,
    "platform_python_implementation": platform.python_implementation(),
    "python_version": "%d.%d" % sys.version_info[:2], "sys_platform": sys.platform,
}
managed = os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")
base = attempt(site.getuserbase)
scripts = os.path.join(base, "bin") if base else None
sys.stdout.write("\n" + sys.argv[1] + json.dumps({
    "executable": sys.executable, "version": version, "cache_tag": sys.implementation.cache_tag,
    "venv": sys.prefix != sys.base_prefix, "user_base": base, "user_site": attempt(site.getusersitepackages),
    "enabled": site.ENABLE_USER_SITE, "path": sys.path,
    "managed": managed if os.path.isfile(managed) and sys.prefix == sys.base_prefix else None,
    "markers": markers, "pip": attempt(pip_version), "scripts": scripts,
}) + "\n")
"""
_MARK = "ide49-storage-answer:"


class InterpreterSilent(RuntimeError):
    """An interpreter that does not say what it is. The text is a sentence."""


class TargetFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What an interpreter says of itself. ``enabled`` is ``site.ENABLE_USER_SITE``: ``None`` means disabled
    for security (another user's rights). ``managed`` is the path of its ``EXTERNALLY-MANAGED`` file.
    """

    executable: str
    version: str
    cache_tag: str
    venv: bool
    user_base: str
    user_site: str
    scripts: str
    enabled: bool | None
    path: tuple[str, ...]
    managed: str | None
    markers: dict[str, str]
    pip: str | None

    @property
    def major_minor(self) -> str:
        """Such as ``3.11``."""
        return ".".join(self.version.split(".")[:2])

    @property
    def tree_version(self) -> str:
        """As in the name of its library folder: such as ``3.11``, and ``3.13t`` when it is free-threaded."""
        free_threaded = os.path.basename(os.path.dirname(self.user_site)) == f"python{self.major_minor}t"
        return self.major_minor + ("t" if free_threaded else "")

    @property
    def safe_path(self) -> tuple[str, ...]:
        """The option that keeps the working folder off its path, where it knows one. Before 3.11 none does."""
        return ("-P",) if tuple(map(int, self.major_minor.split("."))) >= (3, 11) else ()


def ask(
    executable: str, env: Mapping[str, str], deadline: float = DEADLINE, options: Sequence[str] = ()
) -> TargetFacts:
    """Ask it, for at most ``deadline`` seconds. ``executable`` must be on a local storage.

    Raises ``InterpreterSilent``.
    """
    out, err = _told([executable, *options, "-c", _SCRIPT, _MARK], env, deadline)
    return read_answer(executable, out, err)


def pip_options(
    executable: str, env: Mapping[str, str], deadline: float = DEADLINE, options: Sequence[str] = ()
) -> tuple[tuple[str, str], ...]:
    """``(name, value)`` of what the files of its pip set for an installation, later over earlier. They may hold
    passwords. Raises ``InterpreterSilent``, also for a file that pip cannot read: it may be what names the index.
    """
    out, err = _told([executable, *options, "-c", program(), _MARK, json.dumps({"pip": True})], env, deadline)
    found = out.partition(f"\n{_MARK}\n")[2].partition(f"\n{_MARK}\n")[0]
    if not found:
        raise InterpreterSilent(_no_python(executable, out, err))
    rows: list[list[str]] = json.loads(found)
    for name, why, path in rows:
        if name == "unreadable":
            raise InterpreterSilent(f"pip cannot read {path} ({why}). Mend it, or remove it")
    return tuple((name, value) for name, value, _ in rows)


def _told(argv: Sequence[str], env: Mapping[str, str], deadline: float) -> tuple[str, str]:
    """What a question's process wrote to its output and to stderr. Raises ``InterpreterSilent``."""
    outcome, executable = run.run_with_deadline(argv, env=env, deadline=deadline), argv[0]
    if outcome.problem is not None:
        raise InterpreterSilent(f"{executable} does not start: {outcome.problem}")
    if outcome.still_running:
        raise InterpreterSilent(f"{executable} was asked before, and still hangs")
    if outcome.timed_out:
        raise InterpreterSilent(f"{executable} gave no answer within {deadline:g} s and was stopped")
    return outcome.out.decode("utf-8", "surrogateescape"), outcome.err.decode("utf-8", "replace")


def read_answer(executable: str, out: str, err: str) -> TargetFacts:
    """The facts in what an interpreter printed, whatever a start file printed before. Raises ``InterpreterSilent``."""
    _, found, rest = out.rpartition("\n" + _MARK)
    if not found:
        raise InterpreterSilent(_no_python(executable, out, err))
    answer = json.loads(rest.splitlines()[0])
    if not answer["user_base"] or not answer["user_site"]:
        raise InterpreterSilent(f"{executable} has no user base: set HOME or PYTHONUSERBASE")
    return msgspec.convert(answer, TargetFacts)


def _no_python(executable: str, out: str, err: str) -> str:
    said = (err.strip().splitlines() or out.strip().splitlines() or ["nothing"])[-1][:200]
    return f"{executable} is not a Python that can be asked. It said: {said}"
