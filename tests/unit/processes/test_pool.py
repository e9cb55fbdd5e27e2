"""The pool with real helper processes. Silence is made by stopping a helper (SIGSTOP)."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ide49_storage.processes import pool as pool_module
from ide49_storage.processes import worker as helper_module
from ide49_storage.processes.pool import Pool
from ide49_storage.processes.replies import LOCAL, Answered, Failed, Silent, Target

SHARE = Target("7 /share //server/data", "The share at /share")
LOOK = [["look", "/"]]


@asynccontextmanager
async def open_pool(deadline: float = 5.0) -> AsyncIterator[Pool]:
    pool = Pool(deadline)
    try:
        yield pool
    finally:
        await pool.close()


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await test()

    asyncio.run(main())


async def silenced(pool: Pool, target: Target = SHARE) -> int:
    """Warm the target's helper up and stop it; its process id."""
    assert await pool.ask(target, LOOK, 10.0) == [Answered(["dir", None])]
    pid = pool.pids()[target.key]
    os.kill(pid, signal.SIGSTOP)
    return pid


def test_answers_and_errors_come_in_order() -> None:
    async def test() -> None:
        async with open_pool() as pool:
            replies = await pool.ask(LOCAL, [["look", "/"], ["statvfs", "/no/such"], ["look", "/no/such"]])
            assert replies == [Answered(["dir", None]), Failed(errno.ENOENT), Answered(["missing", None])]
            assert pool.standing(LOCAL).answering is True

    run(test)


def test_one_process_serves_all_local_questions_and_each_remote_target_has_its_own() -> None:
    async def test() -> None:
        async with open_pool() as pool:
            await asyncio.gather(*(pool.ask(LOCAL, LOOK) for _ in range(20)))
            first = pool.pids()
            await pool.ask(SHARE, LOOK)
            await pool.ask(LOCAL, LOOK)
            assert pool.pids()[LOCAL.key] == first[LOCAL.key]
            assert set(pool.pids()) == {LOCAL.key, SHARE.key}

    run(test)


def test_a_helper_runs_in_the_root_folder_isolated_with_no_inherited_descriptor(tmp_path: object) -> None:
    async def test() -> None:
        reading, writing = os.pipe()
        os.set_inheritable(reading, True)
        try:
            async with open_pool() as pool:
                await pool.ask(LOCAL, LOOK)
                proc = f"/proc/{pool.pids()[LOCAL.key]}"
                assert os.readlink(f"{proc}/cwd") == "/"
                assert sorted(os.listdir(f"{proc}/fd")) == ["0", "1", "2"]
                assert text_of(f"{proc}/cmdline").split("\0")[1:3] == ["-I", "-S"]
                assert "PATH=" not in text_of(f"{proc}/environ")
        finally:
            os.close(reading)
            os.close(writing)

    run(test)


def test_a_silent_target_is_said_to_be_silent_since_the_first_question_and_its_helper_killed() -> None:
    async def test() -> None:
        async with open_pool(0.3) as pool:
            pid = await silenced(pool)
            first = (await pool.ask(SHARE, LOOK))[0]
            assert isinstance(first, Silent)
            assert first.since is not None
            assert "The share at /share" in first.reason
            second = (await pool.ask(SHARE, LOOK))[0]
            assert isinstance(second, Silent)
            assert second.since == first.since
            standing = pool.standing(SHARE)
            assert (standing.answering, standing.since) == (False, first.since)
            assert not await still_there(pid)

    run(test)


def text_of(path: str) -> str:
    return Path(path).read_text()


async def still_there(pid: int) -> bool:
    """Whether the process still runs a moment after it was killed (a zombie does not)."""
    for _ in range(50):
        try:
            if text_of(f"/proc/{pid}/stat").rpartition(")")[2].split()[0] == "Z":
                return False
        except FileNotFoundError:
            return False
        await asyncio.sleep(0.02)
    return True


