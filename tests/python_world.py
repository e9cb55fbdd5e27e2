"""A person's Python in a temporary folder: a home, a user base, and real wheels that the real pip installs there."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from ide49_storage.findings import inputs
from ide49_storage.findings.registry import run_checks
from ide49_storage.model.findings import Finding, FindingReport
from ide49_storage.model.mounts import MountReport
from ide49_storage.model.packages import Examination, PackageReport
from ide49_storage.model.python import Layout
from ide49_storage.mounts.service import MountService, wait_for
from ide49_storage.python import service
from ide49_storage.python.kernels.kernelspecs import KernelSource
from tests.needs import need_outside_python

BASE_PYTHON = os.path.realpath(f"{sys.base_prefix}/bin/python{sys.version_info[0]}.{sys.version_info[1]}")
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
Files = Mapping[str, bytes]


def make_wheel(folder: Path, name: str, version: str, files: Files | None = None, **options: str) -> Path:
    """A wheel as a build tool writes it. Options: ``requires`` (one requirement), ``tag``, ``script`` (a command)."""
    stem = name.replace("-", "_")
    info = f"{stem}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += f"Requires-Dist: {options['requires']}\n" if "requires" in options else ""
    tag = options.get("tag", "py3-none-any")
    content = dict(files or {f"{stem}/__init__.py": f"version = {version!r}\n".encode()})
    content[f"{info}/METADATA"] = metadata.encode()
    content[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n".encode()
    if "script" in options:
        content[f"{info}/entry_points.txt"] = f"[console_scripts]\n{options['script']} = {stem}:print\n".encode()
    rows = [f"{path},sha256={_digest(data)},{len(data)}\n" for path, data in content.items()]
    content[f"{info}/RECORD"] = "".join([*rows, f"{info}/RECORD,,\n"]).encode()
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{stem}-{version}-{tag}.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, data in content.items():
            archive.writestr(path, data)
    return wheel


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


class World:
    """One person's environment. Nothing of the machine's own settings is in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.base = folder / "volume" / ".local"
        self.kernels = folder / "jupyter" / "kernels"
        self.site = self.base / "lib" / f"python{VERSION}" / "site-packages"
        self.bin = self.base / "bin"
        for path in (self.home, self.kernels):
            path.mkdir(parents=True)
        self.executable = BASE_PYTHON
        self.environ = {
            "HOME": str(self.home),
            "PATH": f"{self.bin}:{os.path.dirname(BASE_PYTHON)}:/usr/bin:/bin",
            "PYTHONUSERBASE": str(self.base),
            # The machine that tests run on may let everyone write into its Python: then pip would use that.
            "PIP_USER": "1",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "LANG": "C.UTF-8",
        }

    def pip_argv(self, *arguments: str) -> list[str]:
        """The command line of this person's pip."""
        need_outside_python()
        return [self.executable, "-m", "pip", *arguments]

    def pip(self, *arguments: str) -> str:
        """Run the real pip without a network; its output."""
        done = subprocess.run(self.pip_argv(*arguments), env=self.environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def install(self, name: str, version: str = "1.0", files: Files | None = None, **options: str) -> None:
        """Make a wheel and install it."""
        wheel = make_wheel(self.folder / "wheels", name, version, files, **options)
        self.pip("install", "--no-index", "--no-deps", str(wheel))

    def kernel(self, name: str, *, folder: Path | None = None, **spec: object) -> Path:
        """Write a kernelspec."""
        place = (folder or self.kernels) / name
        place.mkdir(parents=True)
        content = {"argv": ["python", "-m", "ipykernel_launcher"], "display_name": name, "language": "python", **spec}
        (place / "kernel.json").write_text(json.dumps(content))
        return place

    def request(self, kernel: str | None = None) -> service.InterpreterRequest:
        """A request about this environment."""
        return service.InterpreterRequest(
            kernel=kernel,
            start=str(self.home),
            source=KernelSource(folders=(str(self.kernels),)),
            environ=self.environ,
            executable=self.executable,
        )

    def layout(self, kernel: str | None = None) -> Layout:
        return service.layout(self.request(kernel))

    def packages(self, kernel: str | None = None) -> PackageReport:
        return service.package_report(self.request(kernel))

    def examination(self) -> Examination:
        found = service.examination(self.request(), self.packages())
        assert found is not None
        return found

    def mounts(self) -> MountReport:
        """The mount report of this machine."""

        async def ask(mounts: MountService) -> MountReport:
            return await mounts.mount_report(str(self.home))

        return wait_for(ask)

    def doctor(self) -> FindingReport:
        """Every check; none of them may fail by itself."""
        made = run_checks(inputs.gather_inputs(self.request(), self.mounts()), "now")
        assert not [each for each in made.not_checked if "failed" in each.why], made.not_checked
        return made

    def found(self, identifier: str) -> list[Finding]:
        """What one check finds."""
        return [finding for finding in self.doctor().findings if finding.id == identifier]


#: Runs pip, which kills itself with SIGKILL when it opens the named file for writing: the same moment each time.
KILLED_PIP = """
import os, runpy, signal, sys
def at_the_file(event, arguments):
    if event == "open" and str(arguments[0]).endswith(END) and "w" in str(arguments[1]):
        os.kill(os.getpid(), signal.SIGKILL)
END = sys.argv.pop(1)
sys.addaudithook(at_the_file)
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


def killed_upgrade(world: World) -> None:
    """Kill a real pip in the middle of an upgrade, when it has renamed what it replaces."""
    files = {f"big/part{number}.py": b"x = 1\n" * 50 for number in range(100)}
    world.install("big", "1.0", {"big/__init__.py": b"", **files})
    wheel = make_wheel(world.folder / "wheels", "big", "2.0", {"big/__init__.py": b"", **files})
    install = ("install", "--user", "--no-index", "--no-deps", str(wheel))
    argv = [world.executable, "-c", KILLED_PIP, "big/part50.py", *install]
    done = subprocess.run(argv, env=world.environ, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert any(name.startswith("~") and name.endswith(".dist-info") for name in os.listdir(world.site))
