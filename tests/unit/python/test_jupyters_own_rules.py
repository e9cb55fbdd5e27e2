"""Folders and kernels are those that jupyter_core, IPython and jupyter_client work out themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

#: In a process of its own, because Jupyter's rules read the environment, and some of them only once. First ours:
#: the others make folders.
BOTH = """
import json, sys, warnings
from ide49_storage.python.jupyter_home import jupyter_home
from ide49_storage.python.kernels.local_paths import local_source
from ide49_storage.python.kernels.discovery import find_kernels
from ide49_storage.mounts.locator import PathLocator
home, source = jupyter_home(), local_source()
specs = find_kernels(source, PathLocator())
ours = {
    "config": home.config, "data": home.data, "runtime": home.runtime, "ipython": home.ipython,
    "path": home.path, "kernels": home.kernels,
    "offered": {each.name: [list(each.argv), each.display_name] for each in specs if each.visible},
}
warnings.simplefilter("ignore")
from IPython.paths import get_ipython_dir
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_core import paths
manager = KernelSpecManager()
all_specs = manager.get_all_specs().items()
theirs = {
    "config": paths.jupyter_config_dir(), "data": paths.jupyter_data_dir(), "runtime": paths.jupyter_runtime_dir(),
    "ipython": get_ipython_dir(), "path": paths.jupyter_path(), "kernels": manager.kernel_dirs,
    "offered": {name: [each["spec"]["argv"], each["spec"]["display_name"]] for name, each in all_specs},
}
print(json.dumps([ours, theirs]))
"""


def both(home: Path, **variables: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What we and what Jupyter says."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    environ = {**kept, "HOME": str(home), **variables}
    done = subprocess.run([sys.executable, "-c", BOTH], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    ours, theirs = json.loads(done.stdout.splitlines()[-1])
    return ours, theirs


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"JUPYTER_PATH": "/cfg/.local/:/b", "JUPYTER_DATA_DIR": "/d", "JUPYTER_RUNTIME_DIR": "/r"},
        {"JUPYTER_CONFIG_DIR": "/c", "IPYTHONDIR": "~/ipy", "JUPYTER_PREFER_ENV_PATH": "1"},
        {"JUPYTER_PREFER_ENV_PATH": "0", "XDG_DATA_HOME": "/x", "IPYTHONDIR": "/nowhere/at/all"},
        {"JUPYTER_PLATFORM_DIRS": "1"},
    ],
)
def test_folders_are_jupyters(tmp_path: Path, variables: dict[str, str]) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "home").symlink_to("real")
    ours, theirs = both(tmp_path / "home", **variables)
    if ours["ipython"] is None:  # then it is one that IPython has just made up
        assert theirs.pop("ipython").startswith("/tmp/")
        assert theirs["kernels"].pop().startswith("/tmp/")
        del ours["ipython"]
    assert ours == theirs


@pytest.mark.parametrize("is_link", [False, True])
def test_the_folder_of_an_old_ipython_counts_unless_it_is_a_link(tmp_path: Path, is_link: bool) -> None:
    old = tmp_path / ".config" / "ipython"
    old.parent.mkdir()
    if is_link:
        (tmp_path / "elsewhere").mkdir()
        old.symlink_to(tmp_path / "elsewhere")
    else:
        old.mkdir()
    ours, theirs = both(tmp_path)
    assert ours == theirs
    assert (ours["ipython"] == str(old)) is not is_link


SPECS: dict[str, Any] = {
    "sound": {},
    "Mixed.Case-1": {},
    "with blank": {},
    "no-name": {"display_name": None},
    "metadata-list": {"metadata": []},
    "env-list": {"env": []},
    "env-number": {"env": {"A": 1}},
    "language-number": {"language": 3},
    "mode": {"interrupt_mode": "sometimes"},
    "mode-case": {"interrupt_mode": "MESSAGE"},
    "argv-none": {"argv": []},
    "unknown-field": {"colour": "red"},
    "provisioner": {"metadata": {"kernel_provisioner": {"provisioner_name": "nowhere"}}},
    "provisioner-local": {"metadata": {"kernel_provisioner": {"provisioner_name": "local-provisioner"}}},
    "provisioner-text": {"metadata": {"kernel_provisioner": "local"}},
    "own-folder": {"resource_dir": "/x"},
    "list": "[]",
    "broken": '{"argv": ',
    "bom": '\ufeff{"argv": ["python"], "display_name": "x", "language": "python"}',
    "nan": '{"argv": ["python"], "display_name": "x", "metadata": {"a": NaN}}',
}


def test_kernels_with_rubbish_are_offered_or_not_as_jupyters_manager_does(tmp_path: Path) -> None:
    folder = tmp_path / ".local" / "share" / "jupyter" / "kernels"
    for name, change in SPECS.items():
        (folder / name).mkdir(parents=True)
        content = {"argv": ["python", "-m", "x"], "display_name": name, "language": "python"}
        text = change if isinstance(change, str) else json.dumps({**content, **change})
        (folder / name / "kernel.json").write_text(text)
    ours, theirs = both(tmp_path)
    assert ours["offered"] == theirs["offered"]