def test_no_process_is_started_in_the_pause_after_a_silence_and_a_hurry_ends_the_pause() -> None:
    async def test() -> None:
        async with open_pool(0.3) as pool:
            pid = await silenced(pool)
            await pool.ask(SHARE, LOOK)
            assert not await still_there(pid)
            await asyncio.gather(*(pool.ask(SHARE, LOOK) for _ in range(100)))
            assert pool.pids() == {}
            pool.hurry(SHARE)
            pool.deadline = 5.0
            assert await pool.ask(SHARE, LOOK) == [Answered(["dir", None])]
            standing = pool.standing(SHARE)
            assert standing.recovered_at is not None
            assert standing.silent_from is not None
            assert standing.silent_from <= standing.recovered_at

    run(test)


def test_pauses_double_and_an_answer_resets_them() -> None:
    async def test() -> None:
        line = pool_module._TargetState(SHARE)
        pauses = []
        for _ in range(7):
            pauses.append(line.pause)
            line.unheard("2026-01-01T00:00:00.000Z")
        assert pauses == [1, 2, 4, 8, 16, 30, 30]
        line.heard(0.001)
        assert line.pause == pool_module.FIRST_PAUSE
        assert line.not_before == 0.0

    run(test)


def test_a_silent_target_does_not_hold_another_back() -> None:
    async def test() -> None:
        async with open_pool(0.5) as pool:
            await silenced(pool)
            share, local = await asyncio.gather(pool.ask(SHARE, LOOK), pool.ask(LOCAL, LOOK, 5.0))
            assert isinstance(share[0], Silent)
            assert local == [Answered(["dir", None])]

    run(test)


def test_a_helper_that_was_killed_by_somebody_is_replaced_unnoticed() -> None:
    async def test() -> None:
        async with open_pool() as pool:
            await pool.ask(LOCAL, LOOK)
            os.kill(pool.pids()[LOCAL.key], signal.SIGKILL)
            assert await pool.ask(LOCAL, LOOK) == [Answered(["dir", None])]

    run(test)


def test_no_further_helper_is_risked_when_too_many_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with open_pool(0.3) as pool:
            await silenced(pool)
            monkeypatch.setattr(helper_module.Worker, "gone", lambda _: False)  # as in state D
            await pool.ask(SHARE, LOOK)
            assert pool.stuck() == 1
            other = (await pool.ask(Target("other", "The share at /other"), LOOK))[0]
            assert isinstance(other, Silent)
            assert "hang already" in other.reason
            assert isinstance((await pool.ask(LOCAL, LOOK, 5.0))[0], Answered)
            again = (await pool.ask(SHARE, LOOK))[0]
            assert isinstance(again, Silent)
            assert "still hangs" in again.reason
            monkeypatch.undo()

    monkeypatch.setattr(pool_module, "MOST_STUCK", 1)
    run(test)


def test_closing_ends_healthy_and_silent_helpers_and_no_question_is_asked_afterwards() -> None:
    async def test() -> None:
        pool = Pool(0.3)
        stopped = await silenced(pool)
        await pool.ask(LOCAL, LOOK)
        healthy = pool.pids()[LOCAL.key]
        await pool.close()
        assert not await still_there(stopped)
        assert not await still_there(healthy)
        assert isinstance((await pool.ask(LOCAL, LOOK))[0], Silent)

    run(test)


def test_a_helper_ends_when_its_server_is_gone(tmp_path: object) -> None:
    async def test() -> None:
        made = helper_module.Worker("test")
        assert made._process.stdin is not None
        answers: list[tuple[int, object]] = []
        await made.ask(LOOK, asyncio.get_running_loop().time() + 5, answers)
        made._process.stdin.close()
        assert not await still_there(made.pid)
        made._process.wait(5)
        assert made._process.stdout is not None
        made._process.stdout.close()

    run(test)


