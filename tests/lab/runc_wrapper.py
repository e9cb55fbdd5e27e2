"""Runs runc on a machine without CAP_SYS_RESOURCE: nobody there may set resource limits or hand it on.

Engines name this as their OCI runtime. It takes ``rlimits`` and that capability out of the bundle's
``config.json``, and out of the ``--process`` file of ``runc exec``, and becomes runc. Kept free of imports
from this package: it starts for every container and every exec.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import sys
from pathlib import Path

MISSING = "CAP_SYS_RESOURCE"
SEARCH_PATH = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/usr/bin"


def option_values(arguments: list[str], names: tuple[str, ...]) -> list[str]:
    """The values of the options ``names``, written ``--name value`` or ``--name=value``."""
    values = [after for name, after in itertools.pairwise(arguments) if name in names]
    for name in names:
        values += [argument[len(name) + 1 :] for argument in arguments if argument.startswith(f"{name}=")]
    return values


def prepare(path: Path, *, bundle: bool) -> None:
    """Mend a bundle's configuration, or the process file of an exec, in place."""
    content = json.loads(path.read_text())
    process = content.get("process", {}) if bundle else content
    process.pop("rlimits", None)
    for granted in (process.get("capabilities") or {}).values():
        if MISSING in granted:
            granted.remove(MISSING)
    path.write_text(json.dumps(content))


def main(arguments: list[str]) -> None:
    """Prepare the files that ``arguments`` name and become runc."""
    runc = shutil.which("runc", path=SEARCH_PATH)
    if runc is None:
        sys.exit("runc is not installed")
    for folder in option_values(arguments, ("--bundle", "-b")):
        prepare(Path(folder, "config.json"), bundle=True)
    for process in option_values(arguments, ("--process", "-p")):
        prepare(Path(process), bundle=False)
    os.execv(runc, ["runc", *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
