"""What the extension adds to a bare jupyter_server: time of its start, and memory.

The time is what the server spends on adding, linking and loading the extension, measured inside fresh processes:
two whole starts differ by more than that from one run to the next. The memory is that of whole servers with and
without it, in turns, a moment after they first answer: what is looked for once the loop runs counts too.
Exit status 1 if a target is missed.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time

import psutil

from benchmarks.measure import Verdicts
from benchmarks.server import OTHERS, running

STARTS = 25
SERVERS = 5
#: Seconds after the first answer, for whatever a server does by itself after its start.
SETTLED = 2.0

PROGRAM = """
import json, os, sys, time
from jupyter_server.serverapp import ServerApp
app = ServerApp(open_browser=False, allow_root=True, port=0, log_level="CRITICAL", root_dir=os.getcwd())
app.jpserver_extensions = json.loads(sys.argv[1])
app.initialize(argv=[])
assert not any(name.startswith("ide49_storage") for name in sys.modules)
manager, start = app.extension_manager, time.perf_counter()
manager.add_extension("ide49_storage", enabled=True)
manager.link_extension("ide49_storage")
manager.load_extension("ide49_storage")
took = time.perf_counter() - start
assert app.web_app.settings["ide49_storage_services"]
print(took, flush=True)
os._exit(0)
"""


def added_time() -> float:
    """Seconds that a fresh server spends on the extension."""
    extensions = dict.fromkeys((*OTHERS, "ide49_storage"), False)
    with tempfile.TemporaryDirectory() as folder:
        environment = {"JUPYTER_CONFIG_DIR": folder, "HOME": folder, "PATH": "/usr/bin:/bin"}
        argv = [sys.executable, "-c", PROGRAM, json.dumps(extensions)]
        told = subprocess.check_output(argv, cwd=folder, env=environment)
    return float(told.splitlines()[-1])


def memory(extension: bool) -> int:
    """Bytes that belong to a server alone."""
    with running(extension) as server:
        time.sleep(SETTLED)
        return int(psutil.Process(server.process.pid).memory_full_info().uss)


def main() -> int:
    """Measure, print medians."""
    verdicts = Verdicts()
    taken = [added_time() for _ in range(STARTS + 1)][1:]
    verdicts.at_most("added to the start", statistics.median(taken) * 1e3, 40, "ms")
    added = [memory(True) - memory(False) for _ in range(SERVERS)]
    verdicts.at_most("added to the memory", statistics.median(added) / 1e6, 6, "MB")
    return verdicts.exit_status()


if __name__ == "__main__":
    raise SystemExit(main())
