"""Asking interpreters: sound ones, those that hang, fail or babble, and what is remembered."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ide49_storage.errors import UnknownKernel
from ide49_storage.model.python import InstallMode, PathRole, TroubleReason
from ide49_storage.processes import run
from ide49_storage.python import service
from ide49_storage.python.interpreter import probe as asking
from ide49_storage.python.interpreter.facts import InterpreterFacts
from ide49_storage.python.interpreter.probe import ProbeQuestion, probe
from tests.python_world import BASE_PYTHON, VERSION, World, make_wheel


def everywhere(paths: Iterable[str]) -> set[str]:
    return set(paths)


def question(world: World, *options: str, executable: str | None = None) -> ProbeQuestion:
    return ProbeQuestion(executable=executable or world.executable, options=options, env=world.environ)


@pytest.fixture
def world(tmp_path: Path) -> World:
    asking.forget()
    made = World(tmp_path)
    made.site.mkdir(parents=True)
    return made


def test_the_answer_is_what_the_interpreter_says_of_itself(world: World) -> None:
    told = probe(question(world), everywhere).answer
    assert told is not None
    code = "import json, site, sys; print(json.dumps([sys.path, sys.prefix, site.USER_SITE, site.ENABLE_USER_SITE]))"
    done = subprocess.run([BASE_PYTHON, "-c", code], env=world.environ, capture_output=True, check=True)
    path, prefix, user_site, enabled = msgspec.json.decode(done.stdout)
    assert (list(told.path), told.prefix, told.user_site, told.user_site_enabled) == (path, prefix, user_site, enabled)
    assert told.seen(str(world.site)).owner is not None


@pytest.mark.parametrize(
    ("options", "environ", "why"),
    [
        (("-s",), {}, "started with -s"),
        (("-I",), {}, "-I (isolated)"),
        ((), {"PYTHONNOUSERSITE": "1"}, "PYTHONNOUSERSITE is '1'"),
    ],
)
def test_why_the_user_site_is_off(world: World, options: tuple[str, ...], environ: dict[str, str], why: str) -> None:
    world.environ.update(environ)
    world.kernel("k", argv=[world.executable, *options, "-m", "ipykernel_launcher"])
    user = world.layout("k").user
    assert user is not None
    assert (user.enabled, why in user.why) == (False, True), user.why


def test_a_virtual_environment_says_so(world: World) -> None:
    subprocess.run([BASE_PYTHON, "-m", "venv", "--without-pip", world.folder / "venv"], check=True)
    del world.environ["PIP_USER"]
    world.kernel("venv", argv=[str(world.folder / "venv" / "bin" / "python"), "-m", "ipykernel_launcher"])
    layout = world.layout("venv")
    assert layout.interpreter is not None
    assert layout.user is not None
    assert layout.install is not None
    assert layout.interpreter.environment.value == "venv"
    assert "virtual environment leaves it out" in layout.user.why
    assert layout.install.mode is InstallMode.VENV
    assert [script.role for script in layout.scripts] == [PathRole.PACKAGES]


def test_roles_of_project_pth_and_missing_entries(world: World) -> None:
    added = world.folder / "added"
    added.mkdir()
    (world.site / "more.pth").write_text(f"{added}\nimport os\n")
    world.environ["PYTHONPATH"] = "/nowhere/at-all"
    roles = {entry.place.path: (entry.role, entry.place.state.value) for entry in world.layout().path}
    assert roles[str(world.home)][0] is PathRole.PROJECT
    assert roles["/nowhere/at-all"] == (PathRole.PROJECT, "missing")
    assert roles[str(added)] == (PathRole.PTH, "folder")
    assert roles[str(world.site)] == (PathRole.USER, "folder")
    assert {role for role, _ in roles.values()} >= {PathRole.STDLIB, PathRole.ZIP, PathRole.PACKAGES}


def test_one_that_hangs_is_stopped_and_its_start_file_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "SHORT_DEADLINE", 4.0)
    (world.site / "innocent.pth").write_text("import sys\n")
    custom = world.site / "usercustomize.py"
    custom.write_text("import time; time.sleep(600)\n")
    trouble = probe(question(world), everywhere, deadline=1).trouble
    assert trouble is not None
    assert trouble.reason is TroubleReason.HANGS
    assert "no answer within 1 s" in trouble.message
    assert trouble.start_file == str(custom)


def test_one_that_hangs_is_waited_for_once_and_asked_again_when_it_is_mended(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "SHORT_DEADLINE", 4.0)  # as long as a busy machine needs to start a Python
    runs = count_runs(monkeypatch)
    sleeps = world.site / "sleeps.pth"
    sleeps.write_text("import time; time.sleep(600)\n")
    with ThreadPoolExecutor(3) as pool:
        troubles = list(pool.map(lambda _: probe(question(world), everywhere, deadline=1).trouble, range(3)))
    assert [each.start_file for each in troubles if each is not None] == [str(sleeps)] * 3
    assert len(runs) <= 3  # as it is, without its start files, and with words about its start
    sleeps.unlink()
    assert probe(question(world), everywhere, deadline=60).answer is not None


def test_a_kernel_that_hangs_costs_the_others_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking.probe, "__defaults__", (4.0,))  # the sound one has to answer within it
    monkeypatch.setattr(asking, "SHORT_DEADLINE", 0.5)
    slow = world.folder / "slow" / "python3"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nsleep 600\n")
    slow.chmod(0o755)
    world.kernel("hangs", argv=[str(slow)])
    world.kernel("sound")
    kernels = {kernel.name: kernel for kernel in world.layout().kernels}
    assert kernels["sound"].version is not None
    trouble = kernels["hangs"].trouble
    assert trouble is not None
    assert trouble.reason is TroubleReason.HANGS


def test_children_are_killed_with_it(world: World) -> None:
    marker = world.folder / "alive"
    argv = ["/bin/sh", "-c", f"(sleep 1; touch {marker}) & sleep 600"]
    outcome = run.run_with_deadline(argv, env=world.environ, deadline=0.3)
    assert outcome.timed_out
    subprocess.run(["sleep", "1.2"], check=True)
    assert not marker.exists()


def test_endless_output_is_cut(world: World) -> None:
    outcome = run.run_with_deadline(["/bin/sh", "-c", "yes"], env=world.environ, deadline=20)
    assert outcome.cut
    assert len(outcome.out) < 2 * run.MOST_OUTPUT


def test_a_child_in_the_background_does_not_hold_us_up(world: World) -> None:
    outcome = run.run_with_deadline(["/bin/sh", "-c", "sleep 600 & echo done"], env=world.environ, deadline=30)
    assert (outcome.status, outcome.out) == (0, b"done\n")


def program(world: World, text: str) -> str:
    path = world.folder / "bin" / "python3"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("text", "reason", "words"),
    [
        ("#!/bin/sh\necho garbage\n", TroubleReason.GARBAGE, "garbage"),
        ("#!/bin/sh\nhead -c 9000000 /dev/zero\n", TroubleReason.GARBAGE, "no answer"),
        ("#!/bin/sh\necho why >&2; exit 7\n", TroubleReason.FAILS, "status 7: why"),
        ("#!/bin/sh\nkill -9 $$\n", TroubleReason.FAILS, "status -9"),
        ("#!/nowhere/sh\n", TroubleReason.GONE, "is not there"),
        ("no program\n", TroubleReason.NOT_EXECUTABLE, "Exec format error"),
    ],
)
def test_broken_interpreters_are_named(world: World, text: str, reason: TroubleReason, words: str) -> None:
    trouble = probe(question(world, executable=program(world, text)), everywhere, deadline=20).trouble
    assert trouble is not None
    assert (trouble.reason, words in trouble.message) == (reason, True), trouble


def test_an_answer_among_noise_is_found_and_the_noise_told(world: World) -> None:
    (world.site / "usercustomize.py").write_text("import sys; print('{\"version\": 1}'); sys.stdout.flush()\n")
    asked = probe(question(world), everywhere)
    assert asked.answer is not None
    assert asked.noise == '{"version": 1}'


def count_runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The programs that are started from now on."""
    runs: list[str] = []
    real = run.run_with_deadline

    def counted(argv: Sequence[str], **rest: Any) -> run.ProcessResult:
        runs.append(argv[0])
        return real(argv, **rest)

    monkeypatch.setattr(run, "run_with_deadline", counted)
    return runs


