"""``GET samba`` and ``POST samba/check``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import Refusal, StorageHandler, decoded
from .places import StatePlace

if TYPE_CHECKING:
    from ..model.samba import CheckRequest, SambaReport
    from ..samba.report import SambaDesk
    from ..samba.state_files import Setup


class SambaBase(StorageHandler):
    """What the calls about shares have in common."""

    async def desk(self) -> SambaDesk:
        """The server's one desk for shares."""
        desk: SambaDesk = await self.made("ide49_storage_samba")
        return desk

    async def share_report(self) -> SambaReport:
        """The report, for where this server keeps its state."""
        desk = await self.desk()
        setups = _setups(self.settings["ide49_storage_places"])
        return await desk.report(setups, self.root_dir)


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
        """Answer a ``Check``."""
        request = await self.off_loop(_check_request, self.request.body)
        desk = await self.desk()
        self.answer(await desk.check(request))


def _check_request(body: bytes) -> CheckRequest:
    from ..model.samba import CheckRequest

    request = decoded(body, CheckRequest)
    for name in ("server", "share", "user"):
        value = getattr(request, name)
        if value is not None and (not value or len(value) > 255 or "\0" in value):
            raise Refusal(400, f"{name} is empty or too long: leave it out, or name it", "bad-body")
    return request


def _setups(places: Sequence[StatePlace]) -> list[Setup]:
    """After the desk was made, which has imported this."""
    from ..samba.state_files import Setup, Sort

    return [Setup(what, path, Sort(sort), name, below, file) for what, path, sort, name, below, file in places]
