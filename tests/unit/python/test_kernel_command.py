"""Which Python a kernelspec starts in the end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from ide49_storage.model.python import TroubleReason
from ide49_storage.python.interpreter import probe as asking
from ide49_storage.python.kernels.command import KernelCommand, ServerInterpreter, is_python, started_by
from tests.python_world import World

OWN = ServerInterpreter("/venv/bin/python", (3, 11), "/venv")


def start(*argv: str, env: dict[str, str] | None = None, **environ: str) -> KernelCommand:
    return started_by(argv, env or {}, "/data/kernels/k", OWN, environ)


def test_a_bare_python_is_the_servers_own_and_options_are_kept() -> None:
    made = start("python3", "-s", "-X", "dev", "-m", "ipykernel", "-I", env={"A": "${B}/x"}, B="b")
    assert (made.executable, made.options, made.env["A"]) == ("/venv/bin/python", ("-s", "-X", "dev"), "b/x")
    other = start("python3.8", "x.py")
    assert (other.executable, other.options) == ("python3.8", ())


@pytest.mark.parametrize("argv", [["{prefix}/bin/python"], ["{resource_dir}/run", "{x}"], ["python3.11", "{prefix}"]])
def test_placeholders_are_those_of_jupyter_client(argv: list[str]) -> None:
    manager = KernelManager(connection_file="/tmp/c.json")
    manager._kernel_spec = KernelSpec(argv=argv, resource_dir="/data/kernels/k")
    theirs = manager.format_kernel_cmd()
    own = ServerInterpreter(sys.executable, sys.version_info[:2], sys.prefix)
    assert started_by(argv, {}, "/data/kernels/k", own, {}).executable == theirs[0]


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["/usr/bin/env", "A=1", "python3.9", "-s", "-m", "x"], "python3.9 ('-s',) 1 /bin"),
        (["env", "-u", "PATH", "--", "A=2", "/p/python", "-c", "x"], "/p/python () 2 None"),
        (["env", "-i", "--chdir", "/x", "PATH=/q", "env", "A=3", "python"], "python () 3 /q"),
        (
            ["/opt/conda/bin/conda", "run", "-n", "my", "python", "-m", "x"],
            "python () None /opt/conda/envs/my/bin:/bin",
        ),
        (
            ["/opt/conda/bin/mamba", "run", "--no-capture-output", "--name=base", "python"],
            "python () None /opt/conda/bin:/bin",
        ),
        (["conda", "run", "--cwd", "/w", "-p", "/e", "env", "A=4", "python3"], "python3 () 4 /e/bin:/bin"),
        (
            ["python", "-m", "nb_conda_kernels.run", "/opt/conda", "/e", "python", "-m", "x"],
            "python () None /e/bin:/bin",
        ),
        (["conda", "run", "-n", "my", "python"], "conda () None /bin"),
        (["env", "-S", "python3 -s"], "env () None /bin"),
        (["conda", "info"], "conda () None /bin"),
        (["env"], "env () None /bin"),
    ],
)
def test_what_wrappers_start(argv: list[str], words: str) -> None:
    made = start(*argv, PATH="/bin")
    options = made.options if made.executable not in ("env", "conda") else ()
    assert f"{made.executable} {options} {made.env.get('A')} {made.env.get('PATH')}" == words


def test_a_real_environment_behind_a_wrapper_is_asked(tmp_path: Path) -> None:
    asking.forget()
    world = World(tmp_path)
    base = str(tmp_path / "other base")
    world.kernel("behind-env", argv=["/usr/bin/env", f"PYTHONUSERBASE={base}", world.executable, "-m", "x"])
    subprocess.run([world.executable, "-m", "venv", "--without-pip", tmp_path / "conda" / "envs" / "my"], check=True)
    (tmp_path / "conda" / "bin").mkdir()
    conda = tmp_path / "conda" / "bin" / "conda"
    conda.write_text("#!/bin/sh\n")
    conda.chmod(0o755)
    world.kernel("behind-conda", argv=[str(conda), "run", "-n", "my", "python", "-m", "x"])
    world.kernel("gone-behind-env", argv=["env", "/nowhere/python3"])
    world.kernel("no-conda", argv=["/nowhere/conda", "run", "-n", "my", "python"])
    world.kernel("relative", argv=["venv/bin/python3", "-m", "x"])
    kernels = {kernel.name: kernel for kernel in world.layout().kernels}
    assert kernels["behind-env"].user_base == base
    assert kernels["behind-conda"].prefix == str(tmp_path / "conda" / "envs" / "my")
    reasons = {name: kernel.trouble.reason for name, kernel in kernels.items() if kernel.trouble is not None}
    assert reasons == {
        "gone-behind-env": TroubleReason.GONE,
        "no-conda": TroubleReason.GONE,
        "relative": TroubleReason.RELATIVE,
    }


@pytest.mark.parametrize(
    ("program", "answer"),
    [
        ("/x/python", True),
        ("python3.11", True),
        ("pypy3", True),
        ("python3.13t", True),
        ("bash", False),
        ("/p/R", False),
    ],
)
def test_only_what_is_called_python_is_asked(program: str, answer: bool) -> None:
    assert is_python(program) is answer
