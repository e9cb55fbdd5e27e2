"""An image laid out like the `python` images that ide49 is built on: Python in /usr/local, no marker, user iot.

The Python is the one that runs the tests, copied without its packages; pip comes from its own ensurepip.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from tests.needs import need

from . import pip_settings
from .engine import Engine
from .folder import scratch
from .images import DEBIAN12, Images, wheel_requirements
from .mounts import bind

VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
PYTHON = f"/usr/local/bin/python{VERSION}"
_LEFT_OUT = ("site-packages", "test", "tests", "__pycache__", "idlelib", f"config-{VERSION}*", "*.a")


def like_ide49(engine: Engine, wheel: Path) -> str:
    """The tag of Debian 12 with that Python and the project's ``wheel``; made when it is not there yet."""
    need(sys.base_prefix not in ("/usr", "/usr/local"), "a Python that is not the system's, to copy into an image")
    base = Images(engine).base(DEBIAN12)
    digest = hashlib.sha256(wheel.read_bytes() + sys.version.encode() + base.encode()).hexdigest()[:12]
    tag = f"lab/like-ide49:{digest}"
    if engine.has_image(tag):
        return tag
    ingredients = repr(("without Debian's own", sorted(wheel_requirements(wheel)), sys.version, base))
    dependencies = f"lab/like-ide49-deps:{hashlib.sha256(ingredients.encode()).hexdigest()[:12]}"
    if not engine.has_image(dependencies):
        _with_dependencies(engine, base, wheel, dependencies)
    container = engine.run(dependencies)
    try:
        container.copy_in(wheel, f"/root/{wheel.name}")
        container.exec([PYTHON, "-m", "pip", "install", "--no-index", "--no-deps", f"/root/{wheel.name}"])
        return container.commit(tag)
    finally:
        container.remove()


def _with_dependencies(engine: Engine, base: str, wheel: Path, tag: str) -> None:
    with scratch("like-ide49") as folder:
        archive = _pack(folder)
        env = pip_settings.prepare(folder)
        mounts = [bind(folder, pip_settings.MOUNT_POINT, read_only=True)]
        container = engine.run(base, mounts=mounts, network="host")
        try:
            inside = f"{pip_settings.MOUNT_POINT}/{archive.name}"
            container.exec(["tar", "--extract", "--directory", "/usr/local", "--no-same-owner", "--file", inside])
            container.exec(["ldconfig"])
            container.exec(["ln", "-s", PYTHON, "/usr/local/bin/python"])
            container.exec(["ln", "-s", PYTHON, "/usr/local/bin/python3"])
            # The images this stands for have no second Python, which a PATH that begins with /bin would find.
            container.exec(["sh", "-c", "rm /usr/bin/python3* /usr/bin/pip*"])
            container.exec([PYTHON, "-m", "ensurepip", "--default-pip"])
            argv = [PYTHON, "-m", "pip", "install", "--no-cache-dir", "--", *wheel_requirements(wheel)]
            container.exec(argv, env=env)
            container.commit(tag)
        finally:
            container.remove()


def _pack(folder: Path) -> Path:
    archive = folder / "python.tar"
    libraries = [str(path.relative_to(sys.base_prefix)) for path in Path(sys.base_prefix, "lib").glob("libpython*.so*")]
    options = [part for name in _LEFT_OUT for part in ("--exclude", name)]
    argv = ["tar", "--create", *options, "--directory", sys.base_prefix, "--file", str(archive)]
    subprocess.run([*argv, f"bin/python{VERSION}", f"lib/python{VERSION}", *libraries], check=True)
    return archive
