"""Asks every storage through the probes: its capacity, and what is at a path on it. Never blocks.

Which process is asked follows from the mount table: everything that this machine's kernel answers goes to
one, and what has a network or FUSE mount on its way goes to that mount's own, since it hangs when that
mount does.
"""

from __future__ import annotations

import asyncio
import errno
import os
import time
from collections.abc import Sequence

from ..model.timestamps import now
from ..processes.pool import Pool
from ..processes.replies import LOCAL, Answered, Failed, Reply, Silent, Target
from ..processes.worker import Question
from . import fstypes
from .capacity import NOT_APPLICABLE, NOT_ASKED, CapacityReading, StorageKey, capacity_reading
from .local_files import LocalFiles, why_failed, why_not_asked
from .mountinfo import MountRow
from .path_walk import Answer, DirEntry, EntryKind, Lstat, ResolvedPath, Unanswered, resolve_path
from .table import MountTable

_AT_ONCE = 100
_KINDS = {"dir": EntryKind.FOLDER, "file": EntryKind.FILE, "link": EntryKind.LINK, "missing": EntryKind.MISSING}


def _title(row: MountRow) -> str:
    """What a mount that can hang is called at the start of a sentence."""
    if row.fs_type in fstypes.SAMBA:
        return f"The Samba share at {row.mount_point}"
    if row.fs_type in fstypes.NETWORK:
        return f"The network file system at {row.mount_point} ({row.fs_type})"
    return f"What is mounted at {row.mount_point} ({row.fs_type})"


def worker_key(row: MountRow) -> Target:
    """The target of a mount that is not local. Mount ids are used again, so the id alone is no key."""
    return Target(f"{row.id} {row.mount_point} {row.source}", _title(row))


def blocking_mount(table: MountTable, path: str) -> MountRow | None:
    """The mount that a question about ``path`` may hang on: the last one on its way that is not local."""
    for row in reversed(table.crossed(path)):
        if not table.is_local(row):
            return row
    return None


