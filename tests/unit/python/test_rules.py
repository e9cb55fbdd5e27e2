"""The pure rules: processors, requirements, kernelspecs, pip's settings, roles, shadows, paging."""

from __future__ import annotations

import json
import struct
import sys
from typing import Any

import pytest
from packaging.tags import sys_tags

from ide49_storage.formats import compatibility
from ide49_storage.formats.metadata import headers
from ide49_storage.model.packages import Package, PackageProblem, PackageReport
from ide49_storage.model.python import InstallMode, PathRole, PathState, TroubleReason
from ide49_storage.model.vocabulary import Fate, Fates, Kind
from ide49_storage.python.interpreter.facts import InterpreterFacts, SeenPath
from ide49_storage.python.kernels.kernelspecs import (
    KernelSource,
    Listing,
    Offered,
    RawSpec,
    Spec,
    merge,
    parse,
    places_to_look,
)
from ide49_storage.python.packages_report import Filter, select
from ide49_storage.python.pip_config import decide
from ide49_storage.python.requirements_file import export
from ide49_storage.python.site_packages.dependencies import Installed, closure, needed_by, top_level_requests, unmet


def header(machine: int, *, big: bool = False) -> bytes:
    order = ">" if big else "<"
    return b"\x7fELF" + bytes([2, 2 if big else 1, 1]) + bytes(9) + struct.pack(order + "HH", 3, machine)


def test_the_elf_header_names_the_processor() -> None:
    assert compatibility.elf_machine(header(62)) == "x86_64"
    assert compatibility.elf_machine(header(183)) == "aarch64"
    assert compatibility.elf_machine(header(22, big=True)) == "s390x"
    assert compatibility.elf_machine(header(4242)) == "machine 4242"
    assert compatibility.elf_machine(b"MZ" + bytes(30)) is None
    assert compatibility.elf_machine(b"\x7fELF") is None


def test_every_tag_that_this_interpreter_supports_fits_it() -> None:
    import os

    machine, python = os.uname().machine, f"{sys.version_info[0]}.{sys.version_info[1]}"
    for tag in sys_tags():
        assert compatibility.wrong_machine([str(tag)], machine) is None
    own = [str(tag) for tag in sys_tags() if tag.abi.startswith("cp")]
    assert own
    assert all(compatibility.wrong_python([tag], python) is None for tag in own)


@pytest.mark.parametrize(
    ("tag", "machine", "python"),
    [
        ("cp311-cp311-manylinux_2_17_aarch64.manylinux2014_aarch64", "aarch64", None),
        ("cp38-cp38-manylinux2014_x86_64", None, "3.8"),
        ("cp311-abi3-musllinux_1_2_aarch64", "aarch64", None),
        ("cp311-cp311-macosx_11_0_arm64", "macosx_11_0_arm64", None),
        ("cp311-cp311-win_amd64", "win_amd64", None),
        ("py3-none-any", None, None),
        ("py2.py3-none-any", None, None),
        ("nonsense", "nonsense", None),
    ],
)
def test_tags_of_other_machines_and_pythons(tag: str, machine: str | None, python: str | None) -> None:
    assert compatibility.wrong_machine([tag], "x86_64") == machine
    assert compatibility.wrong_python([tag], "3.11") == python


def test_one_tag_that_fits_is_enough() -> None:
    assert compatibility.wrong_machine(["cp311-cp311-linux_aarch64", "cp311-cp311-linux_x86_64"], "x86_64") is None


HEADERS = """Name: a
License: A licence\n        \n        of several lines
Requires-Dist: b (>=1)
Requires-Dist: c;
 python_version >= "3"
Requires-Dist: d ; extra == "test"

Requires-Dist: in-the-description
"""


def test_requirements_are_read_from_the_headers_only() -> None:
    assert headers(HEADERS)["requires-dist"] == ["b (>=1)", 'c; python_version >= "3"', 'd ; extra == "test"']


MARKERS = {"python_version": "3.11", "sys_platform": "linux", "python_full_version": "3.11.7"}


def installed(**requires: tuple[str, ...]) -> dict[str, Installed]:
    return {name: Installed(name, "1.0", texts) for name, texts in requires.items()}


