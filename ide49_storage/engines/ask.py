"""Asks the container engine: through the docker SDK, read-only calls only, with a deadline.

Never required: without the extra ``ide49-storage[engine]``, or without a socket, the answer says so.
"""

from __future__ import annotations

import importlib
import os
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from ..model.engines import EngineReport, EngineState
from ..mounts.observation import ON_LINUX, observe
from .describe import describe, unanswered
from .identity import own_id

T = TypeVar("T")

#: Seconds for a single call, and for all that one question needs.
CALL_SECONDS, DEADLINE = 3, 5.0
_SOCKETS = (
    "/var/run/docker.sock",
    "/run/docker.sock",
    "/run/podman/podman.sock",
    "/var/run/balena.sock",
    "/var/run/balena-engine.sock",
    "/host/run/balena-engine.sock",
)
_LETTERS = {0: "C", 1: "A", 2: "D"}


class NoEngine(Exception):
    """Nobody could be asked; ``state`` and the message say why."""

    def __init__(self, state: EngineState, message: str) -> None:
        super().__init__(message)
        self.state = state


def addresses(environ: dict[str, str], is_socket: Callable[[str], bool], uid: int) -> Iterator[str]:
    """Where an engine may listen: what the variables say, then the usual sockets that are there."""
    for name in ("DOCKER_HOST", "CONTAINER_HOST"):
        if environ.get(name):
            yield environ[name]
    for path in (*_SOCKETS, f"/run/user/{uid}/podman/podman.sock"):
        if is_socket(path):
            yield f"unix://{path}"


def engine_report(address: str | None = None, container: str | None = None) -> EngineReport:
    """What the engine tells of this container. Never raises, never takes longer than ``DEADLINE``."""
    try:
        return _in_time(lambda: _report(address, container))
    except NoEngine as error:
        return unanswered(error.state, str(error))


def engine_diff(address: str | None = None, container: str | None = None) -> list[tuple[str, str]] | None:
    """The engine's own diff of this container (``A``, ``C`` or ``D``, and the path); ``None`` if it is not told."""
    try:
        return _in_time(lambda: _diff(address, container))
    except NoEngine:
        return None


def _report(address: str | None, container: str | None) -> EngineReport:
    client, found = _client(address)
    try:
        own = client.inspect_container(container or _this_container())
        return describe(found, client.version(), own, client.containers(all=True))
    finally:
        client.close()


def _diff(address: str | None, container: str | None) -> list[tuple[str, str]]:
    client, _ = _client(address)
    try:
        rows = client.diff(container or _this_container()) or []
        return [(_LETTERS[row["Kind"]], row["Path"]) for row in rows if row.get("Kind") in _LETTERS]
    finally:
        client.close()


def _client(address: str | None) -> tuple[Any, str]:
    """A client of the first engine that answers. Raises ``NoEngine``."""
    known = [address] if address else list(addresses(dict(os.environ), _is_socket, os.getuid()))
    if not known:
        raise NoEngine(EngineState.NOT_ALLOWED, "No socket of a container engine can be reached from here.")
    try:
        docker: Any = importlib.import_module("docker")
    except ImportError:
        text = f"There is {known[0]}, but the package to ask it is not installed."
        raise NoEngine(EngineState.NOT_INSTALLED, text) from None
    reasons = []
    for each in known:
        try:
            client = docker.APIClient(base_url=each, version="auto", timeout=CALL_SECONDS)
        except (docker.errors.DockerException, ValueError) as error:
            reasons.append(f"{each}: {_short(error)}")
        else:
            return client, each
    raise NoEngine(EngineState.FAILED, f"No engine answered. {' '.join(reasons)}")


def _this_container() -> str:
    mounts = [(row.mount_point, row.root) for row in observe(with_room=False).table.rows] if ON_LINUX else []
    found = own_id(mounts, socket.gethostname())
    if found is None:
        raise NoEngine(EngineState.FAILED, "It is not known which of the engine's containers this is.")
    return found


def _is_socket(path: str) -> bool:
    import stat

    try:
        return stat.S_ISSOCK(os.stat(path).st_mode) and os.access(path, os.W_OK)
    except OSError:
        return False


def _in_time(call: Callable[[], T]) -> T:
    """The call's result, from a thread that is left behind when it takes too long. Raises ``NoEngine``."""
    done: list[T] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            done.append(call())
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=work, daemon=True, name="engine")
    thread.start()
    thread.join(DEADLINE)
    if done:
        return done[0]
    if not failed:
        raise NoEngine(EngineState.FAILED, f"The engine did not answer within {DEADLINE:.0f} seconds.")
    if isinstance(failed[0], NoEngine):
        raise failed[0]
    raise NoEngine(EngineState.FAILED, f"The engine's answer was no help: {_short(failed[0])}")


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]
