"""Packages of other Pythons below a user base, and which of them an interpreter still reads.

The only list of them: what the findings call unused is what an installation job offers to delete.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping

import msgspec

from ...mounts.locator import PathLocator, listed_mounts
from ..kernels.discovery import find_kernels, interpreter_of
from ..kernels.local_paths import local_source, server_interpreter

_TREE = re.compile(r"python(\d+\.\d+t?)")
_USUAL_FOLDERS = ("/usr/local/bin", "/usr/bin", "/bin")


class OtherPythonTree(msgspec.Struct, frozen=True, kw_only=True):
    """``python`` is the version, such as ``3.9`` or ``3.13t`` (free-threaded). ``path`` is the folder
    ``BASE/lib/python3.9``, and ``site`` is its ``site-packages``. ``in_use`` is an interpreter that still reads them.
    """

    python: str
    path: str
    site: str
    in_use: str | None


def find_other_pythons(
    user_base: str, own: str, environ: Mapping[str, str], locator: PathLocator
) -> tuple[OtherPythonTree, ...]:
    """The trees below ``user_base`` that are not of the Python ``own`` (a version as in ``OtherPythonTree``), newest
    first. ``environ`` leads to their interpreters.

    A tree of which a part lies on another storage is left out, because a share may be mounted in it. So is one to
    which a link leads out of the base.
    """
    library = os.path.join(user_base, "lib")
    if not locator.is_local(library) or not _is_below(library, user_base):
        return ()
    found = []
    for python in sorted(tree_versions(library), key=_by_version, reverse=True):
        path = os.path.join(library, f"python{python}")
        site = os.path.join(path, "site-packages")
        if python != own and not _is_elsewhere(path) and not os.path.islink(site) and os.path.isdir(site):
            in_use = interpreter_using(python, environ, locator)
            found.append(OtherPythonTree(python=python, path=path, site=site, in_use=in_use))
    return tuple(found)


def tree_versions(library: str) -> list[str]:
    """The versions of all folders such as ``python3.9`` in ``library``. Touches the file system; never raises."""
    try:
        names = os.listdir(library)
    except OSError:
        return []
    return [matched[1] for matched in map(_TREE.fullmatch, names) if matched]


def interpreter_using(python: str, environ: Mapping[str, str], locator: PathLocator) -> str | None:
    """An interpreter of a version such as ``3.9`` or ``3.13t``: on ``PATH``, in a usual folder, or behind a kernel.

    Nothing on a share is looked at. ``None``: there is none.
    """
    folders = [*environ.get("PATH", "").split(os.pathsep), *_USUAL_FOLDERS, os.path.join(sys.base_prefix, "bin")]
    for folder in dict.fromkeys(folders):
        path = os.path.join(folder, f"python{python}")
        if os.path.isabs(path) and locator.is_local(path) and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return _behind_a_kernel(python, environ, locator)


def _behind_a_kernel(python: str, environ: Mapping[str, str], locator: PathLocator) -> str | None:
    for spec in find_kernels(local_source(), locator):
        answer = interpreter_of(spec, server_interpreter(), environ, locator).answer
        if answer is not None and answer.tree_version == python:
            return answer.executable
    return None


def _is_below(library: str, user_base: str) -> bool:
    return os.path.realpath(library).startswith(os.path.realpath(user_base).rstrip("/") + "/")


def _is_elsewhere(folder: str) -> bool:
    """Whether a folder is a link, or something is mounted on it or below it. Asks the mount table only."""
    parent, name = os.path.split(folder)
    below = os.path.join(os.path.realpath(parent), name) + "/"
    points = (mount.mount_point for mount in listed_mounts() if not mount.hidden)
    return any((point + "/").startswith(below) for point in points) or os.path.islink(folder)


def _by_version(python: str) -> tuple[int, int, str]:
    major, minor = python.rstrip("t").split(".")
    return int(major), int(minor), python
