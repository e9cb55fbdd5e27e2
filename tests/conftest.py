"""For all tests: the last words of a run name what could not run here, and why."""

from __future__ import annotations

from collections import Counter

import pytest

pytest_plugins = ["pytest_jupyter.jupyter_server"]

MARK = "cannot run here: "


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the tests left out for want of something, by what they wanted."""
    left_out: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        left_out[reason.partition(MARK)[2] or reason] += 1
    terminalreporter.section("left out on this machine")
    for reason, count in sorted(left_out.items()):
        terminalreporter.write_line(f"{count} tests: {reason}")
    if not left_out:
        terminalreporter.write_line("nothing: every test ran")
