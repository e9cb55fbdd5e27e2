"""What the walk makes of the probes' replies: who was refused may stand before a link, who waits does not."""

from __future__ import annotations

import asyncio
import errno
import time
from collections.abc import Sequence

import pytest

from ide49_storage.mounts.path_walk import ResolvedPath
from ide49_storage.mounts.remote_filesystems import RemoteFilesystems
from ide49_storage.processes.pool import Pool
from ide49_storage.processes.replies import LOCAL, Answered, Failed, Reply, Silent, Target
from ide49_storage.processes.worker import Question

from .lines import DISK_ROOT, line, table_of

TABLE = table_of(DISK_ROOT, line(2, 1, "/share", fs="cifs", source="//10.0.0.1/x"))


class Answers(Pool):
    """A pool without processes: every folder is there, but for paths that end in ``odd``."""

    def __init__(self, odd: Reply) -> None:
        super().__init__()
        self._odd = odd

    async def ask(self, target: Target, questions: Sequence[Question], deadline: float | None = None) -> list[Reply]:
        """See `Pool.ask`."""
        return [self._odd if question[1].endswith("odd") else Answered(("dir", None)) for question in questions]


def resolve(path: str, odd: Reply) -> ResolvedPath:
    (found,) = asyncio.run(RemoteFilesystems(Answers(odd)).resolve(TABLE, [path]))
    return found


@pytest.mark.parametrize("path", ["/here/odd", "/share/odd"])
def test_a_shut_folder_may_hold_a_link_wherever_it_is(path: str) -> None:
    found = resolve(path, Failed(errno.EACCES))
    assert (found.exists, found.may_be_symlink) == (None, True)
    assert f"The folder {path.removesuffix('/odd')} may not be searched" in str(found.doubt)


@pytest.mark.parametrize("reply", [Silent("The share does not answer", None), Failed(errno.EHOSTDOWN)])
def test_a_share_that_is_away_keeps_what_the_text_says(reply: Reply) -> None:
    found = resolve("/share/odd", reply)
    assert (found.exists, found.row.id, found.may_be_symlink) == (None, 2, False)


@pytest.mark.parametrize("reply", [Silent(f"{LOCAL.what} does not answer", None), Failed(errno.EIO)])
def test_a_disk_that_gives_no_answer_may_hold_a_link(reply: Reply) -> None:
    assert resolve("/here/odd", reply).may_be_symlink is True


class Slow(Pool):
    """A pool without processes, in which each question takes its time."""

    async def ask(self, target: Target, questions: Sequence[Question], deadline: float | None = None) -> list[Reply]:
        """See `Pool.ask`."""
        await asyncio.sleep(0.2)
        return [Answered(("dir", None))] * len(questions)


def test_a_walk_over_a_slow_share_ends_when_its_time_is_over() -> None:
    path = "/share/" + "deep/" * 200
    (found,) = asyncio.run(RemoteFilesystems(Slow()).resolve(TABLE, [path], time.monotonic() + 0.5))
    assert (found.exists, found.row.id, found.may_be_symlink) == (None, 2, False)
    assert "answers too slowly" in str(found.doubt)
