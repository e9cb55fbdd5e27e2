"""Which Pythons there still are: their packages below the user base are never offered for deletion."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from ..mounts.locator import PathLocator
from ..python.kernels.command import ServerInterpreter
from ..python.kernels.discovery import find_kernels, interpreter_of
from ..python.kernels.local_paths import local_source

_USUAL = ("/usr/local/bin", "/usr/bin", "/bin")


def own() -> ServerInterpreter:
    """The server's interpreter, which is this one."""
    return ServerInterpreter(sys.executable, sys.version_info[:2], sys.prefix)


def program_of(version: str, environ: Mapping[str, str]) -> str | None:
    """An interpreter of a version such as ``3.8``, on ``PATH``, where they usually are, or behind a kernel.

    Nothing on a share is looked at. ``None``: there is none.
    """
    locator = PathLocator()
    folders = [*environ.get("PATH", "").split(os.pathsep), *_USUAL, os.path.join(sys.base_prefix, "bin")]
    for folder in dict.fromkeys(folders):
        path = os.path.join(folder, f"python{version}")
        if os.path.isabs(path) and locator.is_local(path) and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return behind_a_kernel(version, environ)


def behind_a_kernel(version: str, environ: Mapping[str, str]) -> str | None:
    """The interpreter of a kernel that has this version."""
    locator = PathLocator()
    for spec in find_kernels(local_source(), locator):
        answer = interpreter_of(spec, own(), environ, locator).answer
        if answer is not None and answer.major_minor == version:
            return answer.executable
    return None
