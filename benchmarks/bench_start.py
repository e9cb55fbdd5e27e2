"""What the extension adds to a bare jupyter_server: time until it is initialised, and memory.

Fresh processes with and without it, in turns. Exit status 1 if a target is missed.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping

from benchmarks.measure import Verdicts
from benchmarks.server import OTHERS

ROUNDS = 15

PROGRAM = """
import json, os, sys, time
start = time.perf_counter()
from jupyter_server.serverapp import ServerApp
extensions = json.loads(sys.argv[1])
app = ServerApp(open_browser=False, allow_root=True, port=0, log_level="CRITICAL", root_dir=os.getcwd())
app.jpserver_extensions = extensions
app.initialize(argv=[])
took = time.perf_counter() - start
assert ("ide49_storage.handlers" in sys.modules) is extensions["ide49_storage"]
import psutil
print(json.dumps([took, psutil.Process().memory_full_info().uss]), flush=True)
os._exit(0)
"""


def measure(extension: bool) -> tuple[float, int]:
    """Seconds from the first import to an initialised server, and its own memory in bytes."""
    extensions: Mapping[str, bool] = {**dict.fromkeys(OTHERS, False), "ide49_storage": extension}
    with tempfile.TemporaryDirectory() as folder:
        environment = {"JUPYTER_CONFIG_DIR": folder, "HOME": folder, "PATH": "/usr/bin:/bin"}
        argv = [sys.executable, "-c", PROGRAM, json.dumps(extensions)]
        told = subprocess.check_output(argv, cwd=folder, env=environment)
    seconds, memory = json.loads(told.splitlines()[-1])
    return seconds, memory


def main() -> int:
    """Measure in turns, print medians of the differences."""
    added: list[tuple[float, int]] = []
    for number in range(ROUNDS + 1):
        without, bare = measure(False)
        with_it, full = measure(True)
        if number:
            added.append((with_it - without, full - bare))
    verdicts = Verdicts()
    verdicts.at_most("added to the start", statistics.median(each[0] for each in added) * 1e3, 40, "ms")
    verdicts.at_most("added to the memory", statistics.median(each[1] for each in added) / 1e6, 6, "MB")
    return verdicts.exit_status()


if __name__ == "__main__":
    raise SystemExit(main())
