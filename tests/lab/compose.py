"""docker-compose: the update that most people make, which keeps anonymous volumes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .dockerd import Docker
from .engine import Container, RunSpec
from .mounts import MountSpec
from .shell import run

SERVICE = "jupyter"


class Project:
    """One service in a compose file in ``folder``. Named volumes have to be there already."""

    def __init__(self, engine: Docker, folder: Path) -> None:
        self._engine = engine
        self._file = folder / "docker-compose.json"

    def up(self, spec: RunSpec, *, capabilities: tuple[str, ...] = ()) -> Container:
        """Start the service, or update it when ``spec`` differs from the last one."""
        names = sorted({mount.source for mount in spec.mounts if mount.type == "volume" and mount.source})
        service: dict[str, Any] = {
            "image": spec.image,
            "command": list(spec.command),
            "network_mode": spec.network,
            "read_only": spec.read_only,
            "cap_add": list(capabilities),
            "stop_grace_period": "0s",
            "volumes": [_volume(mount) for mount in spec.mounts],
        }
        content = {
            "version": "3.7",
            "services": {SERVICE: service},
            "volumes": {name: {"external": True, "name": name} for name in names},
        }
        self._file.write_text(json.dumps(_without_variables(content)))
        self._compose("up", "--detach")
        identifier = self._compose("ps", "--quiet", SERVICE).strip()
        return Container(self._engine, identifier, spec)

    def _compose(self, *arguments: str) -> str:
        fixed = ["--host", f"unix://{self._engine.socket}", "--project-name", "lab", "--file", str(self._file)]
        return run(["docker-compose", *fixed, *arguments]).stdout


def _volume(mount: MountSpec) -> dict[str, Any]:
    described: dict[str, Any] = {"type": mount.type, "target": mount.target, "read_only": "ro" in mount.options}
    if mount.source is not None:
        described["source"] = mount.source
    return described


def _without_variables(value: Any) -> Any:
    # a dollar would be the start of a variable
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, dict):
        return {key: _without_variables(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_variables(item) for item in value]
    return value
