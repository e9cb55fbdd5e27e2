"""Asks the container engine: through the docker SDK, read-only calls only, with a deadline.

Never required: without the extra ``ide49-storage[engine]``, or without a socket, the answer says so. The SDK
runs in a probe's process (``sdk.py``), so an engine that hangs costs the asking one nothing.
"""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

from ..model.engines import EngineReport, EngineState
from ..mounts.engines import socket_paths
from ..mounts.redact import redact_source
from ..mounts.service import wait_for
from ..mounts.snapshot import ON_LINUX, take_snapshot
from ..processes.pool import Pool
from ..processes.replies import Answered, Silent, Target
from ..processes.worker import module_path
from .identity import own_id
from .report import describe, unanswered

#: Seconds for all that a report needs, and for a diff, which an engine works for.
DEADLINE, DIFF_DEADLINE = 10.0, 20.0
_VARIABLES = ("DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "SSH_AUTH_SOCK")
_ENGINE = Target("engine", "The container engine")


def addresses(environ: Mapping[str, str], is_socket: Callable[[str], bool], uid: int) -> Iterator[str]:
    """Where an engine may listen: what the variables say, then the usual sockets that are there."""
    for name in ("DOCKER_HOST", "CONTAINER_HOST"):
        if environ.get(name):
            yield environ[name]
    for path in socket_paths(uid):
        if is_socket(path):
            yield f"unix://{path}"


async def engine_report(pool: Pool, address: str | None = None, container: str | None = None) -> EngineReport:
    """What the engine tells of this container. Never raises, never takes longer than ``DEADLINE``."""
    said = await _ask(pool, address, container, None, DEADLINE)
    if "refused" in said:
        return unanswered(EngineState(said["refused"]), said["message"])
    try:
        return describe(redact_source(said["address"]), said["version"], said["own"], said["others"])
    except (AttributeError, TypeError, ValueError) as error:
        return unanswered(EngineState.FAILED, f"The engine's answer could not be used: {error}")


def engine_diff(
    into: IO[bytes], cancelled: int, address: str | None = None, container: str | None = None
) -> tuple[int, list[str]] | None:
    """Have the engine's own diff of this container written to a file: lines of ``A``, ``C`` or ``D`` and a JSON string.

    Gives the number of deleted paths and the first of them; ``None`` if the engine tells nothing. Ends early when
    there is something to read at the descriptor ``cancelled``. Blocks: not for an event loop.
    """
    try:
        said = wait_for(lambda asking: _until(cancelled, _diff(asking.prober.pool, into, address, container)))
    except asyncio.CancelledError:
        return None
    return None if "refused" in said else (said["deleted"], said["first"])


async def _diff(pool: Pool, into: IO[bytes], address: str | None, container: str | None) -> dict[str, Any]:
    # The file has no name: the other process opens it by this one's descriptor.
    target = f"/proc/{os.getpid()}/fd/{into.fileno()}"
    return await _ask(pool, address, container, target, DIFF_DEADLINE)


async def _until(cancelled: int, question: Any) -> dict[str, Any]:
    task: asyncio.Task[dict[str, Any]] = asyncio.ensure_future(question)
    loop = asyncio.get_running_loop()
    loop.add_reader(cancelled, task.cancel)
    try:
        return await task
    finally:
        loop.remove_reader(cancelled)


async def _ask(
    pool: Pool, address: str | None, container: str | None, diff: str | None, seconds: float
) -> dict[str, Any]:
    """The answer of ``sdk.tell``."""
    known = [address] if address else list(addresses(os.environ, _is_socket, os.getuid()))
    if not known:
        return _refused(EngineState.NOT_ALLOWED, "No socket of a container engine can be reached from here.")
    environ = {name: os.environ[name] for name in _VARIABLES if name in os.environ}
    if known[0].startswith("ssh://"):
        environ["HOME"] = os.environ.get("HOME", "")
    task = {
        "addresses": known,
        "environ": environ,
        "container": container or await asyncio.to_thread(_this_container),
        "diff": diff,
        "deadline": seconds,
    }
    question = ("call", module_path(), f"{__package__}.sdk_worker", "tell", task)
    (reply,) = await pool.ask(_ENGINE, [question], seconds)
    pool.end(_ENGINE)
    if isinstance(reply, Silent) and reply.since:
        return _refused(EngineState.FAILED, f"The container engine did not answer within {seconds:g} seconds.")
    if not isinstance(reply, Answered):
        return _refused(EngineState.FAILED, reply.reason)
    said: dict[str, Any] = reply.value
    if "refused" in said:
        # What libraries put into their messages, whole or in part.
        message = redact_source(said["message"])
        for each in known:
            message = message.replace(each, redact_source(each))
        said["message"] = message
    return said


def _refused(state: EngineState, message: str) -> dict[str, Any]:
    return {"refused": state.value, "message": message}


def _this_container() -> str | None:
    mounts = [(row.mount_point, row.root) for row in take_snapshot().table.rows] if ON_LINUX else []
    return own_id(mounts, socket.gethostname())


def _is_socket(path: str) -> bool:
    try:
        return stat.S_ISSOCK(os.stat(path).st_mode) and os.access(path, os.W_OK)
    except OSError:
        return False
