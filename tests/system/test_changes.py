"""What `changes` says in real containers, against the upper directory that the engine itself keeps."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.engine import Container
from tests.lab.folder import CHECKOUT
from tests.lab.images import DEBIAN12, Images, wheel_requirements
from tests.lab.mounts import bind, tmpfs, volume
from tests.lab.podman import FUSE_OVERLAYFS, podman
from tests.lab.truth import changes, mount_points, reachable, sizes, upper
from tests.needs import need, need_command, need_root
from tests.system import alterations

MOUNTS = [volume("iot-home", "/home/iot"), volume("iot-home", "/service-config/iot-home"), tmpfs("/memory")]
# what is written sooner after a start counts as the start script's
START_WINDOW = 10.5


def listed(answer: dict[str, Any]) -> set[str]:
    return {change["path"] for change in answer["changes"]}


def group(answer: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in answer["groups"] if each["group"] == name)


def lines(answer: dict[str, Any], name: str) -> list[str]:
    return [line for remedy in group(answer, name)["remedies"] for line in remedy["lines"]]


class Story:
    """A container that was left alone, changed by hand, by dpkg and by pip; and what was said and true."""

    def __init__(self, container: Container) -> None:
        self.pristine = changes(container)
        self.started = time.monotonic()
        time.sleep(START_WINDOW)
        alterations.by_hand(container)
        alterations.install_package(container)
        alterations.install_wheel(container)
        time.sleep(3)
        container.exec(["sh", "-c", "echo edited >> /etc/lab-tool-edited.conf"])
        self.answer = changes(container)
        self.as_iot = changes(container, user="iot")
        self.truth = upper(container)
        self.points = mount_points(container)
        self.expected = reachable(self.truth, self.points)
        self.origins = {letter.path: letter.kind for letter in container.diff()}
        self.dockerfile = container.exec(["jupyter", "storage", "changes", "--dockerfile"]).stdout


@pytest.fixture(scope="module", params=["podman", "docker"])
def images(request: pytest.FixtureRequest) -> Images:
    """The images of each engine."""
    found: Images = request.getfixturevalue(f"{request.param}_images")
    return found


@pytest.fixture(scope="module")
def story(images: Images, wheel: Path) -> Iterator[Story]:
    """The story in each engine, which is empty again afterwards."""
    images.engine.remove_everything_but_images()
    try:
        yield Story(images.engine.run(images.jupyter(DEBIAN12, wheel), mounts=MOUNTS))
    finally:
        images.engine.remove_everything_but_images()


def test_a_container_that_was_just_started_has_nothing_to_lose(story: Story) -> None:
    assert story.pristine["nothing_to_lose"] is True
    assert story.pristine["files"] == 0


def test_precision_and_recall_against_the_upper_directory_are_one(story: Story) -> None:
    said = listed(story.answer)
    right = said & story.expected
    precision, recall = len(right) / len(said), len(right) / len(story.expected)
    print(f"changes: precision {precision:.3f}, recall {recall:.3f} of {len(story.expected)} entries")
    assert sorted(said - story.expected) == []
    assert sorted(story.expected - said) == []
    assert len(story.expected) > 600


def test_the_total_size_is_that_of_the_upper_directory(story: Story) -> None:
    true = sizes(story.truth, story.expected)
    assert abs(story.answer["size"] - true) <= true / 100
    assert sum(each["size"] for each in story.answer["groups"]) == story.answer["size"]


def test_new_and_modified_are_what_the_engines_diff_says(story: Story) -> None:
    """Where it is told at all: a file that was replaced by rename is new to the kernel, changed to the engine."""
    wrong = []
    for change in story.answer["changes"]:
        letter = story.origins.get(change["path"])
        if letter == "A" and change["change"] == "modified":
            wrong.append(change["path"])
        if letter == "C" and change["change"] == "new" and change["type"] == "folder":
            wrong.append(change["path"])
    # a renamed file and a second name are the image's file at a new path
    assert set(wrong) <= {"/etc/debian_version.old", "/etc/bashrc.second"}


def test_the_package_is_named_with_its_version_and_line(story: Story) -> None:
    (package,) = story.answer["system_packages"]
    assert (package["name"], package["version"], package["automatic"]) == ("lab-tool", "1.2-3", False)
    assert lines(story.answer, "system-packages") == [
        "RUN apt-get update && apt-get install -y lab-tool && rm -rf /var/lib/apt/lists/*"
    ]
    files = sum(n * 100 for n in range(1, 201))
    assert files <= package["size"] <= files + 200


def grouped(story: Story) -> dict[str, str]:
    """The group of every path, told by asking for the totals of each: files by their package and place."""
    return {item["path"]: each["group"] for each in story.answer["groups"] for item in each["largest"]}


def test_what_the_package_scripts_wrote_is_the_packages(story: Story) -> None:
    places = grouped(story)
    for path in ("/etc/passwd", "/etc/alternatives/lab", "/usr/bin/lab", "/etc/lab-tool.conf"):
        assert places.get(path, "system-packages") == "system-packages", path
    assert places["/etc/lab-tool-edited.conf"] == "configuration"
    assert "COPY etc/lab-tool-edited.conf /etc/lab-tool-edited.conf" in lines(story.answer, "configuration")


def test_the_distribution_is_named_with_its_interpreter_and_line(story: Story) -> None:
    (package,) = story.answer["python_packages"]
    assert (package["name"], package["version"], package["requirement"]) == ("lab-dist", "4.5", "lab-dist==4.5")
    assert package["interpreter"] == "/usr/bin/python3.11"
    (line,) = lines(story.answer, "python-packages")
    assert re.fullmatch(r"RUN /usr/bin/python3\.11 -m pip install --no-cache-dir (--\S+ )?lab-dist==4\.5", line)
    script = [change for change in story.answer["changes"] if change["path"] == "/usr/local/bin/lab-dist"]
    assert [change["package"] for change in script] == ["lab-dist"]


def test_home_goes_to_the_real_volume_and_programs_into_the_image(story: Story) -> None:
    moved = lines(story.answer, "home-and-data")
    assert "mv -n -- /root/project /home/iot/" in moved
    assert "mv -n -- $'/root/with\\x0anewline' /home/iot/" in moved
    assert "COPY usr/local/bin/mine /usr/local/bin/mine" in moved


def test_packaged_files_that_were_deleted_are_named(story: Story) -> None:
    gone = {each["path"]: each["package"] for each in story.answer["missing"]}
    assert gone["/usr/share/doc/tar/copyright"] == "tar"
    assert gone["/etc/debian_version"] == "base-files"
    assert "/usr/share/doc/gzip/copyright" not in gone


def test_the_dockerfile_has_every_line_and_nothing_but_instructions(story: Story) -> None:
    text = story.dockerfile.splitlines()
    assert all(line.startswith(("# ", "RUN ", "COPY ")) for line in text)
    assert "RUN apt-get update && apt-get install -y lab-tool && rm -rf /var/lib/apt/lists/*" in text


def test_an_ordinary_user_is_told_which_folders_stayed_shut_and_gets_the_rest_right(story: Story) -> None:
    shut = {*story.as_iot["unreadable"]}
    assert "/root" in shut
    assert story.as_iot["unreadable_count"] == len(shut)
    below = {path for path in story.expected if any(path.startswith(f"{folder}/") for folder in shut)}
    said = listed(story.as_iot) - {"/tmp"}
    assert sorted(said) == sorted(story.expected - below - {"/tmp"})
    assert "unreadable" in [doubt["reason"] for doubt in story.as_iot["doubts"]]


def test_no_doubt_but_deletions_on_overlay(story: Story, images: Images) -> None:
    """And Docker 20.10's seccomp profile refuses file handles, so there new and modified are one."""
    doubts = {doubt["reason"] for doubt in story.answer["doubts"]}
    assert doubts - {"new-or-modified"} == {"deletions", "missing"}
    assert "new-or-modified" not in doubts or images.engine.name == "docker"
    assert story.answer["clock"]["method"] == "birth-time"


