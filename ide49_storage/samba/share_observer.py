"""Observes this machine's shares through worker processes, for the decisions of this folder.

One ``ShareObserver`` a server keeps what the next look needs: since when a share is silent, and what its
server said a moment ago.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from ..model.samba import Connection, Negotiation, ServerState
from ..model.timestamps import now
from ..mounts import fstypes
from ..mounts.mountinfo import MountRow
from ..mounts.remote_filesystems import RemoteFilesystems, blocking_mount, worker_key
from ..mounts.table import MountTable
from ..processes.replies import LOCAL, Answered, Reply, Silent, Target
from ..processes.worker import Question
from .debug_data import ServerEntry, connection_of, read_debug_data
from .ide49_settings import MOST, TextFile
from .mount_options import Options, read_options
from .negotiate import negotiate
from .state import ShareHistory, ShareObservation, next_state

DEBUG_DATA = "/proc/fs/cifs/DebugData"
_NEGOTIATION_FRESH = 5.0
_MOST_DEBUG = 1 << 20


class ShareReading:
    """One share as it was just seen."""

    def __init__(self, row: MountRow, options: Options) -> None:
        self.row = row
        self.options = options
        self.reply: Reply = Silent("It was not asked", None)
        self.connection: Connection | None = None
        self.negotiation: Negotiation | None = None
        self.past = ShareHistory(state=next_state(ShareObservation(now(), self.reply), None)[0].state)
        self.evidence: tuple[str, ...] = ()
        self.latency: float | None = None


def shares_of(table: MountTable) -> list[MountRow]:
    """The visible mounts that another machine or a program serves, Samba first."""
    rows = [
        row
        for row in table.rows
        if row.id not in table.hidden
        and not table.is_local(row)
        and row.fs_type not in fstypes.KERNEL
        and row.fs_type not in ("fuse.lxcfs", "fuse.portal")
    ]
    return sorted(rows, key=lambda row: row.fs_type not in fstypes.SAMBA)


class ShareObserver:
    """What is remembered of the shares between two looks. Belongs to one event loop."""

    def __init__(self, prober: RemoteFilesystems) -> None:
        self.prober = prober
        self._past: dict[tuple[str, tuple[str, ...]], ShareHistory] = {}
        self._said: dict[tuple[str, int | None], tuple[float, Negotiation]] = {}
        self._asking: dict[tuple[str, int | None], asyncio.Future[Negotiation]] = {}

    async def look(self, table: MountTable, rows: Sequence[MountRow]) -> list[ShareReading]:
        """How each of these shares stands. Takes no longer than the probes' deadline and a little."""
        entries, readings = await asyncio.gather(
            self._kernel(rows), asyncio.gather(*(self._ask(table, row) for row in rows))
        )
        for reading in readings:
            self._judge(reading, entries)
        known = {(worker_key(row).key, row.super_options) for row in rows}
        self._past = {key: past for key, past in self._past.items() if key in known}
        self.prober.forget(table)
        return list(readings)

    async def _ask(self, table: MountTable, row: MountRow) -> ShareReading:
        """What the mount itself says, and its server when the mount does not."""
        target = worker_key(row)
        reading = ShareReading(row, read_options(row))
        options, deadline = reading.options, self.prober.pool.deadline
        start = time.monotonic()
        troubled = self.prober.pool.standing(target).answering is False
        if troubled and row.fs_type in fstypes.SAMBA and options.server:
            # Asking the server costs no process. Once it answers, the mount is worth asking again.
            reading.negotiation = await self.negotiation(options.server, options.port, deadline / 2, fresh=0)
            if reading.negotiation.state is ServerState.ANSWERS:
                self.prober.pool.hurry(target)
        left = max(0.1, deadline - (time.monotonic() - start))
        holder = blocking_mount(table, row.mount_point) or row
        (reading.reply,) = await self.prober.pool.ask(worker_key(holder), [("statvfs", row.mount_point)], left)
        reading.latency = self.prober.pool.standing(target).latency if isinstance(reading.reply, Answered) else None
        return reading

    def _judge(self, reading: ShareReading, entries: tuple[ServerEntry, ...]) -> None:
        row, options = reading.row, reading.options
        key = worker_key(row).key, row.super_options
        if options.server and options.share:
            reading.connection = connection_of(entries, options.server, row.super_value("addr"), options.share)
        seen = ShareObservation(now(), reading.reply, reading.connection, reading.negotiation)
        reading.past, reading.evidence = next_state(seen, self._past.get(key))
        self._past[key] = reading.past

    async def _kernel(self, rows: Sequence[MountRow]) -> tuple[ServerEntry, ...]:
        """What the kernel says of its connections. Reading it was never seen to block; it is asked as if it could."""
        if not any(row.fs_type in ("cifs", "smb3") for row in rows):
            return ()
        target = Target("kernel", "The kernel's list of Samba connections")
        (reply,) = await self.prober.pool.ask(target, [("pseudo", DEBUG_DATA, _MOST_DEBUG)])
        return read_debug_data(reply.value) if isinstance(reply, Answered) else ()

    async def negotiation(
        self, server: str, port: int | None, deadline: float, fresh: float = _NEGOTIATION_FRESH
    ) -> Negotiation:
        """What the server says, at most ``fresh`` seconds old."""
        said = self._said.get((server, port))
        if said is not None and time.monotonic() - said[0] < fresh:
            return said[1]
        # Those who ask at the same time share one connection: a server that hangs keeps each that it was offered.
        running = self._asking.get((server, port))
        if running is None:
            running = self._asking[server, port] = asyncio.ensure_future(
                negotiate(self.prober.pool, server, port, deadline)
            )
            running.add_done_callback(lambda _: self._asking.pop((server, port), None))
        answer = await asyncio.shield(running)
        if answer.state is ServerState.ANSWERS:
            self._said = {(server, port): (time.monotonic(), answer)}
        return answer

    async def ask_at(
        self,
        table: MountTable,
        path: str,
        questions: Sequence[Question],
        local: Target,
        deadline: float | None = None,
    ) -> list[Reply]:
        """Ask about a path without links: the mount it may hang on, or the helper ``local``."""
        holder = blocking_mount(table, path)
        return await self.prober.pool.ask(local if holder is None else worker_key(holder), questions, deadline)

    async def texts(self, table: MountTable, paths: Sequence[str], until: float | None = None) -> list[TextFile]:
        """The first bytes of those of the files that are there and can be read; ``until`` as in ``resolve``."""
        founds = await self.prober.resolve(table, paths, until)
        there = [(path, found.resolved) for path, found in zip(paths, founds, strict=True) if found.exists]
        left = None if until is None else min(self.prober.pool.deadline, max(0.0, until - time.monotonic()))
        replies = await asyncio.gather(
            *(self.ask_at(table, resolved, [("head", resolved, MOST)], LOCAL, left) for _, resolved in there)
        )
        return [
            TextFile(path, reply.value[1], reply.value[0])
            for (path, _), (reply,) in zip(there, replies, strict=True)
            if isinstance(reply, Answered)
        ]
