"""Asks an interpreter once what it is and where it looks, and remembers the answer while nothing changed."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from ..model.python import Trouble, TroubleReason
from . import edge
from .answer import Answer, Asked, read_frame

#: An interpreter on a slow SD card needs two to three seconds for its first start.
DEADLINE = 5.0
#: So many answers are remembered; a server has a handful of kernels.
MOST_REMEMBERED = 64
_SCRIPT = Path(__file__).with_name("asked.py")

Local = Callable[[str], bool]
_Stamp = tuple[tuple[str, int, int, int] | tuple[str, None], ...]


class _Remembered(msgspec.Struct, frozen=True):
    watched: tuple[str, ...]
    stamp: _Stamp
    asked: Asked


_memory: dict[str, _Remembered] = {}
_lock = threading.Lock()


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to ask: the program, its options before ``-m`` or ``-c``, its environment, and more paths to look at."""

    executable: str
    options: tuple[str, ...] = ()
    env: Mapping[str, str]
    look_at: tuple[str, ...] = ()

    def key(self) -> str:
        """The same for questions that have the same answer as long as no file changes."""
        parts = (self.executable, self.options, sorted(self.env.items()), self.look_at)
        return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()


def ask(question: Question, local: Local, deadline: float = DEADLINE) -> Asked:
    """The interpreter's answer, or its ``Trouble``. Never raises, never takes much longer than ``deadline``.

    ``local(path)`` says whether a path may be touched from this process. Troubles are not remembered.
    """
    key = question.key()
    with _lock:
        known = _memory.get(key)
    if known is not None and _stamp(known.watched, local) == known.stamp:
        return known.asked
    started = time.time()
    asked = _ask(question, local, deadline)
    if asked.answer is not None:
        program = question.executable
        watched = (program, *((os.path.realpath(program),) if local(program) else ()))
        watched += tuple(sorted({path for path in asked.answer.watched if path}))
        stamp = _stamp(watched, local)
        # What changed while we asked may be in the answer or not: ask again next time.
        if all(each[1] is None or each[1] < (started - 0.1) * 1e9 for each in stamp):
            _remember(key, _Remembered(watched, stamp, asked))
    return asked


def forget() -> None:
    """Forget every answer."""
    with _lock:
        _memory.clear()


def _remember(key: str, entry: _Remembered) -> None:
    with _lock:
        _memory.pop(key, None)
        _memory[key] = entry
        while len(_memory) > MOST_REMEMBERED:
            _memory.pop(next(iter(_memory)))


def _stamp(paths: Iterable[str], local: Local) -> _Stamp:
    return tuple(_file_stamp(path) if local(path) else (path, None) for path in paths)


def _file_stamp(path: str) -> tuple[str, int, int, int] | tuple[str, None]:
    try:
        seen = os.stat(path)
    except (OSError, ValueError):
        return path, None
    return path, seen.st_mtime_ns, seen.st_size, seen.st_ino


def _ask(question: Question, local: Local, deadline: float) -> Asked:
    token = secrets.token_hex(16)
    more = json.dumps({"stat": question.look_at})
    doubtful = not local(question.executable)
    argv = _argv(question, question.options, token, more)
    outcome = edge.run(argv, env=question.env, deadline=deadline, doubtful=doubtful)
    asked = read_frame(question.executable, token, outcome, deadline)
    if asked.trouble is not None and asked.trouble.reason is TroubleReason.HANGS:
        # Without its start files it may well answer: then they are what hangs, and can be named.
        argv = _argv(question, ("-S", "-s"), token, more)
        outcome = edge.run(argv, env=question.env, deadline=min(2.0, deadline), doubtful=doubtful)
        bare = read_frame(question.executable, token, outcome, deadline)
        return msgspec.structs.replace(asked, trouble=_name_start_files(asked.trouble, bare.answer))
    return asked


def _argv(question: Question, options: Sequence[str], token: str, more: str) -> list[str]:
    return [question.executable, *options, "-c", _SCRIPT.read_text(encoding="utf-8"), token, more]


def _name_start_files(trouble: Trouble, bare: Answer | None) -> Trouble:
    if bare is None:
        return trouble
    runs = [each.path for each in bare.pth if each.runs] + [path for path in bare.start_files if path]
    named = f" These run code at every start: {', '.join(runs[:5])}." if runs else ""
    message = f"{trouble.message} Without its start files (python -S) it answers, so one of them hangs.{named}"
    return msgspec.structs.replace(trouble, message=message)
