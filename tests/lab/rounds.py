"""The update laboratory: ``python -m tests.lab.rounds --rounds 40 --seed 1 --engine podman``.

Counts predictions that are right, wrong and unknown. Every round has its own seed, so one that failed can be
played again alone; it is printed.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

from tests import built

from .dockerd import docker
from .engine import Engine
from .folder import scratch
from .images import DEBIAN12, DEBIAN13, Images
from .layouts import Generator
from .markers import STOP, UPDATE, Outcome
from .podman import podman
from .round import Result, Round

HOST_MEMORY = Path("/dev/shm")


def play(images: Images, wheel: Path, seed: int, numbers: Iterable[int]) -> Iterator[Result]:
    """The rounds ``numbers`` of ``seed``, one after the other."""
    engine = images.engine
    for number in numbers:
        with scratch("round") as folder, _host_memory(folder.name) as memory:
            random = Random(f"{engine.name} {seed} {number}")
            layout = Generator(random, engine.name, (DEBIAN12, DEBIAN13), folder / "host", memory).layout(number)
            (folder / "host").mkdir()
            yield Round(images, wheel, layout).play(folder)


@contextlib.contextmanager
def _host_memory(name: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=HOST_MEMORY) as folder:
        yield Path(folder)


def again(engine: Engine, seed: int, result: Result) -> str:
    """The command that plays a round again."""
    first = result.layout.number
    return f"python -m tests.lab.rounds --engine {engine.name} --seed {seed} --first {first} --rounds 1"


def summary(engine: Engine, seed: int, results: list[Result]) -> str:
    """The counts, in a few lines."""
    markers, checks = sum(result.markers for result in results), sum(result.checks for result in results)
    failed = sum(len(result.complaints) for result in results)
    lines = [
        f"{engine.name} {engine.version}, seed {seed}: {len(results)} layouts, {markers} markers",
        f"  other checks: {checks - failed} right, {failed} wrong",
    ]
    for event in (STOP, UPDATE):
        counts = {outcome: sum(result.count(outcome, event) for result in results) for outcome in Outcome}
        lines.append(f"  {event}: " + ", ".join(f"{count} {outcome.value}" for outcome, count in counts.items()))
    risky = [judged for result in results for judged in result.judged if judged.outcome is Outcome.AT_RISK]
    kinds = sorted({judged.answer["kind"] for judged in risky})
    for kind in kinds:
        survived = [judged.survived for judged in risky if judged.answer["kind"] == kind]
        lines.append(f"  at risk, {kind}: {sum(survived)} of {len(survived)} were kept")
    return "\n".join([*lines, *_scans(results)])


def _scans(results: list[Result]) -> list[str]:
    """The counts of ``changes``."""
    scans = [result.scanned for result in results if result.scanned is not None]
    said, true = sum(len(scan.said) for scan in scans), sum(len(scan.true) for scan in scans)
    both = sum(len(scan.said & scan.true) for scan in scans)
    size, true_size = sum(scan.size for scan in scans), sum(scan.true_size for scan in scans)
    told = [sum(scan.told_right for scan in scans), sum(len(scan.told_wrong) for scan in scans)]
    unknown = sum(scan.told_unknown for scan in scans)
    operations = sum(result.operations for result in results)
    return [
        (
            f"  changes after {operations} operations: precision {both / max(said, 1):.4f} of {said}, "
            f"recall {both / max(true, 1):.4f} of {true}, {size} bytes told of {true_size}"
        ),
        f"  new or modified: {told[0]} right, {told[1]} wrong, {unknown} unknown",
    ]


@contextlib.contextmanager
def engine_named(name: str) -> Iterator[Engine]:
    """A podman or a Docker Engine of the laboratory."""
    with podman() if name == "podman" else docker() as engine:
        yield engine


def main(arguments: list[str]) -> int:
    """Play the rounds and print what came out; exit status 1 when something was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=("podman", "docker"), default="podman")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--first", type=int, default=0, help="the number of the first round")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    results = []
    with engine_named(chosen.engine) as engine:
        numbers = range(chosen.first, chosen.first + chosen.rounds)
        for result in play(Images(engine), built.wheel(), chosen.seed, numbers):
            results.append(result)
            print(
                f"round {result.layout.number}: {result.markers} markers, {len(result.problems)} problems", flush=True
            )
            for problem in result.problems:
                print(f"  {problem}")
            if result.problems:
                print(f"  again: {again(engine, chosen.seed, result)}")
        print(summary(engine, chosen.seed, results))
    return 1 if any(result.problems for result in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
