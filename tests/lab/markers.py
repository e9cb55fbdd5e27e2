"""Markers: files that are written into a container, to see later which of them an event left."""

from __future__ import annotations

import dataclasses
import enum
import json
from collections.abc import Iterable, Sequence
from typing import Any

from .engine import Container
from .shell import Completed

STOP, UPDATE = "stop", "update"

WRITE = r"""
import json, os, sys
for path, content in json.load(sys.stdin).items():
    os.makedirs(os.path.dirname(os.path.realpath(path)), exist_ok=True)
    with open(path, "w") as file:
        file.write(content)
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

ASK = ("python3", "-m", "ide49_storage", "where", "--json", "--")
ARGUMENTS_AT_ONCE = 200


class Outcome(enum.Enum):
    """What a prediction was worth. ``at-risk`` is neither right nor wrong: it says that both can happen."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    AT_RISK = "at-risk"


def outcome(fate: str, *, survived: bool) -> Outcome:
    """``fate`` against what happened to the marker."""
    if fate in ("unknown", "at-risk"):
        return Outcome(fate)
    return Outcome.RIGHT if (fate == "kept") is survived else Outcome.WRONG


@dataclasses.dataclass(frozen=True)
class Judged:
    """One prediction and what became of the marker."""

    path: str
    event: str
    answer: dict[str, Any]
    survived: bool

    @property
    def outcome(self) -> Outcome:
        """What the prediction was worth."""
        return outcome(self.answer["fate"][self.event], survived=self.survived)

    def __str__(self) -> str:
        answer = self.answer
        seen = "is there" if self.survived else "is gone"
        said = f"{answer['kind']} at {answer['mount_point']!a}: {answer['fate'][self.event]} at {self.event}"
        return f"{self.outcome.value}: {self.path!a} ({said}) and {seen}; {answer['evidence'][self.event]}"


def write(container: Container, paths: Iterable[str]) -> dict[str, str]:
    """Write a marker at each path, through symbolic links; gives the contents by path."""
    contents = {path: f"marker {number} of {container.id}" for number, path in enumerate(paths)}
    container.exec(["python3", "-c", WRITE], stdin=json.dumps(contents))
    return contents


def survivors(container: Container, contents: dict[str, str]) -> set[str]:
    """The paths at which the marker written there is still to be read."""
    found = json.loads(container.exec(["python3", "-c", READ], stdin=json.dumps(list(contents))).stdout)
    return {path for path, content in contents.items() if found[path] == content}


def where(container: Container, paths: Sequence[str], *, user: str | None = None) -> dict[str, dict[str, Any]]:
    """What the project says inside the container, by path as asked."""
    answers: dict[str, dict[str, Any]] = {}
    for start in range(0, len(paths), ARGUMENTS_AT_ONCE):
        asked = paths[start : start + ARGUMENTS_AT_ONCE]
        done: Completed = container.exec([*ASK, *asked], user=user)
        answers.update(zip(asked, json.loads(done.stdout), strict=True))
    return answers


def judge(event: str, answers: dict[str, dict[str, Any]], contents: dict[str, str], there: set[str]) -> list[Judged]:
    """Each answer about ``event`` against the markers that are still there."""
    return [Judged(path, event, answers[path], path in there) for path in contents]