def test_unmet_requirements_obey_markers_and_versions() -> None:
    there = installed(
        a=("b>=1", "c<1", "gone; python_version >= '3'", "gone; sys_platform == 'win32'", "x; extra == 'test'"),
        b=("not a requirement !!", "B"),
        c=(),
    )
    assert [(each.name, each.requirement, each.found) for each in unmet(there, MARKERS)] == [
        ("a", "c<1", "1.0"),
        ("a", "gone", None),
    ]


def test_what_the_server_needs_is_followed_to_the_end() -> None:
    there = installed(a=("b",), b=("c", "a"), c=(), d=("a",))
    assert closure(["A", "missing"], there, MARKERS) == {"a", "b", "c"}
    assert needed_by(["a"], there, MARKERS) == {"a": ("b",), "b": ("a",), "c": ("b",)}


def test_what_a_person_asked_for_is_what_is_marked() -> None:
    tree = [Installed("app", "1", ("lib",), requested=True), Installed("lib", "1")]
    assert [each.name for each in top_level_requests(tree, MARKERS)] == ["app"]


@pytest.mark.parametrize("requested", [True, False])
def test_where_everything_or_nothing_is_marked_a_person_asked_for_what_no_other_requires(requested: bool) -> None:
    tree = [Installed("My.App", "1", ("lib>1", "my-app[extra]"), requested), Installed("lib", "1", ("!!",), requested)]
    assert [each.name for each in top_level_requests(tree, MARKERS)] == ["My.App"]


@pytest.mark.parametrize("marker", ['extra == "socks"', '"socks" == extra', 'extra == "socks" and os_name == "posix"'])
def test_what_only_an_extra_requires_was_asked_for_by_a_person(marker: str) -> None:
    for requested in (True, False):
        tree = [
            Installed("requests", "2", (f"PySocks!=1.5.7; {marker}",), requested),
            Installed("PySocks", "1", (), requested),
        ]
        assert [each.name for each in top_level_requests(tree, MARKERS)] == ["requests", "PySocks"]


def raw(name: str, folder: str, **spec: Any) -> RawSpec:
    return RawSpec(name, f"{folder}/{name}", json.dumps({"argv": ["python"], **spec}))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", TroubleReason.BAD_JSON),
        ("[" * 100_000, TroubleReason.BAD_JSON),
        ("[]", TroubleReason.BAD_SPEC),
        ("{}", TroubleReason.BAD_SPEC),
        ('{"argv": "python"}', TroubleReason.BAD_SPEC),
        ('{"argv": [1]}', TroubleReason.BAD_SPEC),
        (None, TroubleReason.BAD_SPEC),
    ],
)
def test_a_kernelspec_that_makes_no_sense_is_a_trouble(text: str | None, reason: TroubleReason) -> None:
    spec = parse(RawSpec("k", "/folder/k", text), "k")
    assert spec.trouble is not None
    assert spec.trouble.reason is reason


def test_variables_of_a_kernelspec_that_are_no_text_are_left_out() -> None:
    spec = parse(raw("k", "/f", env={"A": "1", "B": 2}, display_name=""), "k")
    assert (dict(spec.env), spec.display_name, spec.language) == ({"A": "1"}, "k", None)


def visible(specs: list[Spec]) -> dict[str, bool]:
    return {str(spec.folder): spec.visible for spec in specs}


def test_the_first_kernel_of_a_name_is_seen_and_those_elsewhere_are_not() -> None:
    listings = [
        Listing("/a", True, (raw("K", "/a"),)),
        Listing("/b", True, (raw("k", "/b"), raw("bad", "/b"))),
        Listing("/elsewhere", True, (raw("iot", "/elsewhere"),)),
    ]
    specs = merge(listings, KernelSource(folders=("/a", "/b")))
    assert visible(specs) == {"/a/K": True, "/b/k": False, "/b/bad": True, "/elsewhere/iot": False}
    assert "Jupyter does not look in /elsewhere" in specs[-1].why