def test_an_answer_is_remembered_until_something_changes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = count_runs(monkeypatch)
    old = world.site / "old.pth"
    old.write_text("")
    for path in (old, world.site):
        os.utime(path, (1_000_000, 1_000_000))
    for _ in range(3):
        probe(question(world), everywhere)
    assert len(runs) == 1
    (world.site / "new.pth").write_text(f"{world.folder}\n")
    changed = probe(question(world), everywhere).answer
    assert changed is not None
    assert str(world.folder) in changed.path
    probe(question(world, "-s"), everywhere)
    assert len(runs) == 3


def grow_old(world: World) -> None:
    """As if nothing here had been changed for years."""
    for path in (world.site, *world.site.parents, *world.site.iterdir()):
        if path.is_relative_to(world.folder):
            os.utime(path, (1_000_000, 1_000_000))


def test_what_else_makes_an_answer_old(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = count_runs(monkeypatch)
    world.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    custom = world.site / "usercustomize.py"
    custom.write_text("")
    grow_old(world)

    def asked_anew() -> InterpreterFacts | None:
        before = len(runs)
        answer = probe(question(world), everywhere).answer
        anew = len(runs) > before
        grow_old(world)
        probe(question(world), everywhere)  # what has just changed is not remembered: now it is old
        return answer if anew else None

    assert asked_anew() is not None
    assert asked_anew() is None
    custom.write_text("import sys; sys.path.append('/added')\n")  # the folder does not change
    changed = asked_anew()
    assert changed is not None
    assert "/added" in changed.path
    world.base.chmod(0o500)  # nor does the time of the user base
    assert asked_anew() is not None
    world.bin.mkdir()
    assert asked_anew() is not None
    assert asked_anew() is None


def test_what_lies_on_a_mount_that_may_hang_is_not_touched_from_here(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.environ["PYTHONPATH"] = str(world.folder)
    touched: list[str] = []
    real = os.stat

    def noted(path: Any, *rest: Any, **named: Any) -> os.stat_result:
        touched.append(str(path))
        return real(path, *rest, **named)

    def not_the_base(paths: Iterable[str]) -> set[str]:
        return {path for path in paths if not path.startswith(str(world.base))}

    monkeypatch.setattr(os, "stat", noted)
    for _ in range(2):
        assert probe(question(world), not_the_base).answer is not None
    assert str(world.folder) in " ".join(touched)
    assert not [path for path in touched if path.startswith(str(world.base))]


def test_an_unknown_kernel_names_the_known(world: World) -> None:
    world.kernel("sound")
    with pytest.raises(UnknownKernel, match=r"'nope'\. Known kernels: sound\."):
        world.layout("nope")


def test_the_packages_of_an_old_python_are_asked_of_itself(world: World) -> None:
    """Python 3.6 is the oldest that answers; each that this machine has is asked."""
    homes = Path(sys.base_prefix).parent.glob("3.*/bin/python3")
    for home in [path for path in homes if not path.parents[1].name.startswith(("3.5", "3.4"))]:
        told = probe(question(world, executable=str(home)), everywhere, deadline=20)
        assert told.answer is not None, (home, told.trouble)
        assert told.answer.version.startswith(home.parents[1].name[:3])


def old_style(world: World) -> None:
    """What ``setup.py install`` and ``setup.py develop`` leave: a zipped egg, and a link to a folder."""
    with zipfile.ZipFile(world.site / "Zipped_egg-0.3-py3.8.egg", "w") as egg:
        egg.writestr("EGG-INFO/PKG-INFO", "Metadata-Version: 1.0\nName: Zipped-egg\nVersion: 0.3\n")
    (world.site / "rubbish.egg").write_text("")
    work = world.folder / "work"
    (work / "In_work.egg-info").mkdir(parents=True)
    (work / "In_work.egg-info" / "PKG-INFO").write_text("Metadata-Version: 1.0\nName: In-work\nVersion: 2\n")
    (world.site / "In-work.egg-link").write_text(f"{work}\n.")
    (world.site / "easy-install.pth").write_text(f"./Zipped_egg-0.3-py3.8.egg\n{work}\n")


def test_names_and_versions_are_those_of_pip(world: World) -> None:
    world.install("Mixed.Case_name", "1.0rc1")
    old_style(world)
    del world.environ["PIP_USER"]  # it would make pip list the user's own only
    listed = msgspec.json.decode(world.pip("list", "--format", "json"))
    packages = [package for package in world.packages().packages if package.wins]
    assert {(each.name, each.version) for each in packages} == {(each["name"], each["version"]) for each in listed}
    assert [each.name for each in packages if each.editable and each.location.startswith(str(world.folder))] == [
        "In-work"
    ]


def test_installer_request_and_editable_are_told(world: World) -> None:
    world.install("mine")
    (package,) = (each for each in world.packages().packages if each.name == "mine")
    assert (package.installer, package.requested, package.editable, package.wins) == ("pip", True, False, True)
    assert package.direct_url is not None
    assert package.direct_url.startswith("file://")
    assert package.location == str(world.site)


def test_a_copy_that_is_found_first_hides_the_other(world: World) -> None:
    world.install("mine")
    other = world.folder / "other"
    world.pip(
        "install", "--no-index", "--no-user", "--target", str(other), *map(str, world.folder.glob("wheels/*.whl"))
    )
    world.environ["PYTHONPATH"] = str(other)
    winner, hidden = (each for each in world.packages().packages if each.name == "mine")
    assert (winner.location, winner.wins, winner.shadows) == (str(other), True, (str(world.site),))
    assert (hidden.location, hidden.wins, hidden.shadowed_by) == (str(world.site), False, str(other))


def test_yours_is_all_in_the_user_site_and_what_was_asked_for_elsewhere(world: World) -> None:
    world.install("mine")
    other = world.folder / "other"
    for name in ("asked", "pulled"):
        wheel = make_wheel(world.folder / "wheels", name, "1.0")
        world.pip("install", "--no-index", "--no-user", "--target", str(other), str(wheel))
    for pulled in (other / "pulled-1.0.dist-info", world.site / "mine-1.0.dist-info"):
        (pulled / "REQUESTED").unlink()
    world.environ["PYTHONPATH"] = str(other)
    found = {each.name: each.yours for each in world.packages().packages}
    assert (found["mine"], found["asked"], found["pulled"]) == (True, True, False)


def test_a_secret_in_a_direct_url_is_left_out(world: World) -> None:
    world.install("mine")
    url = '{"url": "https://me:canary-4711@host.invalid/mine.whl", "archive_info": {}}'
    (world.site / "mine-1.0.dist-info" / "direct_url.json").write_text(url)
    assert "canary-4711" not in repr(world.packages())
    assert "canary-4711" not in repr(service.requirements(world.request(), pinned=True))


def test_sizes_are_measured_when_asked_for(world: World) -> None:
    world.install("mine", files={"mine/__init__.py": b"x" * 1000})
    sizes = {package.name: package.size for package in service.package_report(world.request(), sizes=True).packages}
    assert sizes["mine"] is not None
    assert 1000 < sizes["mine"] < 10_000
    assert {package.size for package in world.packages().packages} == {None}


def test_the_layout_is_encoded_although_a_path_is_no_utf8(world: World) -> None:
    from ide49_storage.model.json import encode

    world.environ["PYTHONPATH"] = os.fsdecode(os.fsencode(world.folder) + b"/caf\xe9")
    assert b"caf\\udce9" in encode(world.layout())
    assert VERSION.encode() in encode(world.packages())
