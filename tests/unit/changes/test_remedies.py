"""The lines that keep a group: exact, and safe whatever the names are."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ide49_storage.changes.remedies import Known, copy_line, dockerfile, remedies, shell_word
from ide49_storage.model.changes import EntryType, Group, GroupTotals, Largest, PythonPackage, RemedyKind, SystemPackage


def item(path: str, kind: EntryType = EntryType.FILE, files: int = 1) -> Largest:
    return Largest(path=path, type=kind, files=files, size=10)


def system(name: str, *, automatic: bool = False) -> SystemPackage:
    return SystemPackage(name=name, version="1", automatic=automatic, files=1, size=1)


def python(name: str, requirement: str | None, interpreter: str | None = "/usr/local/bin/python3.11") -> PythonPackage:
    site = "/usr/local/lib/python3.11/site-packages"
    return PythonPackage(
        name=name, version="1.0", location=site, interpreter=interpreter, requirement=requirement, files=1, size=1
    )


def lines(group: Group, known: Known, *items: Largest) -> list[str]:
    return [line for remedy in remedies(group, max(1, len(items)), items, known) for line in remedy.lines]


def test_apt_is_told_what_was_asked_for_and_not_the_dependencies() -> None:
    known = Known(system=[system("tree"), system("libx", automatic=True), system("ffmpeg")])
    assert lines(Group.SYSTEM_PACKAGES, known) == [
        "RUN apt-get update && apt-get install -y ffmpeg tree && rm -rf /var/lib/apt/lists/*"
    ]


def test_dependencies_alone_are_named_all_the_same() -> None:
    known = Known(system=[system("libx", automatic=True)])
    assert "install -y libx " in lines(Group.SYSTEM_PACKAGES, known)[0]


def test_what_was_removed_is_said_to_come_back() -> None:
    (remedy,) = remedies(Group.SYSTEM_PACKAGES, 1, [], Known(system=[system("tree")], removed=["nano", "vim"]))
    assert remedy.sentence.endswith("the image brings it again: nano, vim.")
    (remedy,) = remedies(Group.SYSTEM_PACKAGES, 1, [], Known(removed=["nano"]))
    assert (remedy.kind, remedy.lines) == (RemedyKind.NONE, ())
    assert "nano" in remedy.sentence


def test_lists_that_apt_fetched_are_no_package() -> None:
    (remedy,) = remedies(Group.SYSTEM_PACKAGES, 3, [], Known())
    assert (remedy.kind, remedy.lines) == (RemedyKind.NONE, ())


def test_pip_gets_one_line_for_each_interpreter_with_versions() -> None:
    known = Known(
        python=[
            python("requests", "requests==2.32.0"),
            python("Flask", "Flask==3.0"),
            python("other", "other==1.0", "/opt/env/bin/python3.13"),
            python("loose", "loose==1.0", None),
            python("mine", None),
        ]
    )
    assert lines(Group.PYTHON_PACKAGES, known) == [
        "RUN /usr/local/bin/python3.11 -m pip install --no-cache-dir Flask==3.0 requests==2.32.0",
        "RUN pip install --no-cache-dir loose==1.0",
        "RUN /opt/env/bin/python3.13 -m pip install --no-cache-dir other==1.0",
        "# mine 1.0 came from a local folder or file: COPY that and install it",
    ]


def test_a_managed_interpreter_wants_its_option() -> None:
    known = Known(python=[python("a", "a==1")], managed=frozenset({"/usr/local/lib/python3.11/site-packages"}))
    assert "--break-system-packages a==1" in lines(Group.PYTHON_PACKAGES, known)[0]


def test_a_package_whose_name_is_an_attack_stays_one_word() -> None:
    known = Known(python=[python("x", "x==1; rm -rf /\nRUN evil")], system=[system("a;b")])
    assert lines(Group.PYTHON_PACKAGES, known)[0].endswith("'x==1; rm -rf /?RUN evil'")
    assert "install -y 'a;b' &&" in lines(Group.SYSTEM_PACKAGES, known)[0]


def test_configuration_is_copied() -> None:
    items = [item("/etc/b.conf"), item("/etc/a.d", EntryType.FOLDER, 3)]
    assert lines(Group.CONFIGURATION, Known(), *items) == ["COPY etc/a.d/ /etc/a.d/", "COPY etc/b.conf /etc/b.conf"]


def test_what_the_lines_do_not_cover_is_counted() -> None:
    items = [item("/etc/a"), item("/b\n"), item("/etc/f", EntryType.OTHER)]
    (remedy,) = remedies(Group.CONFIGURATION, 10, items, Known())
    assert remedy.lines == ("COPY etc/a /etc/a",)
    assert remedy.left_out == 9


@pytest.mark.parametrize("name", ["it's", 'a"b', "a\\b", "a[1]", "a*", "a?", "a\nb", "\udcff"])
def test_what_cannot_be_named_in_a_dockerfile_comes_with_its_folder(name: str) -> None:
    """One such line would make the whole build fail."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in name)
    assert lines(Group.CONFIGURATION, Known(), item(f"/etc/x/{name}")) == [
        f"# with its folder: /etc/x/{shown}",
        "COPY etc/x/ /etc/x/",
    ]


def test_a_link_comes_with_its_folder_too() -> None:
    """`COPY` would follow it."""
    assert lines(Group.CONFIGURATION, Known(), item("/etc/localtime", EntryType.LINK))[-1] == "COPY etc/ /etc/"


