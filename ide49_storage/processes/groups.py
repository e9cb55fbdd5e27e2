"""All that a run started, found by a mark in the environment: also what left its process group.

A build backend may start a daemon in a session of its own. A signal to the group does not reach it, and when
its parent is gone nothing leads to it any more, but the mark that it inherited. Off Linux there is only the group.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
from collections.abc import Iterator, Mapping

MARK = "IDE49_STORAGE_RUN"
_ROUNDS = 20


def tag_environment(env: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """An environment with a new mark, and the mark."""
    token = secrets.token_hex(8)
    return {**env, MARK: token}, token


def end_group(leader: int, number: int = signal.SIGKILL) -> None:
    """Send a signal to a process group, if it is there."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def kill_tagged(token: str) -> None:
    """Kill every process that has the mark. Repeated, since one may start another in between."""
    for _ in range(_ROUNDS):
        found = list(_members(token))
        if not found:
            return
        for process in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)


def _members(token: str) -> Iterator[int]:
    wanted = f"{MARK}={token}".encode()
    for name in _processes():
        with contextlib.suppress(OSError), open(f"/proc/{name}/environ", "rb") as file:
            # A zombie's is empty; a process of another user cannot be read.
            if wanted in file.read().split(b"\0"):
                yield int(name)


def _processes() -> list[str]:
    try:
        return [name for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []
