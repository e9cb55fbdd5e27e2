"""From the engine's own JSON to the record: pure."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..model.engines import EngineReport, EngineState, EngineVolume, SharedWith
from ..model.timestamps import rfc3339

HOW = (
    "To allow it, install ide49-storage[engine] and mount the engine's socket into this container. Whoever can use"
    " that socket can do anything on the machine, as root, so do it only where everybody who may use this Jupyter"
    " may do that anyway. A proxy that lets only reading through is safer."
)


def unanswered(state: EngineState, evidence: str, socket: str | None = None) -> EngineReport:
    """The report when the engine did not tell anything."""
    return EngineReport(
        state=state,
        evidence=evidence,
        how=HOW if state is not EngineState.FAILED else None,
        socket=socket,
        engine=None,
        version=None,
        container_id=None,
        container=None,
        image=None,
        created_at=None,
        volumes=(),
    )


def describe(
    socket: str, version: Mapping[str, Any], own: Mapping[str, Any], others: Iterable[Mapping[str, Any]]
) -> EngineReport:
    """The report from the engine's version, this container's description, and those of all containers."""
    engine = _engine(version)
    identity = str(own.get("Id", ""))
    rest = [other for other in others if other.get("Id") != identity]
    name = str(own.get("Name", "")).lstrip("/") or None
    return EngineReport(
        state=EngineState.ANSWERED,
        evidence=f"{engine} answered at {socket}, and knows this container as {name or identity[:12]}.",
        how=None,
        socket=socket,
        engine=engine,
        version=_text(version.get("Version")),
        container_id=identity or None,
        container=name,
        image=_text((own.get("Config") or {}).get("Image")),
        created_at=utc(_text(own.get("Created"))),
        volumes=tuple(_volume(mount, rest) for mount in _mounts(own)),
    )


def utc(text: str | None) -> str | None:
    """An engine's time (nanoseconds, any zone) as RFC 3339 in UTC to the millisecond; ``None`` if it is none."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)", text or "")
    if found is None:
        return None
    zone = "+00:00" if found[3] == "Z" else found[3]
    try:
        moment = datetime.datetime.fromisoformat(f"{found[1]}{(found[2] or '.0')[:7]:0<7}{zone}")
        moment = moment.astimezone(datetime.timezone.utc)
    except (ValueError, OverflowError):
        return None
    return rfc3339(moment)


def _engine(version: Mapping[str, Any]) -> str:
    parts = version.get("Components") or []
    name = parts[0].get("Name") if parts and isinstance(parts[0], dict) else None
    platform = (version.get("Platform") or {}).get("Name")
    return str(name or platform or "the engine")


def _mounts(container: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    mounts = container.get("Mounts")
    return [mount for mount in mounts if isinstance(mount, dict)] if isinstance(mounts, list) else []


def _volume(mount: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> EngineVolume:
    return EngineVolume(
        mount_point=str(mount.get("Destination", "")),
        type=str(mount.get("Type", "")),
        name=_text(mount.get("Name")),
        driver=_text(mount.get("Driver")) if mount.get("Name") else None,
        source=_text(mount.get("Source")),
        shared_with=tuple(_sharing(mount, others)),
    )


def _sharing(mount: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> Iterable[SharedWith]:
    for other in others:
        for theirs in _mounts(other):
            if _same(mount, theirs):
                yield SharedWith(
                    container=_name(other),
                    mount_point=str(theirs.get("Destination", "")),
                    running=_running(other),
                    read_only=theirs.get("RW") is False,
                )


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """One volume by its name, or one folder of the host by its path."""
    if one.get("Name") or other.get("Name"):
        return one.get("Name") == other.get("Name")
    return bool(one.get("Source")) and one.get("Source") == other.get("Source") and one.get("Type") == "bind"


def _name(container: Mapping[str, Any]) -> str:
    names = container.get("Names")
    name = names[0] if isinstance(names, list) and names else container.get("Name")
    return str(name or container.get("Id", "")[:12]).lstrip("/")


def _running(container: Mapping[str, Any]) -> bool:
    state = container.get("State")
    return bool(state.get("Running")) if isinstance(state, dict) else state == "running"


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
