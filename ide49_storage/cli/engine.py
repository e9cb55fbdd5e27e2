"""``jupyter storage engine``: which other containers mount this one's volumes, as the engine itself says."""

from __future__ import annotations

import argparse
from typing import Any

from .. import client
from ..model.engines import EngineState, EngineVolume
from .show import add_json, print_json, printable


def add_commands(commands: Any) -> None:
    """Add ``engine``."""
    engine = commands.add_parser("engine", help="who else mounts this container's volumes (asks the engine's socket)")
    add_json(engine)
    engine.set_defaults(run=run_engine)


def run_engine(arguments: argparse.Namespace) -> int:
    """Print what the engine tells, or why it does not."""
    report = client.engine()
    if arguments.json:
        print_json(report)
        return 0
    print(printable(report.evidence))
    if report.how:
        print(report.how)
    if report.state is EngineState.ANSWERED:
        print(f"\n{printable(report.container or '-')} of {printable(report.image or '-')}, made {report.created_at}")
        for volume in report.volumes:
            print("\n".join(_volume_lines(volume)))
    return 0


def _volume_lines(volume: EngineVolume) -> list[str]:
    what = f"{volume.type} {volume.name or volume.source or ''}".strip()
    driver = f" (driver {volume.driver})" if volume.driver and volume.driver != "local" else ""
    lines = [f"{printable(volume.mount_point)}: {printable(what)}{printable(driver)}"]
    for other in volume.shared_with:
        stopped = "" if other.running else ", which does not run"
        lines.append(f"  also in {printable(other.container)} at {printable(other.mount_point)}{stopped}")
    return lines
