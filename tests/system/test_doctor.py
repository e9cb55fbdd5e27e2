"""The container of the document: what `python -m site` and PATH say there, what the doctor finds, and the mending.

The start script makes the fault itself: an unquoted here-document that uses a variable it has yet to set. The
kernel is installed by Jupyter's own command into a folder where Jupyter does not look.
"""

from __future__ import annotations

import ast
import json
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ide49_storage.changes.groups import START_WINDOW
from tests.lab.engine import Container
from tests.lab.images import DEBIAN12, Images
from tests.lab.mounts import volume
from tests.lab.podman import Podman
from tests.lab.python_image import PYTHON, VERSION, like_ide49
from tests.lab.shell import LabError
from tests.python_world import make_wheel

NOTEBOOKS = "/home/iot/iot49.org/docs/ide/reference"
PROJECT = "/home/iot/projects/robot/code-pi"
USER_BASE = "/service-config/iot-home/.local"
USER_SITE = f"{USER_BASE}/lib/python{VERSION}/site-packages"
START = f"""#!/bin/bash
chown iot: /home/iot
cat > /tmp/start-jupyter.sh <<EOF
export HOME=/home/iot
export PYTHONUSERBASE={USER_BASE}
export PATH=$PYTHONUSERBASE/bin:$PATH
export PYTHONPATH={PROJECT}
export JUPYTER_RUNTIME_DIR={USER_BASE}/share/jupyter/runtime
export IPYTHONDIR=/service-config/iot-home/.ipython
cd {NOTEBOOKS}
python3 -m jupyter_server --port 8899 --IdentityProvider.token=lab --ServerApp.root_dir=/home/iot --no-browser
EOF
setpriv --reuid 1000 --regid 1000 --init-groups mkdir -p {NOTEBOOKS} {PROJECT}
setpriv --reuid 1000 --regid 1000 --init-groups bash /tmp/start-jupyter.sh
"""
KERNEL = '{"argv": ["python3", "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "IoT"}'
FETCH = """
import sys, urllib.request
request = urllib.request.Request("http://127.0.0.1:8899/" + sys.argv[1], headers={"Authorization": "token lab"})
sys.stdout.write(urllib.request.urlopen(request, timeout=30).read().decode())
"""
IN_THE_SERVERS_ENVIRONMENT = """
import os, sys
for pid in filter(str.isdecimal, os.listdir("/proc")):
    try:
        command = open(f"/proc/{pid}/cmdline", "rb").read().split(b"\\0")
    except OSError:
        continue
    if command[1:3] == [b"-m", b"jupyter_server"]:
        entries = open(f"/proc/{pid}/environ", "rb").read().split(b"\\0")
        os.chdir(f"/proc/{pid}/cwd")
        os.chdir(os.getcwd())
        environ = dict(entry.split(b"=", 1) for entry in entries if b"=" in entry)
        os.execvpe(sys.argv[1], sys.argv[1:], environ)
sys.exit("no server runs")
"""


class Ide49:
    """The container, as its user uses it."""

    def __init__(self, container: Container) -> None:
        self.container = container
        self.wait()

    def wait(self) -> None:
        """Until Jupyter answers."""
        until = time.monotonic() + 90
        while True:
            try:
                self.fetch("api/status")
            except LabError:
                assert time.monotonic() < until, self.container.engine.cli(
                    "logs", self.container.id, check=False
                ).stderr
                time.sleep(0.5)
            else:
                return

    def fetch(self, path: str) -> Any:
        """What the server answers."""
        return json.loads(self.container.python(FETCH, path, user="iot"))

    def terminal(self, *argv: str) -> str:
        """What a command says in a terminal of this Jupyter, whatever its exit status."""
        argv = (PYTHON, "-I", "-c", IN_THE_SERVERS_ENVIRONMENT, *argv)
        return self.container.exec(argv, user="iot", check=False).stdout

    def found(self) -> dict[str, dict[str, Any]]:
        """The findings of the server, by id."""
        return {finding["id"]: finding for finding in self.fetch("ide49-storage/findings")["findings"]}


