"""What podman and Docker have in common here: images, containers, volumes, by their command lines."""

from __future__ import annotations

import abc
import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .mounts import MountSpec
from .shell import Completed, LabError, run

SLEEP = ("sleep", "infinity")


@dataclasses.dataclass(frozen=True, kw_only=True)
class RunSpec:
    """All that a container was started with, so that another can be started like it."""

    image: str
    mounts: tuple[MountSpec, ...] = ()
    command: tuple[str, ...] = SLEEP
    env: Mapping[str, str] = dataclasses.field(default_factory=dict)
    rm: bool = False
    read_only: bool = False
    network: str = "none"
    extra: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Change:
    """One line of the engine's own ``diff``: ``kind`` is ``A`` (added), ``C`` (changed), ``D`` (deleted)."""

    kind: str
    path: str


class Container:
    """A container that was started. Everything is done by its ``id``."""

    def __init__(self, engine: Engine, identifier: str, spec: RunSpec) -> None:
        self.engine = engine
        self.id = identifier
        self.spec = spec

    def exec(
        self,
        argv: Sequence[str],
        *,
        user: str | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str | None = None,
        check: bool = True,
    ) -> Completed:
        """Run ``argv`` inside and wait for it; raises `LabError` when it fails and ``check`` holds."""
        options = ["--interactive"] if stdin is not None else []
        if user is not None:
            options += ["--user", user]
        options += _env_arguments(env or {})
        return self.engine.cli("exec", *options, self.id, *argv, check=check, stdin=stdin)

    def python(self, script: str, *arguments: str, user: str | None = None) -> str:
        """The output of a Python ``script`` inside, given ``arguments`` in ``sys.argv[1:]``."""
        return self.exec(["python3", "-c", script, *arguments], user=user).stdout

    def stop(self) -> None:
        """Stop it at once (its files stay, unless it was started with ``rm``)."""
        self.engine.cli("stop", "--time", "0", self.id)

    def start(self) -> None:
        """Start it again."""
        self.engine.cli("start", self.id)

    def remove(self) -> None:
        """Remove it; its anonymous volumes stay behind, as after ``docker rm``."""
        self.engine.cli(*self.engine.remove_at_once, self.id, check=False)

    def replaced_by(self, image: str) -> Container:
        """What an update does: this container is removed, and one from ``image`` gets the same mounts."""
        self.remove()
        return self.engine.start(dataclasses.replace(self.spec, image=image))

    def copy_in(self, source: Path, target: str) -> None:
        """Copy a file or folder of the host into it."""
        self.engine.cli("cp", str(source), f"{self.id}:{target}")

    def commit(self, tag: str, changes: Sequence[str] = ()) -> str:
        """Make the image ``tag`` of its container layer, with Dockerfile ``changes``; gives the tag."""
        options = [part for change in changes for part in ("--change", change)]
        self.engine.cli("commit", *options, self.id, tag)
        return tag

    def export(self, tar: Path) -> None:
        """Write all its files, without its mounts, as a tar archive."""
        self.engine.cli("export", "--output", str(tar), self.id)

    def diff(self) -> list[Change]:
        """The engine's own list of what differs from the image (names with newlines are not safe in it)."""
        lines = self.engine.cli("diff", self.id).stdout.splitlines()
        return [Change(line[0], line[2:]) for line in lines if line]

    def inspect(self) -> dict[str, Any]:
        """The engine's description of it."""
        found: list[dict[str, Any]] = json.loads(self.engine.cli("inspect", self.id).stdout)
        return found[0]

    def upper_dir(self) -> Path:
        """The host's folder with the container layer; raises `LabError` where the driver has none."""
        driver = self.inspect()["GraphDriver"]
        upper = (driver.get("Data") or {}).get("UpperDir")
        if not upper:
            raise LabError(f"the storage driver {driver['Name']} has no upper directory")
        return Path(upper)


class Engine(abc.ABC):
    """A container engine with storage of its own. Made by the context managers of the subclasses."""

    name: str
    driver: str
    remove_at_once: tuple[str, ...] = ("rm", "--force")

    @abc.abstractmethod
    def argv(self, *arguments: str) -> list[str]:
        """The command line that reaches this engine, followed by ``arguments``."""

    def environment(self) -> Mapping[str, str] | None:
        """The environment of the engine's commands; ``None`` for this process's own."""
        return None

    def cli(self, *arguments: str, check: bool = True, stdin: str | None = None) -> Completed:
        """Run a command of the engine; raises `LabError` when it fails and ``check`` holds."""
        return run(self.argv(*arguments), check=check, stdin=stdin, env=self.environment())

    @property
    @abc.abstractmethod
    def version(self) -> str:
        """The engine's version, such as ``4.3.1``."""

    def run(
        self,
        image: str,
        *,
        mounts: Sequence[MountSpec] = (),
        command: Sequence[str] = SLEEP,
        env: Mapping[str, str] | None = None,
        name: str | None = None,
        rm: bool = False,
        read_only: bool = False,
        network: str = "none",
        extra: Sequence[str] = (),
    ) -> Container:
        """Start a container in the background; ``extra`` are further arguments of ``run``."""
        named = () if name is None else ("--name", name)
        return self.start(
            RunSpec(
                image=image,
                mounts=tuple(mounts),
                command=tuple(command),
                env=dict(env or {}),
                rm=rm,
                read_only=read_only,
                network=network,
                extra=(*named, *extra),
            )
        )

    def start(self, spec: RunSpec) -> Container:
        """Start a container by its description."""
        arguments = ["run", "--detach", "--network", spec.network, *_env_arguments(spec.env), *spec.extra]
        arguments += ["--rm"] if spec.rm else []
        arguments += ["--read-only"] if spec.read_only else []
        for mount in spec.mounts:
            arguments += mount.arguments()
        identifier = self.cli(*arguments, spec.image, *spec.command).stdout.strip()
        return Container(self, identifier, spec)

    def volume_create(self, name: str, *options: str) -> None:
        """Make a named volume."""
        self.cli("volume", "create", *options, name)

    def volume_rm(self, *names: str) -> None:
        """Remove volumes."""
        self.cli("volume", "rm", "--force", *names)

    def volume_ls(self) -> list[str]:
        """The names of all volumes, those without a name by their 64 hexadecimal digits."""
        return self.cli("volume", "ls", "--quiet").stdout.split()

    def import_tar(self, tar: Path, tag: str, changes: Sequence[str] = ()) -> str:
        """Make the image ``tag`` of a root file system, with Dockerfile ``changes``; gives the tag."""
        options = [part for change in changes for part in ("--change", change)]
        self.cli("import", *options, str(tar), tag)
        return tag

    def has_image(self, tag: str) -> bool:
        """Whether the image is there already."""
        return self.cli("image", "inspect", tag, check=False).returncode == 0

    def remove_everything_but_images(self) -> None:
        """Remove all containers and volumes of this engine's own storage."""
        containers = self.cli("ps", "--all", "--quiet").stdout.split()
        if containers:
            self.cli(*self.remove_at_once, *containers)
        volumes = self.volume_ls()
        if volumes:
            self.volume_rm(*volumes)


def _env_arguments(env: Mapping[str, str]) -> list[str]:
    return [part for key, value in env.items() for part in ("--env", f"{key}={value}")]
