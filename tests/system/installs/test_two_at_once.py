"""Two requests at once, from one server and from two: one after the other, and never half of each."""

from __future__ import annotations

import pytest

from ide49_storage.installs.distributions import damaged, scan
from ide49_storage.installs.manager import InstallManager
from ide49_storage.model.installs import JobState, JobVerdict
from tests.pypi.bench import Bench
from tests.pypi.wheels import Package

PAIRS = 10


@pytest.mark.parametrize("servers", [1, 2])
def test_two_versions_at_once_leave_one_of_them_whole(
    bench: Bench, servers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("1.0", "2.0"):
        bench.index.add(Package(name="big", version=version, modules=100, scripts=["big"]))
    second = bench.service if servers == 1 else InstallManager(environ=bench.environ)
    if servers == 2:
        bench.service.jobs()  # the first server has chosen its folder; the second gets another
        monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(bench.folder / "runtime-2"))
        second.jobs()
    for _ in range(PAIRS):
        one = bench.service.start(bench.request("big==1.0", imports=False))
        two = second.start(bench.request("big==2.0", imports=False))
        ends = [bench.ended(one), bench.ended(two, second)]
        assert {each.verdict for each in ends} <= {JobVerdict.INSTALLED, JobVerdict.NOTHING}, ends
        found = scan(str(bench.site))
        assert len(found) == 1
        assert damaged(found[0], hashes=True) is None


def test_a_waiting_job_can_be_cancelled_and_changes_nothing(bench: Bench) -> None:
    bench.index.add(Package(name="one"), Package(name="two"))
    bench.index.fault = "hang"
    first = bench.service.start(bench.request("one"))
    while not bench.index.asked:
        assert bench.service.job(first.id).state is not JobState.ENDED
    second = bench.service.start(bench.request("two"))
    while not any("Waiting" in line.text for line in bench.service.job(second.id).lines):
        assert bench.service.job(second.id).state is JobState.QUEUED
    bench.service.cancel(second.id)
    assert bench.ended(second).verdict is JobVerdict.CANCELLED
    bench.service.cancel(first.id)
    assert bench.ended(first).verdict is JobVerdict.CANCELLED