def test_what_the_server_leaves_out_is_not_seen() -> None:
    offered = (Offered(name="k", folder="/a/k", argv=("python",)), Offered(name="own", folder=None, argv=("python",)))
    listings = [Listing("/a", True, (raw("k", "/a"), raw("forbidden", "/a")))]
    specs = merge(listings, KernelSource(folders=("/a",), offered=offered))
    assert visible(specs) == {"/a/k": True, "None": True, "/a/forbidden": False}


def test_places_to_look_come_from_variables_prefixes_and_mounts() -> None:
    environ = {
        "HOME": "/home/iot",
        "JUPYTER_PATH": "/cfg/.local:relative",
        "PYTHONPATH": "/opt/python_base/lib/python3.8/site-packages:/work",
    }
    places = places_to_look(["/home/iot/.local/share/jupyter/kernels"], environ, ["/usr/local"], ["/data"])
    assert "/cfg/.local/share/jupyter/kernels" in places
    assert "/opt/python_base/share/jupyter/kernels" in places
    assert "/usr/local/share/jupyter/kernels" in places
    assert "/data/.local/share/jupyter/kernels" in places
    assert "/home/iot/.local/share/jupyter/kernels" not in places


def answer(**facts: Any) -> InterpreterFacts:
    purelib, user = "/usr/local/lib/python3.8/site-packages", "/base/lib/python3.8/site-packages"
    made: dict[str, Any] = {
        "executable": "/usr/local/bin/python3",
        "version": "3.8.10",
        "implementation": "cpython",
        "cache_tag": "cpython-38",
        "prefix": "/usr/local",
        "base_prefix": "/usr/local",
        "path": ("", user, purelib),
        "schemes": {"purelib": purelib, "platlib": purelib},
        "states": {purelib: SeenPath(PathState.FOLDER, "root", facts.pop("writable", False))},
        "markers": {},
        "platform": "linux-aarch64",
        "uid": 1000,
        "user": "iot",
        "user_base": "/base",
        "user_site": user,
        "user_site_enabled": True,
    }
    return InterpreterFacts(**{**made, **facts})


@pytest.mark.parametrize(
    ("facts", "mode", "word"),
    [
        ({}, InstallMode.USER, "falls back to the user base"),
        ({"writable": True}, InstallMode.SYSTEM, "is writable for iot"),
        ({"user_site_enabled": False}, InstallMode.REFUSED, "user site is off"),
        ({"writable": True, "pip_settings": (("user", "yes", "/etc/pip.conf"),)}, InstallMode.USER, "/etc/pip.conf"),
        ({"pip_settings": (("user", "no", "PIP_USER"),)}, InstallMode.REFUSED, "forbids the user base"),
        ({"managed": "/m", "writable": True}, InstallMode.REFUSED, "PEP 668"),
        ({"managed": "/m", "pip_settings": (("break-system-packages", "1", "x"),)}, InstallMode.USER, "falls back"),
        ({"managed": "/m", "pip_settings": (("target", "/t", "PIP_TARGET"),)}, InstallMode.TARGET, "PIP_TARGET"),
        (
            {"user_site_enabled": False, "pip": "25.3", "pip_settings": (("user", "1", "a"),)},
            InstallMode.REFUSED,
            "user site is off",
        ),
        (
            {"user_site_enabled": False, "pip": "25.1.1", "pip_settings": (("user", "1", "a"),)},
            InstallMode.USER,
            "user",
        ),
        ({"pip_settings": (("user", "maybe", "a"),)}, InstallMode.REFUSED, "neither yes nor no"),
        ({"pip_settings": (("unreadable", "no section", "/etc/pip.conf"),)}, InstallMode.REFUSED, "cannot read"),
        ({"prefix": "/venv", "writable": True}, InstallMode.VENV, "virtual environment /venv"),
        ({"prefix": "/venv", "writable": True, "managed": "/m"}, InstallMode.VENV, "virtual environment"),
        ({"conda": True, "writable": True}, InstallMode.CONDA, "conda environment"),
        ({"pip_settings": (("require-virtualenv", "true", "x"),)}, InstallMode.REFUSED, "this is none"),
        ({"pip_settings": (("prefix", "/p", "x"),)}, InstallMode.PREFIX, "below /p"),
        ({"pip_settings": (("root", "/r", "x"),)}, InstallMode.ROOT, "below /r"),
        ({"pip_settings": (("user", "1", "a"), ("target", "/t", "b"))}, InstallMode.REFUSED, "cannot be combined"),
        ({"pip_settings": (("target", "/t", "a"), ("target", "", "b"))}, InstallMode.USER, "falls back"),
        (
            {"prefix": "/venv", "user_site_enabled": False, "pip_settings": (("user", "1", "a"),)},
            InstallMode.REFUSED,
            "not visible in this virtual environment",
        ),
    ],
)
def test_what_a_plain_install_does(facts: dict[str, Any], mode: InstallMode, word: str) -> None:
    decision = decide(answer(**facts))
    assert decision.mode is mode
    assert word in " ".join(decision.why)
    assert (decision.path is None) is (mode is InstallMode.REFUSED)


