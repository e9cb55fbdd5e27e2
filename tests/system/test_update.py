"""What `where` says about paths in ide49's Jupyter container, against a real stop and a real update."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab import markers
from tests.lab.cases import ide49_mounts
from tests.lab.engine import Container, Engine
from tests.lab.images import DEBIAN12, DEBIAN13, Images
from tests.lab.markers import STOP, UPDATE, Judged, Outcome, Written
from tests.lab.mounts import MountSpec, anonymous, bind, tmpfs, volume

# the first test of a session may have to make the images
pytestmark = pytest.mark.timeout(1800)

# where each path lives, and whether what is written there outlives a stop and an update; by hand
EXPECTED = {
    "/home/iot/notebook.ipynb": ("volume", "iot-home", "kept", "kept"),
    "/home/iot/a folder\nwith \\ and #/file": ("volume", "iot-home", "kept", "kept"),
    "/service-config/iot-home/.local/lib/module.py": ("volume", "iot-home", "kept", "kept"),
    "/service-config/nginx-config/nginx.conf": ("volume", "nginx-config", "kept", "kept"),
    "/service-config/duplicati-config/settings": ("volume", "duplicati-config", "kept", "kept"),
    "/service-config/not-a-volume/file": ("container", None, "kept", "lost"),
    "/root/file": ("container", None, "kept", "lost"),
    "/etc/settings": ("container", None, "kept", "lost"),
    "/usr/local/bin/tool": ("container", None, "kept", "lost"),
    "/var/lib/data/file": ("anonymous", None, "kept", "at-risk"),
    "/memory/file": ("memory", None, "lost", "lost"),
    "/dev/shm/file": ("memory", None, "lost", "lost"),
    "/projects/file": ("bind", "projects", "kept", "kept"),
    "/etc/from-the-host.conf": ("bind", "from-the-host.conf", "kept", "kept"),
    "/home/iot/nested/file": ("volume", "nested", "kept", "kept"),
    "/home/iot/nested/memory/file": ("memory", None, "lost", "lost"),
    # links out of the volume, back into it, and through both: the fate is that of the file, not of the link
    "/home/iot/to-the-layer/file": ("container", None, "kept", "lost"),
    "/opt/to-the-volume/file": ("volume", "iot-home", "kept", "kept"),
    "/home/iot/to-the-layer/back/file": ("volume", "iot-home", "kept", "kept"),
}
PREPARE = """
mkdir -p /opt/layer /home/iot/target /home/iot/back
ln -s /opt/layer /home/iot/to-the-layer
ln -s ../home/iot/target /opt/to-the-volume
ln -s /home/iot/back /opt/layer/back
"""


def layout(host: Path) -> list[MountSpec]:
    """ide49's volumes and what else a container may have."""
    (host / "projects").mkdir()
    (host / "from-the-host.conf").write_text("")
    return [
        *ide49_mounts(),
        anonymous("/var/lib/data"),
        tmpfs("/memory"),
        bind(host / "projects", "/projects"),
        bind(host / "from-the-host.conf", "/etc/from-the-host.conf"),
        volume("nested", "/home/iot/nested"),
        tmpfs("/home/iot/nested/memory"),
    ]


@pytest.fixture(scope="module", params=["podman", "docker"])
def images(request: pytest.FixtureRequest) -> Images:
    """The images of each engine."""
    found: Images = request.getfixturevalue(f"{request.param}_images")
    return found


class Story:
    """One container's life: predictions, a stop, an update, and which markers were there after each."""

    def __init__(self, images: Images, wheel: Path, host: Path) -> None:
        before, after = images.jupyter(DEBIAN12, wheel), images.jupyter(DEBIAN13, wheel)
        self.container: Container = images.engine.run(before, mounts=layout(host))
        self.container.exec(["sh", "-ec", PREPARE])
        written = [marker for marker in markers.write(self.container, EXPECTED) if isinstance(marker, Written)]
        self.versions = [self._python()]
        self.answers = markers.where(self.container, list(EXPECTED))
        self.answers_as_iot = markers.where(self.container, list(EXPECTED), user="iot")
        self.container.stop()
        self.container.start()
        after_stop = markers.survivors(self.container, written)
        self.container = self.container.replaced_by(after)
        self.versions.append(self._python())
        after_update = markers.survivors(self.container, written)
        self.judged = [
            *markers.judge(STOP, self.answers, EXPECTED, after_stop),
            *markers.judge(UPDATE, self.answers, EXPECTED, after_update),
        ]
        self.answers_after = markers.where(self.container, ["/", "/home/iot", "/service-config/nginx-config"])

    def _python(self) -> str:
        return self.container.exec(["python3", "-c", "import sys; print(*sys.version_info[:2])"]).stdout.strip()


