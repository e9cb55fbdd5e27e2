"""Nothing that lies in a working folder is executed: each planted file notes in a marker that it was."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from ide49_storage.installs import interpreter
from ide49_storage.installs.manager import InstallManager
from ide49_storage.model.installs import Action, JobState, JobVerdict
from ide49_storage.processes.worker import module_path
from ide49_storage.python.interpreter import probe as asking
from tests.needs import need_outside_python
from tests.pypi.bench import KERNEL, PATIENCE, Bench
from tests.pypi.index import Index
from tests.pypi.wheels import Package
from tests.python_world import World

PLANTED = ("json.py", "types.py", "site.py", "usercustomize.py", "encodings/__init__.py", "msgspec.py", "docker.py")
#: Only what is built in: it may run before there is anything else.
NOTES = """
import posix
mark = posix.open({marker!r}, posix.O_WRONLY | posix.O_CREAT | posix.O_APPEND, 0o600)
posix.write(mark, {name!r})
posix.close(mark)
"""


class Folder:
    """A folder with planted files, and the marker that they write."""

    def __init__(self, path: Path, marker: Path) -> None:
        self.path = path
        self.marker = marker
        for name in PLANTED:
            file = path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(NOTES.format(marker=str(marker), name=f"{name}\n".encode()))

    def executed(self) -> str:
        """The names of the files that ran."""
        return self.marker.read_text() if self.marker.exists() else ""


@pytest.fixture
def planted(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "notebooks", tmp_path / "executed.txt")


def command_line(bench: Bench, planted: Folder, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """``jupyter storage`` as it is typed in the planted folder."""
    program = os.path.join(sysconfig.get_path("scripts"), "jupyter-storage")
    inherited = {name: os.environ[name] for name in ("JUPYTER_PATH", "JUPYTER_RUNTIME_DIR")}
    environ = {**bench.environ, **inherited, **more}
    return subprocess.run(
        [program, *arguments], cwd=planted.path, env=environ, capture_output=True, text=True, check=False,
        timeout=PATIENCE,
    )  # fmt: skip


def test_a_planted_file_runs_where_python_looks_into_the_working_folder(planted: Folder) -> None:
    """The test's own proof: this is what every child must avoid."""
    subprocess.run([sys.executable, "-c", "import json"], cwd=planted.path, capture_output=True, check=False)
    assert planted.executed() == "json.py\n"
    environ = {"PYTHONPATH": os.pathsep}
    subprocess.run([sys.executable, "-c", ""], cwd=planted.path, env=environ, capture_output=True, check=False)
    assert planted.executed() == "json.py\nencodings/__init__.py\n"


def test_a_job_of_the_command_line_executes_nothing_of_the_working_folder(
    bench: Bench, index: Index, planted: Folder
) -> None:
    index.add(Package(name="one"))
    index.add_sdist(Package(name="sourced"))
    done = command_line(bench, planted, "install", "one", "sourced", "--kernel", KERNEL)
    assert planted.executed() == ""
    assert done.returncode == 0, done.stdout + done.stderr
    assert command_line(bench, planted, "install", "one", "--kernel", KERNEL, "--dry-run").returncode == 0
    assert command_line(bench, planted, "uninstall", "one", "--yes", "--kernel", KERNEL).returncode == 0
    assert planted.executed() == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("python",),
        ("python", "--kernel", KERNEL),
        ("packages", "--kernel", KERNEL),
        ("doctor",),
        ("mounts",),
        ("where", "."),
        ("changes",),
        ("samba",),
        ("engine",),
        ("installs",),
    ],
)
def test_a_report_of_the_command_line_executes_nothing_of_the_working_folder(
    bench: Bench, planted: Folder, arguments: tuple[str, ...]
) -> None:
    done = command_line(bench, planted, *arguments, DOCKER_HOST=f"unix://{planted.path}/none.sock")
    assert "Traceback" not in done.stderr
    assert planted.executed() == ""


