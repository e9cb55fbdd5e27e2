"""``jupyter storage doctor``: what is wrong, and what to type. Exit status 1 while an error stands."""

from __future__ import annotations

import argparse
import sys
import textwrap
from typing import Any

from .. import client
from ..findings.docs import page_text
from ..findings.registry import all_checks
from ..model.findings import Finding, FindingReport, Level
from .show import add_json, print_json, printable

WIDTH = 100


def add_commands(commands: Any) -> None:
    """Add the command to the subparsers."""
    doctor = commands.add_parser("doctor", help="what is wrong, and what to type to mend it")
    doctor.add_argument("--explain", metavar="ID", help="only tell what a check looks for, and why (such as PY01)")
    add_json(doctor)
    doctor.set_defaults(run=run_doctor)


def run_doctor(arguments: argparse.Namespace) -> int:
    """Print the findings, worst first; 1 if one of them is an error. 2 for a check that there is not."""
    if arguments.explain is not None:
        return _explain(arguments.explain.upper())
    report = client.findings()
    if arguments.json:
        print_json(report)
    else:
        print("\n".join(_text(report)))
        for skipped in report.not_checked:
            print(f"Not checked: {skipped.id}, because {printable(skipped.why)}", file=sys.stderr)
    return 1 if any(finding.level is Level.ERROR for finding in report.findings) else 0


def _explain(identifier: str) -> int:
    checks = all_checks()
    if identifier not in checks:
        print(
            f"jupyter storage doctor: there is no check {printable(identifier)}. There are: {', '.join(checks)}.",
            file=sys.stderr,
        )
        return 2
    check = checks[identifier]
    print(f"# {check.id}: {check.title}\n\n{page_text(check).strip()}")
    return 0


def _text(report: FindingReport) -> list[str]:
    lines = [line for finding in report.findings for line in (*_finding(finding), "")]
    counts = {level: sum(finding.level is level for finding in report.findings) for level in Level}
    if not report.findings:
        return [f"Nothing is wrong, as far as {report.checks} checks can tell."]
    told = ", ".join(
        f"{count} {level.value}{'s' * (count != 1 and level is not Level.ADVICE)}"
        for level, count in counts.items()
        if count
    )
    return [*lines, f"{told}, from {report.checks} checks."]


def _finding(finding: Finding) -> list[str]:
    lines = [f"{finding.level.value.upper()} {finding.id}  {printable(finding.title)}"]
    lines += _wrapped("  Seen:  ", finding.evidence)
    lines += _wrapped("  To do: ", finding.remedy)
    lines += [f"             {printable(line)}" for line in finding.lines]
    lines.append(f"  More:  jupyter storage doctor --explain {finding.id}")
    return lines


def _wrapped(label: str, text: str) -> list[str]:
    # Paths are not broken in two: somebody copies them.
    return textwrap.wrap(
        label + printable(text),
        WIDTH,
        subsequent_indent=" " * len(label),
        break_long_words=False,
        break_on_hyphens=False,
    )
