"""What a server pays for at its start: the handlers, and nothing of what answers."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import ide49_storage
from ide49_storage.server.lazy import Lazy

LOADED = """
import os, sys
from jupyter_server.serverapp import ServerApp
app = ServerApp(open_browser=False, allow_root=True, port=0, log_level="CRITICAL", root_dir=os.getcwd())
app.jpserver_extensions = {"ide49_storage": True}
app.initialize(argv=[])
assert app.web_app.settings["ide49_storage_services"]
print(*(name for name in sys.modules if name.startswith("ide49_storage.")), flush=True)
os._exit(0)
"""


def test_what_answers_is_not_imported_before_somebody_asks(tmp_path: Path) -> None:
    told = subprocess.check_output([sys.executable, "-c", LOADED], cwd=tmp_path, text=True)
    loaded = {name.removeprefix("ide49_storage.") for name in told.split()}
    assert "handlers.mounts" in loaded
    layers = ("changes", "engines", "findings", "installs", "processes", "python", "samba")
    assert {name for name in loaded if name.split(".")[0] in layers} == set()
    assert {name for name in loaded if name.startswith(("mounts.", "model."))} == {
        "mounts.mountinfo_events",
        "model.json",
        "model.timestamps",
        "model.watch",
        "model.vocabulary",
    }


def test_a_thing_is_made_once_however_many_ask_at_the_same_time() -> None:
    made: list[object] = []

    def make() -> object:
        time.sleep(0.05)
        made.append(object())
        return made[-1]

    once = Lazy(make)
    assert once.made is None
    threads = [threading.Thread(target=once) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [once()]
    assert once.made is made[0]


def test_what_could_not_be_made_is_tried_again() -> None:
    errors = [OSError("no room")]

    def make() -> str:
        if errors:
            raise errors.pop()
        return "thing"

    once = Lazy(make)
    with pytest.raises(OSError, match="no room"):
        once()
    assert once() == "thing"


FROM_A_SHARE = """
import os, sys
from ide49_storage.server import services
from ide49_storage.mounts import mountinfo, snapshot
assert services.import_if_remote() is False
assert "ide49_storage.samba.service" not in sys.modules
folder = sys.argv[1]
holder = snapshot.take_snapshot().table.mount_of(folder).id
line = f"999999 {holder} 0:999 / {folder} rw - cifs //nas/iot-data rw"
text = mountinfo.read_mountinfo() + line.encode() + bytes([10])
mountinfo.read_mountinfo = lambda *_: text
assert services.import_if_remote() is True
print(*(name for name in sys.modules if name.startswith("ide49_storage.")), flush=True)
"""


@pytest.mark.parametrize("searched_first", [True, False])
def test_what_is_imported_from_or_behind_a_share_is_read_while_that_answers(
    searched_first: bool, tmp_path: Path
) -> None:
    share = tmp_path if searched_first else Path(ide49_storage.__file__).parents[1]
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path}
    told = subprocess.check_output([sys.executable, "-c", FROM_A_SHARE, str(share)], text=True, env=environment)
    loaded = {name.removeprefix("ide49_storage.") for name in told.split()}
    assert {"changes.scanner", "findings.inputs", "installs.manager", "mounts.service", "samba.service"} <= loaded
