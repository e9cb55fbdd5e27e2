"""Builds wheels and source distributions by hand: every byte of them is the test's own."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ANY = "py3-none-any"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Package:
    """What a wheel holds. ``files`` go beside the module; ``data`` are paths below the user base; ``rows`` are further
    paths that its RECORD names.
    """

    name: str
    version: str = "1.0"
    requires: Sequence[str] = ()
    files: Mapping[str, str] = dataclasses.field(default_factory=dict)
    data: Mapping[str, str] = dataclasses.field(default_factory=dict)
    scripts: Sequence[str] = ()
    rows: Sequence[str] = ()
    modules: int = 0
    code: str = ""
    tag: str = ANY
    python: str = ""

    @property
    def module(self) -> str:
        """The name to import."""
        return self.name.replace("-", "_")

    @property
    def file(self) -> str:
        """The wheel's file name."""
        return f"{self.module}-{self.version}-{self.tag}.whl"

    def contents(self) -> dict[str, str]:
        """All files of the wheel but its RECORD."""
        info = f"{self.module}-{self.version}.dist-info"
        found = {f"{self.module}/__init__.py": self.code or f"version = {self.version!r}\n"}
        for number in range(self.modules):
            found[f"{self.module}/part{number // 200}/m{number}.py"] = f"value = ({self.version!r}, {number})\n"
        found.update({f"{self.module}/{name}": text for name, text in self.files.items()})
        found.update({f"{self.module}-{self.version}.data/data/{name}": text for name, text in self.data.items()})
        found[f"{info}/METADATA"] = self.metadata()
        found[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {self.tag}\n"
        if self.scripts:
            lines = "".join(f"{script} = {self.module}:main\n" for script in self.scripts)
            found[f"{info}/entry_points.txt"] = f"[console_scripts]\n{lines}"
        return found

    def metadata(self) -> str:
        """The text of METADATA."""
        lines = ["Metadata-Version: 2.1", f"Name: {self.name}", f"Version: {self.version}"]
        lines += [f"Requires-Dist: {each}" for each in self.requires]
        lines += [f"Requires-Python: {self.python}"] if self.python else []
        return "\n".join(lines) + "\n"


def build_wheel(package: Package, folder: Path) -> Path:
    """Write the wheel into ``folder``."""
    contents = package.contents()
    info = f"{package.module}-{package.version}.dist-info"
    rows = [f"{name},{_digest(text)},{len(text.encode())}" for name, text in contents.items()]
    rows += [f"{row},," for row in package.rows]
    contents[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,"]) + "\n"
    path = folder / package.file
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in contents.items():
            archive.writestr(name, text)
    return path


def build_sdist(package: Package, folder: Path, *, fails: bool = False, backend: str | None = None) -> Path:
    """Write a source distribution with a build backend of its own, so that building needs no other package."""
    stem = f"{package.module}-{package.version}"
    if fails:
        backend = "raise SystemExit('this build always fails')\n"
    elif backend is None:
        backend = _BACKEND.format(files=package.contents(), name=package.file)
    files = {
        "PKG-INFO": package.metadata(),
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
        "backend.py": backend,
    }
    path = folder / f"{stem}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            content = text.encode()
            member = tarfile.TarInfo(f"{stem}/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


_BACKEND = """
import os, zipfile
FILES = {files!r}
NAME = {name!r}
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    info = next(each for each in FILES if each.endswith("/METADATA")).partition("/")[0]
    with zipfile.ZipFile(os.path.join(wheel_directory, NAME), "w") as archive:
        for name, text in FILES.items():
            archive.writestr(name, text)
        archive.writestr(info + "/RECORD", "".join(name + ",,\\n" for name in [*FILES, info + "/RECORD"]))
    return NAME
"""
