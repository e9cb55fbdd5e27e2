"""Python distributions in the container layer: their names, files, and what gives the same again.

Sources: the "Recording installed projects" and "Direct URL" specifications of the Python Packaging User Guide.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ...formats.metadata import MOST_HEADERS, headers
from ...formats.reading import read_head
from .owner import InstallLines, OwnedPackage, PackageOwner, one_line

if TYPE_CHECKING:
    from ..remedies import Known

#: Where Python packages are looked for before the walk meets them: a folder of versions, and one below each.
_VERSIONS = (b"/usr/lib", b"/usr/local/lib")
_SITES = (b"dist-packages", b"site-packages")
_VERSIONED = r"^(?P<prefix>.*)/lib(?:64)?/(?P<python>python3\.\d+t?)/(?:site|dist)-packages$"
# The name with which everybody signs in at a git server is part of its address.
_SIGN_IN = r"(?<=://)(?!git@)[^/@]*@"
_INFO = b".dist-info"
#: More of a RECORD is not read: the largest real ones have 3 MB.
MOST_RECORD = 20_000_000


class LayerDistribution(NamedTuple):
    """A distribution. ``site`` is its folder as a path of the container, ``requirement`` what pip is given."""

    name: str
    version: str
    site: bytes
    requirement: str | None


def recorded(text: str, site: bytes) -> Iterator[bytes]:
    """The absolute paths in a ``RECORD`` that lies below ``site``."""
    from ...formats.record import parse_record

    for row in parse_record(text, sys.maxsize):
        yield os.path.normpath(os.path.join(site, os.fsencode(row.path)))


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


class LayerDistributions(PackageOwner):
    """The distributions below ``root``. What cannot be read is left out."""

    group = "python-packages"

    def __init__(
        self,
        root: bytes,
        is_new: Callable[[bytes], bool] = lambda _path: True,
        since: int | None = None,
        folders: Collection[bytes] = (),
    ) -> None:
        super().__init__(root, is_new, since, folders)
        self._seen: set[bytes] = set()
        self._environments: set[bytes] = set()

    def came_since(self) -> Iterator[OwnedPackage]:
        """Those of the usual site folders and of those that were named."""
        for site in self.sites(self.folders):
            yield from self._came_into(site)

    def enter(self, folder: bytes) -> Iterator[OwnedPackage]:
        """Look into site folders in other places; remember virtual environments that were made here."""
        if folder.endswith((b"/site-packages", b"/dist-packages")):
            yield from self._came_into(folder)
        sign = folder + b"/pyvenv.cfg"
        if os.path.lexists(self.root + sign) and self.is_new(sign):
            self._environments.add(folder)

    def owns(self, path: bytes) -> bool:
        """Whether it belongs to a virtual environment that was made here: that is made again, and not copied."""
        return any(path.startswith(prefix) and path[len(prefix) :][:1] in (b"", b"/") for prefix in self._environments)

    def _came_into(self, site: bytes) -> Iterator[OwnedPackage]:
        if site in self._seen:
            return
        self._seen.add(site)
        if not self.is_new(site):
            return
        for info in self.in_site(site):
            folder = site + b"/" + info
            if self.is_new(folder + b"/METADATA"):
                paths = itertools.chain([folder], self.files(site, info))
                yield OwnedPackage(self.read(site, info), folder + b"/METADATA", paths)

    def name(self, package: LayerDistribution) -> str:
        """As its ``METADATA`` spells it."""
        return package.name

    def rows(self, packages: Sequence[LayerDistribution]) -> Iterator[dict[str, Any]]:
        """Names and versions, where they are, what pip is given, and what is known of the interpreter."""
        for package in packages:
            interpreter = self.interpreter(package.site)
            yield {
                "name": package.name,
                "version": package.version,
                "location": os.fsdecode(package.site),
                "requirement": package.requirement,
                "interpreter": interpreter,
                "made_here": interpreter is not None and self.is_new(os.fsencode(interpreter)),
                "base": interpreter and self.base(interpreter),
                "managed": self.managed(package.site),
            }

    def missing(self, changed: Collection[bytes], there: Callable[[bytes], bool]) -> Iterator[tuple[bytes, str]]:
        """Of all site folders that were met."""
        return self.missing_in(self._seen, changed, there)

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
        return sorted({path for path in (*usual, *more) if os.path.isdir(self.root + path)})

    def _names(self, folder: bytes) -> list[bytes]:
        try:
            return os.listdir(self.root + folder)
        except OSError:
            return []

    def in_site(self, site: bytes) -> list[bytes]:
        """The ``.dist-info`` folders of a site folder."""
        return [name for name in self._names(site) if name.endswith(_INFO)]

    def read(self, site: bytes, info: bytes) -> LayerDistribution:
        """The distribution of one ``.dist-info`` folder."""
        fields = headers(self._text(site, info, "METADATA", MOST_HEADERS) or "")
        stem = os.fsdecode(info[: -len(_INFO)])
        (name, *_), (version, *_) = fields.get("name") or [""], fields.get("version") or [""]
        name, version = name or stem.partition("-")[0], version or stem.partition("-")[2]
        return LayerDistribution(
            name, version, site, requirement(name, version, self._text(site, info, "direct_url.json"))
        )

    def files(self, site: bytes, info: bytes) -> Iterator[bytes]:
        """What its ``RECORD`` lists."""
        return recorded(self._text(site, info, "RECORD") or "", site)

    def interpreter(self, site: bytes) -> str | None:
        """See `interpreter_of`."""
        return interpreter_of(os.fsdecode(site), lambda path: os.path.exists(self.root + os.fsencode(path)))

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
        return any(os.path.exists(self.root + os.fsencode(marker)) for marker in markers)

    def missing_in(
        self, sites: Collection[bytes], changed: Collection[bytes], there: Callable[[bytes], bool]
    ) -> Iterator[tuple[bytes, str]]:
        """Recorded files that are not there, in ``changed`` folders, and their distributions."""
        for site in sites:
            inside = site + b"/"
            if not any(folder == site or folder.startswith(inside) for folder in changed):
                continue
            for info in self.in_site(site):
                for path in self.files(site, info):
                    folder = path.rpartition(b"/")[0]
                    if folder in changed and not folder.endswith(b"/__pycache__") and not there(path):
                        yield path, self.read(site, info).name

    def _text(self, site: bytes, info: bytes, name: str, most: int = MOST_RECORD) -> str | None:
        return self._read(b"/".join((site, info, name.encode())), most)

    def _read(self, path: bytes, most: int = MOST_RECORD) -> str | None:
        try:
            return read_head(os.fsdecode(self.root + path), most).decode("utf-8", "surrogateescape")
        except OSError:
            return None

    @staticmethod
    def install_lines(known: Known) -> InstallLines:
        """One ``RUN`` line for each interpreter, with the versions that are here now."""
        folders: dict[tuple[str | None, bool], list[str]] = {}
        notes = []
        for package in sorted(known.python, key=lambda each: each.name.lower()):
            if package.requirement is None:
                came = "came from a local folder or file: COPY that and install it"
                notes.append(f"# {one_line(package.name)} {one_line(package.version)} {came}")
                continue
            key = (package.interpreter, package.location in known.managed)
            folders.setdefault(key, []).append(shlex.quote(one_line(package.requirement)))
        lines = []
        made: set[str] = set()
        for (interpreter, managed), words in folders.items():
            if interpreter is not None and interpreter in known.made_here and interpreter not in made:
                made.add(interpreter)
                lines.append(_interpreter_line(interpreter, known.made_here[interpreter]))
            pip = f"{shlex.quote(interpreter)} -m pip" if interpreter else "pip"
            option = "--break-system-packages " if managed else ""
            lines.append(f"RUN {pip} install --no-cache-dir {option}{' '.join(words)}")
        if not lines and not notes:
            sentence = "Files in Python's package folders that no installed package claims: compiled or left over."
            return InstallLines(sentence, ())
        sentence = (
            "Add this to the Dockerfile of the image, or install these packages into a user base on a volume"
            " (pip install --user)."
        )
        return InstallLines(sentence, (*lines, *notes))


def _interpreter_line(program: str, base: str | None) -> str:
    """What has to be in the image before a package is installed for an interpreter that was made here."""
    if base is None:
        return f"# {one_line(program)} was installed here too: put it into the image first"
    folder = os.path.dirname(os.path.dirname(program))
    return f"RUN {shlex.quote(one_line(base))} -m venv {shlex.quote(one_line(folder))}"
