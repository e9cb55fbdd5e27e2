"""The fixtures below tests/fixtures/mountinfo: their fields, their file names, and reading them back."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .folder import CHECKOUT

FOLDER = CHECKOUT / "tests" / "fixtures" / "mountinfo"
USUAL_DRIVERS = (None, "overlay", "overlay2")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fixture:
    """One mount table with what is known about it; the README beside the fixtures explains the fields."""

    engine: str
    version: str
    driver: str | None
    case: str
    synthetic: bool = False
    expect_engine: str
    expect: list[dict[str, Any]]
    signs: dict[str, Any]
    mountinfo: str

    @property
    def name(self) -> str:
        """``<engine>-<version>[-<driver>]-<case>``."""
        driver = [] if self.driver in USUAL_DRIVERS else [str(self.driver)]
        return "-".join([self.engine, self.version, *driver, self.case])

    def write(self, folder: Path = FOLDER) -> Path:
        """Write it as JSON and give its path.

        Raises `ValueError` when a row of ``expect`` names a mount point that the table does not have.
        """
        missing = {row["mount_point"] for row in self.expect} - mount_points(self.mountinfo)
        if missing:
            raise ValueError(f"{self.name}: no mount at {sorted(missing)}")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}.json"
        path.write_text(json.dumps(dataclasses.asdict(self), indent=1) + "\n")
        return path


def fixtures(folder: Path = FOLDER) -> Iterator[Fixture]:
    """All fixtures, by name."""
    for path in sorted(folder.glob("*.json")):
        yield Fixture(**json.loads(path.read_text()))


def mount_points(mountinfo: str) -> set[str]:
    """Field 5 of every line, decoded. Apart from the package's own parser, which the fixtures test."""
    return {_unescape(line.split(" ")[4]) for line in mountinfo.split("\n") if line}


def _unescape(field: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), field)
