"""Names and versions of 300 distributions: this package against importlib.metadata, uv and pip, side by side.

Makes its own site directory (real metadata of the environment that runs it, repeated under new names). uv is
compared where it is installed. Exit status 1 if a target is missed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from importlib.metadata import distributions
from pathlib import Path

from benchmarks.measure import Verdicts, medians
from ide49_storage.python.site_packages import scan
from ide49_storage.python.site_packages.health import recorded
from ide49_storage.python.site_packages.scan import details

COUNT = 300


def copies(site: Path) -> None:
    """``COUNT`` distributions made of the real ones here: same files, same length of METADATA."""
    sources = [
        path for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info") if (path / "METADATA").is_file()
    ]
    for number in range(COUNT):
        source = sources[number % len(sources)]
        name = f"copy_{number}_of_{source.name.split('-')[0]}"
        target = site / f"{name}-1.0.dist-info"
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("licenses", "sboms"))
        lines = (source / "METADATA").read_bytes().split(b"\n")
        heads = [f"Name: {name}".encode() if line.lower().startswith(b"name:") else line for line in lines[:10]]
        (target / "METADATA").write_bytes(b"\n".join([*heads, *lines[10:]]))


def with_standard_library(site: str) -> list[tuple[str, str]]:
    """What most tools do."""
    return [(dist.metadata["Name"], dist.version) for dist in distributions(path=[site])]


def with_command(argv: list[str]) -> None:
    """A whole program, from its start to its end."""
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def names(site: str) -> list[tuple[str, str]]:
    """Name and version of every distribution, as ``importlib.metadata`` is asked for."""
    return [(dist.name, dist.version) for dist in scan.scan(site, with_files=False).dists]


def full(site: str) -> None:
    """All that the package report says of each: also the installer, the direct URL and the wheel's tags."""
    found = scan.scan(site)
    details(site, [(dist.entry, dist.files) for dist in found.dists])


def main() -> int:
    """Print the figures."""
    verdicts = Verdicts()
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        copies(site)
        assert set(names(folder)) == set(with_standard_library(folder))
        calls: dict[str, Callable[[], object]] = {
            "ours": lambda: names(folder),
            "ours, all fields": lambda: full(folder),
            "importlib.metadata": lambda: with_standard_library(folder),
        }
        taken = medians(calls, 15)
        uv = shutil.which("uv") or shutil.which("uv", path=os.path.dirname(sys.executable))
        slow: dict[str, Callable[[], object]] = {
            "pip list": lambda: with_command([sys.executable, "-m", "pip", "list", "--path", folder])
        }
        if uv:
            slow["uv pip list"] = lambda: with_command([uv, "pip", "list", "--target", folder])
        slow["ours again"] = lambda: names(folder)
        taken |= medians(slow, 5)
        entries = [path.name for path in site.glob("*.dist-info")]
        purelib = sysconfig.get_path("purelib")
        real = [path.name for path in Path(purelib).glob("*.dist-info")]
        taken[f"RECORD check of the {len(real)} real ones"] = medians(
            {"check": lambda: recorded(purelib, real, sys.prefix, "x86_64")}, 3
        )["check"]
    for name, seconds in taken.items():
        print(f"     {name}: {seconds * 1000:.1f} ms")
    assert len(entries) == COUNT
    verdicts.at_most("ours / importlib.metadata", taken["ours"] / taken["importlib.metadata"], 0.2, "")
    if "uv pip list" in taken:
        verdicts.at_most("ours / uv pip list", taken["ours again"] / taken["uv pip list"], 1.5, "")
    return verdicts.exit_status()


if __name__ == "__main__":
    sys.exit(main())
