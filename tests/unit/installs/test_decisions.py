"""The pure rules: refusals, plans, wish lists, verdicts, what reaches a child's environment."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ide49_storage.installs.distributions import InstalledDistribution, effective_distributions, unmet
from ide49_storage.installs.interpreter import InterpreterSilent, TargetFacts, read_answer
from ide49_storage.installs.pip.wheels import UserScheme, read_wheel, script_names
from ide49_storage.installs.planning import outcome
from ide49_storage.installs.planning.plan import (
    InstalledState,
    change_of,
    constraints,
    from_report,
    removal,
    shadow_sentence,
)
from ide49_storage.installs.planning.requested import (
    bring_over_names,
    install_arguments,
    is_aside,
    repair_requirement,
)
from ide49_storage.installs.policy.environment import child_environment, pip_environment
from ide49_storage.installs.policy.target import refusals
from ide49_storage.installs.verification import read_imports, requirement_problems
from ide49_storage.model.installs import (
    Action,
    Cause,
    InstallChange,
    InstallPlan,
    InstallProblem,
    InstallProblemKind,
    JobVerdict,
    Override,
    PlannedChange,
)
from ide49_storage.model.mounts import Where
from ide49_storage.model.vocabulary import Evidence, Fate, Fates, Kind
from tests.pypi.wheels import Package, build_wheel

MARKERS = {"python_version": "3.11", "python_full_version": "3.11.7", "sys_platform": "linux", "os_name": "posix"}


def dist(name: str, version: str = "1.0", requires: tuple[str, ...] = (), **more: Any) -> InstalledDistribution:
    return InstalledDistribution(
        site="/s",
        folder=f"{name}-{version}.dist-info",
        name=name,
        shown_name=name,
        version=version,
        requires=requires,
        **more,
    )


def facts(**more: Any) -> TargetFacts:
    values: dict[str, Any] = {
        "executable": "/usr/bin/python3", "version": "3.11.7", "cache_tag": "cpython-311", "venv": False,
        "user_base": "/home/iot/.local", "user_site": "/home/iot/.local/lib/python3.11/site-packages",
        "scripts": "/home/iot/.local/bin", "enabled": True, "path": (), "managed": None, "markers": MARKERS,
        "pip": "23.2",
    }  # fmt: skip
    return TargetFacts(**{**values, **more})


def where(kind: Kind = Kind.VOLUME, update: Fate = Fate.KEPT, writable: bool | None = True) -> Where:
    return Where(
        path="/home/iot/.local", resolved="/home/iot/.local", exists=True, nearest="/home/iot/.local", mount_id=1,
        mount_point="/home/iot", kind=kind, name="iot-home", fate=Fates(stop=Fate.KEPT, update=update,
        device=Fate.LOST),
        evidence=Evidence(kind="k", stop="s", update="u", device="d"), also_at=(), writable=writable, doubt=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("seen", "place", "free", "inodes", "reasons"),
    [
        ({}, {}, 10**9, 10**6, []),
        ({"venv": True, "enabled": False}, {}, 10**9, None, ["venv"]),
        ({"enabled": False}, {}, 10**9, None, ["user-site-disabled"]),
        ({"enabled": None}, {}, 10**9, None, ["user-site-disabled"]),
        ({"pip": None}, {}, 10**9, None, ["no-pip"]),
        ({"pip": "21.1.3"}, {}, 10**9, None, ["old-pip"]),
        ({"version": "3.7.16"}, {}, 10**9, None, ["old-python"]),
        ({"managed": "/usr/lib/python3.11/EXTERNALLY-MANAGED"}, {}, 10**9, None, ["externally-managed"]),
        ({}, {"kind": Kind.SAMBA}, None, None, ["share"]),
        ({}, {"kind": Kind.CONTAINER, "update": Fate.LOST}, 10**9, None, ["container"]),
        ({}, {"writable": False}, 10**9, None, ["not-writable"]),
        ({}, {"writable": None}, 10**9, None, ["not-asked"]),
        ({}, {}, 1_000, 10**6, ["full"]),
        ({}, {}, 10**9, 12, ["no-inodes"]),
    ],
)
def test_a_target_is_refused_for_each_reason_with_a_remedy(
    seen: dict[str, Any], place: dict[str, Any], free: int | None, inodes: int | None, reasons: list[str]
) -> None:
    found = refusals(facts(**seen), where(**place), free, inodes)
    assert [each.reason for each in found] == reasons
    assert all(each.message and each.remedy for each in found)


def test_only_what_a_person_may_insist_on_can_be_chosen() -> None:
    lifted = {Override.MANAGED: facts(managed="/x"), Override.CONTAINER: facts()}
    for override, seen in lifted.items():
        place = where(Kind.CONTAINER, Fate.LOST) if override is Override.CONTAINER else where()
        assert [each.override for each in refusals(seen, place, 10**9, None)] == [override]
    assert [each.override for each in refusals(facts(), where(Kind.SAMBA), None, None)] == [None]


REPORT = {
    "install": [
        {
            "metadata": {"name": "Big_One", "version": "2.0", "requires_dist": ["small"]},
            "requested": True,
            "is_yanked": True,
            "download_info": {"url": "https://h/Big_One-2.0.tar.gz"},
        },
        {"metadata": {"name": "tornado", "version": "5.0"}, "download_info": {"url": "https://h/tornado-5.0-any.whl"}},
    ]
}


def scene() -> InstalledState:
    image = (
        dist("jupyter-server", "2.14", ("tornado>=6",)),
        dist("tornado", "6.4"),
        dist("numpy", "not a version"),
    )
    return InstalledState(user=(dist("big-one", "1.0"),), image=image, markers=MARKERS)


def test_a_report_becomes_a_plan_that_says_what_a_person_must_know() -> None:
    big, tornado = from_report(REPORT, scene(), {"tornado-5.0-any.whl": 400})
    assert (big.name, big.change, big.installed, big.yanked, big.source) == (
        "big-one",
        InstallChange.UPGRADE,
        "1.0",
        True,
        True,
    )
    assert (tornado.change, tornado.shadows, tornado.needed_by, tornado.size) == (
        InstallChange.NEW,
        "6.4",
        ("jupyter-server",),
        400,
    )
    assert tornado.breaks == ("jupyter-server needs tornado>=6",)
    assert "hide" in shadow_sentence(tornado)
    assert "jupyter-server" in shadow_sentence(tornado)


def test_constraints_keep_the_image_and_leave_the_users_own_free() -> None:
    assert constraints(scene()) == "jupyter-server==2.14\ntornado==6.4\n"
    mine = InstalledState(user=(dist("tornado", "6.5"),), image=scene().image, markers=MARKERS)
    assert "tornado" not in constraints(mine)


@pytest.mark.parametrize(
    ("installed", "version", "change"),
    [
        (None, "1", InstallChange.NEW),
        ("1.0", "1.0.0", InstallChange.REINSTALL),
        ("1.9", "1.10", InstallChange.UPGRADE),
        ("2", "1", InstallChange.DOWNGRADE),
    ],
)
def test_a_change_is_named_by_its_versions(installed: str | None, version: str, change: InstallChange) -> None:
    assert change_of(installed, version) is change


def test_a_removal_tells_what_else_would_break_unless_the_image_has_a_copy() -> None:
    user = (dist("lib"), dist("app", requires=("lib",)))
    (planned,) = removal(["lib"], InstalledState(user=user, image=(), markers=MARKERS))
    assert planned.breaks == ("app needs lib",)
    (planned,) = removal(["lib"], InstalledState(user=user, image=(dist("lib", "0.9"),), markers=MARKERS))
    assert planned.breaks == ()


def test_requirements_are_checked_under_the_targets_markers() -> None:
    seen = effective_distributions(
        [dist("a", requires=("b>=2", 'c; sys_platform == "win32"', "d; extra == 'x'", "nonsense !! 1"))], [dist("b")]
    )
    assert [(each.name, each.requirement, each.found) for each in unmet(seen, MARKERS)] == [("a", "b>=2", "1.0")]


def test_an_old_conflict_is_marked_as_such() -> None:
    before = unmet(effective_distributions([dist("a", requires=("x",))]), MARKERS)
    after = unmet(effective_distributions([dist("a", requires=("x",)), dist("b", requires=("y",))]), MARKERS)
    assert [(each.package, each.before) for each in requirement_problems(before, after)] == [("b", False), ("a", True)]


def test_what_came_from_an_address_is_not_brought_over() -> None:
    names, left = bring_over_names([[dist("x", direct_url="{}"), dist("y"), dist("z")]], ["z"], MARKERS)
    assert (names, [each.name for each in left]) == (["y"], ["x"])


@pytest.mark.parametrize(
    ("left", "top", "aside"),
    [("~ig", "big", True), ("~-g", "big", True), ("~ig-1.0.dist-info", "big-1.0.dist-info", True), ("~ig", "small",
    False),
     ("ig", "big", False), ("~", "big", False)],
)  # fmt: skip
def test_pips_names_for_what_it_moves_aside_are_known(left: str, top: str, aside: bool) -> None:
    assert is_aside(left, top) is aside


def test_a_repair_asks_for_the_newest_version_there_is_a_trace_of() -> None:
    assert repair_requirement("a", [dist("a", "1.9"), dist("a", "1.10")], {}) == "a==1.10"
    assert repair_requirement("a", [], {"a": dist("a", "3")}) == "a==3"
    assert repair_requirement("a", [], {}) is None


def test_names_stand_behind_two_dashes_and_options_fit_the_pip() -> None:
    old = install_arguments(Action.INSTALL, ["a"], pip="23.0.1", report="r", log="l", break_system=True)
    new = install_arguments(
        Action.UPGRADE, ["a", "b"], pip="24.1", report="r", log="l", constraints="c", only_binary=True
    )
    assert old[-2:] == ("--", "a")
    assert new[-3:] == ("--", "a", "b")
    assert "raw" in new
    assert "raw" not in old
    assert "--break-system-packages" in old
    assert {"--upgrade", "--constraint", ":all:", "--user", "--no-input"} <= set(new)


def test_no_secret_and_no_redirection_is_in_a_childs_environment() -> None:
    own = {"PATH": "/bin", "SAMBA_PASSWORD": "x", "PIP_TARGET": "/x", "PIP_REQUIREMENT": "/x", "JUPYTER_TOKEN": "x",
           "PIP_INDEX_URL": "https://h/", "LC_ALL": "C", "PIP_PREFIX": "/x", "PIP_USER": "0"}  # fmt: skip
    assert child_environment(own, {"PYTHONUSERBASE": "/b", "SECRET": "x"}) == {
        "PATH": "/bin",
        "PIP_INDEX_URL": "https://h/",
        "LC_ALL": "C",
        "PYTHONUSERBASE": "/b",
    }
    assert pip_environment({}, "/t")["TMPDIR"] == "/t"


def test_of_pips_files_only_what_says_which_packages_and_from_where_reaches_pip_and_no_file_does() -> None:
    child = child_environment({"PIP_CONFIG_FILE": "/etc/own.conf", "PIP_DEFAULT_TIMEOUT": "9", "PIP_NO_BINARY": "c",
                               "PIP_RETRIES": "", "PIP_USE_FEATURE": "fast-deps"})  # fmt: skip
    redirecting = ("root", "dry-run", "target", "prefix", "user", "require-virtualenv", "python", "report", "quiet",
                   "log", "requirement", "editable", "src", "isolated", "no-deps", "platform")  # fmt: skip
    options = [(name, "/x") for name in redirecting]
    options += [("pypi-url", "https://old/"), ("retries", "3"), ("timeout", "1"), ("no-binary", "a"),
                ("use-feature", "fast-deps truststore"), ("use-deprecated", "legacy-resolver"), ("cert", "/ca.pem"),
                ("index-url", "https://new/"), ("no-binary", "b"), ("require-hashes", "1")]  # fmt: skip
    own = ("PIP_DISABLE_PIP_VERSION_CHECK", "PIP_NO_INPUT", "PIP_NO_COLOR")
    found = {
        name: value
        for name, value in pip_environment(child, "/t", options).items()
        if name.startswith("PIP_") and name not in own
    }
    assert found == {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "https://new/",
        "PIP_RETRIES": "3",
        "PIP_TIMEOUT": "9",
        "PIP_NO_BINARY": "a,b,c",
        "PIP_USE_FEATURE": "truststore",
        "PIP_CERT": "/ca.pem",
        "PIP_REQUIRE_HASHES": "1",
    }


def test_the_option_against_the_working_folder_is_given_to_a_python_that_knows_it() -> None:
    assert [facts(version=each).safe_path for each in ("3.8.2", "3.10.13", "3.11.0", "3.14.0rc1")] == [
        (), (), ("-P",), ("-P",),
    ]  # fmt: skip


def test_an_unchanged_user_base_is_no_success_unless_pips_report_says_so() -> None:
    assert outcome.unproven(()) is None
    assert "without a report" in str(outcome.unproven(None))
    planned = PlannedChange(name="one", version="1.0", change=InstallChange.NEW, installed=None, requested=True)
    assert "one 1.0" in str(outcome.unproven([planned]))


def test_an_answer_is_found_behind_whatever_a_start_file_printed() -> None:
    with pytest.raises(InterpreterSilent, match="SyntaxError"):
        read_answer("/x", "", "SyntaxError: no")
    with pytest.raises(InterpreterSilent, match="user base"):
        read_answer("/x", 'hello\nide49-storage-answer:{"user_base": null, "user_site": null}\n', "")


def test_the_files_of_a_wheel_are_known_before_it_is_installed(tmp_path: Path) -> None:
    package = Package(name="big", scripts=["cmd"], data={"share/x": "1", "../../outside": "2"}, files={"m.py": ""})
    layout = UserScheme(
        base="/b", site="/b/lib/s", scripts="/b/bin", headers="/b/include", cache_tag="cpython-311", python="3.11"
    )
    wheel = read_wheel(str(build_wheel(package, tmp_path)), layout)
    assert {"/b/bin/cmd", "/b/share/x", "/b/lib/s/big/m.py", "/b/lib/s/big/__pycache__/m.cpython-311.pyc"} <= set(
        wheel.paths
    )
    assert "/b/lib/s/big-1.0.dist-info/REQUESTED" in wheel.paths
    assert all(path.startswith("/b/") for path in wheel.paths)
    assert wheel.unpacked > 0
    with zipfile.ZipFile(tmp_path / "empty.whl", "w"):
        pass
    with pytest.raises(ValueError, match="no metadata"):
        read_wheel(str(tmp_path / "empty.whl"), layout)


def test_pip_makes_more_commands_than_its_wheel_names() -> None:
    assert set(script_names("[console_scripts]\npip = x:y\nOther = a:b\n", "3.11")) >= {
        "pip",
        "pip3",
        "pip3.11",
        "Other",
    }
    assert list(script_names("not an ini file", "3.11")) == []


def test_the_import_that_ended_its_process_is_named() -> None:
    tried, trouble, died = read_imports('try a\nok a\ntry b\nno b "ImportError: x"\ntry c\n', "killed")
    assert (tried, trouble, died) == (["a", "b", "c"], {"b": "ImportError: x", "c": "killed"}, True)


def problem(kind: InstallProblemKind, before: bool = False) -> InstallProblem:
    return InstallProblem(kind=kind, package="a", message="m", remedy="r", before=before)


@pytest.mark.parametrize(
    ("plan", "problems", "expected"),
    [
        ((), [], JobVerdict.NOTHING),
        ((InstallChange.NEW,), [], JobVerdict.INSTALLED),
        ((InstallChange.NEW,), [problem(InstallProblemKind.REQUIREMENT, before=True)], JobVerdict.INSTALLED),
        ((InstallChange.NEW,), [problem(InstallProblemKind.SCRIPTS)], JobVerdict.INSTALLED),
        ((InstallChange.NEW,), [problem(InstallProblemKind.REQUIREMENT)], JobVerdict.WITH_CONFLICTS),
        ((InstallChange.NEW,), [problem(InstallProblemKind.IMPORT)], JobVerdict.WITH_CONFLICTS),
        ((InstallChange.REMOVE,), [], JobVerdict.REMOVED),
        ((InstallChange.REMOVE,), [problem(InstallProblemKind.REQUIREMENT)], JobVerdict.WITH_CONFLICTS),
    ],
)
def test_the_verdict_follows_from_what_was_seen(
    plan: tuple[InstallChange, ...], problems: list[InstallProblem], expected: JobVerdict
) -> None:
    made = InstallPlan(changes=tuple(PlannedChange(name="a", version="1", change=each) for each in plan))
    assert outcome.success(Action.INSTALL, made, problems)[0] is expected


def test_every_cause_has_a_next_step() -> None:
    for each in Cause:
        assert outcome.next_steps(JobVerdict.FAILED, each, None, [], None) or each is Cause.TARGET
