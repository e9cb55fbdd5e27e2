"""One helper process: started, asked over pipes without ever blocking, killed, and looked after.

Nothing here waits for a process to end: one that hangs in the kernel may never do so, whatever it is sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib.resources
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

Question = Sequence[Any]
"""An operation of ``worker.py``, a path, and what else that operation takes."""

_BOOTSTRAP = "import sys,json;exec(compile(json.loads(sys.stdin.buffer.readline()),'<ide49-storage probe>','exec'))"
_CHUNK = 1 << 16

# A process that is still in the kernel when its owner forgets it is kept here: Popen would complain.
_abandoned: list[subprocess.Popen[bytes]] = []


@functools.cache
def program() -> bytes:
    """The worker's text as one line of JSON.

    It is handed over on the pipe, so that a helper starts even when this package's own folder has
    stopped answering.
    """
    text = importlib.resources.files(__package__).joinpath("worker_script.py").read_text(encoding="utf-8")
    return json.dumps(text).encode("ascii") + b"\n"


def interpreter() -> str:
    """The Python that runs helpers: the one below a virtual environment, which may lie on a share."""
    return getattr(sys, "_base_executable", None) or sys.executable


def module_path() -> list[str]:
    """Where this process finds its modules, for a Python that it starts: absolute folders without the working folder.

    ``python -m`` and ``-c`` put that one first, and a ``json.py`` in a folder of notebooks is none of ours. A
    package that runs from its own working folder is found there, behind the standard library and everything else.
    """
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    try:
        working = os.getcwd()
    except FileNotFoundError:  # it was deleted
        working = None
    found = [each for each in dict.fromkeys(sys.path) if os.path.isabs(each) and os.path.normpath(each) != working]
    return found if package in found else [*found, package]


class WorkerEndedError(Exception):
    """The process ended by itself (killed by somebody, out of memory)."""


class Worker:
    """A running process. Belongs to the event loop it was made in, and answers one request at a time."""

    def __init__(self, label: str) -> None:
        """Start it and return before Python is up in it. ``label`` is for ``ps``. ``OSError`` if it cannot start."""
        self._process = subprocess.Popen(
            [
                interpreter(),
                "-I",
                "-S",
                "-X",
                "utf8",
                "-c",
                _BOOTSTRAP,
                "ide49-storage probe: " + label.replace("\0", "?"),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd="/",
            env={},
            close_fds=True,
            # A Ctrl+C in the server's terminal is not for it, nor a kill of the server's process group.
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)
        self._unsent = program()
        self._unread = b""
        self._number = 0
        self._closed = False
        self.started = time.monotonic()
        #: When Python was up in it: before, it is slow for reasons of its own.
        self.ready_at: float | None = None
        #: When the last questions were handed over whole: before, nobody was asked.
        self.sent_at: float | None = None

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    async def ask(self, questions: Sequence[Question], until: float, answers: list[tuple[int, Any]]) -> None:
        """Put the answers, ``(errno or 0, result)`` in order, into ``answers`` as they come.

        ``until`` is on ``time.monotonic``'s clock. ``TimeoutError`` with ``answers`` incomplete: answers that
        come later are passed over. ``WorkerEndedError``: it is of no further use.
        """
        self._number += 1
        self._unsent += json.dumps([self._number, questions]).encode("ascii") + b"\n"
        self.sent_at = None
        while len(answers) < len(questions):
            left = until - time.monotonic()
            if left > 0:
                await self._ready(left)
            self._send()
            while len(answers) < len(questions) and self._receive(answers):
                pass
            # Only after a last look: when this loop was held up, the answer has been there for long.
            if left <= 0 and len(answers) < len(questions):
                raise TimeoutError

    async def _ready(self, seconds: float) -> None:
        """Wait, so long at most, until there is something to read, or room for what has to be sent."""
        loop = asyncio.get_running_loop()
        event = asyncio.Event()
        loop.add_reader(self._out, event.set)
        if self._unsent:
            loop.add_writer(self._in, event.set)
        try:
            # Before 3.11 it is not the built-in TimeoutError.
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(event.wait(), seconds)
        finally:
            if not self._closed:
                loop.remove_reader(self._out)
                loop.remove_writer(self._in)

    def _send(self) -> None:
        try:
            while self._unsent:
                sent = os.write(self._in, self._unsent[:_CHUNK])
                self._unsent = self._unsent[sent:]
            self.sent_at = self.sent_at or time.monotonic()
        except BlockingIOError:
            pass
        except OSError:
            raise WorkerEndedError from None

    def _receive(self, answers: list[tuple[int, Any]]) -> bool:
        """Take what there is to read; whether there was something."""
        try:
            data = os.read(self._out, _CHUNK)
        except BlockingIOError:
            return False
        except OSError:
            raise WorkerEndedError from None
        if not data:
            raise WorkerEndedError
        *lines, self._unread = (self._unread + data).split(b"\n")
        for line in lines:
            number, *answer = json.loads(line)
            self.ready_at = self.ready_at or time.monotonic()
            if number == self._number:
                answers.append((answer[1], answer[2]))
        return True

    def asked_by(self, moment: float) -> bool:
        """Whether it was up and had the last questions by then, on ``time.monotonic``'s clock."""
        return self.ready_at is not None and self.sent_at is not None and max(self.ready_at, self.sent_at) <= moment

    def kill(self) -> None:
        """Kill it and give its descriptors back. It may live on in the kernel: see ``gone``."""
        if self._closed:
            return
        self._closed = True
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._out)
        loop.remove_writer(self._in)
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def gone(self) -> bool:
        """Whether the process has ended. Never waits."""
        return self._process.poll() is not None

    def abandon(self) -> None:
        """Leave it to itself."""
        _abandoned[:] = [process for process in _abandoned if process.poll() is None]
        if not self.gone():
            _abandoned.append(self._process)
