"""``GET mounts`` and ``where``: what the mount table says, and where given paths live."""

from __future__ import annotations

import os
from collections.abc import Sequence

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..model.mounts import WhereRequest
from ..mounts import report
from .base import Refusal, StorageHandler

#: More paths than this in one request are refused: an answer is about 1 kB a path.
MAX_PATHS = 10_000


class MountsHandler(StorageHandler):
    """The mount report, with ``where`` for the folder that Jupyter serves."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer a ``MountReport``."""
        self.answer(await self.asking.mount_report(self.root_dir))


class WhereHandler(StorageHandler):
    """Where each of the given paths lives, in their order."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer a list of ``Where`` for ``?path=`` (repeatable)."""
        # tornado's own get_query_arguments replaces control characters and refuses bytes that are no
        # UTF-8; both occur in real file names.
        await self._answer([os.fsdecode(path) for path in self.request.query_arguments.get("path", [])])

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """The same for the paths in the body."""
        await self._answer(self.body_as(WhereRequest).paths)

    async def _answer(self, paths: Sequence[str]) -> None:
        if not paths:
            raise Refusal(400, "Name at least one path: where?path=/home", "path-missing")
        if len(paths) > MAX_PATHS:
            raise Refusal(413, f"Ask for at most {MAX_PATHS} paths at once, not {len(paths)}", "too-many-paths")
        try:
            self.answer(await self.asking.where(paths, self.root_dir))
        except report.BadPath as error:
            raise Refusal(400, error.message, error.reason, error.path) from None