def test_a_restart_forgets_nothing_and_the_start_scripts_files_are_apart(podman_images: Images, wheel: Path) -> None:
    engine = podman_images.engine
    script = "date > /etc/made-at-start; mkdir -p /root/x; exec sleep infinity"
    container = engine.run(podman_images.jupyter(DEBIAN12, wheel), mounts=MOUNTS, command=["sh", "-c", script])
    try:
        time.sleep(START_WINDOW)
        container.exec(["sh", "-c", "echo x > /etc/by-hand"])
        container.stop()
        container.start()
        answer = changes(container)
    finally:
        engine.remove_everything_but_images()
    assert listed(answer) >= {"/etc/made-at-start", "/etc/by-hand"}
    assert [item["path"] for item in group(answer, "made-at-start")["largest"]] == ["/etc/made-at-start"]
    assert [item["path"] for item in group(answer, "configuration")["largest"]] == ["/etc/by-hand"]


def test_what_a_person_writes_seconds_after_a_start_is_never_nothing_to_lose(images: Images, wheel: Path) -> None:
    """Nearness to a start does not tell who wrote it."""
    engine = images.engine
    container = engine.run(images.jupyter(DEBIAN12, wheel), mounts=MOUNTS)
    try:
        container.exec(["sh", "-c", "mkdir -p /root/thesis && head -c 3000000 /dev/urandom > /root/thesis/results.csv"])
        answer = changes(container)
        text = container.exec(["jupyter", "storage", "changes"]).stdout
    finally:
        engine.remove_everything_but_images()
    assert [item["path"] for item in group(answer, "made-at-start")["largest"]] == ["/root/thesis/results.csv"]
    assert answer["nothing_to_lose"] is None
    assert [doubt["reason"] for doubt in answer["doubts"] if doubt["may_be_loss"]] == ["near-start"]
    assert "Nothing to lose" not in text
    assert "Written near a start: look" in text
    assert "/root/thesis/results.csv" in text


