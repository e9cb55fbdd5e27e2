"""Kind, event and fate: the vocabulary that every report shares."""

from __future__ import annotations

import enum
from typing import Annotated

import msgspec

#: Bumped when the contract (openapi.json) changes; the package's own version is another number.
CONTRACT_VERSION = "0.2.0"
#: A time: RFC 3339 in UTC, as ``timestamps`` writes it.
Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """The base of every record: immutable, its fields named when it is made."""


class Kind(str, enum.Enum):
    """What a storage is."""

    CONTAINER = "container"
    VOLUME = "volume"
    ANONYMOUS = "anonymous"
    BIND = "bind"
    POD = "pod"
    MEMORY = "memory"
    SAMBA = "samba"
    NETWORK = "network"
    REMOVABLE = "removable"
    DISK = "disk"
    CONFIG = "config"
    ENGINE = "engine"
    KERNEL = "kernel"
    HOST = "host"
    UNKNOWN = "unknown"


class Fate(str, enum.Enum):
    """What an event does to a path."""

    KEPT = "kept"
    LOST = "lost"
    AT_RISK = "at-risk"
    UNKNOWN = "unknown"


class Fates(Record, frozen=True, kw_only=True):
    """The fate at each event.

    ``stop``: the container is stopped and started. ``update``: it is replaced by one made from a new
    image, with the same mounts. ``device``: the machine or its SD card is lost.
    """

    stop: Fate
    update: Fate
    device: Fate


class Evidence(Record, frozen=True, kw_only=True):
    """One sentence each that says from which observed fact the kind and each fate follows."""

    kind: str
    stop: str
    update: str
    device: str


class ErrorBody(Record, frozen=True, kw_only=True, omit_defaults=True):
    """The body of every 4xx answer: what is wrong, a kebab-case code for programs, and the path it is about."""

    message: str
    code: str
    path: str | None = None
