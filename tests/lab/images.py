"""The images of the laboratory: bare Debian, and Debian with Jupyter and this project installed.

Tags carry what they were made from, so an engine that kept an older one does not use it.
"""

from __future__ import annotations

import email
import hashlib
import zipfile
from collections.abc import Sequence
from pathlib import Path

from . import pip_settings
from .engine import Engine
from .folder import cached, scratch
from .mounts import bind
from .rootfs import RELEASES, base_tar, marker_file

DEBIAN12, DEBIAN13 = "debian12", "debian13"


class Images:
    """Makes images in one engine, each when it is first asked for. All methods give a tag."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def base(self, name: str) -> str:
        """Bare Debian with Python and user ``iot``: ``debian12`` or ``debian13``."""
        return self._imported(name, base_tar(RELEASES[name]))

    def managed(self, name: str) -> str:
        """`base` with Debian's own ``EXTERNALLY-MANAGED`` marker."""
        release = RELEASES[name]
        base = self.base(name)
        return self._derived(f"{base}-managed", base, [(marker_file(release), release.marker)])

    def with_changes(self, image: str, changes: Sequence[str]) -> str:
        """``image`` with Dockerfile instructions, such as ``VOLUME /data``."""
        return self._derived(f"{image}-{_digest(*changes)}", image, [], changes)

    def dependencies(self, name: str, requirements: Sequence[str]) -> str:
        """`base` with ``requirements`` installed by its own pip; kept, so only their first use needs a network."""
        base = base_tar(RELEASES[name])
        digest = _digest(str(base.stat().st_mtime_ns), *sorted(requirements))
        archive = f"{name}-jupyter-{digest}.tar"
        return self._imported(f"{name}-jupyter", cached(archive, lambda tar: self._install(name, requirements, tar)))

    def jupyter(self, name: str, wheel: Path) -> str:
        """`base` with the project's ``wheel`` and all that it requires."""
        base = self.dependencies(name, wheel_requirements(wheel))
        tag = f"{base}-{_digest(hashlib.sha256(wheel.read_bytes()).hexdigest())}"
        if not self.engine.has_image(tag):
            self._forget_older(base)
        target = f"/root/{wheel.name}"
        command = ["pip", "install", "--root-user-action=ignore", "--no-index", "--no-deps", target]
        return self._derived(tag, base, [(wheel, target)], (), command)

    def _forget_older(self, base: str) -> None:
        # every build of the wheel makes an image: those of the builds before are of no use any more
        listed = self.engine.cli("images", "--format", "{{.Repository}}:{{.Tag}}").stdout.split()
        older = [tag for tag in listed if tag.removeprefix("localhost/").startswith(f"{base}-")]
        if older:
            self.engine.cli("rmi", "--force", *older)

    def _imported(self, name: str, tar: Path) -> str:
        tag = f"lab/{name}:{tar.stat().st_mtime_ns:x}"
        return tag if self.engine.has_image(tag) else self.engine.import_tar(tar, tag)

    def _derived(
        self,
        tag: str,
        base: str,
        files: Sequence[tuple[Path, str]],
        changes: Sequence[str] = (),
        command: Sequence[str] = (),
    ) -> str:
        if self.engine.has_image(tag):
            return tag
        container = self.engine.run(base)
        try:
            for source, target in files:
                container.copy_in(source, target)
            if command:
                container.exec(command)
            return container.commit(tag, changes)
        finally:
            container.remove()

    def _install(self, name: str, requirements: Sequence[str], tar: Path) -> None:
        with scratch("pip") as settings:
            env = pip_settings.prepare(settings)
            mounts = [bind(settings, pip_settings.MOUNT_POINT, read_only=True)]
            container = self.engine.run(self.base(name), mounts=mounts, network="host")
            try:
                command = [
                    "pip",
                    "install",
                    "--root-user-action=ignore",
                    "--no-cache-dir",
                    "--",
                    *requirements,
                ]
                container.exec(command, env=env)
                container.export(tar)
            finally:
                container.remove()


def wheel_requirements(wheel: Path) -> list[str]:
    """What a wheel requires to run, as its metadata has it, extras left out."""
    with zipfile.ZipFile(wheel) as archive:
        metadata = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        message = email.message_from_bytes(archive.read(metadata))
    found = [str(value) for value in message.get_all("Requires-Dist") or []]
    return [requirement for requirement in found if "extra ==" not in requirement]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
