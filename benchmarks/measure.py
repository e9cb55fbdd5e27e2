"""Medians and ratios, measured in turns so that a noisy moment hits both sides alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping


def medians(
    calls: Mapping[str, Callable[[], object]], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """The median seconds of each call, after one unmeasured round; the calls take turns.

    What only computes can be measured with ``time.process_time``: other programs then do not count.
    """
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(rounds + 1):
        for name, call in calls.items():
            start = clock()
            call()
            if number:
                taken[name].append(clock() - start)
    return {name: statistics.median(times) for name, times in taken.items()}


class Verdicts:
    """Collects lines "what, measured, allowed" and whether all were met."""

    def __init__(self) -> None:
        self.met = True

    def at_most(self, what: str, value: float, limit: float, unit: str) -> None:
        """One line; ``met`` becomes false when the value is over the limit."""
        good = value <= limit
        self.met = self.met and good
        print(f"{'ok  ' if good else 'MISS'} {what}: {value:.3g} {unit} (at most {limit:g})")

    def exit_status(self) -> int:
        """0 when everything was met."""
        return 0 if self.met else 1