def test_forgotten_targets_lose_their_helpers_and_local_keeps_its_own() -> None:
    async def test() -> None:
        async with open_pool() as pool:
            await pool.ask(LOCAL, LOOK)
            await pool.ask(SHARE, LOOK)
            pool.forget(set())
            assert set(pool.pids()) <= {LOCAL.key, SHARE.key}
            assert LOCAL.key in pool.pids()
            await asyncio.sleep(0.1)
            pool.forget(set())
            assert set(pool.pids()) == {LOCAL.key}

    run(test)


def test_ten_thousand_questions_pass_through_the_pipes_at_once() -> None:
    async def test() -> None:
        async with open_pool() as pool:
            replies = await pool.ask(LOCAL, [["look", "/" + "x" * 100]] * 10_000, 30.0)
            assert replies == [Answered(["missing", None])] * 10_000

    run(test)


def test_what_is_asked_of_a_helper_that_answers_only_in_part_is_late_and_not_dead() -> None:
    async def test() -> None:
        async with open_pool(0.4) as pool:
            await pool.ask(SHARE, LOOK, 10.0)
            replies = await pool.ask(SHARE, [*LOOK, ["call", [], "time", "sleep", 60]], 2.0)
            assert isinstance(replies[0], Answered)
            assert isinstance(replies[-1], Silent)
            assert replies[-1].since is None
            assert pool.standing(SHARE).answering is True

    run(test)


def test_a_helper_that_is_slow_to_start_says_nothing_of_its_target() -> None:
    async def test() -> None:
        async with open_pool() as pool:
            reply = (await pool.ask(SHARE, LOOK, 0.0001))[0]
            assert isinstance(reply, Silent)
            assert reply.since is None
            assert pool.standing(SHARE).answering is None
            pid = pool.pids()[SHARE.key]
            assert await pool.ask(SHARE, LOOK, 10.0) == [Answered(["dir", None])]
            assert pool.pids()[SHARE.key] == pid

    run(test)


@pytest.mark.parametrize("steps", range(6))
def test_this_loop_being_held_up_is_no_silence_of_the_target(steps: int) -> None:
    async def test() -> None:
        async with open_pool(0.2) as pool:
            await pool.ask(SHARE, LOOK, 10.0)
            asked = asyncio.ensure_future(pool.ask(SHARE, LOOK))
            for _ in range(steps):
                await asyncio.sleep(0)
            time.sleep(0.4)  # as Jupyter does while it reads a large notebook
            (reply,) = await asked
            assert isinstance(reply, Answered) or reply == Silent(f"{SHARE.what} was asked too late to answer", None)
            assert pool.standing(SHARE).answering is True

    run(test)


def test_one_who_waited_for_earlier_questions_does_not_call_the_target_silent() -> None:
    async def test() -> None:
        async with open_pool() as pool:
            await pool.ask(SHARE, LOOK, 10.0)
            pid = pool.pids()[SHARE.key]
            sleeping = ["call", [], "time", "sleep", 1.0]
            first = asyncio.ensure_future(pool.ask(SHARE, [sleeping], 60.0))
            await asyncio.sleep(0.1)
            second = (await pool.ask(SHARE, [sleeping], 1.3))[0]
            assert await first == [Answered(None)]
            assert isinstance(second, Silent)
            assert second.since is None
            assert pool.standing(SHARE).answering is True
            assert await pool.ask(SHARE, LOOK, 60.0) == [Answered(["dir", None])]
            assert pool.pids()[SHARE.key] == pid

    run(test)


def test_the_wait_for_others_ends_in_time_however_many_wait() -> None:
    async def test() -> None:
        async with open_pool() as pool:
            await pool.ask(SHARE, LOOK, 10.0)
            start = time.monotonic()
            sleeping = ["call", [], "time", "sleep", 0.3]
            replies = await asyncio.gather(*(pool.ask(SHARE, [sleeping], 1.0) for _ in range(30)))
            # One after another they would take nine seconds.
            assert time.monotonic() - start < 6
            assert any(isinstance(reply[0], Answered) for reply in replies)
            assert pool.standing(SHARE).answering is True

    run(test)
