"""The mount table: the walk, hidden mounts, and the places of one storage."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ide49_storage.model.mounts import Relation
from ide49_storage.mounts.mountinfo import MountRow
from ide49_storage.mounts.table import UNLISTED, MountTable, ancestors_of

from .lines import DISK_ROOT, line, row_of, table_of

IDE49 = (
    DISK_ROOT,
    line(2, 1, "/home/iot", device="8:1", root="/volumes/iot-home/_data"),
    line(3, 1, "/service-config/iot-home", device="8:1", root="/volumes/iot-home/_data"),
    line(4, 2, "/home/iot/.cache"),
    line(5, 2, "/home/iot", fs="cifs", source="//10.0.0.1/iot-data"),
)


def ids(rows: tuple[MountRow, ...]) -> list[int]:
    return [row.id for row in rows]


def test_a_path_is_on_the_mount_that_the_walk_ends_on() -> None:
    table = table_of(DISK_ROOT, line(2, 1, "/a"), line(3, 2, "/a/b"))
    assert table.mount_of("/").id == 1
    assert table.mount_of("/a").id == 2
    assert table.mount_of("/ab").id == 1
    assert table.mount_of("/a/b/c/d").id == 3
    assert ids(table.crossed("/a/b/c")) == [1, 2, 3]


def test_a_mount_over_the_parent_hides_what_is_mounted_below() -> None:
    table = table_of(*IDE49)
    assert table.mount_of("/home/iot/.cache/x").id == 5
    assert table.hidden == {2, 4}
    assert ids(table.crossed("/home/iot/.cache")) == [1, 2, 5]


def test_a_mount_made_later_below_the_same_folder_hides_the_first() -> None:
    # The case that longest-prefix matching gets wrong: /a/b first, then /a over it.
    table = table_of(DISK_ROOT, line(2, 1, "/a/b"), line(3, 1, "/a"))
    assert table.mount_of("/a/b").id == 3
    assert table.hidden == {2}
    over = table.hidden_by(table.by_id[2])
    assert over is table.by_id[3]


def test_the_one_that_hides_is_the_lowest_over_it() -> None:
    table = table_of(DISK_ROOT, line(2, 1, "/a"), line(3, 2, "/a"), line(4, 3, "/a"))
    hidden_by = {row.id: (over.id if (over := table.hidden_by(row)) else None) for row in table.rows}
    assert hidden_by == {1: None, 2: 3, 3: 4, 4: None}


def test_of_two_mounts_on_one_spot_the_later_in_the_file_is_on_top() -> None:
    table = table_of(DISK_ROOT, line(9, 1, "/a"), line(3, 1, "/a"))
    assert table.mount_of("/a").id == 3


def test_a_mount_over_the_root_is_not_entered() -> None:
    table = table_of(DISK_ROOT, line(2, 1, "/"), line(3, 2, "/a"))
    assert table.mount_of("/a").id == 1
    assert table.hidden == {2, 3}
    assert table.hidden_by(table.by_id[2]) is None
    assert table.enter(table.root, "/").id == 2


def test_the_root_is_the_one_whose_parent_is_out_of_reach_wherever_it_stands() -> None:
    table = table_of(line(2, 1, "/"), DISK_ROOT)
    assert table.root.id == 1
    assert table_of("7 7 8:2 / / rw - ext4 /dev/sda2 rw", line(8, 7, "/")).root.id == 7


def test_in_a_chroot_without_a_root_the_walk_still_finds_the_mounts() -> None:
    table = table_of(line(22, 20, "/proc", fs="proc"), line(23, 20, "/sys", fs="sysfs"))
    assert table.root.fs_type == UNLISTED
    assert table.root.id == 20
    assert table.mount_of("/proc/self").id == 22
    assert table.mount_of("/home").fs_type == UNLISTED
    assert table.hidden == frozenset()
    assert len(table.rows) == 2


def test_an_empty_table_answers() -> None:
    table = MountTable([])
    assert table.mount_of("/a").fs_type == UNLISTED
    assert table.hidden == frozenset()


def test_the_same_storage_is_known_at_its_other_places() -> None:
    table = table_of(*IDE49)
    (place,) = table.places(table.by_id[3])
    assert (place.path, place.mount_id, place.relation, place.subpath) == ("/home/iot", 2, Relation.SAME, "")
    assert place.hidden
    (back,) = table.places(table.by_id[2])
    assert (back.path, back.hidden) == ("/service-config/iot-home", False)


def test_a_storage_inside_another_is_told_with_the_path_between_them() -> None:
    table = table_of(
        DISK_ROOT,
        line(2, 1, "/whole", device="8:1", root="/v/home"),
        line(3, 1, "/part", device="8:1", root="/v/home/projects/x"),
        line(4, 1, "/other", device="8:1", root="/v/home2"),
        line(5, 1, "/elsewhere", device="8:9", root="/v/home"),
    )
    assert [(p.path, p.relation, p.subpath) for p in table.places(table.by_id[2])] == [
        ("/part", Relation.INSIDE, "projects/x")
    ]
    assert [(p.path, p.relation, p.subpath) for p in table.places(table.by_id[3])] == [
        ("/whole", Relation.CONTAINS, "projects/x")
    ]
    assert table.places(table.by_id[4]) == ()
    assert table.places(table.by_id[5]) == ()


@given(st.lists(st.lists(st.sampled_from(["a", "a b", "a!", "ab", "\x01", "\udcff"]), max_size=4), max_size=12))
def test_places_are_those_of_every_pair_of_roots(roots: list[list[str]]) -> None:
    rows = [row_of(DISK_ROOT)] + [
        MountRow(number, 1, "8:7", "/" + "/".join(root), f"/m{number}", (), (), "ext4", "/dev/x", (), number)
        for number, root in enumerate(roots, 2)
    ]
    table = MountTable(rows)

    def relation(mine: MountRow, other: MountRow) -> Relation | None:
        if mine.device != other.device or mine is other:
            return None
        if mine.root == other.root:
            return Relation.SAME
        if other.root in ancestors_of(mine.root):
            return Relation.CONTAINS
        return Relation.INSIDE if mine.root in ancestors_of(other.root) else None

    for row in rows:
        expected = {(other.id, how) for other in rows if (how := relation(row, other))}
        assert {(place.mount_id, place.relation) for place in table.places(row)} == expected


def test_a_root_that_is_no_path_is_inside_nothing() -> None:
    table = table_of(
        DISK_ROOT,
        line(2, 1, "/run/a", device="0:4", root="net:[1]", fs="nsfs"),
        line(3, 1, "/run/b", device="0:4", root="net:[2]", fs="nsfs"),
    )
    assert table.places(table.by_id[2]) == ()


def test_what_was_deleted_is_inside_no_folder_any_more() -> None:
    table = table_of(
        DISK_ROOT,
        line(2, 1, "/whole", device="8:1", root="/v"),
        line(3, 1, "/gone", device="8:1", root="/v/f//deleted"),
    )
    assert table.places(table.by_id[2]) == ()
    assert table.other_paths(table.by_id[3], "/gone") == ()


def test_a_file_has_other_paths_through_every_mount_that_shows_it() -> None:
    table = table_of(
        DISK_ROOT,
        line(2, 1, "/home/iot", device="8:1", root="/v/home"),
        line(3, 1, "/service-config/iot-home", device="8:1", root="/v/home"),
        line(4, 1, "/projects", device="8:1", root="/v/home/projects"),
        line(5, 3, "/service-config/iot-home/projects/x"),
        line(6, 1, "/one file", device="8:1", root="/v/home/projects/x/f"),
    )
    places = table.other_paths(table.by_id[2], "/home/iot/projects/x/f")
    assert {(place.path, place.mount_id, place.hidden) for place in places} == {
        ("/service-config/iot-home/projects/x/f", 3, True),
        ("/projects/x/f", 4, False),
        ("/one file", 6, False),
    }
    back = table.other_paths(table.by_id[6], "/one file")
    assert {place.path for place in back} == {
        "/home/iot/projects/x/f",
        "/service-config/iot-home/projects/x/f",
        "/projects/x/f",
    }


def test_a_huge_path_is_answered() -> None:
    table = table_of(*IDE49)
    assert table.mount_of("/home/iot" + "/x" * 50_000).id == 5


def test_mounts_that_stand_on_each_other_do_not_send_the_walk_in_circles() -> None:
    table = table_of(line(0, 3, "/a"), line(3, 0, "/a"))
    assert table.mount_of("/a").fs_type == UNLISTED
    assert table.hidden == {0, 3}


some_rows = st.builds(
    lambda number, parent, device, root, point: MountRow(
        number, parent, f"0:{device}", root, point, ("rw",), (), "tmpfs", "t", ("rw",), 1
    ),
    st.integers(0, 8),
    st.integers(0, 8),
    st.integers(0, 2),
    st.sampled_from(["/", "/a", "/a/b", "/b", "net:[1]", "/a//deleted"]),
    st.sampled_from(["/", "/a", "/a/b", "/a/b/c", "/b", "//", "/a/"]),
)


@given(st.lists(some_rows, max_size=12), st.sampled_from(["/", "/a", "/a/b/c/d", "/b/x"]))
def test_no_table_however_damaged_makes_the_walk_fail_or_go_in_circles(rows: list[MountRow], path: str) -> None:
    table = MountTable(rows)
    crossed = table.crossed(path)
    assert crossed[0] is table.root
    assert crossed[-1] is table.mount_of(path)
    for row in table.rows:
        over = table.hidden_by(row)
        assert over is None or row.id in table.hidden
        for place in table.places(row):
            assert place.mount_id != row.id
            assert any(back.mount_id == row.id for back in table.places(table.by_id[place.mount_id]))
