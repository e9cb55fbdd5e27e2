"""Where a server keeps its state, by its settings and environment."""

from __future__ import annotations

from typing import Any

import pytest

from ide49_storage.python.jupyter_home import JupyterHome
from ide49_storage.server.jupyter_state import server_state

HOME = JupyterHome(
    data="/h/data", runtime="/h/run", config="/h/config", ipython=None, path=(), kernels=(), user_base=None
)


def paths(config: dict[str, Any], environ: dict[str, str] | None = None) -> dict[str, str]:
    """The path under the name of each setting."""
    return {location.name: location.path for location in server_state(config, environ or {}, HOME)}


def test_without_settings_everything_is_in_jupyters_own_folders() -> None:
    found = paths({})
    assert found["c.BaseFileIdManager.db_path"] == "/h/data/file_id_manager.db"
    assert found["c.NotebookNotary.db_file"] == "/h/data/nbsignatures.db"
    assert found["JUPYTERLAB_WORKSPACES_DIR"] == "/h/config/lab/workspaces"
    assert found["JUPYTER_RUNTIME_DIR"] == "/h/run"


@pytest.mark.parametrize(
    ("config", "name", "path"),
    [
        ({"ArbitraryFileIdManager": {"db_path": "/s/ids.db"}}, "c.BaseFileIdManager.db_path", "/s/ids.db"),
        ({"NotebookNotary": {"db_file": "/s/signatures.db"}}, "c.NotebookNotary.db_file", "/s/signatures.db"),
        ({"LabApp": {"workspaces_dir": "/s/spaces"}}, "JUPYTERLAB_WORKSPACES_DIR", "/s/spaces"),
    ],
)
def test_a_setting_moves_its_file(config: dict[str, Any], name: str, path: str) -> None:
    assert paths(config)[name] == path


def test_a_setting_goes_before_the_environment() -> None:
    environ = {"JUPYTERLAB_WORKSPACES_DIR": "/e/spaces"}
    assert paths({}, environ)["JUPYTERLAB_WORKSPACES_DIR"] == "/e/spaces"
    assert paths({"LabApp": {"workspaces_dir": "/s/spaces"}}, environ)["JUPYTERLAB_WORKSPACES_DIR"] == "/s/spaces"


def test_signatures_in_memory_and_relative_paths_are_left_out() -> None:
    found = paths({"NotebookNotary": {"db_file": ":memory:"}, "BaseFileIdManager": {"db_path": "ids.db"}})
    assert found.keys().isdisjoint({"c.NotebookNotary.db_file", "c.BaseFileIdManager.db_path"})
