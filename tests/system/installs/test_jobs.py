"""Whole jobs with a real pip: what they do, how they end, and that the user base is as it was where they fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from ide49_storage.installs.manager import InstallManager, InstallRefused
from ide49_storage.model.installs import (
    Action,
    Cause,
    InstallChange,
    InstallProblemKind,
    InstallRequest,
    Job,
    JobState,
    JobVerdict,
    Override,
)
from tests.needs import need_outside_python, need_root
from tests.pypi.bench import Bench, write_kernel
from tests.pypi.index import Index
from tests.pypi.wheels import Package


def changes(job: Job) -> dict[str, InstallChange]:
    assert job.plan is not None
    return {each.name: each.change for each in job.plan.changes}


def test_an_install_is_verified_and_says_what_it_did(bench: Bench, index: Index) -> None:
    index.add(
        Package(name="one", requires=["two>=1"], scripts=["one"]), Package(name="two", data={"share/two.txt": "2"})
    )
    job = bench.do("one")
    assert (job.verdict, job.restored) == (JobVerdict.INSTALLED, False)
    assert changes(job) == {"one": InstallChange.NEW, "two": InstallChange.NEW}
    assert {"bin/one", "share/two.txt"} <= bench.files().keys()
    assert [each.kind for each in job.problems] == [InstallProblemKind.SCRIPTS]
    assert job.restart is not None
    assert "started before" in job.restart.reason
    assert any("Successfully installed" in line.text for line in job.lines)
    assert os.listdir(bench.base / ".ide49-storage" / "jobs") == []


def test_a_requested_package_is_marked_and_a_dependency_is_not(bench: Bench, index: Index) -> None:
    index.add(Package(name="one", requires=["two"]), Package(name="two"))
    bench.do("one")
    assert {each.name: each.requested for each in bench.service.packages("outside").packages} == {
        "one": True,
        "two": False,
    }


def test_upgrading_all_leaves_a_dependency_a_dependency(bench: Bench, index: Index) -> None:
    index.add(Package(name="one", requires=["two"]), Package(name="two"))
    bench.do("one")
    index.add(Package(name="one", version="2.0", requires=["two"]), Package(name="two", version="2.0"))
    assert bench.do(action=Action.UPGRADE).verdict is JobVerdict.INSTALLED
    listed = bench.service.packages("outside").packages
    assert [(each.name, each.version, each.requested, each.problem) for each in listed] == [
        ("one", "2.0", True, None),
        ("two", "2.0", False, None),
    ]
    rows = (bench.site / "two-2.0.dist-info" / "RECORD").read_text().splitlines()
    assert sorted(row.partition(",")[0] for row in rows if ".dist-info/" in row) == sorted(
        f"two-2.0.dist-info/{path.name}" for path in (bench.site / "two-2.0.dist-info").iterdir()
    )
    assert bench.do("two", action=Action.UNINSTALL).verdict is JobVerdict.WITH_CONFLICTS
    assert not list(bench.site.glob("two*"))


def test_a_new_conflict_is_told_and_an_old_one_is_not_blamed_on_the_job(bench: Bench, index: Index) -> None:
    index.add(Package(name="needs", requires=["lib<2"]), Package(name="lib"), Package(name="other"))
    assert bench.do("needs").verdict is JobVerdict.INSTALLED
    index.add(Package(name="lib", version="2.0"))
    job = bench.do("lib", action=Action.UPGRADE)
    assert job.verdict is JobVerdict.WITH_CONFLICTS
    assert job.plan is not None
    assert job.plan.changes[0].breaks == ("needs needs lib<2",)
    again = bench.do("other")
    assert again.verdict is JobVerdict.INSTALLED
    assert [(each.package, each.before) for each in again.problems if each.kind is InstallProblemKind.REQUIREMENT] == [
        ("needs", True)
    ]


def test_a_package_that_cannot_be_imported_is_not_called_installed(bench: Bench, index: Index) -> None:
    index.add(Package(name="broken", code="import no_such_module_here\n"))
    job = bench.do("broken")
    assert job.verdict is JobVerdict.WITH_CONFLICTS
    assert "no_such_module_here" in job.message
    assert bench.do("broken", imports=False).verdict is JobVerdict.NOTHING


def test_an_import_that_kills_its_interpreter_is_named(bench: Bench, index: Index) -> None:
    index.add(Package(name="fatal", code="import os\nos.abort()\n"), Package(name="good"))
    job = bench.do("fatal", "good")
    assert [each.package for each in job.problems if each.kind is InstallProblemKind.IMPORT] == ["fatal"]


def test_uninstall_removes_only_what_is_the_users(bench: Bench, index: Index) -> None:
    index.add(Package(name="lib"), Package(name="needs", requires=["lib"]))
    bench.do("needs")
    (bench.site / "lib" / "mine.txt").write_text("mine")
    preview = bench.service.preview(bench.request("lib", action=Action.UNINSTALL))
    assert preview.plan is not None
    assert preview.plan.changes[0].breaks == ("needs needs lib",)
    job = bench.do("lib", action=Action.UNINSTALL)
    assert job.verdict is JobVerdict.WITH_CONFLICTS
    assert [name for name in bench.files() if "/lib" in name.partition("site-packages")[2]] == [
        str((bench.site / "lib" / "mine.txt").relative_to(bench.base))
    ]
    assert bench.do("pip", action=Action.UNINSTALL).verdict is JobVerdict.NOTHING


def test_hiding_the_images_copy_is_refused_unless_chosen(bench: Bench, index: Index) -> None:
    index.add(Package(name="pip", version="1.0"))
    before = bench.files()
    preview = bench.service.preview(bench.request("pip<2"))
    assert (preview.cause, preview.override) == (Cause.SHADOWING, Override.SHADOWING)
    assert preview.plan is not None
    assert preview.plan.changes[0].shadows is not None
    job = bench.do("pip<2")
    assert (job.verdict, job.cause) == (JobVerdict.FAILED, Cause.SHADOWING)
    assert bench.files() == before
    index.add(Package(name="setuptools", version="1.0"))
    chosen = bench.do("setuptools<2", allow=(Override.SHADOWING,), imports=False)
    assert chosen.verdict in {JobVerdict.INSTALLED, JobVerdict.WITH_CONFLICTS}


@pytest.mark.parametrize(
    ("fault", "name", "cause"),
    [
        ("", "nonesuch", Cause.NO_SUCH_PACKAGE),
        ("", "alien", Cause.NO_MATCH),
        ("", "modern", Cause.NO_MATCH),
        ("", "one>=7", Cause.NO_MATCH),
        ("500", "one", Cause.INDEX),
        ("hash", "one", Cause.HASH),
        ("", "unbuildable", Cause.BUILD),
        ("", "quarrel", Cause.CONFLICT),
        ("gone", "one", Cause.NETWORK),
    ],
)
def test_a_failure_has_its_cause_and_changes_nothing(
    bench: Bench, index: Index, fault: str, name: str, cause: Cause
) -> None:
    index.add(Package(name="there"))
    index.add(Package(name="one"), Package(name="alien", tag="cp311-cp311-manylinux2014_s390x"))
    index.add(Package(name="modern", python=">=9"), Package(name="quarrel", requires=["one==1.0", "half"]))
    index.add(Package(name="half", requires=["one<1"]), Package(name="one", version="0.5"))
    index.add_sdist(Package(name="unbuildable"), fails=True)
    bench.do("there")
    before = bench.files()
    index.fault = fault
    if fault == "gone":
        bench.use({**bench.environ, "PIP_INDEX_URL": "http://127.0.0.1:9/simple/"})
    job = bench.do(name)
    assert (job.verdict, job.cause) == (JobVerdict.FAILED, cause), [each.text for each in job.lines]
    assert job.restored
    assert job.next_steps
    assert bench.files() == before


def test_a_source_distribution_is_built_and_said_to_be_one(bench: Bench, index: Index) -> None:
    index.add_sdist(Package(name="sourced"))
    preview = bench.service.preview(bench.request("sourced"))
    assert preview.plan is not None
    assert preview.plan.changes[0].source
    job = bench.do("sourced")
    assert job.verdict is JobVerdict.INSTALLED, job
    bench.do("sourced", action=Action.UNINSTALL)
    assert bench.do("sourced", only_binary=True).cause in {Cause.NO_MATCH, Cause.NO_SUCH_PACKAGE}


def test_a_yanked_version_is_said_to_be_one(bench: Bench, index: Index) -> None:
    package = Package(name="pulled")
    index.add(package)
    index.yanked.add(package.file)
    preview = bench.service.preview(bench.request("pulled==1.0"))
    assert preview.plan is not None
    assert preview.plan.changes[0].yanked


def test_a_preview_changes_nothing(bench: Bench, index: Index) -> None:
    index.add(Package(name="one"))
    preview = bench.service.preview(bench.request("one"))
    assert preview.plan is not None
    assert preview.plan.download
    assert not bench.base.exists()


def test_cancel_ends_a_hanging_pip_and_puts_everything_back(bench: Bench, index: Index) -> None:
    index.add(Package(name="one"))
    index.fault = "hang"
    job = bench.service.start(bench.request("one"))
    while not index.asked:
        time.sleep(0.02)
    group = [child.pid for child in bench.supervisor().children()]
    bench.service.cancel(job.id)
    ended = bench.ended(job)
    assert (ended.verdict, ended.restored) == (JobVerdict.CANCELLED, True)
    assert not [pid for pid in group if os.path.exists(f"/proc/{pid}")]
    with pytest.raises(InstallRefused, match="ended"):
        bench.service.cancel(job.id)
    assert bench.files() == {}


def test_a_repair_makes_a_damaged_package_whole(bench: Bench, index: Index) -> None:
    index.add(Package(name="big", modules=20), Package(name="other"))
    bench.do("big", "other")
    whole = bench.files()
    (bench.site / "big" / "part0" / "m3.py").unlink()
    (bench.site / "other-1.0.dist-info" / "RECORD").unlink()
    problems = {each.name: each.problem for each in bench.service.packages("outside").packages}
    assert {name for name, problem in problems.items() if problem} == {"big", "other"}
    assert bench.do("big", "other", action=Action.REPAIR).verdict is JobVerdict.INSTALLED
    assert {name: text for name, text in bench.files().items() if not name.endswith("RECORD")} == {
        name: text for name, text in whole.items() if not name.endswith("RECORD")
    }
    assert not any(each.problem for each in bench.service.packages("outside").packages)


def test_what_a_killed_plain_pip_left_is_named_and_repaired(bench: Bench, index: Index) -> None:
    index.add(Package(name="big", modules=20))
    bench.do("big")
    # As pip leaves it when it is killed in an upgrade (facts: 36 to 41 of 60 times).
    (bench.site / "big").rename(bench.site / "~ig")
    (bench.site / "big-1.0.dist-info").rename(bench.site / "~ig-1.0.dist-info")
    (bench.site / "big").mkdir()
    (found,) = bench.service.packages("outside").packages
    assert found.problem is not None
    assert bench.do("big", action=Action.REPAIR).verdict is JobVerdict.INSTALLED
    assert not [name for name in os.listdir(bench.site) if name.startswith("~")]


def test_everything_is_brought_over_from_another_python_and_the_old_tree_deleted(bench: Bench, index: Index) -> None:
    index.add(Package(name="wished", requires=["needed"], scripts=["wished"]), Package(name="needed"))
    index.add(Package(name="gone", tag="cp38-cp38-manylinux2014_s390x"))
    bench.do("wished")
    old = bench.base / "lib" / "python2.9" / "site-packages"
    bench.site.parent.rename(old.parent)
    (old / "gone-1.0.dist-info").mkdir()
    (old / "gone-1.0.dist-info" / "METADATA").write_text(Package(name="gone").metadata())
    (old / "gone-1.0.dist-info" / "REQUESTED").write_text("")
    preview = bench.service.preview(bench.request(action=Action.BRING_OVER))
    assert preview.plan is not None
    assert [each.name for each in preview.plan.left] == ["gone"]
    job = bench.do(action=Action.BRING_OVER)
    assert job.verdict is JobVerdict.INSTALLED
    assert changes(job) == {"wished": InstallChange.NEW, "needed": InstallChange.NEW}
    assert "gone" in job.message
    (offer,) = [each for each in job.next_steps if "delete-old --old 2.9" in each]
    assert "bytes" in offer
    planned = bench.service.preview(bench.request(action=Action.DELETE_OLD)).plan
    assert planned is not None
    assert [each.partition(" (")[0] for each in planned.notes] == [str(old.parent)]
    (tree,) = bench.service.packages("outside").old
    assert (tree.python, tree.in_use) == ("2.9", None)
    assert tree.size > 0
    assert bench.do(action=Action.DELETE_OLD, old="2.9").verdict is JobVerdict.REMOVED
    assert not old.parent.exists()
    assert (bench.base / "bin" / "wished").exists(), "the new tree's command stays"


def test_a_read_only_user_base_is_refused_with_a_remedy(bench: Bench) -> None:
    bench.base.mkdir()
    (bench.base / ".ide49-storage").write_text("a file where the folder would be")
    job = bench.do("one")
    assert job.verdict is JobVerdict.FAILED
    assert bench.files() == {".ide49-storage": b"a file where the folder would be"}


def test_records_survive_the_server_and_any_cursor_can_be_read_again(bench: Bench, index: Index) -> None:
    index.add(Package(name="one"))
    job = bench.do("one")
    other = InstallManager(environ=bench.environ)
    assert other.job(job.id) == job
    assert [each.id for each in other.jobs().jobs] == [job.id]
    assert other.job(job.id, job.cursor).lines == ()
    for cursor in ("9-9", "1-2", "x", "-1-0", "999999999-999999999", "1-999999"):
        with pytest.raises(InstallRefused) as refused:
            other.job(job.id, cursor)
        assert refused.value.code == "bad-cursor"
    for identifier in ("../../etc", "", "x", "20000101T000000-000000000000", job.id + "/record.json"):
        with pytest.raises(InstallRefused) as refused:
            other.job(identifier)
        assert refused.value.status == 404


def test_a_server_with_another_runtime_directory_sees_the_job(
    bench: Bench, index: Index, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    index.add(Package(name="one"))
    job = bench.do("one")
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "other-runtime"))
    other = InstallManager(environ=bench.environ)
    assert other.jobs().jobs == ()
    second = bench.ended(other.start(bench.request("one")), other)
    assert second.verdict is JobVerdict.NOTHING
    assert {each.id for each in other.jobs().jobs} == {job.id, second.id}


def test_a_runtime_directory_that_cannot_be_written_is_said_and_done_without(
    bench: Bench, index: Index, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    index.add(Package(name="one"))
    job = bench.do("one")
    assert job.verdict is JobVerdict.INSTALLED
    assert "temporary folder" in job.kept


def test_installs_that_are_switched_off_start_nothing(bench: Bench) -> None:
    off = InstallManager(enabled=False, environ=bench.environ)
    with pytest.raises(InstallRefused, match="switched off"):
        off.start(bench.request("one"))
    assert not off.jobs().enabled


def test_no_secret_of_the_server_reaches_pip_its_builds_or_the_index(bench: Bench, index: Index) -> None:
    canary = "canary-7f3a91"
    spy = "import os\nopen(os.path.join(os.environ['HOME'] + '-seen'), 'a').write(repr(dict(os.environ)))\n"
    index.add(Package(name="spy", code=spy), Package(name="marked"))
    environ = {**bench.environ, "SAMBA_PASSWORD": canary, "JUPYTER_TOKEN": canary, "PIP_TARGET": f"/tmp/{canary}"}
    bench.use(environ)
    job = bench.do("spy", 'marked ; python_version >= "3" and platform_release != "${SAMBA_PASSWORD}"')
    assert job.verdict is JobVerdict.INSTALLED, job
    assert canary not in Path(bench.environ["HOME"] + "-seen").read_text()
    assert canary not in "".join(index.asked)
    assert "SAMBA_PASSWORD" not in "".join(index.asked)
    assert not os.path.exists(f"/tmp/{canary}")


def test_a_job_goes_on_when_the_process_that_started_it_is_killed(bench: Bench, index: Index) -> None:
    index.add(Package(name="one", modules=300))
    script = (
        "import json, os, signal, sys; from ide49_storage.installs.manager import InstallManager;"
        "from ide49_storage.model.installs import InstallRequest;"
        "request = InstallRequest(requirements=('one',), kernel='outside');"
        "InstallManager(environ=json.loads(sys.argv[1])).start(request);"
        "os.killpg(0, signal.SIGKILL)"
    )
    argv = [sys.executable, "-c", script, json.dumps(bench.environ)]
    assert subprocess.run(argv, start_new_session=True, check=False).returncode == -9
    (job,) = bench.service.jobs().jobs
    assert job.state is not JobState.ENDED
    assert bench.ended(job).verdict is JobVerdict.INSTALLED


def test_another_users_file_in_the_way_is_a_permission_failure(bench: Bench, index: Index) -> None:
    need_root()
    index.add(Package(name="one"))
    assert need_outside_python()
    bench.site.mkdir(parents=True)
    os.system(f"chattr +i {bench.site}")
    try:
        job = bench.do("one")
    finally:
        os.system(f"chattr -i {bench.site}")
    assert (job.verdict, job.cause, job.restored) == (JobVerdict.FAILED, Cause.PERMISSION, True)


def test_in_a_virtual_environment_with_a_user_site_packages_are_replaced_and_removed_too(
    bench: Bench, index: Index, tmp_path: Path
) -> None:
    """pip itself refuses to remove there, so an upgrade by it alone leaves two versions."""
    subprocess.run([need_outside_python(), "-m", "venv", "--system-site-packages", tmp_path / "venv"], check=True)
    write_kernel(tmp_path / "jupyter", "inside", str(tmp_path / "venv" / "bin" / "python"))

    def do(*names: str, action: Action) -> Job:
        request = InstallRequest(requirements=names, kernel="inside", action=action)
        return bench.ended(bench.service.start(request))

    index.add(Package(name="big", modules=3, scripts=["big"]))
    assert do("big", action=Action.INSTALL).verdict is JobVerdict.INSTALLED
    index.add(Package(name="big", version="2.0", modules=2))
    assert do("big", action=Action.UPGRADE).verdict is JobVerdict.INSTALLED
    assert [(each.version, each.problem) for each in bench.service.packages("inside").packages] == [("2.0", None)]
    assert not (bench.base / "bin" / "big").exists()
    assert do("big", action=Action.UNINSTALL).verdict is JobVerdict.REMOVED
    assert bench.files() == {}