class RemoteFilesystems:
    """The probes of one server, and what they last said. Belongs to one event loop; ``close`` it."""

    def __init__(self, pool: Pool | None = None) -> None:
        self.pool = pool or Pool()
        self._known: dict[tuple[StorageKey, str], CapacityReading] = {}

    async def close(self) -> None:
        """End all helper processes that can end."""
        await self.pool.close()

    async def capacities(self, table: MountTable) -> dict[StorageKey, CapacityReading]:
        """The capacity of each storage that a path reaches. Targets that can hang are asked at the same time."""
        capacities: dict[StorageKey, CapacityReading] = {}
        wanted: dict[Target, list[MountRow]] = {}
        for row in table.rows:
            key = (row.device, row.root)
            if key in capacities or row.id in table.hidden:
                continue
            if row.fs_type in fstypes.KERNEL:
                capacities[key] = NOT_APPLICABLE
                continue
            capacities[key] = NOT_ASKED
            holder = blocking_mount(table, row.mount_point)
            wanted.setdefault(LOCAL if holder is None else worker_key(holder), []).append(row)
        await asyncio.gather(*(self._measure(target, rows, capacities) for target, rows in wanted.items()))
        self.forget(table)
        return capacities

    async def _measure(
        self, target: Target, rows: Sequence[MountRow], capacities: dict[StorageKey, CapacityReading]
    ) -> None:
        replies = await self.pool.ask(target, [("statvfs", row.mount_point) for row in rows])
        for row, reply in zip(rows, replies, strict=True):
            capacities[row.device, row.root] = self.remember(row, reply)

    def remember(self, row: MountRow, reply: Reply) -> CapacityReading:
        """Keep and give the capacity that an answer to ``statvfs`` tells; without one, the last that was known."""
        key = (row.device, row.root), row.mount_point
        self._known[key] = reading = capacity_reading(reply, now(), self._known.get(key))
        return reading

    def forget(self, table: MountTable) -> None:
        """End the helpers of mounts that are gone, and what was known of them."""
        present = {((row.device, row.root), row.mount_point) for row in table.rows}
        for gone in self._known.keys() - present:
            del self._known[gone]
        self.pool.forget({worker_key(row).key for row in table.rows if not table.is_local(row)})

    async def resolve(self, table: MountTable, paths: Sequence[str], until: float | None = None) -> list[ResolvedPath]:
        """Walk each absolute path; all walks take their steps together, so that few questions are many.

        Each step has the probes' deadline; ``until`` (on ``time.monotonic``'s clock) ends them all.
        """
        files = LocalFiles(table)
        founds: dict[int, ResolvedPath] = {}
        walks = [resolve_path(table, path) for path in paths]
        waiting: list[tuple[int, Lstat]] = []
        known: dict[str, Answer] = {}
        for index in range(len(walks)):
            try:
                waiting.append((index, next(walks[index])))
            except StopIteration as end:
                founds[index] = end.value
            await _breathe(index)
        while waiting:
            await self._look(table, files, [look for _, look in waiting], known, until)
            still: list[tuple[int, Lstat]] = []
            for step, (index, look) in enumerate(waiting):
                try:
                    still.append((index, walks[index].send(known[look.path])))
                except StopIteration as end:
                    founds[index] = end.value
                await _breathe(step)
            waiting = still
        return [founds[index] for index in range(len(walks))]

    async def _look(
        self,
        table: MountTable,
        files: LocalFiles,
        looks: Sequence[Lstat],
        known: dict[str, Answer],
        until: float | None,
    ) -> None:
        """Put the answer to each of these looks into ``known``."""
        wanted: dict[Target, dict[str, Lstat]] = {}
        for step, look in enumerate(looks):
            if look.path not in known:
                holder = blocking_mount(table, look.path)
                if holder is not None and holder.fs_type in fstypes.KERNEL:  # autofs: to look is to mount
                    known[look.path] = Unanswered(why_not_asked(holder))
                elif holder is None and look.row.fs_type in fstypes.KERNEL:
                    # /proc/self is this process here, and would be another in a helper.
                    known[look.path] = files.look(look)
                else:
                    wanted.setdefault(LOCAL if holder is None else worker_key(holder), {})[look.path] = look
            await _breathe(step)
        await asyncio.gather(
            *(self._ask_looks(target, list(some.values()), known, until) for target, some in wanted.items())
        )

    async def _ask_looks(
        self, target: Target, looks: Sequence[Lstat], known: dict[str, Answer], until: float | None
    ) -> None:
        replies = await self._ask_many(target, [("look", look.path) for look in looks], until)
        for look, reply in zip(looks, replies, strict=True):
            known[look.path] = _entry(look, reply, local=target == LOCAL)

    async def writable(
        self, table: MountTable, founds: Sequence[ResolvedPath], until: float | None = None
    ) -> list[bool | None]:
        """For each walked path, whether this process may write at its nearest existing place. ``until`` as above."""
        answers: list[bool | None] = [None] * len(founds)
        wanted: dict[Target, list[int]] = {}
        for index, found in enumerate(founds):
            if found.doubt is None:
                holder = blocking_mount(table, found.nearest)
                if holder is None or holder.fs_type not in fstypes.KERNEL:
                    wanted.setdefault(LOCAL if holder is None else worker_key(holder), []).append(index)
            await _breathe(index)

        async def ask(target: Target, indexes: Sequence[int]) -> None:
            paths = dict.fromkeys(founds[index].nearest for index in indexes)
            replies = await self._ask_many(target, [("access", path, os.W_OK) for path in paths], until)
            by_path = dict(zip(paths, replies, strict=True))
            for index in indexes:
                reply = by_path[founds[index].nearest]
                answers[index] = bool(reply.value) if isinstance(reply, Answered) else None

        await asyncio.gather(*(ask(target, indexes) for target, indexes in wanted.items()))
        return answers

    async def _ask_many(self, target: Target, questions: Sequence[Question], until: float | None) -> list[Reply]:
        """With more time for more questions where nothing but this machine can be slow."""
        deadline = self.pool.deadline + (len(questions) / 1000 if target == LOCAL else 0)
        if until is not None:
            deadline = min(deadline, until - time.monotonic())
            if deadline <= 0:
                return [Silent(f"{target.what} answers too slowly: it was not asked everything", None)] * len(questions)
        return await self.pool.ask(target, questions, deadline)


async def _breathe(step: int) -> None:
    """In a long loop, let the event loop's other tasks run now and then."""
    if step % _AT_ONCE == _AT_ONCE - 1:
        await asyncio.sleep(0)


def _entry(look: Lstat, reply: Reply, *, local: bool) -> Answer:
    """What the walk is told. A share that does not answer has no links that the text of a path could hide."""
    if isinstance(reply, Silent):
        since = f" It has not answered since {reply.since}." if reply.since else ""
        return Unanswered(f"{reply.reason}.{since}", may_be_symlink=local)
    if isinstance(reply, Failed):
        failed = why_failed(look.path, reply.errno)
        if local or reply.errno in (errno.EACCES, errno.EPERM):
            return failed
        return Unanswered(failed.reason)
    kind, target = reply.value
    return DirEntry(_KINDS.get(kind, EntryKind.OTHER), target)
