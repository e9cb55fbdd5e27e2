"""Where paths live, looked up together: one reading of the mount table for a whole report."""

from __future__ import annotations

import os
from collections.abc import Iterable

from ..errors import BadPath
from ..model.mounts import Where
from .report import where


class PathLocator:
    """Gives the ``Where`` of paths. ``learn`` many at once; a path that was not learnt is looked up alone."""

    def __init__(self, paths: Iterable[str] = ()) -> None:
        self._known: dict[str, Where] = {}
        self.learn(paths)

    def learn(self, paths: Iterable[str]) -> None:
        """Look up all of ``paths`` that are not known yet."""
        new = [path for path in dict.fromkeys(paths) if path and path not in self._known]
        if not new:
            return
        try:
            answers = where(new, "/")
        except BadPath:
            answers = tuple(_one(path) for path in new)
        self._known.update(zip(new, answers, strict=True))

    def __call__(self, path: str) -> Where:
        """Where ``path`` lives. One that cannot be a path gets the answer of ``/``."""
        if path not in self._known:
            self.learn([path])
        return self._known.get(path) or self._known["/"]

    def local_of(self, paths: Iterable[str]) -> set[str]:
        """Those of ``paths`` that may be touched from this process."""
        given = [path for path in paths if path and "\0" not in path]
        self.learn(os.path.abspath(path) for path in given)
        return {path for path in given if self.local(path)}

    def local(self, path: str) -> bool:
        """Whether ``path`` may be touched from this process: its mount cannot hang."""
        if not path or "\0" in path:
            return False
        # Not by ``exists``: that a share's own mount point exists is known without looking.
        return self(os.path.abspath(path)).writable is not None


def on_path(program: str, search: str, living: PathLocator) -> str | None:
    """The program's path; ``None`` when it is certainly not there. What may not be looked at may be there."""
    if "/" in program:
        return None if living(program).exists is False else program
    doubtful = None
    for folder in search.split(":"):
        path = f"{folder}/{program}"
        if not folder.startswith("/"):
            continue
        if not living.local(path):
            doubtful = doubtful or path
        elif os.access(path, os.X_OK) and os.path.isfile(path):
            return path
    return doubtful


def _one(path: str) -> Where:
    try:
        return where([path], "/")[0]
    except BadPath:
        return where(["/"], "/")[0]
