"""``jupyter storage changes``: what the next update throws away, and the lines that keep it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from .. import client
from ..model.changes import ChangesReport, GroupTotals, ScanProgress, ScanState
from .show import add_json, print_json, print_table, printable, size

_SHOWN = 5
_NO_MATTER_TO_LINES = ("deletions", "new-or-modified")
_TITLES = {
    "system-packages": "System packages",
    "python-packages": "Python packages",
    "configuration": "Configuration",
    "home-and-data": "Home and data",
    "caches-and-logs": "Caches and logs",
    "made-at-start": "Written near a start: look",
}


def add_commands(commands: Any) -> None:
    """Add ``changes``."""
    changes = commands.add_parser("changes", help="what was changed in the container and the next update throws away")
    changes.add_argument("--dockerfile", action="store_true", help="print only the lines for the image's Dockerfile")
    changes.add_argument("--list", type=int, default=0, metavar="N", help="list so many of the changes too")
    add_json(changes)
    changes.set_defaults(run=run_changes)


def run_changes(arguments: argparse.Namespace) -> int:
    """Scan and print; status 1 when the scan could not be made."""
    live = sys.stderr.isatty()
    try:
        report = client.changes(limit=max(0, arguments.list), progress=_show_progress if live else None)
    finally:
        if live:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
    if arguments.json:
        print_json(report)
    elif report.state is ScanState.FAILED:
        print(f"jupyter storage changes: {printable(report.error or '')}", file=sys.stderr)
    elif arguments.dockerfile:
        print("\n".join(_dockerfile(report)))
    else:
        _print_report(report)
    return 1 if report.state is ScanState.FAILED else 0


def _show_progress(progress: ScanProgress) -> None:
    line = f"{progress.seen} entries, {progress.found} changes, {printable(progress.folder)}"
    print(f"\r\033[K{line[:78]}", end="", file=sys.stderr, flush=True)


def _dockerfile(report: ChangesReport) -> Iterator[str]:
    """The lines, and what they may lack: deletions are never in them."""
    yield from report.dockerfile
    if report.state is ScanState.NOT_APPLICABLE:
        yield f"# Nothing to add. {printable(report.evidence)}"
    elif not report.dockerfile and report.nothing_to_lose is None:
        yield "# There is no line to add, but it is not known whether there is something to lose."
    elif not report.dockerfile:
        yield "# Nothing to add: there was no change that a Dockerfile should make."
    for doubt in report.doubts:
        if doubt.reason not in _NO_MATTER_TO_LINES:
            yield f"# Doubt: {printable(doubt.message)}"


def _print_report(report: ChangesReport) -> None:
    if report.state is ScanState.NOT_APPLICABLE:
        print(printable(report.evidence))
        return
    print("\n".join(_headline(report)))
    rows = [(_TITLES[each.group.value], str(each.files), size(each.size)) for each in report.groups if each.files]
    if rows:
        print()
        print_table(("GROUP", "FILES", "SIZE"), rows)
    for group in report.groups:
        if group.files:
            print("\n".join(_group_lines(group, report)))
    if report.changes:
        print()
        listed = [(each.change.value, size(each.size), printable(each.path)) for each in report.changes]
        print_table(("CHANGE", "SIZE", "PATH"), listed)
    print("\n".join(_rest(report)))


def _headline(report: ChangesReport) -> Iterator[str]:
    """What there is to lose, or why that is not known."""
    if report.nothing_to_lose:
        yield "Nothing to lose: the next update throws away nothing that somebody made here."
        return
    if report.nothing_to_lose is None:
        yield "It is not known whether there is something to lose:"
        yield from (f"  {printable(doubt.message)}" for doubt in report.doubts if doubt.may_be_loss)
    if report.files or report.nothing_to_lose is False:
        yield f"The next update throws away {_counted(report.files)}, {size(report.size)}:"


def _group_lines(group: GroupTotals, report: ChangesReport) -> Iterator[str]:
    yield f"\n{_TITLES[group.group.value]}"
    if group.group.value == "system-packages":
        names: list[str] = [f"{each.name} {each.version or ''}".strip() for each in report.system_packages]
    elif group.group.value == "python-packages":
        names = [f"{each.name} {each.version}" for each in report.python_packages]
    else:
        names = [f"{size(each.size):>10}  {each.path}" for each in group.largest]
    yield from (f"  {printable(name)}" for name in names[:_SHOWN])
    if len(names) > _SHOWN:
        yield f"  and {len(names) - _SHOWN} more"
    for remedy in group.remedies:
        yield f"  -> {printable(remedy.sentence)}"
        yield from (f"     {line}" for line in remedy.lines)
        if remedy.left_out:
            yield f"     and {_counted(remedy.left_out)} more"


def _counted(files: int) -> str:
    return "1 file" if files == 1 else f"{files} files"


def _rest(report: ChangesReport) -> Iterator[str]:
    if report.missing_count:
        example = report.missing[0]
        what = "of the image deleted here" if example.certain else "of packages missing"
        yield f"\n{_counted(report.missing_count)} {what}, such as {printable(example.path)}."
    for path in report.unreadable[:_SHOWN]:
        yield f"Not readable for this user: {printable(path)}"
    told = report.nothing_to_lose is None  # above, those that are the reason for it
    for doubt in report.doubts:
        if told and doubt.may_be_loss:
            continue
        yield f"Doubt: {printable(doubt.message)}"
    yield f"\nScanned in {report.seconds} s. {printable(report.evidence)}"
