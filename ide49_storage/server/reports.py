"""Answers everything that only looks, and runs the scan of the container layer.

Imports all that answers, so it is imported in a thread, by ``services.py`` only.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from logging import Logger
from typing import Any, TypeVar

from .. import openapi
from ..changes.listing import BadCursor
from ..changes.scanner import LayerScanner
from ..engines.socket_client import engine_diff, engine_report
from ..errors import BadPath, OtherServer, UnknownKernel
from ..findings.docs import page_record
from ..findings.inputs import findings
from ..model.changes import ChangesEnded, ChangesProgressed, ChangesReport, ScanProgress, ScanState
from ..model.engines import EngineReport
from ..model.findings import FindingPage, FindingReport
from ..model.mounts import MountReport, Where
from ..model.packages import PackageReport, Requirements
from ..model.python import Layout
from ..model.samba import Check, SambaReport
from ..mounts.service import MountService
from ..python import service as python
from ..python.jupyter_home import JupyterHome, jupyter_home
from ..samba.service import SambaService
from . import requests
from .events import EventBus
from .jupyter_state import server_state
from .kernel_source import kernel_source
from .lazy import Lazy
from .refusal import RequestRefused
from .single_flight import SingleFlight

T = TypeVar("T")
#: So many seconds a cancelled scan has to end.
_CANCEL_SECONDS = 5


class Reports:
    """The reports of one server. Belongs to its event loop; ``close`` it.

    Raises ``RequestRefused`` for a request that cannot be answered. A ``query`` maps the names of the parameters that
    were given to their values, a ``body`` is the JSON of a request: both as openapi.json describes them.
    """

    def __init__(self, settings: Mapping[str, Any], events: EventBus, log: Logger) -> None:
        self._settings = settings
        self._events = events
        self._log = log
        self.mounts = MountService()
        self.samba = SambaService(self.mounts.prober)
        self.scanner = LayerScanner(ask_engine=engine_diff)
        self.home: Lazy[JupyterHome] = Lazy(jupyter_home)
        self._flight = SingleFlight()

    async def close(self) -> None:
        """End a scan and the helper processes."""
        await asyncio.to_thread(self.scanner.close)
        await self.mounts.close()

    @property
    def root_dir(self) -> str:
        """The folder that Jupyter serves, absolute; relative paths in requests are below it."""
        return os.path.expanduser(str(self._settings["server_root_dir"]))

    async def mount_report(self) -> MountReport:
        """All mounts, with ``where`` for the folder that Jupyter serves."""
        return await self.mounts.mount_report(self.root_dir)

    async def where(self, paths: Sequence[str]) -> tuple[Where, ...]:
        """Where each of ``paths`` lives, in order."""
        requests.require_paths(paths)
        try:
            return await self.mounts.where(paths, self.root_dir)
        except BadPath as error:
            raise RequestRefused(400, error.message, error.code, error.path) from None

    async def where_of(self, body: bytes) -> tuple[Where, ...]:
        """The same for the paths of a ``WhereRequest``."""
        return await self.where(await asyncio.to_thread(requests.paths_of, body))

    async def engine(self) -> EngineReport:
        """What the container engine itself tells; it has a few seconds to answer."""
        return await engine_report(self.mounts.prober.pool)

    async def share(self) -> SambaReport:
        """The share as client and as server, and what of this server's state lies on it."""
        locations = server_state(self._settings.get("config") or {}, os.environ, await self.home.get())
        return await self.samba.report(locations, self.root_dir)

    async def check_share(self, body: bytes) -> Check:
        """One attempt to sign in, as a ``CheckRequest`` says."""
        request = await asyncio.to_thread(requests.check_request, body)
        try:
            return await self.samba.check(request)
        except OtherServer as error:
            raise RequestRefused(403, error.message, error.code) from None

    async def changes(self, query: Mapping[str, str]) -> ChangesReport:
        """The last scan's answer, with one page of its listing."""
        limit, group = requests.changes_limit(query), requests.changes_group(query)
        try:
            return await asyncio.to_thread(self.scanner.report, query.get("after"), limit, group)
        except BadCursor as error:
            raise RequestRefused(400, str(error), "bad-cursor") from None

    async def start_scan(self) -> ChangesReport:
        """Start a scan unless one runs; how things stand."""
        publish = partial(self._scan_progressed, asyncio.get_running_loop())
        await asyncio.to_thread(self.scanner.start, publish)
        return await asyncio.to_thread(self.scanner.report)

    async def cancel_scan(self) -> ChangesReport:
        """Cancel the scan that runs, and wait until it has ended; how things stand."""
        if self.scanner.cancel():
            await asyncio.to_thread(self.scanner.wait, _CANCEL_SECONDS)
        return await asyncio.to_thread(self.scanner.report)

    async def layout(self, kernel: str | None) -> Layout:
        """Where the server's or a kernel's interpreter finds things."""
        return await self._about_interpreter(kernel, python.layout)

    async def packages(self, query: Mapping[str, str]) -> PackageReport:
        """The distributions of an interpreter: filtered, sorted, one page."""
        wanted, sizes = requests.package_filter(query), requests.bool_argument(query, "sizes")
        return await self._about_interpreter(query.get("kernel"), python.package_report, wanted, sizes)

    async def requirements(self, query: Mapping[str, str]) -> Requirements:
        """What a person asked for, as a requirements file."""
        pinned = requests.bool_argument(query, "pinned")
        return await self._about_interpreter(query.get("kernel"), python.requirements, pinned)

    async def findings(self, kernel: str | None) -> FindingReport:
        """What is wrong, worst first.

        Who asks while a report is being made gets that one: its ``at`` says when it began.
        """
        return await self._flight.share(("findings", kernel or None), partial(self._findings, kernel))

    async def _findings(self, kernel: str | None) -> FindingReport:
        mounts = await self._or_none(self.mount_report, "mounts")  # the same that ``GET mounts`` gives
        share = await self._or_none(self.share, "share")
        changes = await asyncio.to_thread(self.scanner.report)
        return await self._about_interpreter(kernel, findings, mounts, share, changes)

    async def _or_none(self, report: Callable[[], Awaitable[T]], name: str) -> T | None:
        """A report for the checks; ``None`` if it fails: its own call says what is wrong, other checks are made."""
        try:
            return await report()
        except Exception:
            self._log.exception("The report of the %s failed: checks of it are not made", name)
            return None

    async def finding_page(self, identifier: str) -> FindingPage:
        """What a check looks for, why it matters and what to do."""
        page = await asyncio.to_thread(page_record, identifier)
        if page is None:
            raise RequestRefused(404, "There is no check of this name: see the ids in GET findings.", "no-such-finding")
        return page

    async def contract(self) -> bytes:
        """openapi.json, as checked in."""
        return await asyncio.to_thread(openapi.FILE.read_bytes)

    async def _about_interpreter(self, kernel: str | None, call: Callable[..., T], *arguments: Any) -> T:
        """What ``call`` gives for a request about the server's interpreter, or a kernel's; 404 for an unknown one."""
        home = await self.home.get()
        source = await kernel_source(self._settings["kernel_spec_manager"], home.kernels)
        asked = await asyncio.to_thread(python.request, self.root_dir, kernel or None, source)
        try:
            return await asyncio.to_thread(call, asked, *arguments)
        except UnknownKernel as error:
            raise RequestRefused(404, str(error), "no-such-kernel") from None

    def _scan_progressed(
        self, loop: asyncio.AbstractEventLoop, state: ScanState, progress: ScanProgress | None
    ) -> None:
        """Pass on what a scan tells in its own thread."""
        with contextlib.suppress(RuntimeError):  # the server has stopped meanwhile
            if progress is None:
                loop.call_soon_threadsafe(partial(self._events.publish, ChangesEnded, state=state))
            else:
                loop.call_soon_threadsafe(partial(self._events.publish, ChangesProgressed, progress=progress))