SNAPSHOT = r"find / -xdev -mindepth 1 -printf '%p\t%i\t%C@\t%s\t%m\t%U\0'"


def snapshot(container: Container) -> dict[str, tuple[str, ...]]:
    """Every entry of the container layer with what a change of it changes."""
    rows = container.exec(["sh", "-c", f"LC_ALL=C {SNAPSHOT}"], check=False).stdout.split("\0")
    split = [row.rsplit("\t", 5) for row in rows if row]
    return {path: tuple(rest) for path, *rest in split}


# These drivers copy whole images: so the project is mounted instead of installed in one more.
PROJECT = bind(CHECKOUT / "ide49_storage", "/project/ide49_storage", read_only=True)
CHECKED_OUT = ("python3", "-B", "-c", "import sys; from ide49_storage.cli import main; sys.exit(main())")


@pytest.mark.parametrize(("driver", "method"), [(FUSE_OVERLAYFS, "change-time"), ("vfs", "change-time")])
def test_other_storage_drivers_are_recognised_by_their_clock(wheel: Path, driver: str, method: str) -> None:
    """The truth is what differs between two listings of everything, made before and after."""
    need_root()
    need_command("podman", "runc", "debootstrap")
    if driver == FUSE_OVERLAYFS:
        need_command("fuse-overlayfs")
        need(Path("/dev/fuse").exists(), "/dev/fuse")
    with podman(driver) as engine:
        image = Images(engine).dependencies(DEBIAN12, wheel_requirements(wheel))
        container = engine.run(image, mounts=[*MOUNTS, PROJECT], env={"PYTHONPATH": "/project"})
        pristine = changes(container, CHECKED_OUT)
        before = snapshot(container)
        time.sleep(1)
        alterations.by_hand(container)
        after = snapshot(container)
        answer = changes(container, CHECKED_OUT)
        points = mount_points(container)
    true = {path for path, row in after.items() if before.get(path) != row}
    expected = {path for path in true if not any(path == point or path.startswith(f"{point}/") for point in points)}
    said = listed(answer) - listed(pristine)
    # a folder that only holds a changed one is copied up, or not, as the driver likes
    folders = {change["path"] for change in answer["changes"] if change["type"] == "folder"}
    print(f"changes on {driver}: {len(said & expected)} right of {len(said)} said and {len(expected)} true")
    assert sorted(expected - listed(answer)) == []
    assert sorted(said - expected - folders) == []
    assert answer["clock"]["method"] == method
    assert "new-or-modified" in [doubt["reason"] for doubt in answer["doubts"]]
