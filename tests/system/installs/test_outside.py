"""A real pip, and packages, links and journals that would lead it out of the user base: nothing outside is touched."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ide49_storage.installs import recovery
from ide49_storage.model.installs import Action, Cause, Job, JobVerdict
from tests.pypi.bench import Bench
from tests.pypi.index import Index
from tests.pypi.wheels import Package

JOB = "20260101T000000-0123456789ab"


@pytest.fixture
def precious(bench: Bench) -> dict[str, Path]:
    """Files beside the user base, by the rows of a RECORD that name them."""
    beside, absolute = bench.folder / "precious.txt", bench.folder / "absolute.txt"
    for path in (beside, absolute):
        path.write_text("precious")
    return {"../../../../precious.txt": beside, str(absolute): absolute}


def poison(index: Index, rows: dict[str, Path]) -> None:
    index.add(Package(name="one", rows=list(rows)))


def intact(rows: dict[str, Path]) -> bool:
    return all(path.read_text() == "precious" for path in rows.values())


def refused(job: Job, cause: Cause) -> bool:
    return (job.verdict, job.cause, job.restored) == (JobVerdict.FAILED, cause, True)


def test_a_wheel_whose_record_leads_outside_is_refused_before_anything_changes(
    bench: Bench, index: Index, precious: dict[str, Path]
) -> None:
    poison(index, precious)
    before = bench.files()
    job = bench.do("one")
    assert refused(job, Cause.OUTSIDE), job
    assert all(row in job.message for row in precious)
    assert bench.files() == before
    assert bench.do("one", action=Action.UNINSTALL).verdict is JobVerdict.NOTHING


@pytest.mark.parametrize("action", [Action.UNINSTALL, Action.UPGRADE])
def test_what_a_terminals_pip_installed_with_such_rows_is_refused_and_its_preview_says_so(
    bench: Bench, index: Index, precious: dict[str, Path], action: Action
) -> None:
    poison(index, precious)
    assert bench.pip("install", "--user", "one").returncode == 0
    index.add(Package(name="one", version="2.0"))
    before = bench.files()
    preview = bench.service.preview(bench.request("one", action=action))
    assert preview.plan is not None
    assert preview.cause is Cause.OUTSIDE
    job = bench.do("one", action=action)
    assert refused(job, Cause.OUTSIDE), job
    for row in precious:
        assert row in preview.message
        assert row in job.message
    assert any("repair" in each.lower() for each in job.next_steps)
    assert intact(precious)
    assert bench.files() == before
    problems = {each.name: each.problem for each in bench.service.packages("outside").packages}
    assert "outside" in str(problems["one"])


def test_a_repair_leaves_what_such_rows_name_alone_and_cleans_the_record(
    bench: Bench, index: Index, precious: dict[str, Path]
) -> None:
    poison(index, precious)
    assert bench.pip("install", "--user", "one").returncode == 0
    index.add(Package(name="one"))  # the same version, built anew without the rows
    assert bench.service.preview(bench.request("one", action=Action.REPAIR)).cause is None
    job = bench.do("one", action=Action.REPAIR)
    assert job.verdict is JobVerdict.INSTALLED, job
    assert any("Left alone" in line.text and "precious.txt" in line.text for line in job.lines)
    assert intact(precious)
    assert bench.do("one", action=Action.UNINSTALL).verdict is JobVerdict.REMOVED
    assert intact(precious)


def test_a_command_that_would_be_made_or_removed_outside_is_refused(bench: Bench, index: Index) -> None:
    outside = bench.folder / "run"
    outside.write_text("precious")
    index.add(Package(name="one", scripts=["../../run"]))
    job = bench.do("one")
    assert refused(job, Cause.OUTSIDE), job
    index.add(Package(name="one"))
    assert bench.do("one").verdict is JobVerdict.INSTALLED
    (bench.site / "one-1.0.dist-info" / "entry_points.txt").write_text("[console_scripts]\n../../run = one:main\n")
    job = bench.do("one", action=Action.UNINSTALL)
    assert refused(job, Cause.OUTSIDE), job
    assert "../../run" in job.message
    assert outside.read_text() == "precious"


@pytest.mark.parametrize("action", [Action.UNINSTALL, Action.UPGRADE, Action.REPAIR])
def test_a_folder_that_is_a_link_to_outside_is_never_followed(bench: Bench, index: Index, action: Action) -> None:
    index.add(Package(name="one", files={"m.py": "1"}))
    assert bench.do("one").verdict is JobVerdict.INSTALLED
    (bench.site / "one").rename(bench.folder / "moved")
    (bench.site / "one").symlink_to(bench.folder / "moved")
    index.add(Package(name="one", version="2.0", files={"m.py": "2"}))
    moved = sorted(os.listdir(bench.folder / "moved"))
    job = bench.do("one", action=action)
    assert refused(job, Cause.OUTSIDE), job
    assert sorted(os.listdir(bench.folder / "moved")) == moved
    assert (bench.folder / "moved" / "m.py").read_text() == "1"


def test_deleting_an_old_tree_leaves_commands_behind_links_alone(bench: Bench, index: Index) -> None:
    index.add(Package(name="one"))
    assert bench.do("one").verdict is JobVerdict.INSTALLED
    tree = bench.base / "lib" / "python3.4"
    info = tree / "site-packages" / "old-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Name: old\nVersion: 1.0\n")
    (info / "RECORD").write_text("../../../bin/far/tool,,\n../../../bin/near,,\n../../../../precious.txt,,\n")
    far = bench.folder / "far"
    far.mkdir()
    (far / "tool").write_text("precious")
    (bench.folder / "precious.txt").write_text("precious")
    (bench.base / "bin").mkdir(exist_ok=True)
    (bench.base / "bin" / "near").write_text("dead")
    (bench.base / "bin" / "far").symlink_to(far)
    assert bench.do(action=Action.DELETE_OLD, old="3.4").verdict is JobVerdict.REMOVED
    assert not tree.exists()
    assert not (bench.base / "bin" / "near").exists()
    assert (far / "tool").read_text() == "precious"
    assert (bench.folder / "precious.txt").read_text() == "precious"


def test_an_old_tree_behind_a_link_out_of_the_base_is_no_tree_of_it(bench: Bench) -> None:
    away = bench.folder / "away"
    (away / "python3.4" / "site-packages").mkdir(parents=True)
    bench.base.mkdir()
    (bench.base / "lib").symlink_to(away)
    assert bench.service.packages("outside").old == ()
    assert "link-outside" in {each.reason for each in bench.service.packages("outside").target.refusals}


def test_a_planted_journal_is_set_aside_and_the_next_install_goes_on(bench: Bench, index: Index) -> None:
    index.add(Package(name="one"))
    outside = bench.folder / "precious.txt"
    outside.write_text("precious")
    folder = Path(recovery.work_folder(str(bench.base), JOB))
    (folder / "journal" / "files").mkdir(parents=True)
    planted: dict[str, object] = {"job": JOB, "base": str(bench.folder), "saved": [], "appear": [outside.name]}
    planted |= {"new_folders": [], "tildes": {}}
    (folder / "journal" / "journal.json").write_text(json.dumps(planted))
    os.mkfifo(folder.parent / "20260101T000000-00000000000f")
    job = bench.do("one")
    assert job.verdict is JobVerdict.INSTALLED, job
    assert outside.read_text() == "precious"
    aside = folder.parent / f"set-aside-{JOB}"
    assert json.loads((aside / "journal" / "journal.json").read_text()) == planted
    assert "another user base" in (folder.parent / f"set-aside-{JOB}.why.txt").read_text()
    assert any("set-aside-" in line.text for line in job.lines)
    assert not bench.service.packages("outside").open_journal
    assert bench.service.recover() is None
