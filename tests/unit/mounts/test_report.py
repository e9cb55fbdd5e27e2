"""The records of mounts and paths, from made-up snapshots, and once from this machine."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from ide49_storage.errors import BadPath
from ide49_storage.model.mounts import Capacity, CapacityStatus, EngineName, Relation, Where
from ide49_storage.model.vocabulary import Fate, Kind
from ide49_storage.mounts.capacity import FAILED, CapacityReading
from ide49_storage.mounts.local_files import Files, LocalFiles, why_failed, why_not_asked
from ide49_storage.mounts.locator import PathLocator, locate
from ide49_storage.mounts.path_walk import Answer, Lstat, Unanswered
from ide49_storage.mounts.report import absolute, build_report
from ide49_storage.mounts.service import wait_for

from .lines import HEX, OVERLAY_ROOT, Tree, line, snapshot_of, table_of

VOLUME = "/var/lib/docker/volumes/iot-home/_data"
IDE49 = table_of(
    OVERLAY_ROOT,
    line(2, 1, "/proc", fs="proc", source="proc"),
    line(3, 1, "/dev"),
    line(4, 1, "/home/iot", device="8:2", root=VOLUME, fs="ext4", source="/dev/sda2"),
    line(5, 1, "/service-config/iot-home", device="8:2", root=VOLUME, fs="ext4", source="/dev/sda2"),
    line(6, 1, "/projects", device="8:2", root=f"{VOLUME}/projects", options="ro", fs="ext4", source="/dev/sda2"),
    line(7, 1, "/etc/hosts", device="8:2", root=f"/var/lib/docker/containers/{HEX}/hosts", fs="ext4"),
    line(8, 4, "/home/iot", fs="cifs", source="//10.39.40.200/iot-data", whole="rw,password=tweety"),
    line(9, 2, "/proc/keys", device="0:3", root="/null", source="tmpfs"),
)
FILES = Tree(
    {
        "/home": None,
        "/service-config": None,
        "/service-config/iot-home": None,
        "/service-config/iot-home/projects": None,
        "/service-config/iot-home/projects/a.ipynb": "",
        "/projects": None,
        "/link": "/service-config/iot-home/projects",
        "/loop": "/loop",
        "/nowhere": "/service-config/none/x",
    },
    silent=frozenset({8}),
)
CAPACITY = Capacity(total=100, used=60, free=30, inodes_total=None, inodes_free=None)


def at(path: str, base: str = "/", files: Files = FILES) -> Where:
    (answer,) = locate(snapshot_of(IDE49), [absolute(path, base)], files)
    return answer.where


class Stalled(Tree):
    """As the edge does it: the share is refused."""

    def look(self, request):  # type: ignore[no-untyped-def]
        return Unanswered(why_not_asked(request.row)) if request.row.id == 8 else super().look(request)


def test_each_mount_is_told_with_its_storage_options_and_places() -> None:
    report = build_report(snapshot_of(IDE49))
    assert [mount.id for mount in report.mounts] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    mounts = {mount.id: mount for mount in report.mounts}
    home = mounts[5]
    assert (home.storage.device, home.storage.root) == ("8:2", VOLUME)
    assert (home.kind, home.name, home.fate.update) == (Kind.VOLUME, "iot-home", Fate.KEPT)
    assert {(place.path, place.relation, place.subpath, place.hidden) for place in home.also_at} == {
        ("/home/iot", Relation.SAME, "", True),
        ("/projects", Relation.INSIDE, "projects", False),
    }
    assert mounts[6].options.read_only
    assert mounts[6].options.mount == ("ro",)
    assert mounts[6].options.super == ("rw",)
    assert not home.options.read_only
    assert (mounts[4].hidden, mounts[4].hidden_by) == (True, 8)
    assert (home.hidden, home.hidden_by) == (False, None)
    assert report.engine.name is EngineName.DOCKER
    assert report.notebooks is None


def test_a_share_over_the_home_is_told_beside_what_it_hides() -> None:
    mounts = {mount.id: mount for mount in build_report(snapshot_of(IDE49)).mounts}
    assert (mounts[8].kind, mounts[8].name) == (Kind.SAMBA, "iot-data on 10.39.40.200")
    assert mounts[8].capacity_status is CapacityStatus.NOT_ASKED
    assert mounts[8].capacity is None
    assert mounts[8].also_at == ()


def test_no_secret_of_a_mount_is_in_the_report() -> None:
    assert b"tweety" not in msgspec.json.encode(build_report(snapshot_of(IDE49)))


def test_masks_are_no_places_of_device_files() -> None:
    mounts = {mount.id: mount for mount in build_report(snapshot_of(IDE49)).mounts}
    assert mounts[3].also_at == ()
    assert mounts[9].also_at == ()


def test_the_room_of_a_storage_is_told_wherever_it_is_mounted() -> None:
    capacities = {("8:2", VOLUME): CapacityReading(CapacityStatus.MEASURED, CAPACITY), ("0:50", "/"): FAILED}
    mounts = {mount.id: mount for mount in build_report(snapshot_of(IDE49, capacities=capacities)).mounts}
    assert mounts[4].capacity == mounts[5].capacity == CAPACITY
    assert mounts[5].capacity_status is CapacityStatus.MEASURED
    assert (mounts[1].capacity, mounts[1].capacity_status) == (None, CapacityStatus.FAILED)
    assert mounts[6].capacity_status is CapacityStatus.NOT_ASKED
    assert mounts[2].capacity_status is CapacityStatus.NOT_APPLICABLE
    assert mounts[3].capacity_status is CapacityStatus.NOT_APPLICABLE


def test_the_folder_that_jupyter_serves_is_told() -> None:
    report = build_report(snapshot_of(IDE49), at("/service-config/iot-home"))
    assert report.notebooks is not None
    assert (report.notebooks.name, report.notebooks.fate.update) == ("iot-home", Fate.KEPT)


def test_a_path_is_told_with_every_other_path_of_the_same_file() -> None:
    answer = at("/service-config/iot-home/projects/a.ipynb")
    assert (answer.mount_id, answer.mount_point) == (5, "/service-config/iot-home")
    assert (answer.kind, answer.name, answer.exists, answer.writable) == (Kind.VOLUME, "iot-home", True, True)
    assert {(place.path, place.relation, place.hidden) for place in answer.also_at} == {
        ("/home/iot/projects/a.ipynb", Relation.SAME, True),
        ("/projects/a.ipynb", Relation.SAME, False),
    }
    assert answer.doubt is None


def test_a_link_is_followed_to_where_the_file_lives() -> None:
    answer = at("/link/a.ipynb")
    assert answer.path == "/link/a.ipynb"
    assert (answer.resolved, answer.mount_id) == ("/service-config/iot-home/projects/a.ipynb", 5)


def test_a_missing_path_is_answered_for_its_deepest_existing_parent() -> None:
    answer = at("/service-config/iot-home/new/x.ipynb")
    assert (answer.exists, answer.nearest, answer.mount_id) == (False, "/service-config/iot-home", 5)
    assert answer.resolved == "/service-config/iot-home/new/x.ipynb"
    assert answer.writable is True
    assert {place.path for place in answer.also_at} == {"/home/iot"}


def test_a_link_to_nowhere_is_answered_for_where_it_would_lead() -> None:
    answer = at("/nowhere")
    assert (answer.exists, answer.resolved, answer.nearest) == (False, "/service-config/none/x", "/service-config")


def test_a_path_on_a_share_is_answered_without_asking_the_share() -> None:
    files = Stalled(FILES.entries, silent=frozenset({8}))
    answer = at("/home/iot/a.ipynb", files=files)
    assert (answer.kind, answer.mount_id, answer.fate.update) == (Kind.SAMBA, 8, Fate.KEPT)
    assert (answer.exists, answer.writable) == (None, None)
    assert answer.nearest == "/home/iot"
    assert "cifs" in str(answer.doubt)
    assert files.asked == ["/home"]


class Shut(Tree):
    """A folder that this user may not search."""

    def look(self, request: Lstat) -> Answer:
        return (
            why_failed(request.path, errno.EACCES) if request.path.startswith("/projects/") else super().look(request)
        )


def test_a_path_in_a_folder_that_may_not_be_searched_is_unknown_and_the_folder_is_named() -> None:
    answer = at("/projects/secret", files=Shut(FILES.entries))
    fate = answer.fate
    assert (answer.kind, fate.stop, fate.update, fate.device) == (Kind.UNKNOWN, *[Fate.UNKNOWN] * 3)
    assert (answer.exists, answer.writable, answer.also_at) == (None, None, ())
    assert "The folder /projects may not be searched" in answer.evidence.kind
    assert answer.doubt == answer.evidence.kind


def test_the_shares_own_folder_exists_and_only_whether_it_is_writable_is_left_open() -> None:
    answer = at("/home/iot")
    assert (answer.exists, answer.writable, answer.doubt) == (True, None, None)


def test_a_circle_of_links_is_a_doubt_and_no_error() -> None:
    answer = at("/loop")
    assert (answer.exists, answer.writable) == (None, None)
    assert "circle" in str(answer.doubt)


def test_a_relative_path_starts_at_the_base() -> None:
    assert at("projects", "/service-config/iot-home").path == "/service-config/iot-home/projects"
    assert at("../iot-home", "/service-config/iot-home").resolved == "/service-config/iot-home"
    assert at("projects", "/").path == "/projects"


def test_answers_come_in_the_order_of_the_questions() -> None:
    paths = ["/projects", "/", "/projects", "/home"]
    assert [answer.where.path for answer in locate(snapshot_of(IDE49), paths, FILES)] == paths


@pytest.mark.parametrize(
    ("path", "reason"), [("", "empty-path"), ("/a\0b", "nul-in-path"), ("/\ud800", "undecodable-path")]
)
def test_what_can_be_no_path_is_refused_by_name(path: str, reason: str) -> None:
    with pytest.raises(BadPath) as refused:
        absolute(path, "/")
    assert (refused.value.path, refused.value.code) == (path, reason)
    assert str(refused.value) == refused.value.message
    assert isinstance(refused.value, ValueError)


@pytest.mark.parametrize("path", ["/\udcff\udcfe", "/" + "x" * 100_000, "/x" * 50_000, "/ ", "/\n", "..", "./.", "//"])
def test_strange_paths_get_an_answer(path: str) -> None:
    assert at(path, "/home").exists in (True, False)


def test_an_unreadable_line_is_reported_and_the_rest_answered() -> None:
    from ide49_storage.model.mounts import LineProblem
    from ide49_storage.mounts.mountinfo import parse
    from ide49_storage.mounts.snapshot import MountSnapshot
    from ide49_storage.mounts.table import MountTable

    rows, problems = parse(f"{OVERLAY_ROOT}\nnonsense\n".encode())
    known = snapshot_of(MountTable(rows))
    report = build_report(MountSnapshot(at=known.at, table=known.table, engine=known.engine, problems=tuple(problems)))
    assert [mount.id for mount in report.mounts] == [1]
    assert report.problems == (LineProblem(line=2, problem=problems[0].problem),)


def test_without_any_mounts_a_path_is_unknown_and_nothing_is_asked() -> None:
    table = table_of()
    (location,) = locate(snapshot_of(table), ["/etc/passwd"], LocalFiles(table))
    answer = location.where
    assert not location.is_local
    assert (answer.kind, answer.exists, answer.fate.update) == (Kind.UNKNOWN, None, Fate.UNKNOWN)
    assert answer.doubt


# This machine.


def test_this_machine_is_reported(tmp_path: Path) -> None:
    report = wait_for(lambda service: service.mount_report(str(tmp_path)))
    assert report.problems == ()
    assert report.notebooks is not None
    assert report.notebooks.path == str(tmp_path)
    assert report.notebooks.exists is True
    by_id = {mount.id: mount for mount in report.mounts}
    home = by_id[report.notebooks.mount_id]
    if home.capacity_status is CapacityStatus.MEASURED:
        assert home.capacity is not None
        real = os.statvfs(tmp_path)
        assert home.capacity.total == real.f_blocks * real.f_frsize
    assert msgspec.json.decode(msgspec.json.encode(report), type=type(report)) == report


def test_paths_of_this_machine_are_told_as_the_kernel_has_them(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    found, missing, parent = map(PathLocator(), [f"{tmp_path}/link", f"{tmp_path}/none/x", f"{tmp_path}/link/.."])
    assert (found.resolved, found.exists, found.writable) == (os.path.realpath(tmp_path / "real"), True, True)
    assert (missing.exists, missing.nearest) == (False, os.path.realpath(tmp_path))
    assert parent.resolved == os.path.realpath(tmp_path)


def test_a_socket_in_the_way_is_no_folder(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        answer = PathLocator()(str(tmp_path / "s/x"))
    assert (answer.exists, answer.nearest) == (False, os.path.realpath(tmp_path / "s"))


def test_importing_the_locator_brings_in_neither_psutil_nor_a_server() -> None:
    heavy = "{'psutil', 'tornado', 'jupyter_server', 'asyncio'} & set(sys.modules)"
    program = f"import sys, ide49_storage.mounts.locator; sys.exit(bool({heavy}))"
    done = subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[3], check=False)
    assert done.returncode == 0
