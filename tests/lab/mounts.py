"""What a container is given: one record for each mount, told to the engine's command line."""

from __future__ import annotations

import csv
import dataclasses
import io
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class MountSpec:
    """One mount of a container, as the arguments of ``run``.

    ``type`` is the word of ``--mount`` (``volume``, ``bind``, ``tmpfs``, ``image``) or ``overlay``, podman's
    ``-v source:target:O``. ``source`` is ``None`` for an anonymous volume and for tmpfs.
    """

    type: str
    target: str
    source: str | None = None
    options: tuple[str, ...] = ()

    @property
    def anonymous(self) -> bool:
        """A volume that the engine names itself."""
        return self.type == "volume" and self.source is None

    def arguments(self) -> list[str]:
        """The arguments for ``podman run`` and ``docker run``."""
        if self.type == "overlay":
            return ["--volume", f"{self.source}:{self.target}:O"]
        fields = [f"type={self.type}"]
        if self.source is not None:
            fields.append(f"source={self.source}")
        fields.append(f"target={self.target}")
        return ["--mount", _csv_line([*fields, *self.options])]


def _csv_line(fields: list[str]) -> str:
    # both engines read --mount as one line of CSV: quoting is what lets a name hold a comma or a newline
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="").writerow(fields)
    return out.getvalue()


def volume(name: str, target: str, *, read_only: bool = False) -> MountSpec:
    """The named volume ``name`` at ``target``."""
    return MountSpec("volume", target, name, ("ro",) if read_only else ())


def anonymous(target: str) -> MountSpec:
    """A volume without a name at ``target`` (``-v /target``)."""
    return MountSpec("volume", target)


def bind(source: Path | str, target: str, *, read_only: bool = False) -> MountSpec:
    """A folder or file of the host at ``target``."""
    return MountSpec("bind", target, str(source), ("ro",) if read_only else ())


def tmpfs(target: str) -> MountSpec:
    """An empty file system in memory at ``target``."""
    return MountSpec("tmpfs", target)


def overlay_of(source: Path | str, target: str) -> MountSpec:
    """Podman's ``:O``: a folder of the host whose changes go to a layer that dies with the container."""
    return MountSpec("overlay", target, str(source))


def image_at(image: str, target: str, *, writable: bool = False) -> MountSpec:
    """Podman's ``type=image``: another image's files at ``target``."""
    return MountSpec("image", target, image, ("rw=true",) if writable else ())