@pytest.fixture(scope="module")
def story(images: Images, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The story in each engine, which is empty again afterwards."""
    engine: Engine = images.engine
    engine.remove_everything_but_images()
    try:
        yield Story(images, wheel, tmp_path_factory.mktemp("host"))
    finally:
        engine.remove_everything_but_images()


def short(answer: dict[str, Any]) -> tuple[str, str | None, str, str]:
    """Kind, name, and the two fates of an answer."""
    return answer["kind"], answer["name"], answer["fate"]["stop"], answer["fate"]["update"]


def test_the_update_really_changes_the_image(story: Story) -> None:
    assert story.versions == ["3 11", "3 13"]


@pytest.mark.parametrize("path", EXPECTED)
def test_where_names_the_storage_and_its_fates(story: Story, path: str) -> None:
    assert short(story.answers[path]) == EXPECTED[path]


def test_no_prediction_is_wrong(story: Story) -> None:
    wrong = [str(judged) for judged in story.judged if judged.outcome is Outcome.WRONG]
    assert wrong == []
    assert len(story.judged) == 2 * len(EXPECTED)


def test_only_the_anonymous_volume_is_in_doubt(story: Story) -> None:
    doubtful: list[Judged] = [judged for judged in story.judged if judged.outcome is not Outcome.RIGHT]
    assert [(judged.path, judged.event, judged.outcome) for judged in doubtful] == [
        ("/var/lib/data/file", UPDATE, Outcome.AT_RISK)
    ]


def test_a_new_container_gets_an_empty_anonymous_volume(story: Story) -> None:
    """Which is why its fate is at-risk: this is the update by hand, compose would keep it."""
    anonymous_file = next(j for j in story.judged if j.path == "/var/lib/data/file" and j.event == UPDATE)
    assert not anonymous_file.survived


def test_an_ordinary_user_gets_the_same_answers(story: Story) -> None:
    readable = [path for path in EXPECTED if not path.startswith("/root/")]
    assert {path: short(story.answers_as_iot[path]) for path in readable} == {path: EXPECTED[path] for path in readable}


def test_the_new_container_is_described_like_the_old_one(story: Story) -> None:
    assert [short(answer) for answer in story.answers_after.values()] == [
        ("container", None, "kept", "lost"),
        ("volume", "iot-home", "kept", "kept"),
        ("volume", "nginx-config", "kept", "kept"),
    ]


def test_every_place_of_a_volume_is_named(story: Story) -> None:
    answer = story.answers["/home/iot/notebook.ipynb"]
    assert [place["path"] for place in answer["also_at"]] == ["/service-config/iot-home/notebook.ipynb"]


def wait_until_removed(container: Container) -> None:
    """Podman's ``stop`` is back before the clean-up that ``--rm`` asks for is done."""
    until = time.monotonic() + 120
    while container.engine.cli("inspect", container.id, check=False).returncode == 0:
        assert time.monotonic() < until, "a container with --rm is still there"
        time.sleep(0.2)


def test_a_container_started_with_rm_loses_its_layer_at_the_stop(podman_images: Images, wheel: Path) -> None:
    engine = podman_images.engine
    image = podman_images.jupyter(DEBIAN12, wheel)
    container = engine.run(image, mounts=[volume("iot-home", "/home/iot"), anonymous("/data")], rm=True)
    paths = ["/etc/settings", "/home/iot/file", "/data/file"]
    try:
        written = [marker for marker in markers.write(container, paths) if isinstance(marker, Written)]
        answers = markers.where(container, paths)
        volumes = set(engine.volume_ls())
        container.stop()
        wait_until_removed(container)
        gone = volumes - set(engine.volume_ls())
        after = engine.start(container.spec)
        there = markers.survivors(after, written)
    finally:
        engine.remove_everything_but_images()
    assert {path: answers[path]["fate"]["stop"] for path in paths} == {
        "/etc/settings": "lost",
        "/home/iot/file": "kept",
        "/data/file": "lost",
    }
    assert there == {"/home/iot/file"}
    assert len(gone) == 1, "the engine removes the anonymous volume with the container"
