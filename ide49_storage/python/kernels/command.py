"""Which program a kernelspec starts in the end, with which options and environment. Pure.

jupyter_client replaces parts of ``argv`` (``KernelManager.format_kernel_cmd``); ``env`` and ``conda run`` start
another program, which is the one that a person means by "the kernel's Python".
"""

from __future__ import annotations

import os
import re
import string
from collections.abc import Mapping, Sequence

import msgspec

_PYTHON = re.compile(r"(?:python|pypy)[0-9.]*[dt]?")
_PLACEHOLDER = re.compile(r"\{([A-Za-z0-9_]+)\}")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_CONDA = ("conda", "mamba", "micromamba")
#: Options of ``env`` and of ``conda run`` that take a word of their own.
_ENV_WITH_WORD = ("-C", "--chdir")
_CONDA_WITH_WORD = ("--cwd",)


class KernelCommand(msgspec.Struct, frozen=True):
    """The program, its options before ``-m`` or ``-c``, and its environment.

    ``wrapper`` is the program that starts it (``env``, ``conda``), ``None`` if Jupyter does so itself.
    """

    executable: str
    options: tuple[str, ...]
    env: Mapping[str, str]
    wrapper: str | None = None


class ServerInterpreter(msgspec.Struct, frozen=True):
    """The server's interpreter: what ``python`` and ``{prefix}`` mean in a kernelspec."""

    executable: str
    version: tuple[int, int]
    prefix: str


def started_by(
    argv: Sequence[str],
    spec_env: Mapping[str, str],
    folder: str | None,
    own: ServerInterpreter,
    environ: Mapping[str, str],
) -> KernelCommand:
    """The end of the chain. ``argv`` is not empty; ``folder`` is the kernelspec's (``{resource_dir}``)."""
    env = dict(environ)
    env.update({key: string.Template(value).safe_substitute(environ) for key, value in spec_env.items()})
    known = {"prefix": own.prefix, **({"resource_dir": folder} if folder else {})}
    words = [_PLACEHOLDER.sub(lambda found: known.get(found[1], found[0]), word) for word in argv]
    if argv[0] in ("python", f"python{own.version[0]}", f"python{own.version[0]}.{own.version[1]}"):
        words[0] = own.executable
    wrapper = None
    while True:
        inner = _unwrapped(words, env)
        if inner is None:
            return KernelCommand(words[0], _options(words[1:]), env, wrapper)
        wrapper = wrapper or words[0]
        words, env = inner


def _unwrapped(words: list[str], env: dict[str, str]) -> tuple[list[str], dict[str, str]] | None:
    """What these words start, if they are a wrapper whose rules are known."""
    name = os.path.basename(words[0])
    if name == "env":
        return _behind_env(words[1:], dict(env))
    if name in _CONDA and words[1:2] == ["run"]:
        return _behind_conda(words, env)
    if words[1:3] == ["-m", "nb_conda_kernels.run"] and len(words) > 5:
        return _in_conda(words[4], words[5:], env)
    return None


def _behind_env(words: list[str], env: dict[str, str]) -> tuple[list[str], dict[str, str]] | None:
    while words:
        word = words.pop(0)
        if word in ("-", "-i", "--ignore-environment"):
            env.clear()
        elif word in ("-u", "--unset"):
            env.pop(words.pop(0) if words else "", None)
        elif word.startswith("--unset="):
            env.pop(word.partition("=")[2], None)
        elif word in _ENV_WITH_WORD:
            del words[:1]
        elif _ASSIGNMENT.match(word):
            key, _, value = word.partition("=")
            env[key] = value
        elif word == "--" or word.startswith("--chdir="):
            pass
        elif word.startswith("-"):
            return None
        else:
            return [word, *words], env
    return None


def _behind_conda(words: list[str], env: dict[str, str]) -> tuple[list[str], dict[str, str]] | None:
    root = os.path.dirname(os.path.dirname(words[0])) if words[0].startswith("/") else ""
    if os.path.basename(words[0]) == "micromamba":
        root = env.get("MAMBA_ROOT_PREFIX", "")
    prefix = root
    rest = words[2:]
    while rest:
        word = rest.pop(0)
        option, equals, value = word.partition("=")
        if option in ("-n", "--name", "-p", "--prefix"):
            value = value if equals else "".join(rest[:1])
            del rest[: 0 if equals else 1]
            named = f"{root}/envs/{value}" if root and value != "base" else root
            prefix = value if option in ("-p", "--prefix") else named
        elif word in _CONDA_WITH_WORD:
            del rest[:1]
        elif not word.startswith("-"):
            return _in_conda(prefix, [word, *rest], env) if prefix.startswith("/") else None
    return None


def _in_conda(prefix: str, words: list[str], env: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """As in the activated environment, as far as Python's paths go."""
    return words, {**env, "PATH": f"{prefix}/bin:{env.get('PATH', '')}", "CONDA_PREFIX": prefix}


def _options(arguments: Sequence[str]) -> tuple[str, ...]:
    taken: list[str] = []
    rest = iter(arguments)
    for each in rest:
        if not each.startswith("-") or each.startswith("--") or each in ("-m", "-c", "-"):
            break
        taken.append(each)
        if each in ("-X", "-W"):
            taken.append(next(rest, ""))
    return tuple(taken)


def is_python(program: str) -> bool:
    """Whether its name is an interpreter's. Others are never started: they would run our text as their own."""
    return _PYTHON.fullmatch(os.path.basename(program)) is not None
