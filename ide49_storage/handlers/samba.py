"""``GET samba`` and ``POST samba/check``; and what Jupyter itself says of where it keeps its state."""

from __future__ import annotations

import os
import site
from collections.abc import Mapping
from typing import Any

from jupyter_core.paths import jupyter_config_dir, jupyter_data_dir, jupyter_path, jupyter_runtime_dir
from jupyter_server.auth.decorator import authorized
from tornado import web

from ..model.samba import CheckRequest
from ..samba.report import SambaDesk
from ..samba.state_files import Setup, Sort
from .base import Refusal, StorageHandler

SERVER_CONFIG = "jupyter_server_config.py"


class SambaBase(StorageHandler):
    """What both calls share."""

    @property
    def desk(self) -> SambaDesk:
        """The server's one desk for shares."""
        desk: SambaDesk = self.settings["ide49_storage_samba"]
        return desk


class SambaHandler(SambaBase):
    """The state of the share, as client and as server."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer a ``SambaReport``."""
        self.answer(await self.desk.report(self.settings["ide49_storage_setups"], self.root_dir))


class SambaCheckHandler(SambaBase):
    """One attempt to sign in, because a person asked for it."""

    # It uses the password: who may only look may not.
    auth_resource = "ide49_storage:samba"

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Answer a ``Check``."""
        request = self.body_as(CheckRequest)
        for name in ("server", "share", "user"):
            value = getattr(request, name)
            if value is not None and (not value or len(value) > 255 or "\0" in value):
                raise Refusal(400, f"{name} is empty or too long: leave it out, or name it", "bad-body")
        self.answer(await self.desk.check(request))


def setups(settings: Mapping[str, Any]) -> list[Setup]:
    """Where this server keeps its state, by its real settings.

    To be called at the server's start only: jupyter_core resolves the home folder, which may be on a share.
    """
    config = settings.get("config") or {}
    runtime, data = jupyter_runtime_dir(), jupyter_data_dir()
    ipython = os.environ.get("IPYTHONDIR") or os.path.join(os.path.expanduser("~"), ".ipython")
    notary = config.get("NotebookNotary", {}).get("db_file") or os.path.join(data, "nbsignatures.db")
    ids = _file_ids(config) or os.path.join(data, "file_id_manager.db")
    workspaces = _workspaces(config)
    found = [
        Setup("Jupyter's runtime folder", runtime, Sort.SECRETS, "JUPYTER_RUNTIME_DIR", "jupyter/runtime"),
        Setup("Jupyter's data folder", data, Sort.FOLDER, "JUPYTER_DATA_DIR", "jupyter/data"),
        Setup("Jupyter's settings", jupyter_config_dir(), Sort.FOLDER, "JUPYTER_CONFIG_DIR", "jupyter/config"),
        Setup("JupyterLab's workspaces", workspaces, Sort.FOLDER, "JUPYTERLAB_WORKSPACES_DIR", "jupyter/workspaces"),
        Setup("IPython's profile and history", ipython, Sort.IPYTHON, "IPYTHONDIR", "ipython"),
    ]
    if notary != ":memory:":
        name = "c.NotebookNotary.db_file"
        found.append(Setup("Notebook signatures", notary, Sort.DATABASE, name, "nbsignatures.db", SERVER_CONFIG))
    name = "c.BaseFileIdManager.db_path"
    found.append(Setup("Jupyter's file ids", ids, Sort.DATABASE, name, "file_id_manager.db", SERVER_CONFIG))
    base = os.environ.get("PYTHONUSERBASE") or site.getuserbase()
    if base:
        found.append(Setup("Your own packages", base, Sort.PACKAGES, "PYTHONUSERBASE", ".local"))
    return [each for each in found if os.path.isabs(each.path)]


def kernel_folders() -> tuple[str, ...]:
    """Where kernels are looked for by the environment alone. At the server's start only, as ``setups``."""
    ipython = os.environ.get("IPYTHONDIR") or os.path.join(os.path.expanduser("~"), ".ipython")
    return (*jupyter_path("kernels"), os.path.join(ipython, "kernels"))


def _file_ids(config: Mapping[str, Any]) -> str | None:
    for name in ("LocalFileIdManager", "ArbitraryFileIdManager", "BaseFileIdManager"):
        path = config.get(name, {}).get("db_path")
        if isinstance(path, str):
            return path
    return None


def _workspaces(config: Mapping[str, Any]) -> str:
    named = config.get("LabApp", {}).get("workspaces_dir") or os.environ.get("JUPYTERLAB_WORKSPACES_DIR")
    return str(named) if named else os.path.join(jupyter_config_dir(), "lab", "workspaces")
