"""One running call serves all who ask the same meanwhile."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Coroutine
from typing import Any

import pytest

from ide49_storage.server.single_flight import SingleFlight


class Calls:
    """Calls that wait until they are let go; each gives its number, or fails."""

    def __init__(self) -> None:
        self.begun = 0
        self.go = asyncio.Event()
        self.error: Exception | None = None

    async def __call__(self) -> int:
        self.begun += 1
        number = self.begun
        await self.go.wait()
        if self.error is not None:
            raise self.error
        return number


async def waiting(*coroutines: Coroutine[Any, Any, int]) -> list[asyncio.Task[int]]:
    """Tasks that have all come to where they wait."""
    tasks = [asyncio.create_task(each) for each in coroutines]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_all_who_ask_meanwhile_get_the_answer_of_one_call() -> None:
    flight, calls = SingleFlight(), Calls()
    tasks = await waiting(*(flight.share("key", calls) for _ in range(50)))
    calls.go.set()
    assert await asyncio.gather(*tasks) == [1] * 50
    assert calls.begun == 1


async def test_who_asks_after_the_end_begins_a_new_call() -> None:
    flight, calls = SingleFlight(), Calls()
    calls.go.set()
    assert [await flight.share("key", calls) for _ in range(3)] == [1, 2, 3]


async def test_a_call_that_has_just_ended_is_not_waited_for() -> None:
    flight, calls = SingleFlight(), Calls()
    calls.go.set()
    asked_within: list[asyncio.Future[int]] = []

    async def call() -> int:
        # Its first step comes after this call has ended and before the loop has told so.
        asked_within.append(asyncio.ensure_future(flight.share("key", calls)))
        return 0

    assert await flight.share("key", call) == 0
    assert await asked_within[0] == 1


async def test_other_parameters_are_another_call() -> None:
    flight, calls = SingleFlight(), Calls()
    tasks = await waiting(*(flight.share(("call", kernel), calls) for kernel in (None, "a", "b", "a")))
    calls.go.set()
    assert await asyncio.gather(*tasks) == [1, 2, 3, 2]


async def test_a_failure_is_that_of_all_who_wait_and_the_next_asks_anew() -> None:
    flight, calls = SingleFlight(), Calls()
    calls.error = OSError("gone")
    tasks = await waiting(*(flight.share("key", calls) for _ in range(3)))
    calls.go.set()
    assert await asyncio.gather(*tasks, return_exceptions=True) == [calls.error] * 3
    calls.error = None
    assert await flight.share("key", calls) == 2


@pytest.mark.parametrize("leaver", [0, 1])
async def test_a_waiter_that_leaves_takes_nothing_from_the_others(leaver: int) -> None:
    flight, calls = SingleFlight(), Calls()
    tasks = await waiting(*(flight.share("key", calls) for _ in range(3)))
    tasks[leaver].cancel()
    with pytest.raises(asyncio.CancelledError):
        await tasks[leaver]
    calls.go.set()
    assert await asyncio.gather(*(task for task in tasks if not task.cancelled())) == [1, 1]


async def test_a_call_that_all_have_left_is_still_shared_and_its_failure_is_no_complaint_of_the_loop() -> None:
    complaints: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    flight, calls = SingleFlight(), Calls()
    (task,) = await waiting(flight.share("key", calls))
    task.cancel()
    (second,) = await waiting(flight.share("key", calls))
    second.cancel()
    calls.error = OSError("gone")
    calls.go.set()
    await waiting()
    del task, second
    gc.collect()
    await waiting()
    assert (calls.begun, complaints) == (1, [])
