"""Reads what the reports are made from: the mount table, the engine's signs and which devices can be taken out."""

from __future__ import annotations

import copy
import os
import sys
from collections.abc import Callable, Mapping
from functools import cached_property

from ..model.mounts import Engine, LineProblem, Mount
from ..model.timestamps import now
from . import mountinfo
from .block_devices import removable_devices
from .capacity import CapacityReading, StorageKey
from .classify.context import Classification, Context
from .classify.rules import classify, context_of
from .engine_detection import ENV_NAMES, Signs, recognise
from .local_files import read_small
from .mountinfo import MountRow, parse
from .mountinfo_events import MOUNTINFO
from .table import MountTable


class MountSnapshot:
    """One reading of the machine. All that follows from it is computed without asking anything again.

    ``capacities`` lacks the storages that were not asked. ``at`` is RFC 3339 in UTC.
    """

    def __init__(
        self,
        *,
        at: str,
        table: MountTable,
        engine: Engine,
        problems: tuple[LineProblem, ...] = (),
        capacities: Mapping[StorageKey, CapacityReading] | None = None,
        removable: Mapping[str, bool] | None = None,
    ) -> None:
        self.at = at
        self.table = table
        self.engine = engine
        self.problems = problems
        self.capacities = capacities or {}
        self.removable = removable or {}
        self._verdicts: dict[int, Classification] = {}
        #: Each mount's record without its capacity, by id: made once for a table, since nothing in it can change.
        self.described: dict[int, Mount] = {}

    def with_capacities(self, at: str, capacities: Mapping[StorageKey, CapacityReading]) -> MountSnapshot:
        """The same table, read again and found unchanged, with the capacities as they are now."""
        later = copy.copy(self)
        later.at, later.capacities = at, capacities
        return later

    @cached_property
    def context(self) -> Context:
        """What the rules know beside each mount."""
        return context_of(self.table, self.engine.name, self.removable)

    def verdict(self, row: MountRow) -> Classification:
        """What a mount is and what becomes of it; computed once for each mount."""
        known = self._verdicts.get(row.id)
        if known is None:
            known = self._verdicts[row.id] = classify(row, self.context)
        return known


_last: list[tuple[bytes, MountSnapshot]] = []


def take_snapshot() -> MountSnapshot:
    """Read this machine now. It touches local file systems only, and never raises for what it cannot read.

    No storage is asked for its capacity: ``RemoteFilesystems.capacities`` does that, through the probes.

    mountinfo is read each time. While it is byte for byte the same, so is what follows from it: ids are used
    again, but a line has everything that is concluded from.
    """
    at = now()
    try:
        text = mountinfo.read_mountinfo()
    except OSError as error:
        problem = LineProblem(line=0, problem=f"{MOUNTINFO} could not be read: {error.strerror}")
        table = MountTable(())
        return MountSnapshot(
            at=at, table=table, engine=recognise(_signs_of_this_process(table), table), problems=(problem,)
        )
    known = next((made for read, made in _last if read == text), None)
    if known is None:
        known = _conclude(text, at)
        _last[:] = [(text, known)]
    return known.with_capacities(at, {})


def _conclude(text: bytes, at: str) -> MountSnapshot:
    """All that follows from a mount table, except the capacities."""
    rows, problems = parse(text)
    table = MountTable(rows)
    return MountSnapshot(
        at=at,
        table=table,
        engine=recognise(_signs_of_this_process(table), table),
        problems=tuple(problems),
        removable=removable_devices(table),
    )


_signs: dict[int, Signs] = {}


def _signs_of_this_process(table: MountTable) -> Signs:
    """The signs, looked for once: what runs a container does not change while a process in it lives."""
    pid = os.getpid()
    if pid not in _signs:
        _signs[pid] = collect_signs(table)
    return _signs[pid]


def collect_signs(table: MountTable) -> Signs:
    """Look for the engines' signs: named variables, and small files on local mounts."""
    read = read_small(table)
    return Signs(
        env={name: os.environ[name] for name in ENV_NAMES if name in os.environ},
        dockerenv=read("/.dockerenv") is not None,
        containerenv=read("/run/.containerenv"),
        systemd_container=read("/run/systemd/container"),
        container_manager=read("/run/host/container-manager"),
        cgroup=read("/proc/self/cgroup"),
        init_container=_of_init(read),
    )


def _of_init(read: Callable[[str], str | None]) -> str | None:
    """The variable ``container`` of process 1, and nothing else of its environment."""
    for entry in (read("/proc/1/environ") or "").split("\0"):
        if entry.startswith("container="):
            return entry.partition("=")[2]
    return None


ON_LINUX = sys.platform.startswith("linux")