@pytest.fixture(scope="module")
def image(podman_engine: Podman, wheel: Path) -> str:
    return like_ide49(podman_engine, wheel)


@pytest.fixture(scope="module")
def ide49(podman_engine: Podman, image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ide49]:
    folder = tmp_path_factory.mktemp("ide49")
    (folder / "start.sh").write_text(START)
    (folder / "kernel.json").write_text(KERNEL)
    made = podman_engine.run(image)
    made.copy_in(folder / "start.sh", "/usr/local/bin/start.sh")
    made.copy_in(make_wheel(folder, "mine", "1.0", script="my-command"), "/opt/mine-1.0-py3-none-any.whl")
    made.exec(["chmod", "755", "/usr/local/bin/start.sh"])
    made.exec(["mkdir", "-p", "/opt/iot-kernel"])
    made.copy_in(folder / "kernel.json", "/opt/iot-kernel/kernel.json")
    prefix = ["--prefix", "/opt/python_base", "--name", "iot-kernel", "/opt/iot-kernel"]
    made.exec(["python3", "-m", "jupyter", "kernelspec", "install", *prefix])
    made.exec(["chown", "-R", "iot:", "/opt/python_base"])
    with_start = made.commit("lab/ide49-faulty:test")
    made.remove()
    mounts = [volume("doctor-home", "/home/iot"), volume("doctor-home", "/service-config/iot-home")]
    container = podman_engine.run(with_start, mounts=mounts, command=("/bin/bash", "/usr/local/bin/start.sh"))
    started = Ide49(container)
    started.terminal("pip", "install", "--no-index", "/opt/mine-1.0-py3-none-any.whl")
    yield started
    container.remove()


