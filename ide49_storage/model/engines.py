"""Records of what the container engine itself tells, where its socket can be reached."""

from __future__ import annotations

import enum

from .vocabulary import Moment, Record


class EngineState(str, enum.Enum):
    """Whether the engine was asked and answered. ``not-allowed``: no socket of an engine can be reached here."""

    ANSWERED = "answered"
    NOT_ALLOWED = "not-allowed"
    NOT_INSTALLED = "not-installed"
    FAILED = "failed"


class SharedWith(Record, frozen=True, kw_only=True):
    """Another container that mounts the same volume or folder, and where."""

    container: str
    mount_point: str
    running: bool
    read_only: bool


class EngineVolume(Record, frozen=True, kw_only=True):
    """A mount of this container as the engine knows it.

    ``type`` is the engine's word (``volume``, ``bind``, ...); ``name`` and ``driver`` are a volume's, the
    name with everything that the engine's paths may not show; ``source`` is the folder on the host.
    """

    mount_point: str
    type: str
    name: str | None
    driver: str | None
    source: str | None
    shared_with: tuple[SharedWith, ...]


class EngineReport(Record, frozen=True, kw_only=True):
    """The answer of ``GET engine``.

    ``evidence`` says who was asked or why nobody was; ``how`` what would allow it and what that means for
    security, ``None`` when it is allowed. Everything else is ``None`` or empty unless it ``answered``.
    """

    state: EngineState
    evidence: str
    how: str | None
    socket: str | None
    engine: str | None
    version: str | None
    container_id: str | None
    container: str | None
    image: str | None
    created_at: Moment | None
    volumes: tuple[EngineVolume, ...]
