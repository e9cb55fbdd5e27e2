"""JupyterLab with the panel in a real container that has ide49's volumes, for looking at it by hand.

``python -m tests.lab.demo`` (as root, after `make wheel`) prints the address and serves until it is
interrupted or terminated, and then removes the container; the README's picture is taken of it
(``labextension/ui-tests/picture.mjs``).
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import time
import urllib.request
from collections.abc import Iterator
from typing import NoReturn

from tests.built import wheel

from .engine import Container
from .images import DEBIAN12, Images, wheel_requirements
from .mounts import anonymous, volume
from .podman import podman

TOKEN = "demo"
HOME = "/service-config/iot-home"
NOTEBOOK = """import nbformat.v4 as v, sys
cells = [v.new_markdown_cell("# Sensor readings"), v.new_code_cell("sum(range(10))")]
kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
open(sys.argv[1], "w").write(v.writes(v.new_notebook(cells=cells, metadata={"kernelspec": kernel})))
"""
MOUNTS = [
    volume("iot-home", "/home/iot"),
    volume("iot-home", HOME),
    volume("nginx-config", "/service-config/nginx-config"),
    volume("mosquitto-config", "/service-config/mosquitto-config"),
    volume("duplicati-config", "/service-config/duplicati-config"),
    anonymous("/var/cache/scratch"),
]


@contextlib.contextmanager
def demo(port: int, image: str = DEBIAN12) -> Iterator[tuple[str, Container]]:
    """The address of JupyterLab in a container that runs as user ``iot``, and the container."""
    file = wheel()
    with podman() as engine:
        images = Images(engine)
        base = images.dependencies(image, [*wheel_requirements(file), "jupyterlab>=4.6,<5"])
        container = engine.run(base, mounts=MOUNTS, network="host", env={"PYTHONUSERBASE": f"{HOME}/.local"})
        container.copy_in(file, f"/root/{file.name}")
        container.exec(["pip", "install", "--root-user-action=ignore", "--no-index", "--no-deps", f"/root/{file.name}"])
        container.exec(["chown", "-R", "iot:iot", "/home/iot", HOME, "/service-config"])
        serve = (
            f"cd /home/iot && exec jupyter lab --ip 127.0.0.1 --port {port} --no-browser"
            f" --IdentityProvider.token={TOKEN} --ServerApp.root_dir=/home/iot >/tmp/lab.log 2>&1 &"
        )
        container.exec(["python3", "-c", NOTEBOOK, "/home/iot/analysis.ipynb"], user="iot")
        container.exec(["bash", "-c", serve], user="iot")
        address = f"http://127.0.0.1:{port}/lab/tree/analysis.ipynb?token={TOKEN}"
        _wait_for(address)
        yield address, container


def _wait_for(address: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)


_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> NoReturn:
    """Serve until interrupted or terminated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8890)
    parser.add_argument("--image", default=DEBIAN12)
    chosen = parser.parse_args()
    # From here on, for the container is made before there is anything to wait for.
    for number in _ENDS:
        signal.signal(number, _end)
    with demo(chosen.port, chosen.image) as (address, container):
        print(f"{address}\ncontainer {container.id}", flush=True)
        while True:
            signal.pause()


def _end(_number: int, _frame: object) -> NoReturn:
    """Leave every ``with`` on the way out; a second signal must not cut that short."""
    for number in _ENDS:
        signal.signal(number, signal.SIG_IGN)
    raise SystemExit(0)


if __name__ == "__main__":
    main()
