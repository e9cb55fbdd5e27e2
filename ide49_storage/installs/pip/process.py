"""Runs the target interpreter's pip in a process group of its own: lines as they come, a gate, and an end on demand."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

import msgspec

from ...jobs.log_text import clean
from ...processes.groups import end_group, kill_tagged, tag_environment

_DRIVER = Path(__file__).with_name("gate_script.py")
_TICK = 0.1
#: After a polite signal the group gets this long, then it is killed: together well under two seconds.
_GRACE = 0.7
#: What is killed and still there then hangs in the kernel, on a storage that does not answer.
_PATIENCE = 5.0
#: So much is read at a time: a build that prints without end must not keep us from noticing that it was cancelled.
_PARTS = 16
MAX_KEPT = 4_000
STUCK = -1000


class PipResult(msgspec.Struct, frozen=True, kw_only=True):
    """How pip ended. ``status`` is negative for a signal, ``STUCK`` if it cannot be killed. ``gate``: it reached its
    first change. ``stopped``: we ended it. ``lines`` are the last lines of its output.
    """

    status: int
    gate: bool
    stopped: bool
    lines: tuple[str, ...]


class PipCommand(msgspec.Struct, frozen=True, kw_only=True):
    """One pip to run. ``base`` is the user base and ``own`` the folder in it that is ours; ``report`` is where
    pip writes its report (empty: no gate). ``inherit`` are descriptors that pip keeps open. ``cwd`` is an empty folder
    that is ours, and ``options`` are the interpreter's own: nothing of a working folder is to be imported.
    """

    python: str
    options: tuple[str, ...] = ()
    arguments: tuple[str, ...]
    env: Mapping[str, str]
    cwd: str
    base: str
    own: str
    report: str = ""
    inherit: tuple[int, ...] = ()


def run(
    what: PipCommand,
    on_line: Callable[[str], None],
    stop: Callable[[], bool],
    gate: Callable[[Sequence[str]], bool] = lambda _: True,
) -> PipResult:
    """Run it to its end. ``gate`` gets the wheels' paths and says whether pip may change anything; ``stop`` is
    asked ten times a second, and ends the whole group when it says so. Raises ``OSError`` if it does not start.
    """
    from_pip, to_us = os.pipe()
    to_pip, from_us = os.pipe()
    env, token = tag_environment(what.env)
    try:
        process = _start(msgspec.structs.replace(what, env=env), to_us, to_pip)
    except BaseException:
        os.close(from_pip)
        os.close(from_us)
        raise
    finally:
        os.close(to_us)
        os.close(to_pip)
    watched = _RunningPip(process, from_pip, from_us, on_line, gate)
    try:
        return watched.until_end(stop, token)
    finally:
        end_group(process.pid)
        kill_tagged(token)
        watched.close()


def _start(what: PipCommand, gate_out: int, gate_in: int) -> subprocess.Popen[bytes]:
    source = _DRIVER.read_text(encoding="utf-8")
    gate = (str(gate_out), str(gate_in), what.report, what.base, what.own)
    return subprocess.Popen(
        [what.python, *what.options, "-c", source, *gate, *what.arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=dict(what.env),
        cwd=what.cwd,
        start_new_session=True,
        pass_fds=(gate_out, gate_in, *what.inherit),
    )


class _RunningPip:
    """A running pip: its output, its gate, and the time since it was told to end."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        from_pip: int,
        from_us: int,
        on_line: Callable[[str], None],
        gate: Callable[[Sequence[str]], bool],
    ) -> None:
        assert process.stdout is not None
        self._process = process
        self._out: IO[bytes] = process.stdout
        self._from_pip = from_pip
        self._from_us = from_us
        self._on_line = on_line
        self._gate = gate
        self._kept: deque[str] = deque(maxlen=MAX_KEPT)
        self._rest = b""
        self._said = b""
        self._reached = False
        self._told: float | None = None
        self._selector = selectors.DefaultSelector()
        os.set_blocking(self._out.fileno(), False)
        self._selector.register(self._out, selectors.EVENT_READ)
        self._selector.register(from_pip, selectors.EVENT_READ)

    def until_end(self, stop: Callable[[], bool], token: str) -> PipResult:
        """Serve it until it is gone, and end what it left behind: ``token`` is the mark of all that it started."""
        status = None
        while status is None:
            for key, _ in self._selector.select(_TICK):
                self._read_output() if key.fileobj is self._out else self._read_gate()
            if self._told is not None or stop():
                self._end()
            status = self._process.poll()
            if status is None and self._told is not None and time.monotonic() - self._told > _GRACE + _PATIENCE:
                status = STUCK
        end_group(self._process.pid)
        kill_tagged(token)
        self._read_output()
        if self._rest:
            self._line(self._rest)
        stopped = self._told is not None
        return PipResult(status=status, gate=self._reached, stopped=stopped, lines=tuple(self._kept))

    def close(self) -> None:
        """Leave nothing behind, whatever went wrong."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE)
        self._selector.close()
        self._out.close()
        os.close(self._from_pip)
        os.close(self._from_us)

    def _end(self) -> None:
        if self._told is None:
            self._told = time.monotonic()
            end_group(self._process.pid, signal.SIGTERM)
        elif time.monotonic() - self._told > _GRACE:
            end_group(self._process.pid)

    def _read_output(self) -> None:
        for _ in range(_PARTS):
            try:
                part = os.read(self._out.fileno(), 65536)
            except BlockingIOError:
                return
            if not part:
                with contextlib.suppress(KeyError):
                    self._selector.unregister(self._out)
                return
            *lines, self._rest = (self._rest + part).replace(b"\r", b"\n").split(b"\n")
            self._rest = self._rest[-65536:]
            for line in lines:
                self._line(line)

    def _line(self, raw: bytes) -> None:
        text = clean(raw)
        if text.strip():
            self._kept.append(text)
            self._on_line(text)

    def _read_gate(self) -> None:
        part = os.read(self._from_pip, 1 << 20)
        if not part:
            self._selector.unregister(self._from_pip)
            return
        self._said += part
        if not self._said.endswith(b"\n"):
            return
        wheels = json.loads(self._said)["wheels"]
        self._read_output()
        go = self._told is None and self._gate(wheels)
        self._reached = go
        with contextlib.suppress(BrokenPipeError):
            os.write(self._from_us, b"g" if go else b"n")