def package(name: str, **fields: Any) -> Package:
    fates = Fates(stop=Fate.KEPT, update=fields.pop("update", Fate.KEPT), device=Fate.LOST)
    made: dict[str, Any] = {
        "name": name,
        "normalized": name,
        "version": "1.0",
        "location": "/site",
        "metadata": f"{name}-1.0.dist-info",
        "role": PathRole.USER,
        "kind": Kind.VOLUME,
        "fate": fates,
        "size": None,
        "installer": "pip",
        "requested": True,
        "yours": True,
        "editable": False,
        "direct_url": None,
        "wins": True,
        "shadows": (),
        "shadowed_by": None,
        "server_needs": None,
        "problems": (),
    }
    return Package(**{**made, **fields})


def test_an_export_has_what_was_asked_for_and_says_what_it_leaves_out() -> None:
    made = export(
        [
            package("b"),
            package("a", version="2.0"),
            package("pulled", requested=False),
            package("hidden", wins=False),
            package("edited", editable=True),
            package("from-git", direct_url="git+https://host/x@abc"),
            package("from-file", direct_url="file:///tmp/x.whl"),
            package("secret", direct_url="https://me:***@host/x.whl"),
            package("broken", problems=(PackageProblem.NO_NAME,)),
            package("image", role=PathRole.PACKAGES),
        ],
        pinned=True,
    )
    assert made.text == "a==2.0\nb==1.0\nfrom-git @ git+https://host/x@abc\n"
    assert {line.split(":")[0] for line in made.left_out} == {"edited", "from-file", "secret", "broken"}


def test_without_versions_and_without_user_packages() -> None:
    made = export([package("a", role=PathRole.PACKAGES), package("b", role=PathRole.PACKAGES, requested=None)], False)
    assert made.text == "a\n"
    assert made.left_out == ("b: its installer left no mark that a person asked for it",)


REPORT = PackageReport(
    at="now",
    kernel=None,
    executable="/p",
    version="3.11",
    trouble=None,
    sites=(),
    packages=(
        package("beta", version="1.10", size=5),
        package("alpha", version="1.9", size=9, update=Fate.LOST, role=PathRole.PACKAGES),
        package("gamma-ray", version="not a version", problems=(PackageProblem.TWICE,), requested=False),
    ),
    count=3,
    total=3,
    offset=0,
    left_overs=(),
    other_pythons=(),
)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Filter(), ["alpha", "beta", "gamma-ray"]),
        (Filter(sort="name", descending=True), ["gamma-ray", "beta", "alpha"]),
        (Filter(sort="version"), ["gamma-ray", "alpha", "beta"]),
        (Filter(sort="size", descending=True), ["alpha", "beta", "gamma-ray"]),
        (Filter(text="A_R"), ["gamma-ray"]),
        (Filter(role="packages"), ["alpha"]),
        (Filter(fate="lost"), ["alpha"]),
        (Filter(problem=True), ["gamma-ray"]),
        (Filter(requested=True), ["alpha", "beta"]),
        (Filter(offset=1, limit=1), ["beta"]),
        (Filter(offset=10), []),
        (Filter(limit=0), []),
    ],
)
def test_filter_sort_and_page(wanted: Filter, names: list[str]) -> None:
    made = select(REPORT, wanted)
    assert [each.name for each in made.packages] == names
    assert made.count == 3
    assert made.total == (3 if wanted.limit is not None or wanted.offset else len(names))
