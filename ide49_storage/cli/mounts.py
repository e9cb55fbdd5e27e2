"""``jupyter storage mounts`` and ``jupyter storage where PATH...``."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from .. import client
from ..model.mounts import Mount, MountReport, Where
from .show import add_json, print_json, print_table, printable, size


def add_commands(commands: Any) -> None:
    """Add both commands to the subparsers."""
    mounts = commands.add_parser("mounts", help="every storage, and whether it survives an update")
    mounts.add_argument("--all", action="store_true", help="also what kernel and engine mount for themselves")
    mounts.add_argument("--why", action="store_true", help="say for each from which fact its fate follows")
    add_json(mounts)
    mounts.set_defaults(run=run_mounts)
    where = commands.add_parser("where", help="where a path really lives")
    where.add_argument("paths", nargs="+", metavar="PATH", help="a file or folder; it need not exist")
    add_json(where)
    where.set_defaults(run=run_where)


def run_mounts(arguments: argparse.Namespace) -> int:
    """Print the mount report."""
    report = client.mounts()
    if arguments.json:
        print_json(report)
        return 0
    shown = [mount for mount in report.mounts if arguments.all or not mount.internal]
    headers = ("UPDATE", "STOP", "KIND", "NAME", "MOUNT POINT", "USED", "FREE")
    print_table(headers, [_mount_row(mount) for mount in shown])
    if arguments.why:
        print()
        for mount in shown:
            print(f"{printable(mount.mount_point)}: {mount.evidence.kind} {mount.evidence.update}")
    _print_rest(report, len(report.mounts) - len(shown))
    return 0


def _mount_row(mount: Mount) -> tuple[str, ...]:
    point = printable(mount.mount_point) + (" (hidden)" if mount.hidden else "")
    capacity = mount.capacity
    used, free = (capacity.used, capacity.free) if capacity else (None, None)
    name = printable(mount.name or "-")
    return mount.fate.update.value, mount.fate.stop.value, mount.kind.value, name, point, size(used), size(free)


def _print_rest(report: MountReport, left_out: int) -> None:
    print(f"\nEngine: {report.engine.name.value}. {' '.join(report.engine.evidence)}")
    if left_out:
        print(f"{left_out} mounts of the kernel and the engine are not shown (--all shows them).")
    for problem in report.problems:
        print(f"mountinfo line {problem.line} was left out: {problem.problem}", file=sys.stderr)


def run_where(arguments: argparse.Namespace) -> int:
    """Print where each path lives; status 2 for a path that cannot be one."""
    try:
        answers = client.where(*arguments.paths)
    except client.BadPath as error:
        print(f"jupyter storage where: {printable(error.message)}", file=sys.stderr)
        return 2
    if arguments.json:
        print_json(answers)
        return 0
    print("\n\n".join(_where_text(answer) for answer in answers))
    return 0


def _where_text(answer: Where) -> str:
    name = f" {printable(answer.name)}" if answer.name else ""
    lines = [
        printable(answer.path),
        f"  lives on   {answer.kind.value}{name}, mounted at {printable(answer.mount_point)}",
        f"             {answer.evidence.kind}",
        f"  update     {answer.fate.update.value}: {answer.evidence.update}",
        f"  stop       {answer.fate.stop.value}: {answer.evidence.stop}",
        f"  device     {answer.fate.device.value}: {answer.evidence.device}",
    ]
    if answer.resolved != answer.path:
        lines.insert(1, f"  leads to   {printable(answer.resolved)}")
    if answer.exists is False:
        lines.append(f"  not there  the answer is for {printable(answer.nearest)}")
    lines += [f"  also at    {printable(place.path)}{' (hidden)' * place.hidden}" for place in answer.also_at]
    if answer.writable is False:
        lines.append("  read-only  for this user, here")
    if answer.doubt:
        lines.append(f"  doubt      {answer.doubt}")
    return "\n".join(lines)
