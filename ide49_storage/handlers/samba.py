"""``GET samba`` and ``POST samba/check``; and what Jupyter itself says of where it keeps its state."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..model.samba import CheckRequest
from ..python.jupyter_home import JupyterHome
from ..samba.report import SambaDesk
from ..samba.state_files import Setup, Sort, of_folders
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


def setups(settings: Mapping[str, Any], home: JupyterHome) -> list[Setup]:
    """Where this server keeps its state, by its real settings."""
    config = settings.get("config") or {}
    notary = config.get("NotebookNotary", {}).get("db_file") or os.path.join(home.data, "nbsignatures.db")
    ids = _file_ids(config) or os.path.join(home.data, "file_id_manager.db")
    workspaces = _workspaces(config, home)
    name = "c.BaseFileIdManager.db_path"
    found = [Setup("Jupyter's file ids", ids, Sort.DATABASE, name, "file_id_manager.db", SERVER_CONFIG)]
    if notary != ":memory:":
        name = "c.NotebookNotary.db_file"
        found.append(Setup("Notebook signatures", notary, Sort.DATABASE, name, "nbsignatures.db", SERVER_CONFIG))
    if workspaces is not None:
        name = "JUPYTERLAB_WORKSPACES_DIR"
        found.append(Setup("JupyterLab's workspaces", workspaces, Sort.FOLDER, name, "jupyter/workspaces"))
    return [*of_folders(home), *(each for each in found if os.path.isabs(each.path))]


def _file_ids(config: Mapping[str, Any]) -> str | None:
    for name in ("LocalFileIdManager", "ArbitraryFileIdManager", "BaseFileIdManager"):
        path = config.get(name, {}).get("db_path")
        if isinstance(path, str):
            return path
    return None


def _workspaces(config: Mapping[str, Any], home: JupyterHome) -> str | None:
    named = config.get("LabApp", {}).get("workspaces_dir") or os.environ.get("JUPYTERLAB_WORKSPACES_DIR")
    if named:
        return str(named)
    return os.path.join(home.config, "lab", "workspaces") if home.config is not None else None
