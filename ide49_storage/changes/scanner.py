"""The scans of one server or command: one at a time, in the background, and the last one's answer is kept."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable
from typing import IO, Any

import msgspec

from ..model.changes import ChangesReport, Doubt, Group, ScanProgress, ScanState
from ..model.timestamps import now
from ..mounts.temporary import temporary_file
from . import report
from .listing import ChangeListing, ListingClosedError
from .scan_client import Cancelled, ScanError, ScanProcess
from .scan_plan import NoLayer, ScanPlan, Unscannable, plan

NEVER = "No scan was made yet: POST changes starts one."
Tell = Callable[[ScanState, ScanProgress | None], None]
AskEngine = Callable[[IO[bytes], int], report.Deleted | None]
"""Writes the engine's diff to the file (see ``ScanProcess.run``) and gives what it says was deleted, ``None`` where it
tells nothing. Ends when there is something to read at the descriptor; keeps a deadline of its own.
"""


class LayerScanner:
    """Starts scans, cancels them, and answers about them. Every method may be called from any thread."""

    def __init__(
        self,
        *,
        make_plan: Callable[[], ScanPlan | NoLayer | Unscannable] = plan,
        ask_engine: AskEngine = lambda _into, _cancelled: None,
        make_helper: Callable[[], ScanProcess] = ScanProcess,
    ) -> None:
        """``ask_engine`` gives the engine's diff where its socket can be reached."""
        self._make_plan = make_plan
        self._ask_engine = ask_engine
        self._make_helper = make_helper
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._helper: ScanProcess | None = None
        self._state = ScanState.NEVER
        self._progress: ScanProgress | None = None
        self._error: str | None = None
        self._failure: Doubt | None = None
        self._started = ""
        self._last = report.empty(ScanState.NEVER, NEVER)
        self._spool: ChangeListing | None = None

    def start(self, tell: Tell = lambda _state, _progress: None) -> bool:
        """Start a scan; false if one runs already. ``tell`` hears of its progress and its end, in its thread."""
        with self._lock:
            if self._state is ScanState.RUNNING:
                return False
            self._state, self._progress, self._error = ScanState.RUNNING, None, None
            self._started = now()
            self._helper = self._make_helper()
            self._thread = threading.Thread(target=self._run, args=(self._helper, tell), daemon=True, name="changes")
            self._thread.start()
        return True

    def cancel(self) -> bool:
        """Cancel the scan that runs; false if none does. It has ended when ``wait`` returns."""
        with self._lock:
            if self._state is not ScanState.RUNNING or self._helper is None:
                return False
            self._helper.cancel()
        return True

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the scan that runs; whether none runs any more."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return self._state is not ScanState.RUNNING

    def close(self) -> None:
        """Cancel what runs and forget the listing."""
        self.cancel()
        self.wait(5)
        with self._lock:
            if self._spool is not None:
                self._spool.close()
                self._spool = None

    def report(self, after: str | None = None, limit: int = 0, group: Group | None = None) -> ChangesReport:
        """The last answer, with a page of its listing. Raises ``spool.BadCursor``."""
        while True:
            with self._lock:
                last, spool = report.doubting(self._last, self._failure), self._spool
                now: dict[str, Any] = {"state": self._state, "progress": self._progress, "error": self._error}
                if self._started:
                    now["started_at"] = self._started
            # If a scan ends here, the page is taken from its listing.
            with contextlib.suppress(ListingClosedError):
                changes, following = ((), None) if spool is None else spool.page(after, limit, group)
                return msgspec.structs.replace(last, **now, changes=changes, next=following)

    def _run(self, helper: ScanProcess, tell: Tell) -> None:
        state, error, code = ScanState.FAILED, None, "scan-failed"
        try:
            state = self._scan(helper, tell)
        except Cancelled:
            state = ScanState.CANCELLED
        except ScanError as failed:
            error, code = str(failed), failed.code
        except Exception as failed:
            error = f"The scan broke off: {type(failed).__name__}: {failed}"
            raise
        finally:
            with self._lock:
                self._state, self._error, self._progress = state, error, None
                if error is not None:
                    self._failure = Doubt(reason=code, message=error, may_be_loss=True)
                elif state is not ScanState.CANCELLED:
                    self._failure = None
                self._helper = None
                helper.close()
            tell(state, None)

    def _scan(self, helper: ScanProcess, tell: Tell) -> ScanState:
        begun, clock = self._started, time.monotonic()
        planned = self._make_plan()
        if isinstance(planned, NoLayer):
            answer = msgspec.structs.replace(
                report.empty(ScanState.NOT_APPLICABLE, planned.evidence), ended_at=now(), nothing_to_lose=True
            )
            self._keep(answer, None)
            return ScanState.NOT_APPLICABLE
        if isinstance(planned, Unscannable):
            raise ScanError(planned.message, "not-scannable")
        with contextlib.ExitStack() as stack:
            try:
                diff = stack.enter_context(temporary_file())
                spool = ChangeListing()
            except OSError as error:
                raise ScanError(f"There is no room for the listing: {error.strerror}") from error
            on_failure = stack.enter_context(contextlib.ExitStack())
            on_failure.callback(spool.close)
            deleted = self._ask_engine(diff, helper.cancelled)
            written = None if deleted is None else diff
            summary = helper.run(planned.task, spool.descriptors(), written, lambda word: self._progressed(word, tell))
            times = (begun, now(), round(time.monotonic() - clock, 3))
            answer = report.build(summary, planned.destinations, deleted, times, os.path.lexists)
            on_failure.pop_all()
        self._keep(answer, spool)
        return ScanState.ENDED

    def _keep(self, answer: ChangesReport, spool: ChangeListing | None) -> None:
        with self._lock:
            self._last, old, self._spool = answer, self._spool, spool
        if old is not None:
            old.close()

    def _progressed(self, word: dict[str, Any], tell: Tell) -> None:
        progress = ScanProgress(seen=word["seen"], found=word["found"], size=word["size"], folder=word["folder"])
        with self._lock:
            self._progress = progress
        tell(ScanState.RUNNING, progress)
