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

from ide49_storage.changes.remedies import Known, copy_line, remedies, shell_word
from ide49_storage.model.changes import EntryType, Group, Largest, PythonPackage, RemedyKind, SystemPackage


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
    (remedy,) = remedies(
        Group.CONFIGURATION, 10, [item("/etc/a"), item("/etc/b\n"), item("/etc/f", EntryType.OTHER)], Known()
    )
    assert remedy.lines == ("COPY etc/a /etc/a",)
    assert remedy.left_out == 9


def test_a_dockerfiles_own_signs_are_written_so_that_they_stand_for_themselves() -> None:
    line = copy_line(item("/etc/a b[1]*$HOME\\x"))
    assert line is not None
    source, target = json.loads(line.removeprefix("COPY "))
    assert source == "etc/a b[[]1][*]\\$HOME\\\\x"
    assert target == "/etc/a b[1]*\\$HOME\\\\x"


def test_home_goes_to_a_volume_and_programs_into_the_image() -> None:
    items = [item("/root/my thesis"), item("/usr/local/bin/tool"), item("/srv/data", EntryType.FOLDER, 9)]
    home, programs = remedies(Group.HOME_AND_DATA, 11, items, Known(destinations=["/home/iot", "/other"]))
    assert home.kind is RemedyKind.MOVE
    assert home.lines == ("mv -n -- '/root/my thesis' /home/iot/", "mv -n -- /srv/data /home/iot/")
    assert programs.lines == ("COPY usr/local/bin/tool /usr/local/bin/tool",)
    assert (home.left_out, programs.left_out) == (0, 0)


def test_without_a_volume_nothing_is_moved_and_that_is_said() -> None:
    (remedy,) = remedies(Group.HOME_AND_DATA, 1, [item("/root/x")], Known())
    assert remedy.kind is RemedyKind.DOCKERFILE
    assert "add a volume" in remedy.sentence


@pytest.mark.parametrize("group", [Group.CACHES_AND_LOGS, Group.MADE_AT_START])
def test_what_is_made_again_needs_nothing(group: Group) -> None:
    (remedy,) = remedies(group, 1, [item("/tmp/x")], Known())
    assert (remedy.kind, remedy.lines) == (RemedyKind.NONE, ())


def test_an_empty_group_needs_nothing() -> None:
    assert remedies(Group.CONFIGURATION, 0, [], Known()) == ()


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
