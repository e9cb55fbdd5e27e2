"""The wheel as a user gets it: installed by pip alone in a clean environment."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.built import wheel


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A venv with JupyterLab and the wheel, made by pip and nothing else."""
    folder = tmp_path_factory.mktemp("clean")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [f"{folder}/bin/python", "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, str(wheel()), "jupyterlab>=4.6,<5"], check=True)
    return folder


def run(environment: Path, *argv: str) -> str:
    """stdout and stderr of a command of that environment, colours left out."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "JUPYTER"))}
    clean["PATH"] = f"{environment / 'bin'}:/usr/bin:/bin"
    done = subprocess.run(argv, env=clean, capture_output=True, text=True, check=False, cwd=environment)
    assert done.returncode == 0, done.stderr
    return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)


def test_the_server_extension_is_enabled_and_ok(environment: Path) -> None:
    told = run(environment, "jupyter", "server", "extension", "list")
    assert re.search(r"ide49_storage enabled", told), told
    assert re.search(r"ide49_storage \S* ?OK", told), told


def test_the_lab_extension_is_enabled_and_ok(environment: Path) -> None:
    told = run(environment, "jupyter", "labextension", "list")
    assert re.search(r"ide49-storage v\S+ enabled OK \(python, ide49_storage\)", told), told


def test_the_command_line_is_there(environment: Path) -> None:
    (answer,) = json.loads(run(environment, "jupyter", "storage", "where", "--json", "/usr"))
    assert answer["resolved"] == "/usr"


def test_nothing_but_the_declared_is_needed_to_import_it(environment: Path) -> None:
    """Every module imports with the wheel's own requirements: no test tool has slipped in."""
    program = (
        "import importlib, pkgutil, ide49_storage as top\n"
        "names = [m.name for m in pkgutil.walk_packages(top.__path__, 'ide49_storage.')]\n"
        "[importlib.import_module(name) for name in names if not name.endswith('__main__')]\n"
        "print(len(names))"
    )
    assert int(run(environment, "python", "-c", program)) > 20


def test_the_panel_is_small_enough_to_load_over_a_slow_link(environment: Path) -> None:
    """The issue allows 80 kB compressed for all that a browser loads of it."""
    import gzip

    static = environment / "share/jupyter/labextensions/ide49-storage/static"
    scripts = list(static.glob("*.js"))
    assert scripts
    assert sum(len(gzip.compress(script.read_bytes())) for script in scripts) <= 80_000
