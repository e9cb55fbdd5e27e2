"""The parser of ``/proc/self/mountinfo``."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ide49_storage.mounts.mountinfo import escape, parse, read_mountinfo, unescape

GOOD = b"36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n"

# Any name that Linux takes: every byte but NUL, as Python shows it.
names = st.binary(min_size=1, max_size=40).map(lambda raw: raw.replace(b"\0", b"n").decode("utf-8", "surrogateescape"))
words = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=8)


def test_a_line_of_the_manual_page_is_read_field_by_field() -> None:
    (row,), problems = parse(GOOD)
    assert problems == []
    assert (row.id, row.parent, row.device, row.root, row.mount_point) == (36, 35, "98:0", "/mnt1", "/mnt2")
    assert row.mount_options == ("rw", "noatime")
    assert row.optional == ("master:1",)
    assert (row.fs_type, row.source, row.super_options) == ("ext3", "/dev/root", ("rw", "errors=continue"))
    assert row.line == 1
    assert not row.read_only
    assert row.super_value("errors") == "continue"
    assert row.super_value("error") is None


@pytest.mark.parametrize(
    ("own", "whole", "read_only"),
    [("rw", "rw", False), ("ro", "rw", True), ("rw", "ro", True), ("rw,ro_x", "rw", False)],
)
def test_read_only_shows_in_either_of_two_places(own: str, whole: str, read_only: bool) -> None:
    (row,), _ = parse(f"1 0 0:1 / / {own},relatime - tmpfs t {whole},size=1k".encode())
    assert row.read_only is read_only


@given(st.lists(st.sampled_from(["shared:1", "master:22", "propagate_from:3", "unbindable", "new:thing"]), max_size=9))
def test_any_number_of_optional_fields_is_read(optional: list[str]) -> None:
    between = "".join(field + " " for field in optional)
    (row,), problems = parse(f"1 0 0:1 / /m rw {between}- tmpfs none rw\n".encode())
    assert problems == []
    assert row.optional == tuple(optional)
    assert row.fs_type == "tmpfs"


def test_super_options_keep_the_spaces_of_wsl2() -> None:
    synthetic = (
        rb"59 48 0:47 / /mnt/c rw,noatime - 9p C:\134 rw,aname=drvfs;path=C:\Program Files;uid=1000,trans=fd,rfd=8"
    )
    (row,), problems = parse(synthetic)
    assert problems == []
    assert row.source == "C:\\"
    assert row.super_options == ("rw", r"aname=drvfs;path=C:\Program Files;uid=1000", "trans=fd", "rfd=8")


def test_an_escaped_comma_does_not_end_an_option() -> None:
    (row,), _ = parse(rb"1 0 0:1 / / rw - overlay overlay rw,upperdir=/a\054b,workdir=/w")
    assert row.super_value("upperdir") == "/a,b"


def test_an_empty_source_is_a_field_too() -> None:
    (row,), problems = parse(b"1 0 0:1 / /m rw - tmpfs  rw")
    assert problems == []
    assert (row.source, row.super_options) == ("", ("rw",))


def test_a_root_that_is_no_path_is_kept() -> None:
    (row,), _ = parse(b"1 0 0:4 net:[4026531840] /run/netns/x rw shared:1 - nsfs nsfs rw")
    assert row.root == "net:[4026531840]"


@given(names)
@example("a b\tc\nd\\e#f")
@example("\\040")
@example("\udcff/\udc80")
def test_escapes_round_trip(name: str) -> None:
    assert unescape(escape(name)) == name
    assert " " not in escape(name)
    assert "\n" not in escape(name)


@given(names, names, names)
def test_whatever_a_folder_is_called_the_row_has_its_name(root: str, point: str, source: str) -> None:
    data = f"5 1 8:1 {escape('/' + root)} {escape('/' + point)} rw - ext4 {escape('/' + source)} rw\n"
    (row,), problems = parse(data.encode("utf-8", "surrogateescape"))
    assert problems == []
    assert (row.root, row.mount_point) == ("/" + root, "/" + point)


def test_an_escape_may_be_half_a_character() -> None:
    (row,), _ = parse(rb"1 0 0:1 / /caf\303\251 rw - tmpfs t rw")
    assert row.mount_point == "/café"


@pytest.mark.parametrize("text", [r"\9", r"\777", r"\08", "\\", r"\12"])
def test_what_is_no_escape_stays(text: str) -> None:
    assert unescape(text) == text


@given(st.binary(max_size=300))
@example(b"\n\n")
@example(b"- - - - - - - - - -")
@example(b"1 0 0:1 / / rw - \n")
def test_no_bytes_make_it_raise_and_every_line_is_accounted_for(data: bytes) -> None:
    rows, problems = parse(data)
    lines = data.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    assert sorted([row.line for row in rows] + [problem.line for problem in problems]) == list(range(1, len(lines) + 1))


@given(st.lists(st.one_of(words, st.just("-"), st.just("")), max_size=14))
def test_no_line_of_fields_makes_it_raise(fields: list[str]) -> None:
    rows, problems = parse(" ".join(fields).encode())
    assert len(rows) + len(problems) <= 1


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (b"", "no lone '-'"),
        (b"36 35 98:0 /mnt1 /mnt2 rw,noatime ext3 /dev/root rw", "no lone '-'"),
        (b"36 35 98:0 / - rw tmpfs none rw", "no lone '-'"),
        (b"36 35 98:0 / / rw - ext4", "fewer than three fields"),
        (b"36 35 98:0 / mnt rw - ext4 x rw", "mount point"),
        (b"x 35 98:0 / / rw - ext4 x rw", "is not a number"),
        (b"1 -35 98:0 / / rw - ext4 x rw", "is not a number"),
        (b"1 35 98 / / rw - ext4 x rw", "is not a number"),
        (b"1111111111111111111 35 9:8 / / rw - ext4 x rw", "is not a number"),
        ("٣ 35 9:8 / / rw - ext4 x rw".encode(), "is not a number"),
    ],
)
def test_a_bad_line_is_reported_by_its_number_and_the_others_are_read(bad: bytes, says: str) -> None:
    rows, problems = parse(GOOD + bad + b"\n" + GOOD.replace(b"36", b"37"))
    assert [row.id for row in rows] == [36, 37]
    assert [row.line for row in rows] == [1, 3]
    assert [problem.line for problem in problems] == [2]
    assert says in problems[0].problem


def test_of_two_lines_with_one_id_the_later_stands_and_the_earlier_is_reported() -> None:
    rows, problems = parse(GOOD + GOOD.replace(b"/mnt2", b"/mnt3"))
    assert [row.mount_point for row in rows] == ["/mnt3"]
    assert [(problem.line, "line 2" in problem.problem) for problem in problems] == [(1, True)]


def test_nothing_gives_nothing() -> None:
    assert parse(b"") == ([], [])


def test_the_mounts_of_this_machine_are_read_without_a_problem() -> None:
    rows, problems = parse(read_mountinfo())
    assert problems == []
    assert "/proc" in {row.mount_point for row in rows}


def test_a_mountinfo_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        read_mountinfo(str(tmp_path / "none"))
