"""Asks an interpreter once what it is and where it looks, and remembers the answer while nothing changed."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from ...model.python import Trouble, TroubleReason
from ...processes import run as edge
from .cache import Local, ProbeCache, Watch
from .facts import InterpreterFacts, ProbeResult, read_frame

#: An interpreter on a slow SD card needs two to three seconds for its first start.
DEADLINE = 5.0
#: For each further question to one that hangs.
SHORT_DEADLINE = 2.0
_SCRIPT = Path(__file__).with_name("probe_script.py")
_memory = ProbeCache()


class ProbeQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to ask: the program, its options before ``-m`` or ``-c``, its environment, and more paths to look at."""

    executable: str
    options: tuple[str, ...] = ()
    env: Mapping[str, str]
    look_at: tuple[str, ...] = ()

    def key(self) -> str:
        """The same for questions that have the same answer as long as no file changes."""
        parts = (self.executable, self.options, sorted(self.env.items()), self.look_at)
        return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()


def probe(question: ProbeQuestion, local: Local, deadline: float = DEADLINE) -> ProbeResult:
    """The interpreter's answer, or its ``Trouble``. Never raises, never takes much longer than ``deadline``.

    ``local(paths)`` are those of them that may be touched from this process.
    """
    key = question.key()
    with _memory.turn(key):
        known = _memory.known(key, local)
        if known is not None:
            return known
        started = time.time()
        asked, watched = _ask(question, local, deadline)
        program = question.executable
        contents = {program, *watched.contents}
        if program in local([program]):
            contents.add(os.path.realpath(program))
        watch = Watch(tuple(sorted(contents)), watched.states)
        _memory.keep(key, asked, watch, local, started)
        return asked


def forget() -> None:
    """Forget every answer."""
    _memory.clear()


def _ask(question: ProbeQuestion, local: Local, deadline: float) -> tuple[ProbeResult, Watch]:
    """The answer, and what it depends on."""
    token = secrets.token_hex(16)
    more = json.dumps({"stat": question.look_at})

    def run(*options: str, most: float = deadline) -> tuple[edge.ProcessResult, ProbeResult]:
        argv = _argv(question, options, token, more)
        doubtful = question.executable not in local([question.executable])
        outcome = edge.run_with_deadline(argv, env=question.env, deadline=most, doubtful=doubtful)
        return outcome, read_frame(question.executable, token, outcome, most)

    _, asked = run(*question.options)
    if asked.trouble is None or asked.trouble.reason is not TroubleReason.HANGS:
        return asked, _watch(asked.answer)
    # Without its start files it may well answer: then they are what hangs, and can be named.
    bare = run("-S", "-s", most=SHORT_DEADLINE)[1].answer
    if bare is None:
        return msgspec.structs.replace(asked, trouble=_name_far_places(asked.trouble, question, local)), Watch()
    runs = [each.path for each in bare.pth if each.runs] + list(bare.start_files)
    told = run(*question.options, "-v", most=SHORT_DEADLINE)[0] if len(runs) > 1 else None
    trouble = _name_start_files(asked.trouble, runs, told.err if told is not None else b"")
    return msgspec.structs.replace(asked, trouble=trouble), _watch(bare)


def _watch(answer: InterpreterFacts | None) -> Watch:
    if answer is None:
        return Watch()
    return Watch(
        tuple(sorted({path for path in answer.watched if path and path.startswith("/")})),
        tuple(sorted(path for path in answer.states if path.startswith("/"))),
    )


def _argv(question: ProbeQuestion, options: Sequence[str], token: str, more: str) -> list[str]:
    return [question.executable, *options, "-c", program(), token, more]


def program() -> str:
    """The text of ``asked.py``, for the interpreter that is asked."""
    return _SCRIPT.read_text(encoding="utf-8")


def _name_far_places(trouble: Trouble, question: ProbeQuestion, local: Local) -> Trouble:
    """Python looks into these folders before it runs anything: on a share that is gone, it waits there."""
    env = question.env
    base = env.get("PYTHONUSERBASE") or f"{env.get('HOME', '')}/.local"
    places = [path for path in (question.executable, *env.get("PYTHONPATH", "").split(":"), base) if path[:1] == "/"]
    far = sorted(set(places) - local(places))
    if not far:
        return trouble
    message = f"{trouble.message} It looks into {', '.join(far)}, on a storage that may not answer."
    return msgspec.structs.replace(trouble, message=message)


def _name_start_files(trouble: Trouble, runs: Sequence[str], verbose: bytes) -> Trouble:
    """``runs`` run code at every start; ``verbose`` is what ``python -v`` said until it hung: the last of them."""
    said = verbose.decode("utf-8", "replace")
    reached = {path: said.rfind(path) for path in runs}
    last = max(runs, key=lambda path: reached[path]) if runs else None
    hangs = last if last is not None and (len(runs) == 1 or reached[last] >= 0) else None
    message = f"{trouble.message} Without its start files (python -S) it answers"
    if hangs is not None:
        message += f": it hangs in {hangs}, which runs code at every start."
    else:
        message += ", so one of them hangs."
        message += f" These run code at every start: {', '.join(runs[:5])}." if runs else ""
    return msgspec.structs.replace(trouble, message=message, start_file=hangs)
