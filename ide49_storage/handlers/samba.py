"""``GET samba`` and ``POST samba/check``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import Refusal, StorageHandler, decoded

if TYPE_CHECKING:
    from ..model.samba import CheckRequest, SambaReport
    from ..python.jupyter_home import JupyterHome
    from ..samba.service import SambaService
    from ..samba.state_locations import StateLocation


SERVER_CONFIG = "jupyter_server_config.py"


class SambaBase(StorageHandler):
    """What the calls about shares have in common."""

    async def desk(self) -> SambaService:
        """The server's one desk for shares."""
        desk: SambaService = await self.made("ide49_storage_samba")
        return desk

    async def share_report(self) -> SambaReport:
        """The report, for where this server keeps its state."""
        desk = await self.desk()
        home: JupyterHome = await self.made("ide49_storage_home")
        return await desk.report(setups(self.settings, home), self.root_dir)


class SambaHandler(SambaBase):
    """The state of the share, as client and as server."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer a ``SambaReport``."""
        self.answer(await self.share_report())


class SambaCheckHandler(SambaBase):
    """One attempt to sign in, because a person asked for it."""

    # It uses the password: who may only look may not.
    auth_resource = "ide49_storage:samba"

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Answer a ``Check``; 403 for a server that is neither configured nor mounted."""
        request = await self.off_loop(_check_request, self.request.body)
        desk = await self.desk()
        from ..errors import OtherServer

        try:
            self.answer(await desk.check(request))
        except OtherServer as error:
            raise Refusal(403, str(error), "other-server") from None


def _check_request(body: bytes) -> CheckRequest:
    from ..model.samba import CheckRequest

    request = decoded(body, CheckRequest)
    for name in ("server", "share", "user"):
        value = getattr(request, name)
        if value is not None and (not value or len(value) > 255 or "\0" in value):
            raise Refusal(400, f"{name} is empty or too long: leave it out, or name it", "bad-body")
    return request


def setups(settings: Mapping[str, Any], home: JupyterHome) -> list[StateLocation]:
    """Where this server keeps its state, by its real settings. After the desk was made, which has imported this."""
    from ..samba.state_locations import StateKind, StateLocation, of_folders

    config = settings.get("config") or {}
    notary = config.get("NotebookNotary", {}).get("db_file") or os.path.join(home.data, "nbsignatures.db")
    ids = _file_ids(config) or os.path.join(home.data, "file_id_manager.db")
    workspaces = _workspaces(config, home)
    name = "c.BaseFileIdManager.db_path"
    found = [StateLocation("Jupyter's file ids", ids, StateKind.DATABASE, name, "file_id_manager.db", SERVER_CONFIG)]
    if notary != ":memory:":
        name = "c.NotebookNotary.db_file"
        found.append(
            StateLocation("Notebook signatures", notary, StateKind.DATABASE, name, "nbsignatures.db", SERVER_CONFIG)
        )
    if workspaces is not None:
        name = "JUPYTERLAB_WORKSPACES_DIR"
        found.append(StateLocation("JupyterLab's workspaces", workspaces, StateKind.FOLDER, name, "jupyter/workspaces"))
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