@pytest.mark.parametrize("text", [interpreter._SCRIPT, asking.program()], ids=["installs", "reports"])
def test_a_question_to_an_interpreter_executes_nothing_of_a_working_folder_that_is_the_root_folder(
    planted: Folder, text: str
) -> None:
    """Questions are asked in ``/``, where a container without another working folder starts its Jupyter."""
    argv = [need_outside_python(), "-c", text, "token", "{}"]
    done = subprocess.run(argv, cwd=planted.path, capture_output=True, text=True, check=False)
    assert planted.executed() == ""
    assert "token" in done.stdout, done.stderr


@pytest.mark.parametrize("entry", ["", "."])
def test_a_report_executes_nothing_of_the_working_folder_even_where_pythonpath_means_it(
    tmp_path: Path, planted: Folder, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    world = World(tmp_path / "person")
    world.kernel("own", argv=[world.executable, "-m", "ipykernel_launcher"])
    monkeypatch.chdir(planted.path)
    world.environ["PYTHONPATH"] = f"{entry}{os.pathsep}/nowhere"
    layout = world.layout("own")
    assert layout.trouble is None
    assert "/" not in [each.place.path for each in layout.path], "a working folder that is not meant"
    assert world.packages("own").trouble is None
    world.doctor()
    assert planted.executed() == ""


@pytest.mark.parametrize("entry", ["", "."])
def test_a_server_in_that_folder_executes_nothing_of_it_in_a_job_even_where_pythonpath_means_it(
    bench: Bench, index: Index, planted: Folder, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    index.add(Package(name="one"))
    monkeypatch.chdir(planted.path)
    monkeypatch.syspath_prepend("")
    bench.use({**bench.environ, "PYTHONPATH": f"{entry}{os.pathsep}/nowhere"})
    preview = bench.service.preview(bench.request("one"))
    assert preview.plan is not None
    job = bench.do("one")
    assert planted.executed() == ""
    assert job.verdict is JobVerdict.INSTALLED, job
    assert bench.do("one", action=Action.UNINSTALL).verdict is JobVerdict.REMOVED
    assert planted.executed() == ""


def test_a_child_finds_modules_where_this_process_does_but_not_in_its_working_folder(
    planted: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``python -m`` puts the working folder first by its whole name, ``python -c`` as an empty one."""
    package = str(Path(__file__).parents[3])
    monkeypatch.chdir(planted.path)
    monkeypatch.setattr(sys, "path", ["", str(planted.path), "relative", "/a", package, "/b", "/a"])
    assert module_path() == ["/a", package, "/b"]
    monkeypatch.chdir(package)
    assert module_path() == [str(planted.path), "/a", "/b", package], "a package that runs from there comes last"


def test_a_job_is_done_where_this_package_itself_lies_in_the_user_site(
    bench: Bench, index: Index, tmp_path: Path
) -> None:
    """An isolated Python looks into no user site by itself."""
    index.add(Package(name="one"))
    bench.site.mkdir(parents=True)
    bench.site.joinpath("own.pth").write_text(f"{Path(__file__).parents[3]}\n{sysconfig.get_path('purelib')}\n")
    inherited = {name: os.environ[name] for name in ("JUPYTER_PATH", "JUPYTER_RUNTIME_DIR")}
    argv = [need_outside_python(), "-m", "ide49_storage", "install", "one"]
    environ = {**bench.environ, **inherited}
    done = subprocess.run(argv, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (bench.site / "one" / "__init__.py").is_file()


def test_what_an_interrupted_supervisor_said_last_is_in_the_jobs_message(
    bench: Bench, index: Index, tmp_path: Path
) -> None:
    index.add(Package(name="one"))
    index.fault = "hang"
    job = bench.service.start(bench.request("one"))
    while not index.asked:
        assert bench.service.job(job.id).state is not JobState.ENDED
    with open(Path(bench.service.store.folder(job.id)) / "supervisor.txt", "a") as file:
        file.write("Traceback (most recent call last):\nValueError: https://me:canary-9c@host/ is \x1b[1mbad\n\n")
    bench.supervisor().kill()
    ended = bench.ended(job)
    assert ended.verdict is JobVerdict.INTERRUPTED
    assert "ValueError: https://****@host/ is bad" in ended.message
    assert InstallManager(environ=bench.environ).job(job.id).message == ended.message
