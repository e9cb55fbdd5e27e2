"""Runs the commands of engines and tools, and shows what they said when they fail."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence

Completed = subprocess.CompletedProcess[str]


class LabError(RuntimeError):
    """A command of the laboratory failed; the message has the command and what it wrote."""


def run(
    argv: Sequence[str],
    *,
    check: bool = True,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    timeout: float = 600,
) -> Completed:
    """Run ``argv`` and give its output as text, undecodable bytes as ``surrogateescape``.

    ``env`` replaces the whole environment. Raises `LabError` when the exit status is not 0 and
    ``check`` holds, or when it takes longer than ``timeout`` seconds.
    """
    try:
        done = subprocess.run(
            list(argv),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            env=None if env is None else dict(env),
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise LabError(f"no end after {timeout} s: {_shown(argv)}") from error
    if check and done.returncode != 0:
        raise LabError(f"exit status {done.returncode}: {_shown(argv)}\n{_tail(done.stdout)}{_tail(done.stderr)}")
    return done


def _shown(argv: Sequence[str]) -> str:
    return ascii(" ".join(argv))[1:-1][:2000]


def _tail(text: str) -> str:
    return text[-4000:]
