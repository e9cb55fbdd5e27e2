"""The one place where this folder starts processes: with a deadline, in a process group of their own.

What runs here may never answer (a start file that sleeps, a share that died), so it is killed at its
deadline, never waited for afterwards, and not started again while its corpse is still in the kernel.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence

import msgspec

#: Output beyond this is cut off: an interpreter that prints for ever must not fill our memory.
MOST_OUTPUT = 4_000_000
_stuck: dict[str, list[subprocess.Popen[bytes]]] = {}
_lock = threading.Lock()


class ProcessResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a process did. ``status`` is ``None`` when it was killed at its deadline or did not start.

    ``problem`` is the ``OSError`` of one that did not start; ``still_running`` holds when an earlier one of
    the same name survived its kill, so that none was started now.
    """

    status: int | None = None
    out: bytes = b""
    err: bytes = b""
    timed_out: bool = False
    cut: bool = False
    still_running: bool = False
    problem: OSError | None = None


def run_with_deadline(
    argv: Sequence[str], *, env: Mapping[str, str], deadline: float, doubtful: bool = False
) -> ProcessResult:
    """Run ``argv`` in ``/`` for at most ``deadline`` seconds and give what it wrote.

    An entry of ``PYTHONPATH`` that means a working folder (an empty or relative one) is left out: ``/`` is not meant.
    ``doubtful``: the program itself lies where opening it may block, so ``env`` (local) opens it instead of us.
    """
    if _survivors(argv[0]):
        return ProcessResult(still_running=True)
    command = ["/usr/bin/env", "--", *argv] if doubtful and os.path.exists("/usr/bin/env") else list(argv)
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_without_working_folder(env),
            cwd="/",
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        problem = error if isinstance(error, OSError) else OSError(str(error))
        return ProcessResult(problem=problem)
    return _collect(process, argv[0], time.monotonic() + deadline)


def _without_working_folder(env: Mapping[str, str]) -> dict[str, str]:
    if "PYTHONPATH" not in env:
        return dict(env)
    kept = [each for each in env["PYTHONPATH"].split(os.pathsep) if os.path.isabs(each)]
    return {**env, "PYTHONPATH": os.pathsep.join(kept)}


def _collect(process: subprocess.Popen[bytes], name: str, end: float) -> ProcessResult:
    assert process.stdout is not None
    assert process.stderr is not None
    taken: dict[int, bytearray] = {process.stdout.fileno(): bytearray(), process.stderr.fileno(): bytearray()}
    cut = _read_until(process, taken, end)
    out, err = (bytes(each) for each in taken.values())
    timed_out = not cut and process.poll() is None and not _ends_soon(process, end)
    _kill(process)
    process.stdout.close()
    process.stderr.close()
    if process.poll() is None and not _ends_soon(process, time.monotonic() + 1.0):
        with _lock:
            _stuck.setdefault(name, []).append(process)
    status = None if timed_out or cut else process.returncode
    return ProcessResult(status=status, out=out, err=err, timed_out=timed_out, cut=cut)


def _read_until(process: subprocess.Popen[bytes], taken: dict[int, bytearray], end: float) -> bool:
    """Read both pipes until they end, the process is gone, or time is up; whether it wrote too much."""
    with selectors.DefaultSelector() as selector:
        for descriptor in taken:
            os.set_blocking(descriptor, False)
            selector.register(descriptor, selectors.EVENT_READ)
        while selector.get_map() and (left := end - time.monotonic()) > 0:
            ready = selector.select(min(left, 0.25))
            if not ready and process.poll() is not None:
                return False  # a grandchild holds the pipe open: it has nothing to say to us
            for key, _ in ready:
                part = os.read(key.fd, 65536)
                taken[key.fd] += part
                if not part:
                    selector.unregister(key.fd)
                if len(taken[key.fd]) > MOST_OUTPUT:
                    return True
    return False


def _ends_soon(process: subprocess.Popen[bytes], end: float) -> bool:
    try:
        process.wait(max(0.0, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True


def _kill(process: subprocess.Popen[bytes]) -> None:
    # The group, so that children go too; its leader may be gone already.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _survivors(name: str) -> bool:
    with _lock:
        alive = [process for process in _stuck.get(name, []) if process.poll() is None]
        if alive:
            _stuck[name] = alive
        else:
            _stuck.pop(name, None)
        return bool(alive)
