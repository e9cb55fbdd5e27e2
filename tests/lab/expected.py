"""What a fixture says a mount is: written by hand from what the container was started with."""

from __future__ import annotations

from typing import Any

KEPT, LOST, AT_RISK, UNKNOWN = "kept", "lost", "at-risk", "unknown"


def expected(mount_point: str, kind: str, stop: str, update: str, **more: Any) -> dict[str, Any]:
    """One row of ``expect``. ``more``: ``name`` (left out where it is nobody's business), ``hidden``."""
    row = {"mount_point": mount_point, "kind": kind, "stop": stop, "update": update, "hidden": False}
    return {**row, **more}


def container_layer(mount_point: str = "/", **more: Any) -> dict[str, Any]:
    """The container layer, or a mount that shares its fate."""
    return expected(mount_point, "container", KEPT, LOST, **more)


def gone_with_the_container(mount_point: str) -> dict[str, Any]:
    """A layer that no stop survives."""
    return expected(mount_point, "container", LOST, LOST)


def named(mount_point: str, name: str, **more: Any) -> dict[str, Any]:
    """A named volume."""
    return expected(mount_point, "volume", KEPT, KEPT, name=name, **more)


def nameless(mount_point: str, **more: Any) -> dict[str, Any]:
    """An anonymous volume: whether the next container gets it again is up to the engine."""
    return expected(mount_point, "anonymous", KEPT, AT_RISK, **more)


def bound(mount_point: str, **more: Any) -> dict[str, Any]:
    """A folder or file of the host."""
    return expected(mount_point, "bind", KEPT, KEPT, **more)


def memory(mount_point: str, **more: Any) -> dict[str, Any]:
    """A file system in memory."""
    return expected(mount_point, "memory", LOST, LOST, **more)


def engine_file(mount_point: str) -> dict[str, Any]:
    """A file that the engine writes anew: only its kind is said."""
    return {"mount_point": mount_point, "kind": "engine", "hidden": False}


def kernel(mount_point: str) -> dict[str, Any]:
    """Something the kernel shows, or that hides it: only its kind is said."""
    return {"mount_point": mount_point, "kind": "kernel", "hidden": False}
