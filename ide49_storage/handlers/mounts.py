"""``GET mounts`` and ``where``: what the mount table says, and where given paths live."""

from __future__ import annotations

import os
from collections.abc import Sequence

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import REPORTS, Refusal, StorageHandler, decoded

#: More paths than this in one request are refused: an answer is about 1 kB a path.
MAX_PATHS = 10_000
#: More characters than this in all its paths, too: each comes back a few times.
MAX_LENGTH = 10_000_000


class MountsHandler(StorageHandler):
    """The mount report, with ``where`` for the folder that Jupyter serves."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer a ``MountReport``."""
        asking = await self.asking()
        self.answer(await asking.mount_report(self.root_dir))


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
    @authorized(action="read", resource=REPORTS)  # type: ignore[untyped-decorator]  # jupyter_server does not type its use with arguments
    async def post(self) -> None:
        """The same for the paths in the body: to look is to read, by whatever method."""
        await self._answer(await self.off_loop(_paths, self.request.body))

    async def _answer(self, paths: Sequence[str]) -> None:
        if not paths:
            raise Refusal(400, "Name at least one path: where?path=/home", "path-missing")
        if len(paths) > MAX_PATHS:
            raise Refusal(413, f"Ask for at most {MAX_PATHS} paths at once, not {len(paths)}", "too-many-paths")
        if sum(map(len, paths)) > MAX_LENGTH:
            raise Refusal(413, f"All paths together have at most {MAX_LENGTH:,} characters", "too-many-paths")
        asking = await self.asking()
        from ..errors import BadPath

        try:
            self.answer(await asking.where(paths, self.root_dir))
        except BadPath as error:
            raise Refusal(400, error.message, error.code, error.path) from None


def _paths(body: bytes) -> tuple[str, ...]:
    from ..model.mounts import WhereRequest

    return decoded(body, WhereRequest).paths
