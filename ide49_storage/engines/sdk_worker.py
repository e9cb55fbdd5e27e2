"""Asks one container engine through the docker SDK: runs in a probe's process, which is killed when it takes too long.

What is asked for is a dictionary, and so is what comes back: ``ask.py`` makes records of it. Of the containers
only what the records need leaves this process, so no variable or label of any of them does.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

#: Bytes that this process may take: an engine that answers without end fills no machine.
_MOST_MEMORY = 1 << 30
_CHUNK = 1 << 16
_LONGEST_ROW = 1 << 20
_OWN = ("Id", "Name", "Created", "Mounts")
_OTHERS = ("Id", "Name", "Names", "State", "Mounts")
_SPACE = re.compile(r"[ \t\r\n,]*")
_LETTERS = {0: "C", 1: "A", 2: "D"}
#: So many of the deleted paths are told; their number is complete.
MOST_DELETED = 1000


class EngineRefused(Exception):
    """Nobody answered; ``state`` is a word of ``EngineState``."""

    def __init__(self, state: str, message: str) -> None:
        super().__init__(message)
        self.state = state


def tell(task: dict[str, Any]) -> dict[str, Any]:
    """What ``task`` asks for, or ``{"refused": STATE, "message": TEXT}``. Never raises.

    ``addresses`` are tried in order; ``environ`` has the variables that the SDK reads, ``container`` this
    container's id. With ``diff``, a path, the engine's diff is written there: lines of a letter and a JSON string.
    """
    try:
        _bounded(task["environ"])
        client, address = _client(task["addresses"], task["environ"], task["deadline"])
        if not task["container"]:
            raise EngineRefused("failed", "It is not known which of the engine's containers this is.")
        with contextlib.closing(client):
            if task["diff"] is not None:
                return _diff(client, task["container"], task["diff"])
            return {"address": address, **_describe(client, task["container"])}
    except EngineRefused as refused:
        return {"refused": refused.state, "message": str(refused)}
    except Exception as error:  # whatever an engine, or what claims to be one, makes the SDK raise
        return {"refused": "failed", "message": f"The engine's answer could not be used: {_short(error)}"}


def _bounded(environ: Mapping[str, str]) -> None:
    """No more memory than it may have, and none of the person's own settings for Docker: they may lie on a share."""
    import resource

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    os.environ.update({"HOME": "/nonexistent", **environ})


def _client(addresses: Iterable[str], environ: Mapping[str, str], seconds: float) -> tuple[Any, str]:
    """A client of the first engine that answers; each has its share of the time."""
    addresses = list(addresses)
    try:
        docker: Any = importlib.import_module("docker")
    except ImportError:
        text = f"There is {addresses[0]}, but the Python package that is needed to ask it is not installed."
        raise EngineRefused("not-installed", text) from None
    reasons = []
    for each in addresses:
        try:
            options = docker.utils.kwargs_from_env(dict(environ)) if each == environ.get("DOCKER_HOST") else {}
            options["base_url"] = each
            client = docker.APIClient(version="auto", timeout=seconds / len(addresses), **options)
        except Exception as error:  # the SDK's own, requests', paramiko's, ...: the next may answer
            reasons.append(f"{each}: {_short(error)}")
        else:
            client.timeout = seconds
            return client, each
    raise EngineRefused("failed", f"No engine answered. {' '.join(reasons)}")


def _describe(client: Any, container: str) -> dict[str, Any]:
    """The engine's version, this container, and all containers, cut down to what the records need."""
    own = client.inspect_container(container)
    if not own["Id"]:
        raise ValueError("a container without an id")
    return {
        "version": client.version(),
        "own": {**_only(own, _OWN), "Config": {"Image": (own.get("Config") or {}).get("Image")}},
        "others": [_only(other, _OTHERS) for other in client.containers(all=True)],
    }


def _only(container: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    if not isinstance(container, dict):
        raise TypeError("a container that is no object")
    return {name: container[name] for name in names if name in container}


def _diff(client: Any, container: str, target: str) -> dict[str, Any]:
    """Write the diff while it comes: it may have a million rows, and the SDK's own call would hold them all."""
    address = f"{client.base_url}/v{client.api_version}/containers/{container}/changes"
    deleted = 0
    first: list[str] = []
    with (
        client.get(address, stream=True, timeout=client.timeout) as answer,
        open(target, "w", encoding="ascii") as file,
    ):
        answer.raise_for_status()
        for row in rows(answer.iter_content(_CHUNK)):
            letter = _LETTERS.get(row.get("Kind", -1))
            if letter is None:
                continue
            file.write(f"{letter}{json.dumps(row['Path'])}\n")
            if letter == "D":
                deleted += 1
                if len(first) < MOST_DELETED:
                    first.append(row["Path"])
    return {"deleted": deleted, "first": first}


def rows(chunks: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The objects of a JSON array (or of ``null``) that comes in pieces. ``ValueError`` for anything else."""
    decode, text, pending, inside = json.JSONDecoder().raw_decode, "", b"", False
    for chunk in chunks:
        piece, pending = _whole(pending + chunk)
        text += piece
        at = 0
        while found := _SPACE.match(text, at):
            at = found.end()
            if at == len(text) or (not inside and text[at] != "["):
                break
            if not inside:
                at, inside = at + 1, True
                continue
            if text[at] == "]":
                return
            try:
                row, at = decode(text, at)
            except ValueError:
                break
            if not isinstance(row, dict):
                raise ValueError("a row that is no object")
            yield row
        text = text[at:]
        if len(text) > _LONGEST_ROW:
            break
    if inside or text.strip() != "null":
        raise ValueError("no list of changes")


def _whole(data: bytes) -> tuple[str, bytes]:
    """The text of all whole characters, and the bytes of a last one that is cut in two."""
    for cut in range(min(3, len(data)) + 1):
        try:
            return data[: len(data) - cut].decode("utf-8"), data[len(data) - cut :]
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace"), b""


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]
