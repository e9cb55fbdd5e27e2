"""The distributions of a folder of packages: the heads of their METADATA and their RECORDs, read as files.

Reading them ourselves takes a tenth of ``importlib.metadata``'s time, and works for an interpreter that is
not this one. A distribution whose files are damaged is still named: that is what repair needs.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from ..formats.metadata import MOST_HEADERS, headers
from ..formats.reading import read_text
from ..formats.record import Row, read_record, same_content
from ..model.packages import Unmet
from ..mounts.locator import PathLocator
from ..python.site_packages import dependencies
from ..python.site_packages.scan import is_name, normalize


class InstalledDistribution(msgspec.Struct, frozen=True, kw_only=True):
    """One ``*.dist-info`` or ``*.egg-info``. ``folder`` is its name within ``site``.

    ``name`` is normalised. ``requires`` are ``Requires-Dist`` values as they stand. ``requested``: a person
    named it. ``direct_url`` is the text of ``direct_url.json``.
    """

    site: str
    folder: str
    name: str
    shown_name: str
    version: str
    requires: tuple[str, ...] = ()
    requested: bool = False
    has_record: bool = True
    direct_url: str | None = None

    @property
    def path(self) -> str:
        """The full path of the metadata."""
        return os.path.join(self.site, self.folder)


class OnRemoteStorage(ValueError):
    """Files of a distribution lie on a share, to which a link or a mount leads: nobody may touch them from here."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} leads to a share")
        self.path = path


def scan(site: str) -> tuple[InstalledDistribution, ...]:
    """All distributions of a local folder, by name. Left-overs (``~ame``) are not among them, nor what a link or a
    mount puts on a share. Missing folder: none.
    """
    near, _ = _entries(site)
    found = (_read(site, name) for name in near)
    return tuple(each for each in found if each is not None)


def remote_metadata(site: str) -> tuple[str, ...]:
    """Full paths of the metadata in a local folder that a link or a mount puts on a share."""
    return tuple(os.path.join(site, name) for name in _entries(site)[1])


def _entries(site: str) -> tuple[list[str], list[str]]:
    """The names of metadata that may be read, and of such that may not."""
    try:
        names = sorted(name for name in os.listdir(site) if _is_metadata(name) and not name.startswith("~"))
    except OSError:
        return [], []
    locator = PathLocator(os.path.join(site, name) for name in names)
    near = [name for name in names if locator.is_local(os.path.join(site, name))]
    return near, sorted(set(names) - set(near))


def leftovers(site: str) -> tuple[str, ...]:
    """What a killed pip left: names beginning with ``~``."""
    try:
        return tuple(sorted(name for name in os.listdir(site) if name.startswith("~")))
    except OSError:
        return ()


def read_leftover(site: str, name: str) -> InstalledDistribution | None:
    """The distribution whose metadata a left-over ``~ame-1.0.dist-info`` is."""
    return _read(site, name) if _is_metadata(name) else None


def _is_metadata(name: str) -> bool:
    return name.endswith((".dist-info", ".egg-info"))


def _read(site: str, folder: str) -> InstalledDistribution | None:
    path = os.path.join(site, folder)
    head = _head(path)
    fields = headers(head)
    stem = folder.rpartition(".")[0]
    shown = (fields.get("name") or [stem.partition("-")[0]])[0]
    version = (fields.get("version") or [stem.partition("-")[2].partition("-py")[0] or "0"])[0]
    if not is_name(shown):
        return None
    return InstalledDistribution(
        site=site,
        folder=folder,
        name=normalize(shown),
        shown_name=shown,
        version=version,
        requires=tuple(fields.get("requires-dist", ())),
        requested=os.path.exists(os.path.join(path, "REQUESTED")),
        has_record=os.path.isfile(os.path.join(path, "RECORD")) or folder.endswith(".egg-info"),
        direct_url=read_text(os.path.join(path, "direct_url.json"), MOST_HEADERS),
    )


def _head(path: str) -> str:
    for name in ("METADATA", "PKG-INFO"):
        text = read_text(os.path.join(path, name), MOST_HEADERS)
        if text is not None:
            return text
    return read_text(path, MOST_HEADERS) or ""


def record(distribution: InstalledDistribution) -> tuple[Row, ...]:
    """The RECORD's lines; none where there is no RECORD."""
    return read_record(distribution.path) or ()


def require_local(paths: Iterable[str]) -> None:
    """Raises ``OnRemoteStorage`` if the folder of one of these paths is on a share. Nothing there is touched."""
    folders = {os.path.dirname(path) for path in paths}
    locator = PathLocator(folders)
    for folder in sorted(folders):
        if not locator.is_local(folder):
            raise OnRemoteStorage(folder)


def walk(path: str) -> Iterator[str]:
    """A file, or all files below a folder. Links are not followed. Nothing there: nothing."""
    if os.path.islink(path) or os.path.isfile(path):
        yield path
        return
    for folder, folders, names in os.walk(path):
        for name in names:
            yield os.path.join(folder, name)
        for name in folders:
            if os.path.islink(os.path.join(folder, name)):
                yield os.path.join(folder, name)


def damaged(distribution: InstalledDistribution, hashes: bool = False) -> str | None:
    """What is wrong with the files of a distribution, by its RECORD: a sentence, or ``None``.

    Sizes only, unless ``hashes``: reading everything of 300 distributions takes ten seconds.
    """
    if not distribution.has_record:
        return "its RECORD is missing, so pip can neither upgrade nor remove it"
    rows = record(distribution)
    try:
        require_local(os.path.join(distribution.site, row.path) for row in rows)
    except OnRemoteStorage as error:
        return str(error)
    for row in rows:
        path = os.path.join(distribution.site, row.path)
        try:
            seen = os.lstat(path)
            if stat.S_ISLNK(seen.st_mode) and not PathLocator().is_local(path):
                return f"{path} leads to a share"
            size = os.stat(path).st_size
        except OSError:
            if row.digest:
                return f"{row.path} is missing"
            continue
        if row.size is not None and size != row.size:
            return f"{row.path} has {size} bytes, RECORD says {row.size}"
        if hashes and row.digest and not same_content(path, row.digest):
            return f"{row.path} is not what was installed (its hash differs)"
    return None


def modules(distribution: InstalledDistribution) -> tuple[str, ...]:
    """The top-level modules a distribution brings, by its RECORD. Private ones (``_x``) only if there are no others."""
    found = set()
    for row in record(distribution):
        first, slash, rest = row.path.partition("/")
        if slash and rest == "__init__.py":
            found.add(first)
        elif not slash and first.endswith((".py", ".so")):
            found.add(first.partition(".")[0])
    found = {name for name in found if name.isidentifier() and name != "__pycache__"}
    return tuple(sorted(name for name in found if not name.startswith("_")) or sorted(found))


def effective_distributions(*layers: Sequence[InstalledDistribution]) -> dict[str, InstalledDistribution]:
    """What an interpreter sees: the first folder on its path that has a name wins."""
    seen: dict[str, InstalledDistribution] = {}
    for layer in layers:
        for each in layer:
            seen.setdefault(each.name, each)
    return seen


def unmet(seen: Mapping[str, InstalledDistribution], markers: Mapping[str, str]) -> frozenset[Unmet]:
    """What ``pip check`` would say of these distributions under an interpreter's markers. Pure."""
    return frozenset(dependencies.unmet(seen, markers))
