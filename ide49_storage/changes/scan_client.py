"""The helper process of one scan: started, listened to, and ended with its whole group when it must."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any

from ..mounts.temporary import temporary_file
from ..processes.worker import interpreter

#: No word from the helper for so long: it hangs in a storage that does not answer. Seconds.
SILENCE = 60.0
_GRACE = 2.0
_CODE = "import sys; sys.path.append(sys.argv[1]); from ide49_storage.changes.scan_process import main; main()"
_PACKAGES = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class ScanError(Exception):
    """The scan could not be made; the message says why. ``code`` is a word for programs."""

    def __init__(self, message: str, code: str = "scan-failed") -> None:
        super().__init__(message)
        self.code = code


class Cancelled(Exception):
    """Somebody cancelled the scan."""


class ScanProcess:
    """One helper. ``run`` is called once; ``cancel`` from any thread, at any moment, any number of times."""

    def __init__(self, silence: float = SILENCE) -> None:
        self._silence = silence
        self._wake_read, self._wake_write = os.pipe()
        self._closed = False

    def cancel(self) -> None:
        """Make ``run`` end with ``Cancelled``, also one that begins later."""
        if not self._closed:
            os.write(self._wake_write, b"x")

    @property
    def cancelled(self) -> int:
        """A descriptor at which there is something to read once it was cancelled."""
        return self._wake_read

    def close(self) -> None:
        """Give the descriptors back."""
        if not self._closed:
            self._closed = True
            os.close(self._wake_read)
            os.close(self._wake_write)

    def run(
        self,
        task: Mapping[str, Any],
        listing: Mapping[str, int],
        diff: IO[bytes] | None,
        progress: Callable[[dict[str, Any]], None],
    ) -> dict[str, Any]:
        """The summary of the scan. Raises ``ScanError`` and ``Cancelled``; the helper is gone in any case.

        ``diff`` has the engine's own: lines of ``A``, ``C`` or ``D`` and the path as a JSON string.
        """
        with contextlib.ExitStack() as stack:
            errors = stack.enter_context(temporary_file())
            words = dict(task) | {"listing": dict(listing)}
            descriptors = list(listing.values())
            if diff is not None:
                words["diff"] = f"/proc/self/fd/{diff.fileno()}"
                descriptors.append(diff.fileno())
            process = _start(descriptors, errors)
            stack.callback(_end, process)
            summary = self._listen(process, json.dumps(words).encode("ascii"), progress)
            if summary is None:
                raise ScanError(f"The scan ended without a result. {_why(process, errors)}")
            return summary

    def _listen(
        self, process: subprocess.Popen[bytes], task: bytes, progress: Callable[[dict[str, Any]], None]
    ) -> dict[str, Any] | None:
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(task)
            process.stdin.close()
        output = process.stdout.fileno()
        rest, folder = b"", "/"
        while True:
            ready, _, _ = select.select([output, self._wake_read], [], [], self._silence)
            if self._wake_read in ready:
                raise Cancelled
            if not ready:
                raise ScanError(
                    f"The scan did not report anything for {self._silence:.0f} seconds; it was in {folder}."
                )
            read = os.read(output, 1 << 16)
            if not read:
                return None
            *lines, rest = (rest + read).split(b"\n")
            for line in lines:
                word: dict[str, Any] = json.loads(line)
                if "summary" in word:
                    return word
                folder = word["folder"]
                progress(word)


def _start(descriptors: Sequence[int], errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """Isolated and without site-packages, so that it starts fast and writes nothing; in a group of its own."""
    argv = [interpreter(), "-B", "-I", "-S", "-X", "utf8", "-c", _CODE, _PACKAGES]
    try:
        return subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd="/",
            # dpkg writes local times
            env={name: os.environ[name] for name in ("TZ",) if name in os.environ},
            start_new_session=True,
            pass_fds=descriptors,
        )
    except OSError as error:
        raise ScanError(f"The helper process could not be started: {error.strerror}") from error


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill it if it still runs. One that hangs in the kernel is left behind: it dies when its storage answers."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE)


def _why(process: subprocess.Popen[bytes], errors: IO[bytes]) -> str:
    """The signal that ended the helper, else the last line that it wrote."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        status = process.wait(_GRACE)
        if status == -signal.SIGKILL:
            return "Its process was killed: by somebody, or because the machine's memory ran out."
        if status < 0:
            return f"Its process was ended by signal {-status}."
    errors.seek(0)
    lines = errors.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""
