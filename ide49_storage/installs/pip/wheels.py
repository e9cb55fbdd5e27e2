"""Which files an installation of a wheel makes, known before a single one is written."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from ...formats.metadata import headers
from ...jobs.user_base import named
from ...python.site_packages.scan import normalize
from ..claims import entry_names, record_names


class UserScheme(msgspec.Struct, frozen=True, kw_only=True):
    """Where a ``--user`` installation puts things. ``cache_tag`` as in ``module.cpython-311.pyc``."""

    base: str
    site: str
    scripts: str
    headers: str
    cache_tag: str
    python: str


class Wheel(msgspec.Struct, frozen=True, kw_only=True):
    """A wheel: its normalised name, version, the absolute paths it will make, and bytes when unpacked.
    ``outside`` is what its members, commands and RECORD name outside of the user base.
    """

    file: str
    name: str
    version: str
    paths: tuple[str, ...]
    unpacked: int
    outside: tuple[str, ...]


#: What pip itself adds to the metadata.
_ADDED = ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json")


def read_wheel(file: str, layout: UserScheme) -> Wheel:
    """Read a wheel. Raises ``OSError``, ``zipfile.BadZipFile``, or ``ValueError`` for one without metadata."""
    with zipfile.ZipFile(file) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        names = [info.filename for info in infos]
        metadata = next((name for name in names if name.endswith(".dist-info/METADATA") and name.count("/") == 1), None)
        if metadata is None:
            raise ValueError(f"{os.path.basename(file)} has no metadata")
        info_folder = metadata.partition("/")[0]
        fields = headers(archive.read(metadata).decode("utf-8", "replace"))
        entries = _text(archive, f"{info_folder}/entry_points.txt")
        rows = record_names(_text(archive, f"{info_folder}/RECORD"))
    name = normalize(fields.get("name", [""])[0])
    commands = list(script_names(entries, layout.python))
    made = set(installed_paths(names, name, layout))
    made |= {os.path.join(layout.site, info_folder, each) for each in _ADDED}
    made |= {path for each in commands if (path := _within(layout.scripts, each, layout)) is not None}
    # Byte code is about as large as its source.
    size = sum(info.file_size * (2 if info.filename.endswith(".py") else 1) for info in infos)
    # pip takes the last metadata version there is; a wheel has one.
    version = fields.get("version", [""])[0]
    return Wheel(
        file=file,
        name=name,
        version=version,
        paths=tuple(sorted(made)),
        unpacked=size,
        outside=tuple(_outside(names, rows, commands, name, layout)),
    )


def _text(archive: zipfile.ZipFile, name: str) -> str:
    try:
        return archive.read(name).decode("utf-8", "surrogateescape")
    except KeyError:
        return ""


def _outside(
    names: Sequence[str], rows: Sequence[str], commands: Sequence[str], name: str, layout: UserScheme
) -> Iterator[str]:
    """What leads out of the base. pip keeps a row that names no member as it stands, and deletes by it later."""
    members = frozenset(names)
    yield from (each for each in names if _within(*_target(each, name, layout), layout) is None)
    yield from (each for each in rows if each not in members and _within(layout.site, each, layout) is None)
    yield from (each for each in commands if _within(layout.scripts, each, layout) is None)


def _within(root: str, text: str, layout: UserScheme) -> str | None:
    """The path that ``text`` names from ``root``, by its words; ``None`` outside of the base. Pure."""
    return named(root, text, (layout.base,))


def installed_paths(names: Iterable[str], name: str, layout: UserScheme) -> Iterator[str]:
    """Where the files of a wheel go, with the byte code of its modules. None outside of the base."""
    for each in names:
        path = _within(*_target(each, name, layout), layout)
        if path is None:
            continue
        yield path
        if path.endswith(".py"):
            folder, module = os.path.split(path)
            yield os.path.join(folder, "__pycache__", f"{module[:-3]}.{layout.cache_tag}.pyc")


def _target(entry: str, name: str, layout: UserScheme) -> tuple[str, str]:
    """The folder to which pip unpacks a member, and the path from there. Pure."""
    first, _, rest = entry.partition("/")
    if not first.endswith(".data"):
        return layout.site, entry
    scheme, _, inner = rest.partition("/")
    roots = {
        "purelib": layout.site,
        "platlib": layout.site,
        "scripts": layout.scripts,
        "data": layout.base,
        "headers": os.path.join(layout.headers, name),
    }
    return roots.get(scheme, layout.site), inner


def script_names(entry_points: str, python: str) -> Iterator[str]:
    """The commands that an ``entry_points.txt`` makes. pip makes further names for itself."""
    for name in entry_names(entry_points):
        yield name
        if name in ("pip", "easy_install"):
            yield from (f"{name}3", f"{name}{python}", f"{name}-{python}")
