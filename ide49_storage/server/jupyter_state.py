"""Where a Jupyter server keeps its state: the rules of Jupyter and JupyterLab over the server's settings. Pure."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ..python.jupyter_home import JupyterHome
from ..samba.state_locations import StateKind, StateLocation, of_folders

SERVER_CONFIG = "jupyter_server_config.py"


def server_state(config: Mapping[str, Any], environ: Mapping[str, str], home: JupyterHome) -> list[StateLocation]:
    """The state of a server with this traitlets ``config`` and environment; only what has an absolute path."""
    found = [_file_ids(config, home), _notary(config, home), _workspaces(config, environ, home)]
    return [*of_folders(home), *(each for each in found if each is not None and os.path.isabs(each.path))]


def _file_ids(config: Mapping[str, Any], home: JupyterHome) -> StateLocation:
    managers = ("LocalFileIdManager", "ArbitraryFileIdManager", "BaseFileIdManager")
    named = [config.get(name, {}).get("db_path") for name in managers]
    path = next((path for path in named if isinstance(path, str)), None)
    return StateLocation(
        "Jupyter's file ids",
        path or os.path.join(home.data, "file_id_manager.db"),
        StateKind.DATABASE,
        "c.BaseFileIdManager.db_path",
        "file_id_manager.db",
        SERVER_CONFIG,
    )


def _notary(config: Mapping[str, Any], home: JupyterHome) -> StateLocation | None:
    path = config.get("NotebookNotary", {}).get("db_file") or os.path.join(home.data, "nbsignatures.db")
    if path == ":memory:":
        return None
    return StateLocation(
        "Notebook signatures",
        path,
        StateKind.DATABASE,
        "c.NotebookNotary.db_file",
        "nbsignatures.db",
        SERVER_CONFIG,
    )


def _workspaces(config: Mapping[str, Any], environ: Mapping[str, str], home: JupyterHome) -> StateLocation | None:
    path = config.get("LabApp", {}).get("workspaces_dir") or environ.get("JUPYTERLAB_WORKSPACES_DIR")
    if not path and home.config is not None:
        path = os.path.join(home.config, "lab", "workspaces")
    if not path:
        return None
    return StateLocation(
        "JupyterLab's workspaces", str(path), StateKind.FOLDER, "JUPYTERLAB_WORKSPACES_DIR", "jupyter/workspaces"
    )
