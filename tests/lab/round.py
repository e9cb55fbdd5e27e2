"""One round of the update laboratory: a random container, questions, a stop, an update, and what is left."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import markers
from .compose import Project
from .dockerd import Docker
from .engine import Container, RunSpec
from .images import Images
from .layouts import Layout
from .markers import STOP, UPDATE, Judged, Outcome, Refused, Written, shown
from .mounts import MountSpec
from .operations import operate
from .scanned import Scanned, scanned

CAPABILITY = "SYS_ADMIN"
OPERATIONS = 60

# makes over-mounts and links; answers for each over-mount its real source, or null when it was refused
PREPARE = r"""
import json, os, subprocess, sys
given = json.load(sys.stdin)
def over_mount(target, source, command):
    try:
        os.makedirs(target, exist_ok=True)
    except OSError:
        return None
    real = os.path.realpath(source) if source else ""
    return real if subprocess.run(command, capture_output=True).returncode == 0 else None
def link(path, target):
    try:
        os.makedirs(os.path.dirname(os.path.realpath(path)), exist_ok=True)
        os.symlink(target, path)
    except OSError:
        pass
made = [over_mount(*each) for each in given["over_mounts"]]
for each in given["links"]:
    link(*each)
json.dump(made, sys.stdout)
"""


@dataclasses.dataclass
class Result:
    """What a round found. ``complaints`` are answers of ``where`` that are wrong in something else than a fate;
    ``operations`` is how many the system allowed.
    """

    layout: Layout
    judged: list[Judged] = dataclasses.field(default_factory=list)
    complaints: list[str] = dataclasses.field(default_factory=list)
    markers: int = 0
    checks: int = 0
    operations: int = 0
    scanned: Scanned | None = None

    def count(self, outcome: Outcome, event: str | None = None) -> int:
        """How many predictions came to ``outcome``."""
        return sum(judged.outcome is outcome and event in (None, judged.event) for judged in self.judged)

    @property
    def problems(self) -> list[str]:
        """Everything that is wrong, in words."""
        scan = [] if self.scanned is None else self.scanned.problems
        return [*[str(judged) for judged in self.judged if judged.outcome is Outcome.WRONG], *self.complaints, *scan]


class Round:
    """Plays one layout with the engine that ``images`` belongs to."""

    def __init__(self, images: Images, wheel: Path, layout: Layout) -> None:
        self._images = images
        self._engine = images.engine
        self._layout = layout
        changes = [f"VOLUME {json.dumps(list(layout.image_volumes))}"] if layout.image_volumes else []
        built = [images.jupyter(name, wheel) for name in layout.images]
        self._tags = [images.with_changes(tag, changes) if changes else tag for tag in built]
        self._result = Result(layout)
        self._project: Project | None = None

    def play(self, folder: Path) -> Result:
        """The whole round; ``folder`` is for files of its own. The engine is empty afterwards."""
        with self._host_side():
            try:
                if self._layout.by_compose and isinstance(self._engine, Docker):
                    self._project = Project(self._engine, folder)
                self._live(self._start(self._tags[0]))
            finally:
                self._engine.remove_everything_but_images()
        return self._result

    def _live(self, container: Container) -> None:
        written, answers = self._ask(container)
        lasting = [dataclasses.replace(marker, real=self._lasting(marker.real)) for marker in written]
        if self._layout.stop_first or self._layout.rm:
            container = self._stopped_and_started(container)
            self._judge(STOP, container, answers, lasting)
        if not self._layout.rm:
            container = self._updated(container)
            self._judge(UPDATE, container, answers, lasting)

    def _judge(self, event: str, container: Container, answers: dict[str, Any], lasting: list[Written]) -> None:
        there = markers.survivors(container, lasting)
        paths = [marker.path for marker in lasting]
        self._result.judged += markers.judge(event, answers, paths, there)

    def _ask(self, container: Container) -> tuple[list[Written], dict[str, dict[str, Any]]]:
        given = {
            "over_mounts": [(over.target, over.source, over.command()) for over in self._layout.over_mounts],
            "links": self._layout.links,
        }
        self._over_mounted = markers.run_script(container, PREPARE, given)
        # before the markers: whoever deletes and moves must not take those
        operated = operate(container, str(self._layout.operations), OPERATIONS)
        attempts = markers.write(container, self._layout.markers)
        written = [marker for marker in attempts if isinstance(marker, Written)]
        # two names of one file: the later marker replaced the earlier one
        there = markers.survivors(container, written)
        written = [marker for marker in written if marker.path in there]
        self._result.operations = len(operated.done) - operated.refused
        self._result.scanned = scanned(container, operated, self._layout.user)
        answers = markers.where(container, self._layout.markers, user=self._layout.user)
        self._result.markers = len(written)
        refused = [attempt for attempt in attempts if isinstance(attempt, Refused)]
        self._check_writable(written, refused, answers)
        self._check_places(container, written, answers)
        self._check_kinds(written, answers)
        self._check_shut(container, written, answers)
        return written, answers

    def _lasting(self, real: str) -> str:
        """Where the file of a marker is to be found when the mounts that were made inside are gone."""
        for over, source in reversed(list(zip(self._layout.over_mounts, self._over_mounted, strict=True))):
            if source and (real == over.target or real.startswith(over.target + "/")):
                return self._lasting(source + real[len(over.target) :])
        return real

    # --- the container -----------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _host_side(self) -> Iterator[None]:
        for folder in self._layout.host_folders:
            os.makedirs(folder)
        for file in self._layout.host_files:
            Path(file).touch()
        for name, options in self._layout.made_volumes:
            self._engine.volume_create(name, *options)
        try:
            yield
        finally:
            for path in (*self._layout.host_folders, *self._layout.host_files):
                shutil.rmtree(path, ignore_errors=True)

    def _spec(self, image: str) -> RunSpec:
        return RunSpec(
            image=image,
            mounts=self._layout.mounts,
            rm=self._layout.rm,
            read_only=self._layout.read_only,
            extra=("--cap-add", CAPABILITY),
        )

    def _start(self, image: str) -> Container:
        if self._project is None:
            return self._engine.start(self._spec(image))
        made = {name for name, _ in self._layout.made_volumes}
        for name in sorted({mount.source for mount in self._layout.mounts if mount.type == "volume" and mount.source}):
            if name not in made:
                self._engine.volume_create(name)
        return self._project.up(self._spec(image), capabilities=(CAPABILITY,))

    def _stopped_and_started(self, container: Container) -> Container:
        container.stop()
        if self._layout.rm:
            # the engine has removed it: what it had can only be looked for from another with the same mounts
            return self._engine.start(container.spec)
        container.start()
        return container

    def _updated(self, container: Container) -> Container:
        if self._project is None:
            return container.replaced_by(self._tags[1])
        return self._project.up(self._spec(self._tags[1]), capabilities=(CAPABILITY,))

    # --- what else an answer says ------------------------------------------------------------------------------------

    def _complain(self, path: str, what: str) -> None:
        self._result.complaints.append(f"{shown(path)}: {what}")

    def _check_writable(self, written: list[Written], refused: list[Refused], answers: dict[str, Any]) -> None:
        if self._layout.user is not None:
            return
        read_only = [attempt.path for attempt in refused if attempt.errno == errno.EROFS]
        for paths, truth in (([marker.path for marker in written], True), (read_only, False)):
            self._result.checks += len(paths)
            for path in paths:
                if answers[path]["writable"] is not truth:
                    self._complain(path, f"writable is {answers[path]['writable']}, in truth {truth}")

    def _check_places(self, container: Container, written: list[Written], answers: dict[str, Any]) -> None:
        """Each other place has the same file, and each place that has it is named."""
        possible = {marker.path: self._other_places(marker.real) for marker in written}
        named = {
            marker.path: {place["path"] for place in answers[marker.path]["also_at"] if not place["hidden"]}
            for marker in written
        }
        every = set().union(*possible.values(), *named.values())
        contents = markers.read(container, sorted(every))
        for marker in written:
            self._result.checks += len(named[marker.path] | possible[marker.path])
            for place in sorted(named[marker.path]):
                if contents[place] != marker.content:
                    self._complain(marker.path, f"is said to be at {shown(place)} too, but is not")
            if answers[marker.path]["resolved"] == marker.real:
                missing = {place for place in possible[marker.path] if contents[place] == marker.content}
                for place in sorted(missing - named[marker.path]):
                    self._complain(marker.path, f"is at {shown(place)} too, which is not said")

    def _other_places(self, real: str) -> set[str]:
        same = [mount for mount in self._layout.mounts if mount.type == "volume" and mount.source]
        return {
            other.target + real[len(mount.target) :]
            for mount in same
            for other in same
            if other.source == mount.source and other is not mount and real.startswith(mount.target + "/")
        }

    def _check_kinds(self, written: list[Written], answers: dict[str, Any]) -> None:
        over_mounted = {over.target for over in self._layout.over_mounts}
        risky = self._layout.risky_targets
        by_target = {mount.target: mount for mount in self._layout.mounts}
        for marker in written:
            answer = answers[marker.path]
            point = answer["mount_point"]
            if "at-risk" in (answer["fate"][STOP], answer["fate"][UPDATE]) and self._lasting(point) not in risky:
                self._complain(marker.path, f"at-risk on {shown(point)}, which is no anonymous volume")
            if point in by_target and point not in over_mounted:
                self._result.checks += 1
                expected = self._kind_and_name(by_target[point])
                if expected and (answer["kind"], answer["name"]) not in expected:
                    self._complain(marker.path, f"is {answer['kind']} {answer['name']!a}, expected {expected}")

    def _check_shut(self, container: Container, written: list[Written], answers: dict[str, Any]) -> None:
        """What the system does not let the user see is unknown, and nothing else is said of it."""
        if self._layout.user is None:
            return
        paths = [marker.path for marker in written]
        for path in markers.forbidden(container, paths, user=self._layout.user):
            answer = answers[path]
            self._result.checks += 1
            said = {answer["kind"], *answer["fate"].values()}
            if said != {"unknown"} or answer["exists"] is not None or "may not be searched" not in answer["doubt"]:
                self._complain(path, f"may not be seen, but is said to be {said}, exists {answer['exists']}")

    def _kind_and_name(self, mount: MountSpec) -> set[tuple[str, str | None]]:
        if mount.anonymous:
            return {("anonymous", None)}
        if mount.type == "tmpfs":
            return {("memory", None)}
        if mount.type == "volume" and mount.source not in dict(self._layout.made_volumes):
            return {("volume", mount.source)}
        return set()
