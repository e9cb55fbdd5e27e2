"""When a helper process is started, asked, killed, spared or given up: one process for a target at most.

A question that gets no answer before its deadline costs its process: that is killed, and the target counts
as "not answering since". One that had no time to answer, since others came first or this process was
held up itself, says nothing. No other process is started for it while the killed one exists (in the kernel it
may for ever), nor before a pause that doubles with each silence. So a dead file server costs one process,
whatever is asked and however often.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from ..model.timestamps import now
from .replies import LOCAL, Answered, Failed, Reply, Silent, Target, TargetStatus
from .worker import Question, Worker, WorkerEndedError

DEADLINE = 0.8
"""Seconds that a question may take. Local ones take microseconds, healthy servers milliseconds."""
MOST_STUCK = 8
"""Killed processes that have not ended, over all targets, beyond which no further one is risked."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds between a silence and the next question: doubled each time."""
IDLE = 300.0
"""Seconds after which a helper that nobody asked ends."""
_START = 15.0
_SETTLE = 0.2
_HELD = 2.0
_FAIR = 0.5
"""The part of the deadline that a target must have had, before its silence says anything of it."""


class _TargetState:
    """What the pool keeps for one target."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.lock = asyncio.Lock()
        self.waiting = 0
        self.helper: Worker | None = None
        self.killed: tuple[Worker, float] | None = None
        self.since: str | None = None
        self.answered_at: str | None = None
        self.recovered_at: str | None = None
        self.silent_from: str | None = None
        self.latency: float | None = None
        self.pause = FIRST_PAUSE
        self.not_before = 0.0
        self.idle: asyncio.TimerHandle | None = None

    def heard(self, seconds: float) -> None:
        """It answered."""
        moment = now()
        self.answered_at, self.latency = moment, seconds
        if self.since is not None:
            self.silent_from, self.recovered_at, self.since = self.since, moment, None
        self.pause, self.not_before = FIRST_PAUSE, 0.0

    def unheard(self, asked_at: str) -> None:
        """It did not."""
        self.since = self.since or asked_at
        self.not_before = time.monotonic() + self.pause
        self.pause = min(2 * self.pause, LONGEST_PAUSE)

    def silence(self, why: str) -> Silent:
        """The reply for questions that nobody answered."""
        return Silent(reason=f"{self.target.what} {why}", since=self.since)


class Pool:
    """All helper processes of one server. Belongs to one event loop; ``close`` it."""

    def __init__(self, deadline: float | None = None) -> None:
        """``deadline`` in seconds. Nothing is started before the first question."""
        self.deadline = DEADLINE if deadline is None else deadline
        self._lines: dict[str, _TargetState] = {}
        self._closed = False

    async def ask(self, target: Target, questions: Sequence[Question], deadline: float | None = None) -> list[Reply]:
        """A reply for each question, in order, within ``deadline`` seconds or a little more."""
        seconds = self.deadline if deadline is None else deadline
        until = time.monotonic() + seconds
        line = self._lines.setdefault(target.key, _TargetState(target))
        # An unlocked lock still belongs to those who wait for it, so both are looked at.
        if line.lock.locked() or line.waiting:
            line.waiting += 1
            try:
                await asyncio.wait_for(line.lock.acquire(), max(0.0, until - time.monotonic()))
            except asyncio.TimeoutError:
                return [line.silence("is busy with earlier questions")] * len(questions)
            finally:
                line.waiting -= 1
        else:
            await line.lock.acquire()
        try:
            return await self._ask(line, questions, until, seconds)
        finally:
            line.lock.release()

    async def _ask(
        self, line: _TargetState, questions: Sequence[Question], until: float, seconds: float
    ) -> list[Reply]:
        answers: list[tuple[int, Any]] = []
        for last_try in (False, True):
            refusal = self._make_ready(line)
            if refusal is not None or line.helper is None:
                return _replies(answers, questions, refusal)
            asked_at, start = now(), time.monotonic()
            try:
                await line.helper.ask(questions[len(answers) :], until, answers)
            except WorkerEndedError:
                # Its pipes are closed, so it is on its way out, even if the kernel has not finished with it.
                line.helper.kill()
                line.helper.abandon()
                line.helper = None
                if last_try:
                    return _replies(answers, questions, line.silence("could not be asked: the helper process ended"))
                continue
            except TimeoutError:
                fair = line.helper.asked_by(until - max(seconds, self.deadline) * _FAIR)
                return self._too_late(line, asked_at, answers, questions, fair=fair)
            except BaseException:
                self._drop(line)  # cancelled: what it would still say is of no use
                raise
            line.heard(time.monotonic() - max(start, line.helper.ready_at or start))
            self._rest(line)
            break
        return _replies(answers, questions, None)

    def _too_late(
        self,
        line: _TargetState,
        asked_at: str,
        answers: list[tuple[int, Any]],
        questions: Sequence[Question],
        *,
        fair: bool,
    ) -> list[Reply]:
        """What is made of a silence; ``fair``: there was time enough for an answer."""
        helper = line.helper
        if helper is not None and helper.ready_at is None and time.monotonic() - helper.started < _START:
            # A busy machine: that says nothing of the target, and the process will be up for the next question.
            return _replies(
                answers, questions, Silent(f"{line.target.what} was not asked: the helper is starting", None)
            )
        if not fair and line.since is None:
            # The helper stays: what it says too late is passed over, and if it hangs the next question tells.
            return _replies(answers, questions, Silent(f"{line.target.what} was asked too late to answer", None))
        self._drop(line)
        if answers:
            # It did answer, only not everything in this time: slow is not dead. If it has died in the
            # middle, the next question tells.
            return _replies(answers, questions, Silent(f"{line.target.what} did not answer everything in time", None))
        line.unheard(asked_at)
        return _replies(answers, questions, line.silence(f"gave no answer within {self.deadline:g} seconds"))

    def _make_ready(self, line: _TargetState) -> Silent | None:
        """Have a helper for the line, or say why there is none."""
        self._look_after(line)
        if line.helper is not None:
            return None
        if self._closed:
            return line.silence("is not asked any more: the server is stopping")
        if line.killed is not None:
            return line.silence("does not answer: the last question still hangs in the kernel")
        if time.monotonic() < line.not_before:
            return line.silence("did not answer, and is not asked again at once")
        if line.target != LOCAL and self.stuck() >= MOST_STUCK:
            return line.silence(f"is not asked: {MOST_STUCK} questions to other file systems hang already")
        try:
            line.helper = Worker(line.target.key)
        except OSError as error:
            return line.silence(f"could not be asked: no helper process starts ({error.strerror})")
        return None

    def _look_after(self, line: _TargetState) -> None:
        """See whether the killed process has ended; one that took long to did so because its call returned."""
        if line.killed is not None and line.killed[0].gone():
            if time.monotonic() - line.killed[1] > _HELD:
                line.not_before = 0.0
            line.killed = None

    def _drop(self, line: _TargetState) -> None:
        """Kill the line's helper and remember it until it is gone."""
        self._stop_idling(line)
        if line.helper is not None:
            line.helper.kill()
            line.killed = None if line.helper.gone() else (line.helper, time.monotonic())
            line.helper = None

    def _rest(self, line: _TargetState) -> None:
        self._stop_idling(line)
        line.idle = asyncio.get_running_loop().call_later(IDLE, self._drop, line)

    @staticmethod
    def _stop_idling(line: _TargetState) -> None:
        if line.idle is not None:
            line.idle.cancel()
            line.idle = None

    def hurry(self, target: Target) -> None:
        """Something else says that the target is back: ask at the next occasion, without a pause."""
        if target.key in self._lines:
            self._lines[target.key].not_before = 0.0

    def standing(self, target: Target) -> TargetStatus:
        """What is known of the target, without asking it."""
        line = self._lines.get(target.key)
        if line is None:
            return TargetStatus(
                answering=None, since=None, answered_at=None, recovered_at=None, silent_from=None, latency=None, stuck=0
            )
        self._look_after(line)
        return TargetStatus(
            answering=False if line.since else (True if line.answered_at else None),
            since=line.since,
            answered_at=line.answered_at,
            recovered_at=line.recovered_at,
            silent_from=line.silent_from,
            latency=line.latency,
            stuck=int(line.killed is not None),
        )

    def stuck(self) -> int:
        """How many killed processes have not ended."""
        for line in self._lines.values():
            self._look_after(line)
        return sum(line.killed is not None for line in self._lines.values())

    def pids(self) -> dict[str, int]:
        """The processes there are, by the key of their target, those that are stuck included."""
        self.stuck()
        helpers = {key: line.helper or (line.killed and line.killed[0]) for key, line in self._lines.items()}
        return {key: helper.pid for key, helper in helpers.items() if helper}

    def end(self, target: Target) -> None:
        """End the target's helper, when what it was told is to be forgotten at once."""
        line = self._lines.get(target.key)
        if line is None or line.lock.locked() or line.waiting:
            return
        self._stop_idling(line)
        if line.helper is not None:
            # It answered and rests, so it ends: no reason to count it as stuck, nor to let the next question wait.
            line.helper.kill()
            line.helper.abandon()
            line.helper = None

    def forget(self, keys: set[str]) -> None:
        """End the helpers of all mounts but these, which are gone. A mount's key starts with its id."""
        for key in [key for key in self._lines if key not in keys and key[0].isdigit()]:
            line = self._lines[key]
            if line.lock.locked():
                continue
            self._drop(line)
            self._look_after(line)
            # A process that hangs still counts, and still bars another for the same target.
            if line.killed is None:
                del self._lines[key]

    async def close(self) -> None:
        """Kill every helper. Waits a moment for those that can end, and never for one that cannot."""
        self._closed = True
        for line in self._lines.values():
            self._drop(line)
        until = time.monotonic() + _SETTLE
        while self.stuck() and time.monotonic() < until:  # noqa: ASYNC110  # the kernel tells nobody without a wait
            await asyncio.sleep(0.01)
        for line in self._lines.values():
            if line.killed is not None:
                line.killed[0].abandon()


def _replies(answers: list[tuple[int, Any]], questions: Sequence[Question], rest: Silent | None) -> list[Reply]:
    """What was answered, and ``rest`` for what was not."""
    replies: list[Reply] = [Failed(status) if status else Answered(value) for status, value in answers]
    if rest is not None:
        replies += [rest] * (len(questions) - len(replies))
    return replies
