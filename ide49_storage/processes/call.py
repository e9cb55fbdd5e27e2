"""Runs one of this folder's looks in a process that can be killed, where a path is on a mount that may not answer."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from . import run

T = TypeVar("T")
DEADLINE = 2.0
_PACKAGE = "ide49_storage"
_CHILD = (
    "import sys, json; given = json.loads(sys.argv[1]); sys.path += given['path'];"
    f"from {_PACKAGE}.processes.call import answer; answer(given['module'], given['name'], given['arguments'])"
)


class NoAnswer(Exception):
    """The look did not come back. The message is a sentence for a person."""


def call_in_subprocess(
    local: bool, call: Callable[..., T], result: Any, *arguments: Any, deadline: float = DEADLINE
) -> T:
    """``call(*arguments)``: here if all that it touches is ``local``, else in a process with a deadline.

    ``call`` is a function of a module of this folder; its arguments are plain JSON values and ``result`` is the
    type of what it gives. Raises ``NoAnswer`` when a process was needed and gave no answer in time.
    """
    if local:
        return call(*arguments)
    given = {"path": _own_path(), "module": call.__module__, "name": call.__name__, "arguments": arguments}
    text = msgspec.json.encode(given).decode()
    argv = [sys.executable, "-I", "-S", "-c", _CHILD, text]
    outcome = run.run_with_deadline(argv, env={"LANG": "C.UTF-8"}, deadline=deadline)
    if outcome.timed_out or outcome.still_running:
        raise NoAnswer(f"no answer within {deadline:g} s")
    try:
        value: T = msgspec.convert(msgspec.json.decode(outcome.out), result)
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise NoAnswer("the process that looked there failed") from None
    return value


def _own_path() -> list[str]:
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    return [package, os.path.dirname(os.path.dirname(os.path.abspath(msgspec.__file__)))]


def answer(module: str, name: str, arguments: list[Any]) -> None:
    """In the child: make the call and print its result."""
    if not module.startswith(_PACKAGE + "."):
        raise ValueError(module)
    result = getattr(importlib.import_module(module), name)(*arguments)
    sys.stdout.buffer.write(msgspec.json.encode(result))
    sys.stdout.flush()
    os._exit(0)
