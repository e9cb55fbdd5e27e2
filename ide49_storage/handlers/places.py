"""What Jupyter itself says of where it keeps its state and its kernels.

To be asked at the server's start only: jupyter_core resolves the home folder, which may be on a share.
"""

from __future__ import annotations

import os
import site
from collections.abc import Mapping
from typing import Any, NamedTuple

from jupyter_core.paths import jupyter_config_dir, jupyter_data_dir, jupyter_path, jupyter_runtime_dir

SERVER_CONFIG = "jupyter_server_config.py"


class StatePlace(NamedTuple):
    """What a ``samba.state_files.Setup`` is made of when somebody asks; ``sort`` is a ``Sort``'s value."""

    what: str
    path: str
    sort: str
    name: str
    subpath: str
    file: str | None = None


def state_places(settings: Mapping[str, Any]) -> tuple[StatePlace, ...]:
    """Where this server keeps its state, by its real settings."""
    config = settings.get("config") or {}
    runtime, data = jupyter_runtime_dir(), jupyter_data_dir()
    notary = config.get("NotebookNotary", {}).get("db_file") or os.path.join(data, "nbsignatures.db")
    ids = _file_ids(config) or os.path.join(data, "file_id_manager.db")
    workspaces = _workspaces(config)
    found = [
        StatePlace("Jupyter's runtime folder", runtime, "secrets", "JUPYTER_RUNTIME_DIR", "jupyter/runtime"),
        StatePlace("Jupyter's data folder", data, "folder", "JUPYTER_DATA_DIR", "jupyter/data"),
        StatePlace("Jupyter's settings", jupyter_config_dir(), "folder", "JUPYTER_CONFIG_DIR", "jupyter/config"),
        StatePlace("JupyterLab's workspaces", workspaces, "folder", "JUPYTERLAB_WORKSPACES_DIR", "jupyter/workspaces"),
        StatePlace("IPython's profile and history", _ipython(), "ipython", "IPYTHONDIR", "ipython"),
    ]
    if notary != ":memory:":
        name = "c.NotebookNotary.db_file"
        found.append(StatePlace("Notebook signatures", notary, "database", name, "nbsignatures.db", SERVER_CONFIG))
    name = "c.BaseFileIdManager.db_path"
    found.append(StatePlace("Jupyter's file ids", ids, "database", name, "file_id_manager.db", SERVER_CONFIG))
    base = os.environ.get("PYTHONUSERBASE") or site.getuserbase()
    if base:
        found.append(StatePlace("Your own packages", base, "packages", "PYTHONUSERBASE", ".local"))
    return tuple(each for each in found if os.path.isabs(each.path))


def kernel_folders() -> tuple[str, ...]:
    """Where kernels are looked for by the environment alone."""
    return (*jupyter_path("kernels"), os.path.join(_ipython(), "kernels"))


def _ipython() -> str:
    return os.environ.get("IPYTHONDIR") or os.path.join(os.path.expanduser("~"), ".ipython")


def _file_ids(config: Mapping[str, Any]) -> str | None:
    for name in ("LocalFileIdManager", "ArbitraryFileIdManager", "BaseFileIdManager"):
        path = config.get(name, {}).get("db_path")
        if isinstance(path, str):
            return path
    return None


def _workspaces(config: Mapping[str, Any]) -> str:
    named = config.get("LabApp", {}).get("workspaces_dir") or os.environ.get("JUPYTERLAB_WORKSPACES_DIR")
    return str(named) if named else os.path.join(jupyter_config_dir(), "lab", "workspaces")