def test_a_dockerfiles_own_signs_are_written_so_that_they_stand_for_themselves() -> None:
    line = copy_line(item("/etc/a b$HOME"))
    assert line is not None
    assert json.loads(line.removeprefix("COPY ")) == ["etc/a b\\$HOME", "/etc/a b\\$HOME"]
    assert copy_line(item("/--from=x")) == 'COPY ["--from=x", "/--from=x"]'


def test_home_goes_to_a_volume_and_programs_into_the_image() -> None:
    items = [item("/root/my thesis"), item("/usr/local/bin/tool"), item("/srv/data", EntryType.FOLDER, 9)]
    home, programs = remedies(Group.HOME_AND_DATA, 11, items, Known(destinations=["/home/iot", "/other"]))
    assert home.kind is RemedyKind.MOVE
    assert home.lines == ("mv -n -- '/root/my thesis' /home/iot/", "mv -n -- /srv/data /home/iot/")
    assert programs.lines == ("COPY usr/local/bin/tool /usr/local/bin/tool",)
    assert (home.left_out, programs.left_out) == (0, 0)


def test_what_is_moved_gets_a_name_that_is_free_there() -> None:
    """`mv -n` leaves alone what it cannot move, says nothing, and the next update would throw it away."""
    known = Known(destinations=["/home/iot"], taken={"/home/iot/x", "/home/iot/x.2"}.__contains__)
    assert lines(Group.HOME_AND_DATA, known, item("/a/data"), item("/b/data"), item("/root/x")) == [
        "mv -n -- /a/data /home/iot/",
        "mv -nT -- /b/data /home/iot/data.2",
        "mv -nT -- /root/x /home/iot/x.3",
    ]


def test_an_environment_that_was_made_here_is_made_again_before_packages_go_into_it() -> None:
    made_here = {"/opt/env/bin/python3.11": "/usr/bin/python3.11", "/opt/conda/bin/python3.13": None}
    packages = [python(name, f"{name}==1", program) for name, program in zip("abc", [*made_here, None], strict=True)]
    assert lines(Group.PYTHON_PACKAGES, Known(python=packages, made_here=made_here)) == [
        "RUN /usr/bin/python3.11 -m venv /opt/env",
        "RUN /opt/env/bin/python3.11 -m pip install --no-cache-dir a==1",
        "# /opt/conda/bin/python3.13 was installed here too: put it into the image first",
        "RUN /opt/conda/bin/python3.13 -m pip install --no-cache-dir b==1",
        "RUN pip install --no-cache-dir c==1",
    ]


def test_without_a_volume_nothing_is_moved_and_that_is_said() -> None:
    (remedy,) = remedies(Group.HOME_AND_DATA, 1, [item("/root/x")], Known())
    assert remedy.kind is RemedyKind.DOCKERFILE
    assert "add a volume" in remedy.sentence


def test_what_is_made_again_needs_nothing() -> None:
    (remedy,) = remedies(Group.CACHES_AND_LOGS, 1, [item("/tmp/x")], Known())
    assert (remedy.kind, remedy.lines) == (RemedyKind.NONE, ())


def test_what_was_written_near_a_start_is_to_be_looked_at_and_not_moved_blindly() -> None:
    for destinations, place in ((["/home/iot"], "to /home/iot"), ([], "to a volume")):
        (remedy,) = remedies(Group.MADE_AT_START, 1, [item("/etc/x")], Known(destinations=destinations))
        assert (remedy.kind, remedy.lines) == (RemedyKind.MOVE, ())
        assert "by somebody" in remedy.sentence
        assert place in remedy.sentence


def test_an_empty_group_needs_nothing() -> None:
    assert remedies(Group.CONFIGURATION, 0, [], Known()) == ()


def test_the_dockerfile_installs_packages_before_what_may_need_them_however_big_they_are() -> None:
    known = Known(system=[system("gcc")], python=[python("x", "x==1")], destinations=["/home/iot"])
    items = {Group.CONFIGURATION: [item("/etc/a"), item("/b\n")], Group.HOME_AND_DATA: [item("/root/x")]}
    groups = [
        GroupTotals(
            group=group,
            missed=True,
            files=1,
            folders=0,
            size=0,
            largest=(),
            remedies=remedies(group, 2, found, known),
        )
        for group in reversed(Group)
        for found in [items.get(group, [])]
    ]
    lines = dockerfile(groups)
    assert [line for line in lines if not line.startswith("#")] == [
        "RUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*",
        "RUN /usr/local/bin/python3.11 -m pip install --no-cache-dir x==1",
        "COPY etc/a /etc/a",
    ]
    assert lines[0].startswith("# System packages: ")
    assert lines[-1] == "# and 1 more"


NAMES = st.binary(min_size=1, max_size=40).filter(lambda raw: b"\0" not in raw)


@settings(max_examples=60, deadline=None)
@given(NAMES)
def test_bash_reads_every_name_back_as_it_was(raw: bytes) -> None:
    name = raw.decode("utf-8", "surrogateescape")
    bash = shutil.which("bash")
    assert bash is not None
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "script"
        script.write_bytes(b"printf %s " + shell_word(name).encode("utf-8", "surrogateescape"))
        printed = subprocess.run([bash, str(script)], capture_output=True, check=True).stdout
    assert printed == raw
