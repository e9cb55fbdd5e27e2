"""Markers: files that are written into a container, to see later which of them an event left."""

from __future__ import annotations

import dataclasses
import enum
import json
from collections.abc import Iterable, Sequence
from typing import Any

from .engine import Container

STOP, UPDATE = "stop", "update"

WRITE = r"""
import json, os, sys
def write(path, content):
    try:
        real = os.path.realpath(path)
        os.makedirs(os.path.dirname(real), exist_ok=True)
        with open(path, "w") as file:
            file.write(content)
    except OSError as error:
        return {"error": error.errno}
    return {"real": real}
json.dump({path: write(path, content) for path, content in json.load(sys.stdin).items()}, sys.stdout)
"""

READ = r"""
import json, os, sys
def content(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return None
json.dump({path: content(path) for path in json.load(sys.stdin)}, sys.stdout)
"""

FORBIDDEN = r"""
import json, os, sys
def forbidden(path):
    try:
        os.stat(path)
    except PermissionError:
        return True
    except OSError:
        pass
    return False
json.dump([path for path in json.load(sys.stdin) if forbidden(path)], sys.stdout)
"""

# engines hand on no arguments that are no UTF-8, so the paths come by stdin
ASK = r"""
import json, subprocess, sys
paths = json.load(sys.stdin)
command = [sys.executable, "-m", "ide49_storage", "where", "--json", "--", *paths]
sys.exit(subprocess.run(command).returncode)
"""


class Outcome(enum.Enum):
    """What a prediction was worth. ``at-risk`` is neither right nor wrong: it says that both can happen."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    AT_RISK = "at-risk"


def shown(path: str) -> str:
    """``path`` for a report: escaped, the middle of a long one left out."""
    text = ascii(path)
    return text if len(text) <= 100 else f"{text[:48]}...{text[-48:]}"


def outcome(fate: str, *, survived: bool) -> Outcome:
    """``fate`` against what happened to the marker."""
    if fate in ("unknown", "at-risk"):
        return Outcome(fate)
    return Outcome.RIGHT if (fate == "kept") is survived else Outcome.WRONG


@dataclasses.dataclass(frozen=True)
class Written:
    """A marker that was written: ``real`` is its path without symbolic links at that time."""

    path: str
    real: str
    content: str


@dataclasses.dataclass(frozen=True)
class Judged:
    """One prediction and what became of the marker."""

    path: str
    event: str
    answer: dict[str, Any]
    survived: bool

    @property
    def outcome(self) -> Outcome:
        """What the prediction was worth. A doubt beside it is no excuse."""
        return outcome(self.answer["fate"][self.event], survived=self.survived)

    def __str__(self) -> str:
        answer = self.answer
        seen = "is there" if self.survived else "is gone"
        said = f"{answer['kind']} at {shown(answer['mount_point'])}: {answer['fate'][self.event]} at {self.event}"
        evidence = f"{answer['evidence']['kind']} {answer['evidence'][self.event]}"
        return f"{self.outcome.value}: {shown(self.path)} ({said}) {seen}; {evidence}"


def run_script(container: Container, script: str, given: object, *, user: str | None = None) -> Any:
    """What a Python ``script`` in the container prints as JSON, ``given`` on its stdin as JSON."""
    return json.loads(container.exec(["python3", "-c", script], stdin=json.dumps(given), user=user).stdout)


@dataclasses.dataclass(frozen=True)
class Refused:
    """A marker that the system would not write."""

    path: str
    errno: int


def write(container: Container, paths: Iterable[str]) -> list[Written | Refused]:
    """Write a marker at each path, through symbolic links."""
    contents = {path: f"marker {number} of {container.id}" for number, path in enumerate(paths)}
    done = run_script(container, WRITE, contents)
    return [
        Written(path, done[path]["real"], content) if "real" in done[path] else Refused(path, done[path]["error"])
        for path, content in contents.items()
    ]


def read(container: Container, paths: Iterable[str]) -> dict[str, str | None]:
    """The contents of the files at ``paths``, ``None`` where there is none."""
    found: dict[str, str | None] = run_script(container, READ, list(paths))
    return found


def where(container: Container, paths: Sequence[str], *, user: str | None = None) -> dict[str, dict[str, Any]]:
    """What the project says inside the container, by path as asked."""
    return dict(zip(paths, run_script(container, ASK, list(paths), user=user), strict=True))


def survivors(container: Container, written: Iterable[Written]) -> set[str]:
    """The paths of the markers that are still to be read where they really lay."""
    markers = list(written)
    found = read(container, [marker.real for marker in markers])
    return {marker.path for marker in markers if found[marker.real] == marker.content}


def forbidden(container: Container, paths: Iterable[str], *, user: str | None) -> frozenset[str]:
    """Those of ``paths`` that the system does not let ``user`` look at."""
    return frozenset(run_script(container, FORBIDDEN, list(paths), user=user))


def judge(event: str, answers: dict[str, dict[str, Any]], paths: Iterable[str], there: set[str]) -> list[Judged]:
    """Each answer about ``event`` against the markers that are still there."""
    return [Judged(path, event, answers[path], path in there) for path in paths]
