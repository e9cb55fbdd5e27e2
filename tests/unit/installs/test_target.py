"""Which interpreter a kernel's name stands for."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from ide49_storage.installs.policy.target import NoTarget, inspect_target, select_interpreter


@pytest.fixture
def kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    return tmp_path / "kernels"


def write(kernels: Path, name: str, argv: Sequence[str]) -> None:
    (kernels / name).mkdir(parents=True)
    spec = {"argv": [*argv, "-m", "ipykernel_launcher"], "display_name": name, "language": "python"}
    (kernels / name / "kernel.json").write_text(json.dumps(spec))


def environ(tmp_path: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONUSERBASE": str(tmp_path / "base")}


def test_only_a_bare_name_of_the_servers_own_version_is_the_servers_python(kernels: Path, tmp_path: Path) -> None:
    write(kernels, "plain", ["python"])
    write(kernels, "other", ["python2.9"])
    write(kernels, "shell", ["/bin/sh"])
    assert select_interpreter("plain", environ(tmp_path)).executable == sys.executable
    with pytest.raises(NoTarget, match=r"python2\.9 is not on PATH"):
        select_interpreter("other", environ(tmp_path))
    with pytest.raises(NoTarget, match="no Python"):
        select_interpreter("shell", environ(tmp_path))
    with pytest.raises(NoTarget, match=r"There are: .*other"):
        select_interpreter("../../etc", environ(tmp_path))
    tool = tmp_path / "bin" / "python2.9"
    tool.parent.mkdir()
    tool.symlink_to(sys.executable)
    assert select_interpreter("other", {**environ(tmp_path), "PATH": str(tool.parent)}).executable == str(tool)


def test_a_kernel_that_starts_without_its_user_site_is_refused(kernels: Path, tmp_path: Path) -> None:
    program = os.path.join(sys.base_prefix, "bin", f"python{sys.version_info[0]}.{sys.version_info[1]}")
    write(kernels, "isolated", [program, "-I"])
    target, _ = inspect_target(select_interpreter("isolated", environ(tmp_path)))
    assert "user-site-disabled" in {each.reason for each in target.refusals}
