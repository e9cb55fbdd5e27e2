"""Resolving a path along with the mount walk, in made-up trees. The kernel's own say is in ``tests/system``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ide49_storage.mounts.path_walk import Answer, Lstat, ResolvedPath, Unanswered, resolve_path, run
from ide49_storage.mounts.table import MountTable

from .lines import DISK_ROOT, Tree, line, table_of

PLAIN = table_of(DISK_ROOT)
SHARE = table_of(
    DISK_ROOT,
    line(2, 1, "/home/iot", fs="cifs", source="//10.0.0.1/iot-data"),
    line(3, 2, "/home/iot/local", device="8:1", fs="ext4"),
    line(4, 1, "/etc/deep"),
)


def follow(path: str, entries: dict[str, str | None], table: MountTable = PLAIN) -> ResolvedPath:
    return run(resolve_path(table, path), Tree(entries).look)


def refuse(request: Lstat) -> Answer:
    """A machine on which the share is not to be asked."""
    if request.row.fs_type == "cifs":
        return Unanswered("the share was not asked")
    return Tree({"/home": None, "/home/iot": None, "/link": "/home/iot/x", "/etc": None}).look(request)


def test_what_exists_is_found() -> None:
    found = follow("/a/b", {"/a": None, "/a/b": ""})
    assert (found.resolved, found.exists, found.nearest, found.doubt) == ("/a/b", True, "/a/b", None)


@pytest.mark.parametrize("path", ["/", "//", "/.", "/./", "/..", "/a/..", "/a/../../.."])
def test_every_way_to_write_the_root_is_the_root(path: str) -> None:
    assert follow(path, {"/a": None}).resolved == "/"


def test_a_missing_path_is_answered_for_its_deepest_existing_parent() -> None:
    found = follow("/a/b/c/../d", {"/a": None})
    assert (found.resolved, found.exists, found.nearest) == ("/a/b/c/../d", False, "/a")


def test_nothing_is_asked_below_what_is_missing() -> None:
    tree = Tree({})
    run(resolve_path(PLAIN, "/a/b/c/d"), tree.look)
    assert tree.asked == ["/a"]


@pytest.mark.parametrize("path", ["/f/x", "/f/", "/f/.", "/f/..", "/f/../f", "/l/"])
def test_below_a_file_there_is_nothing(path: str) -> None:
    found = follow(path, {"/f": "", "/l": "f"})
    assert (found.exists, found.nearest) == (False, "/f")


@pytest.mark.parametrize(
    ("path", "resolved"),
    [
        ("/abs", "/d/e"),
        ("/rel", "/d/e"),
        ("/d/up", "/x"),
        ("/chain", "/d/e"),
        ("/abs/..", "/d"),
        ("/abs/../f", "/d/f"),
        ("/dir/../x", "/x"),
        ("/d/self/self/e", "/d/e"),
        ("/slash", "/d/e"),
    ],
)
def test_links_are_followed_before_dots_mean_anything(path: str, resolved: str) -> None:
    links: dict[str, str | None] = {
        "/d": None, "/d/e": None, "/d/f": "", "/x": "",
        "/abs": "/d/e", "/rel": "d/./e", "/d/up": "../x", "/chain": "rel", "/dir": "d", "/d/self": ".",
        "/slash": "/d//e/",
    }  # fmt: skip
    found = follow(path, links)
    assert (found.resolved, found.exists) == (resolved, True)


def test_a_link_to_nothing_is_answered_for_where_it_leads() -> None:
    found = follow("/l", {"/l": "/data/new/x", "/data": None})
    assert (found.resolved, found.exists, found.nearest) == ("/data/new/x", False, "/data")


@pytest.mark.parametrize(("links", "exists"), [(40, True), (41, None)])
def test_forty_links_are_followed_as_the_kernel_does_and_no_more(links: int, exists: bool | None) -> None:
    chain: dict[str, str | None] = {f"/{n}": f"{n + 1}" for n in range(links)}
    found = follow("/0", {**chain, f"/{links}": ""})
    assert found.exists is exists
    assert (found.doubt is None) is (exists is True)


def test_a_circle_of_links_is_a_doubt() -> None:
    found = follow("/a/x", {"/a": "b", "/b": "a"})
    assert found.exists is None
    assert "circle" in str(found.doubt)


def test_a_name_or_path_longer_than_the_kernel_takes_does_not_exist() -> None:
    tree = Tree({"/" + "é" * 127: None})
    assert run(resolve_path(PLAIN, "/" + "é" * 127), tree.look).exists is True
    assert run(resolve_path(PLAIN, "/" + "é" * 128), tree.look).exists is False
    deep: dict[str, str | None] = {"/a" * n: None for n in range(1, 3000)}
    found = follow("/a" * 2999, deep)
    assert (found.exists, found.nearest) == (False, "/a" * 2047)


@pytest.mark.parametrize("path", ["/x" * 50_000, "/" * 100_000, "/.." * 33_000, "/" + "y" * 100_000, "/d/.." * 20_000])
def test_a_hundred_kilobytes_are_answered(path: str) -> None:
    assert follow(path, {"/d": None}).nearest == "/"


def test_each_component_is_asked_on_the_mount_it_is_on() -> None:
    asked = []

    def look(request: Lstat) -> Answer:
        asked.append((request.path, request.row.id))
        return Tree({"/etc": None, "/etc/deep": None, "/etc/deep/f": ""}).look(request)

    found = run(resolve_path(SHARE, "/etc/deep/f"), look)
    assert asked == [("/etc", 1), ("/etc/deep", 4), ("/etc/deep/f", 4)]
    assert [row.id for row in found.crossed] == [1, 4]


def test_a_mount_point_exists_without_being_asked() -> None:
    found = run(resolve_path(SHARE, "/home/iot"), Tree({"/home": None}, silent=frozenset({2})).look)
    assert (found.exists, found.row.id, found.doubt) == (True, 2, None)


def test_below_what_does_not_answer_only_the_text_leads_on() -> None:
    found = run(resolve_path(SHARE, "/home/iot/a/../b"), refuse)
    assert (found.resolved, found.exists, found.row.id) == ("/home/iot/b", None, 2)
    assert found.nearest == "/home/iot"
    assert found.doubt == "the share was not asked"


def test_once_something_did_not_answer_nothing_more_is_asked() -> None:
    asked = []

    def look(request: Lstat) -> Answer:
        asked.append(request.path)
        return refuse(request)

    found = run(resolve_path(SHARE, "/home/iot/../../etc/deep/x"), look)
    assert asked == ["/home", "/home/iot"]
    assert (found.resolved, found.exists, found.row.id) == ("/etc/deep/x", None, 4)


def test_a_mount_inside_one_that_does_not_answer_is_known_from_the_table() -> None:
    found = run(resolve_path(SHARE, "/home/iot/local"), refuse)
    assert (found.exists, found.row.id, found.doubt) == (True, 3, None)
    assert [row.id for row in found.crossed] == [1, 2, 3]
    below = run(resolve_path(SHARE, "/home/iot/local/x"), refuse)
    assert (below.exists, below.nearest, below.row.id) == (None, "/home/iot/local", 3)


def shut(request: Lstat) -> Answer:
    """A machine on which nobody may search the folder /home."""
    if request.path.startswith("/home/"):
        return Unanswered("/home is shut", may_be_symlink=True)
    return Tree({"/home": None, "/etc": None}).look(request)


def test_below_a_shut_folder_a_path_may_lead_anywhere_but_a_mount_point_does_not() -> None:
    below = run(resolve_path(SHARE, "/home/x"), shut)
    assert (below.may_be_symlink, below.exists, below.nearest, below.doubt) == (True, None, "/home", "/home is shut")
    point = run(resolve_path(SHARE, "/home/iot/local"), shut)
    assert (point.may_be_symlink, point.exists, point.row.id, point.doubt) == (False, True, 3, None)
    # What lies in the mount cannot be seen either.
    inside = run(resolve_path(SHARE, "/home/iot/local/x"), shut)
    assert (inside.may_be_symlink, inside.exists, inside.nearest) == (True, None, "/home/iot/local")


def test_a_share_that_was_not_asked_leads_nobody_astray() -> None:
    assert run(resolve_path(SHARE, "/home/iot/a"), refuse).may_be_symlink is False


def test_dots_among_what_was_not_asked_leave_it_open_whether_the_end_exists() -> None:
    # /home/iot/a may be a link to anywhere, so .. need not be /home/iot.
    found = run(resolve_path(SHARE, "/home/iot/a/../local"), refuse)
    assert (found.exists, found.row.id) == (None, 3)


def test_a_link_that_leads_into_the_share_is_followed_to_its_door() -> None:
    found = run(resolve_path(SHARE, "/link"), refuse)
    assert (found.resolved, found.row.id, found.exists) == ("/home/iot/x", 2, None)


def test_dots_at_the_root_enter_what_is_mounted_over_it() -> None:
    table = table_of(DISK_ROOT, line(2, 1, "/"))
    assert follow("/", {}, table).row.id == 1
    assert follow("/..", {}, table).row.id == 2


names = st.sampled_from(["a", "b", "c", "..", ".", "", "x" * 300, "\udcff"])
paths = st.lists(names, max_size=8).map(lambda parts: "/" + "/".join(parts))


@given(st.dictionaries(paths, st.one_of(st.none(), st.just(""), paths), max_size=12), paths)
def test_no_tree_makes_it_fail(entries: dict[str, str | None], path: str) -> None:
    found = follow(path, entries, SHARE)
    assert found.resolved.startswith("/")
    assert found.nearest.startswith("/")
    assert (found.exists is None) == (found.doubt is not None)
    assert found.row in found.crossed
