"""``jupyter storage samba`` and ``jupyter storage samba --check``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from .. import client
from ..model.samba import CheckOutcome, HiddenStorage, SambaReport, Share, StateFile
from .show import add_json, print_json, printable, size


def add_commands(commands: Any) -> None:
    """Add the command to the subparsers."""
    samba = commands.add_parser("samba", help="is the share there, what does it hide, what must not live on it")
    samba.add_argument("--check", action="store_true", help="sign in once, with the password of the settings")
    samba.add_argument("--server", help="with --check: which one of the configured and mounted servers")
    samba.add_argument("--share", help="with --check: another share")
    samba.add_argument("--user", help="with --check: another user")
    samba.add_argument("--guest", action="store_true", help="with --check: without a password")
    add_json(samba)
    samba.set_defaults(run=run_samba)


def run_samba(arguments: argparse.Namespace) -> int:
    """Print the report; with ``--check`` the outcome: status 1 if not good, 2 for a server that may not be asked."""
    if arguments.check:
        try:
            answer = client.check_samba(arguments.server, arguments.share, arguments.user, guest=arguments.guest)
        except client.OtherServer as error:
            print(f"jupyter storage samba: {printable(str(error))}", file=sys.stderr)
            return 2
        if arguments.json:
            print_json(answer)
        else:
            print(f"{answer.outcome.value}: {printable(answer.message)}")
        return 0 if answer.outcome is CheckOutcome.GOOD else 1
    report = client.samba()
    if arguments.json:
        print_json(report)
        return 0
    print("\n".join(_text(report)))
    return 0


def _text(report: SambaReport) -> Iterator[str]:
    yield from _state(report)
    for share in report.shares:
        yield from _share(share)
    for storage in report.hidden:
        yield from _hidden(storage)
    for file in report.state_files:
        yield from _state_file(file)
    if report.state_files_doubt:
        yield f"Doubt: {printable(report.state_files_doubt)}"
    for problem in report.settings.problems:
        yield f"Settings: {printable(problem.message)}"
        yield from (f"    {line}" for line in problem.remedy.splitlines())
    if report.server.wanted or report.server.exports:
        yield f"As server: wanted {_word(report.server.wanted)}, listening {_word(report.server.listening)}"
        for export in report.server.exports or ():
            yield f"  [{printable(export.name)}] {printable(export.path or '-')}"


def _state(report: SambaReport) -> Iterator[str]:
    person = report.client
    yield f"Share: {person.state.value}" + (f" since {person.since}" if person.since else "")
    for sentence in person.evidence:
        yield f"  {printable(sentence)}"
    if person.blocked:
        yield f"  {person.blocked}"
    if report.negotiation is not None:
        yield f"Server {printable(report.negotiation.server)}: {report.negotiation.state.value}"
        yield f"  {report.negotiation.evidence}"


def _share(share: Share) -> Iterator[str]:
    yield f"{printable(share.mount_point)}: {share.fs_type} {printable(share.source)}, {share.state.value}"
    details = [
        f"SMB {share.dialect}" if share.dialect else "",
        f"user {printable(share.user)}" if share.user else "",
        f"security {share.security}" if share.security else "",
        {True: "soft", False: "hard", None: ""}[share.soft],
        f"cache {share.cache}" if share.cache else "",
        f"locks {share.locks}" if share.locks else "",
        f"answers in {share.latency * 1000:.0f} ms" if share.latency is not None else "",
    ]
    yield "  " + ", ".join(each for each in details if each)
    if share.capacity is not None:
        yield f"  {size(share.capacity.used)} used, {size(share.capacity.free)} free, at {share.capacity_at}"


def _hidden(storage: HiddenStorage) -> Iterator[str]:
    yield f"Hidden: {printable(storage.evidence)}"
    if storage.names:
        names = ", ".join(printable(name.name) for name in storage.names) + (", ..." if storage.more else "")
        least = "" if storage.complete else "at least "
        yield f"  {least}{size(storage.bytes)} there: {names}"


def _state_file(file: StateFile) -> Iterator[str]:
    yield f"On the share: {file.what}, {printable(file.path)} ({file.risk.value})"
    yield f"  {file.effect}"
    if file.remedy:
        yield f"  In {file.remedy_for}:"
        yield from (f"    {printable(line)}" for line in file.remedy)


def _word(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "unknown"}[value]
