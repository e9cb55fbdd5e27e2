"""Python distributions in the container layer: their names, files, and what gives the same again.

Sources: the "Recording installed projects" and "Direct URL" specifications of the Python Packaging User Guide.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

#: Where Python packages are looked for before the walk meets them: a folder of versions, and one below each.
_VERSIONS = (b"/usr/lib", b"/usr/local/lib")
_SITES = (b"dist-packages", b"site-packages")
_VERSIONED = r"^(?P<prefix>.*)/lib(?:64)?/(?P<python>python3\.\d+t?)/(?:site|dist)-packages$"
# The name with which everybody signs in at a git server is part of its address.
_SIGN_IN = r"(?<=://)(?!git@)[^/@]*@"
_INFO = b".dist-info"


class LayerDistribution(NamedTuple):
    """A distribution. ``site`` is its folder as a path of the container, ``requirement`` what pip is given."""

    name: str
    version: str
    site: bytes
    requirement: str | None


def header(text: str, name: str) -> str | None:
    """A header of ``METADATA``."""
    found = re.search(rf"^{name}:[ \t]*(\S.*?)[ \t]*$", text.partition("\n\n")[0], re.MULTILINE)
    return found[1] if found else None


def recorded(text: str, site: bytes) -> Iterator[bytes]:
    """The absolute paths in a ``RECORD`` that lies below ``site``."""
    import csv

    try:
        for row in csv.reader(text.splitlines()):
            if row and row[0]:
                yield os.path.normpath(os.path.join(site, os.fsencode(row[0])))
    except csv.Error:
        return


def requirement(name: str, version: str, direct_url: str | None) -> str | None:
    """What to tell pip for the same again; ``None`` for what was installed from a local folder or file."""
    if not direct_url:
        return f"{name}=={version}"
    try:
        data = json.loads(direct_url)
        url = re.sub(_SIGN_IN, "", str(data["url"]))
    except (ValueError, KeyError, TypeError):
        return f"{name}=={version}"
    if url.startswith("file:"):
        return None
    vcs = data.get("vcs_info")
    if isinstance(vcs, dict) and "vcs" in vcs and "commit_id" in vcs:
        url = f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
    folder = data.get("subdirectory")
    return f"{name} @ {url}" + (f"#subdirectory={folder}" if folder else "")


def interpreter_of(site: str, exists: Callable[[str], bool]) -> str | None:
    """The interpreter that uses a site folder: ``PREFIX/bin/pythonX.Y``, or Debian's for ``dist-packages``."""
    found = re.match(_VERSIONED, site)
    if found is None:
        return "/usr/bin/python3" if site == "/usr/lib/python3/dist-packages" and exists("/usr/bin/python3") else None
    prefixes = [found["prefix"], "/usr"] if site.endswith("dist-packages") else [found["prefix"]]
    for prefix in prefixes:
        program = f"{prefix}/bin/{found['python']}"
        if exists(program):
            return program
    return None


class LayerDistributions:
    """The distributions below ``root``. What cannot be read is left out."""

    def __init__(self, root: bytes) -> None:
        self._root = root

    def sites(self, more: Collection[bytes]) -> list[bytes]:
        """The site folders in the usual places and in ``more``, as paths of the container."""
        libraries = [*_VERSIONS, *(b"/opt/" + name + b"/lib" for name in self._names(b"/opt"))]
        pythons = [
            library + b"/" + name
            for library in libraries
            for name in self._names(library)
            if name.startswith(b"python3")
        ]
        usual = [python + b"/" + site for python in pythons for site in _SITES]
        return sorted({path for path in (*usual, *more) if os.path.isdir(self._root + path)})

    def _names(self, folder: bytes) -> list[bytes]:
        try:
            return os.listdir(self._root + folder)
        except OSError:
            return []

    def in_site(self, site: bytes) -> list[bytes]:
        """The ``.dist-info`` folders of a site folder."""
        return [name for name in self._names(site) if name.endswith(_INFO)]

    def read(self, site: bytes, info: bytes) -> LayerDistribution:
        """The distribution of one ``.dist-info`` folder."""
        metadata = self._text(site, info, "METADATA") or ""
        stem = os.fsdecode(info[: -len(_INFO)])
        name = header(metadata, "Name") or stem.partition("-")[0]
        version = header(metadata, "Version") or stem.partition("-")[2]
        return LayerDistribution(
            name, version, site, requirement(name, version, self._text(site, info, "direct_url.json"))
        )

    def files(self, site: bytes, info: bytes) -> Iterator[bytes]:
        """What its ``RECORD`` lists."""
        return recorded(self._text(site, info, "RECORD") or "", site)

    def interpreter(self, site: bytes) -> str | None:
        """See `interpreter_of`."""
        return interpreter_of(os.fsdecode(site), lambda path: os.path.exists(self._root + os.fsencode(path)))

    def base(self, interpreter: str) -> str | None:
        """The interpreter that a virtual environment's was made with; ``None`` for one of no such environment."""
        prefix, program = os.path.split(os.path.dirname(interpreter))[0], os.path.basename(interpreter)
        text = self._read(os.fsencode(prefix + "/pyvenv.cfg")) or ""
        found = re.search(r"^home\s*=\s*(/.*?)\s*$", text, re.MULTILINE)
        return f"{found[1]}/{program}" if found else None

    def managed(self, site: bytes) -> bool:
        """Whether pip refuses this folder's interpreter unless told ``--break-system-packages``."""
        found = re.match(_VERSIONED, os.fsdecode(site))
        if found is None:
            return False
        prefixes = {found["prefix"], "/usr"} if site.endswith(b"dist-packages") else {found["prefix"]}
        markers = [f"{prefix}/lib/{found['python']}/EXTERNALLY-MANAGED" for prefix in prefixes]
        return any(os.path.exists(self._root + os.fsencode(marker)) for marker in markers)

    def missing(
        self, sites: Collection[bytes], changed: Collection[bytes], look: Callable[[bytes], bool]
    ) -> Iterator[tuple[bytes, str]]:
        """Recorded files that are not there, in ``changed`` folders, and their distributions."""
        for site in sites:
            inside = site + b"/"
            if not any(folder == site or folder.startswith(inside) for folder in changed):
                continue
            for info in self.in_site(site):
                for path in self.files(site, info):
                    folder = path.rpartition(b"/")[0]
                    if folder in changed and not folder.endswith(b"/__pycache__") and not look(path):
                        yield path, self.read(site, info).name

    def _text(self, site: bytes, info: bytes, name: str) -> str | None:
        return self._read(b"/".join((site, info, name.encode())))

    def _read(self, path: bytes) -> str | None:
        try:
            with open(self._root + path, encoding="utf-8", errors="surrogateescape") as file:
                return file.read()
        except OSError:
            return None
