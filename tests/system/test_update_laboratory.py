"""The update laboratory with a fixed seed: what `where` and `changes` say of random containers, against the truth.

``python -m tests.lab.rounds --rounds N --seed S --engine podman`` plays others.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.images import Images
from tests.lab.markers import Outcome
from tests.lab.round import OPERATIONS, Result
from tests.lab.rounds import again, play, summary
from tests.needs import need_command

from .conftest import FIGURES

SEED = 1
ROUNDS = 20


# the first test of a session may have to make the images
pytestmark = pytest.mark.timeout(1800)


class Played:
    """All rounds of one engine."""

    def __init__(self, images: Images, wheel: Path) -> None:
        self.engine = images.engine
        self.results: list[Result] = list(play(images, wheel, SEED, range(ROUNDS)))

    def count(self, outcome: Outcome) -> int:
        """How many predictions came to ``outcome``."""
        return sum(result.count(outcome) for result in self.results)


@pytest.fixture(scope="module", params=["podman", "docker"])
def played(request: pytest.FixtureRequest, wheel: Path) -> Played:
    """The rounds of each engine; their counts are shown at the end of the run."""
    if request.param == "docker":
        need_command("docker-compose")
    rounds = Played(request.getfixturevalue(f"{request.param}_images"), wheel)
    figures: list[str] = request.config.stash.setdefault(FIGURES, [])
    figures.append(summary(rounds.engine, SEED, rounds.results))
    return rounds


def test_no_prediction_of_a_random_container_is_wrong(played: Played) -> None:
    found = [
        f"{problem}\n  again: {again(played.engine, SEED, result)}"
        for result in played.results
        for problem in result.problems
    ]
    assert not found, "\n".join(found)


def test_at_most_two_percent_are_unknown(played: Played) -> None:
    total = sum(len(result.judged) for result in played.results)
    assert played.count(Outcome.UNKNOWN) <= 0.02 * total


def test_there_are_enough_layouts_and_markers_to_tell(played: Played) -> None:
    """Both engines together: at least 40 layouts and 2,000 markers."""
    assert len(played.results) >= 20
    assert sum(result.markers for result in played.results) >= 1000


def test_every_change_is_listed_and_nothing_else(played: Played) -> None:
    scans = [result.scanned for result in played.results if result.scanned is not None]
    assert len(scans) == len(played.results)
    assert sum(len(scan.said) for scan in scans) >= 2000
    assert [scan.said ^ scan.true for scan in scans if scan.said != scan.true] == []
    assert [scan.told_wrong for scan in scans if scan.told_wrong] == []


def test_the_sizes_of_the_changes_add_up(played: Played) -> None:
    for scan in (result.scanned for result in played.results):
        assert scan is not None
        assert abs(scan.size - scan.true_size) <= scan.true_size / 100


def test_many_operations_were_played(played: Played) -> None:
    """In a read-only container none is possible, so not every round has all."""
    assert sum(result.operations for result in played.results) >= 0.6 * OPERATIONS * len(played.results)


def test_what_user_iot_may_not_see_was_asked_about(played: Played) -> None:
    shut = [one for result in played.results if result.layout.user for one in result.judged if "secret" in one.path]
    assert len(shut) >= 2
    assert {one.outcome for one in shut} == {Outcome.UNKNOWN}


def test_both_outcomes_of_an_update_are_seen(played: Played) -> None:
    """A laboratory in which everything is kept, or everything lost, would prove nothing."""
    judged = [one for result in played.results for one in result.judged if one.outcome is Outcome.RIGHT]
    kept = sum(one.survived for one in judged)
    assert min(kept, len(judged) - kept) >= 0.2 * len(judged)