def test_path_and_site_are_the_documents(ide49: Ide49) -> None:
    """What the document prints, by the same two commands."""
    assert ide49.terminal("sh", "-c", "echo $PATH").strip() == (
        "/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    )
    told = ide49.terminal("python3", "-m", "site")
    paths = ast.literal_eval(told[told.index("[") : told.index("]") + 1])
    digits = VERSION.replace(".", "")
    assert paths == [
        NOTEBOOKS,
        PROJECT,
        f"/usr/local/lib/python{digits}.zip",
        f"/usr/local/lib/python{VERSION}",
        f"/usr/local/lib/python{VERSION}/lib-dynload",
        USER_SITE,
        f"/usr/local/lib/python{VERSION}/site-packages",
    ]
    assert f"USER_BASE: '{USER_BASE}' (exists)" in told
    assert "ENABLE_USER_SITE: True" in told


def test_the_layout_agrees_with_the_document(ide49: Ide49) -> None:
    layout = json.loads(ide49.terminal("python3", "-m", "ide49_storage", "python", "--json"))
    told = ide49.terminal("python3", "-m", "site")
    assert [entry["place"]["path"] for entry in layout["path"]] == ast.literal_eval(
        told[told.index("[") : told.index("]") + 1]
    )
    seen = [(entry["role"], entry["place"]["where"]["kind"]) for entry in layout["path"]]
    assert seen == [
        ("project", "volume"),
        ("project", "volume"),
        ("zip", "container"),
        ("stdlib", "container"),
        ("stdlib", "container"),
        ("user", "volume"),
        ("packages", "container"),
    ]
    user = layout["user"]
    assert (user["base"]["path"], user["base"]["state"], user["enabled"]) == (USER_BASE, "folder", True)
    assert user["base"]["where"]["fate"]["update"] == "kept"
    assert user["base"]["where"]["name"] == "doctor-home"
    assert layout["install"]["mode"] == "user"
    assert layout["install"]["target"]["path"] == USER_SITE
    assert "not writable for iot" in layout["install"]["why"][0]


def test_the_server_gives_the_same_answer_as_the_terminal(ide49: Ide49) -> None:
    for path, *argv in (
        ("findings", "doctor"),
        ("packages", "packages"),
        ("requirements?pinned=true", "packages", "--requirements"),
    ):
        served = ide49.fetch(f"ide49-storage/{path}")
        told = json.loads(ide49.terminal("python3", "-m", "ide49_storage", *argv, "--json"))
        if path == "findings":
            # A terminal scans the container layer; on a server a person starts that.
            assert [each["id"] for each in served.pop("not_checked")] == ["CH01", "CH02", "CH03"]
            assert told.pop("not_checked") == []
            told["findings"] = [each for each in told["findings"] if not of_the_layer(each)]
            assert served.pop("checks") == told.pop("checks") - 3
        for each in (served, told):
            each.pop("at", None)
        assert served == told


def test_names_and_versions_are_those_of_pip_list(ide49: Ide49) -> None:
    listed = json.loads(ide49.terminal("pip", "list", "--format", "json"))
    report = ide49.fetch("ide49-storage/packages")
    ours = {(each["name"], each["version"]) for each in report["packages"] if each["wins"]}
    assert ours == {(each["name"], each["version"]) for each in listed}
    (mine,) = (each for each in report["packages"] if each["name"] == "mine")
    assert (mine["location"], mine["kind"], mine["fate"]["update"]) == (USER_SITE, "volume", "kept")
    assert mine["requested"] is True


def test_the_doctor_finds_both_faults_and_its_remedies_mend_them(ide49: Ide49) -> None:
    """Nothing but what the doctor says is typed; the line numbers and the lines are taken from its text."""
    time.sleep(START_WINDOW / 1e9 + 1)  # what is written earlier is taken for the start script's
    before = ide49.found()
    assert before.keys() == {"PY01", "JP03"}
    assert "not found" in ide49.terminal("sh", "-c", "my-command || echo not found")
    assert "iot-kernel" not in ide49.fetch("api/kernelspecs")["kernelspecs"]
    text = ide49.terminal("python3", "-m", "ide49_storage", "doctor")
    assert "PY01" in text
    assert "JP03" in text

    for line in before["JP03"]["lines"]:
        ide49.terminal("sh", "-ec", line)
    assert "iot-kernel" in ide49.fetch("api/kernelspecs")["kernelspecs"]

    told = re.fullmatch(r"In (\S+), replace line (\d+) by the line below.*", before["PY01"]["remedy"])
    assert told is not None, before["PY01"]["remedy"]
    script, number, (line,) = told[1], int(told[2]), before["PY01"]["lines"]
    lines = ide49.container.exec(["cat", script]).stdout.split("\n")
    assert lines[number - 1].startswith("export PATH=")
    lines[number - 1] = line
    ide49.container.exec(["sh", "-c", f"cat > {script}"], stdin="\n".join(lines))
    ide49.container.stop()
    ide49.container.start()
    ide49.wait()

    assert ide49.found() == {}
    assert ide49.terminal("sh", "-c", "command -v my-command").strip() == f"{USER_BASE}/bin/my-command"
    # And that the mended script itself is in the container only.
    rest = json.loads(ide49.terminal("python3", "-m", "ide49_storage", "doctor", "--json"))["findings"]
    assert [(each["id"], each["lines"]) for each in rest] == [("CH02", [f"COPY {script[1:]} {script}"])]


def test_a_users_copy_of_what_the_server_needs_is_named(ide49: Ide49, tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, "websocket-client", "0.1", {"websocket_client_shadow.py": b""})
    ide49.container.copy_in(wheel, f"/tmp/{wheel.name}")
    told = ide49.terminal("pip", "install", "--user", "--no-index", "--ignore-installed", f"/tmp/{wheel.name}")
    assert "Successfully installed websocket-client-0.1" in told
    finding = ide49.found()["PY13"]
    assert "websocket-client 0.1" in finding["evidence"]
    (line,) = finding["lines"]
    ide49.terminal("sh", "-ec", f"yes | {line}")
    assert "PY13" not in ide49.found()


def as_user(container: Container, user: str, home: str, *argv: str) -> tuple[str, int]:
    """Output and exit status of a command in a plain container."""
    env = {"HOME": home, "PATH": f"{home}/.local/bin:/usr/local/bin:/usr/bin:/bin"}
    done = container.exec(argv, user=user, env=env, check=False)
    return done.stdout, done.returncode


def ids(text: str) -> list[tuple[str, str]]:
    return [(finding["id"], finding["level"]) for finding in json.loads(text)["findings"]]


def of_the_layer(finding: Mapping[str, Any]) -> bool:
    """Whether it is about what a test itself put into the container, which counts or not by how soon that was."""
    return str(finding["id"]).startswith("CH")


def others(text: str) -> list[tuple[str, str]]:
    return [(each["id"], each["level"]) for each in json.loads(text)["findings"] if not of_the_layer(each)]


def test_packages_in_the_container_layer_are_an_error(podman_engine: Podman, image: str, tmp_path: Path) -> None:
    container = podman_engine.run(image)
    try:
        wheel = make_wheel(tmp_path, "lost", "1.0")
        container.copy_in(wheel, f"/tmp/{wheel.name}")
        doctor = ("python3", "-m", "ide49_storage", "doctor", "--json")
        told, status = as_user(container, "iot", "/home/iot", *doctor)
        assert (others(told), status) == ([("PY17", "warning")], 0)
        as_user(container, "iot", "/home/iot", "python3", "-m", "pip", "install", "--no-index", f"/tmp/{wheel.name}")
        told, status = as_user(container, "iot", "/home/iot", *doctor)
        assert (others(told), status) == ([("PY03", "error"), ("PY17", "warning")], 1)
    finally:
        container.remove()


def test_a_container_with_its_home_on_a_volume_is_sound(podman_engine: Podman, image: str) -> None:
    container = podman_engine.run(image, mounts=[volume("sound-home", "/home/iot")])
    try:
        container.exec(["chown", "iot:", "/home/iot"])
        told, status = as_user(container, "iot", "/home/iot", "python3", "-m", "ide49_storage", "doctor", "--json")
        assert (ids(told), status) == ([], 0)
    finally:
        container.remove()


def test_files_in_the_container_layer_are_named_and_the_remedy_moves_them(podman_engine: Podman, image: str) -> None:
    container = podman_engine.run(image, mounts=[volume("named-home", "/home/iot")])
    try:
        time.sleep(START_WINDOW / 1e9 + 1)  # what is written earlier is taken for the start script's
        make = "chown iot: /home/iot && mkdir /srv/field && echo 1 > '/srv/field/day 1.csv' && chown -R iot: /srv"
        container.exec(["sh", "-c", make])
        doctor = ("python3", "-m", "ide49_storage", "doctor", "--json")
        told, status = as_user(container, "iot", "/home/iot", *doctor)
        assert (ids(told), status) == ([("CH02", "warning")], 0)
        (finding,) = json.loads(told)["findings"]
        assert "/srv/field" in finding["evidence"]
        container.exec(["sh", "-ec", "\n".join(finding["lines"])], user="iot")
        assert container.exec(["cat", "/home/iot/field/day 1.csv"]).stdout == "1\n"
        told, status = as_user(container, "iot", "/home/iot", *doctor)
        assert (ids(told), status) == ([], 0)
    finally:
        container.remove()


def test_debians_managed_python_gets_advice_only(podman_images: Images, wheel: Path, tmp_path: Path) -> None:
    jupyter = podman_images.jupyter(DEBIAN12, wheel)
    container = podman_images.engine.run(jupyter)
    try:
        marker = tmp_path / "EXTERNALLY-MANAGED"
        marker.write_text("[externally-managed]\nError=The system's package manager owns this.\n")
        container.copy_in(marker, "/usr/lib/python3.11/EXTERNALLY-MANAGED")
        told, status = as_user(container, "iot", "/home/iot", "python3", "-m", "ide49_storage", "doctor", "--json")
        assert (others(told), status) == ([("PY16", "advice")], 0)
    finally:
        container.remove()
