"""The records, from the helper's summary."""

from __future__ import annotations

from typing import Any

import pytest

from ide49_storage.changes.groups import GROUPS
from ide49_storage.changes.report import Deleted, build
from ide49_storage.model.changes import ChangesReport, RemedyKind, ScanState

TIMES = ("2026-11-24T01:00:00.000Z", "2026-11-24T01:00:01.000Z", 1.0)


def summary(**more: Any) -> dict[str, Any]:
    sizes = more.pop("sizes", {})
    groups = [
        {
            "group": group,
            "files": 1 if group in sizes else 0,
            "folders": 0,
            "size": sizes.get(group, 0),
            "largest": [[f"/{group}", "file", 1, sizes[group]]] if group in sizes else [],
        }
        for group in GROUPS
    ]
    usual: dict[str, Any] = {
        "summary": True,
        "seen": 10,
        "made": 0,
        "started": None,
        "method": "birth-time",
        "evidence": "So it is.",
        "doubts": [],
        "groups": groups,
        "packages": [],
        "missing": [],
        "missing_count": 0,
        "unreadable": [],
        "unreadable_count": 0,
    }
    return usual | more


def built(deleted: Deleted | None = None, **more: Any) -> ChangesReport:
    return build(summary(**more), ["/home/iot"], deleted, TIMES)


def reasons(report: ChangesReport) -> list[str]:
    return [doubt.reason for doubt in report.doubts]


def losses(report: ChangesReport) -> list[str]:
    return [doubt.reason for doubt in report.doubts if doubt.may_be_loss]


def test_an_untouched_container_has_nothing_to_lose() -> None:
    report = built()
    assert report.nothing_to_lose is True
    assert report.state is ScanState.ENDED
    assert report.groups == ()


def test_caches_are_no_loss_and_what_somebody_made_is_one() -> None:
    assert built(sizes={"caches-and-logs": 10}).nothing_to_lose is True
    assert built(sizes={"configuration": 1}).nothing_to_lose is False


def test_what_was_written_near_a_start_may_be_somebodys() -> None:
    report = built(sizes={"caches-and-logs": 10, "made-at-start": 3_000_000})
    assert report.nothing_to_lose is None
    assert losses(report) == ["near-start"]
    first = report.groups[0]
    assert (first.group.value, first.missed) == ("made-at-start", True)
    (remedy,) = first.remedies
    assert (remedy.kind, remedy.lines) == (RemedyKind.MOVE, ())
    assert "/home/iot" in remedy.sentence
    assert built(sizes={"made-at-start": 1, "configuration": 1}).nothing_to_lose is False


def test_nobody_claims_that_there_is_nothing_when_not_all_was_seen() -> None:
    for reason, more in (
        ("unreadable", {"unreadable": ["/root"], "unreadable_count": 1}),
        ("no-clock", {"method": "none", "doubts": [["no-clock", "There is no clock."]]}),
        ("missing", {"missing": [["/usr/bin/x", "x"]], "missing_count": 1}),
    ):
        report = built(**more)
        assert (report.nothing_to_lose, losses(report)) == (None, [reason])


@pytest.mark.parametrize(
    ("reason", "proven"),
    [
        ("clock-of-last-start", None),
        ("clock-set-back", None),
        ("storage-driver", None),
        ("vanished", None),
        ("too-deep", None),
        ("a-reason-of-tomorrow", None),
        ("change-time", True),
        ("new-or-modified", True),
        ("many-links", True),
    ],
)
def test_a_doubt_that_may_hide_a_change_is_never_nothing_to_lose(reason: str, proven: bool | None) -> None:
    assert built(doubts=[[reason, "So it is."]]).nothing_to_lose is proven


def test_the_biggest_group_comes_first_and_caches_last() -> None:
    report = built(sizes={"caches-and-logs": 10_000, "configuration": 5, "home-and-data": 50, "system-packages": 20})
    order = [group.group.value for group in report.groups]
    assert order == ["home-and-data", "system-packages", "configuration", "caches-and-logs"]
    assert [group.missed for group in report.groups] == [True, True, True, False]
    assert (report.files, report.size) == (4, 10_075)


def test_deletions_are_a_named_doubt() -> None:
    assert reasons(built()) == ["deletions"]
    report = built(missing=[["/usr/bin/x", "x"]], missing_count=7)
    assert [(each.path, each.package, each.certain) for each in report.missing] == [("/usr/bin/x", "x", False)]
    assert report.missing_count == 7


def test_with_the_engines_diff_deletions_are_certain() -> None:
    report = built((7, ["/usr/bin/x", "/etc/y"]), method="engine-diff", missing=[["/usr/bin/x", "x"]], missing_count=1)
    rows = [(each.path, each.package, each.certain) for each in report.missing]
    assert rows == [("/etc/y", None, True), ("/usr/bin/x", "x", True)]
    assert report.missing_count == 7
    assert reasons(report) == ["missing"]


def test_folders_that_could_not_be_read_are_a_named_doubt() -> None:
    assert "unreadable" in reasons(built(unreadable=["/root"], unreadable_count=1))


def test_a_secret_in_an_address_is_not_told() -> None:
    row = {"owner": "python-packages", "name": "x", "version": "1", "location": "/s", "files": 1, "size": 1}
    row |= {"interpreter": None, "requirement": "x @ https://h.example/x.whl?token=canary"}
    report = built(packages=[row], sizes={"python-packages": 1})
    assert "canary" not in repr(report)
    assert "https://h.example/x.whl" in repr(report.groups)


def test_packages_become_records_the_biggest_first() -> None:
    rows = [
        {"owner": "system-packages", "name": "tree", "version": "2", "automatic": False, "files": 3, "size": 10},
        {"owner": "system-packages", "name": "vim", "version": None, "automatic": True, "files": 9, "size": 90},
        {
            "owner": "python-packages",
            "name": "requests",
            "version": "2",
            "location": "/s",
            "interpreter": None,
            "requirement": "requests==2",
            "managed": True,
            "files": 1,
            "size": 1,
        },
    ]
    report = built(packages=rows, sizes={"system-packages": 100, "python-packages": 1})
    assert [package.name for package in report.system_packages] == ["vim", "tree"]
    (python,) = report.python_packages
    assert python.requirement == "requests==2"
    lines = [line for group in report.groups for remedy in group.remedies for line in remedy.lines]
    assert "RUN apt-get update && apt-get install -y tree && rm -rf /var/lib/apt/lists/*" in lines
    assert "RUN pip install --no-cache-dir --break-system-packages requests==2" in lines
