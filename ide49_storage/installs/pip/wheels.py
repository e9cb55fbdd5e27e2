"""Which files an installation of a wheel makes, known before a single one is written."""

from __future__ import annotations

import configparser
import os
import zipfile
from collections.abc import Iterable, Iterator

import msgspec

from ...formats.metadata import headers
from ...python.site_packages.scan import normalize


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """Where a ``--user`` installation puts things. ``cache_tag`` as in ``module.cpython-311.pyc``."""

    base: str
    site: str
    scripts: str
    headers: str
    cache_tag: str
    python: str


class Wheel(msgspec.Struct, frozen=True, kw_only=True):
    """A wheel: its normalised name, version, the absolute paths it will make, and bytes when unpacked."""

    file: str
    name: str
    version: str
    paths: tuple[str, ...]
    unpacked: int


#: What pip itself adds to the metadata.
_ADDED = ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json")


def read_wheel(file: str, layout: Layout) -> Wheel:
    """Read a wheel. Raises ``OSError``, ``zipfile.BadZipFile``, or ``ValueError`` for one without metadata."""
    with zipfile.ZipFile(file) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        names = [info.filename for info in infos]
        metadata = next((name for name in names if name.endswith(".dist-info/METADATA") and name.count("/") == 1), None)
        if metadata is None:
            raise ValueError(f"{os.path.basename(file)} has no metadata")
        info_folder = metadata.partition("/")[0]
        fields = headers(archive.read(metadata).decode("utf-8", "replace"))
        entry_file = f"{info_folder}/entry_points.txt"
        entries = archive.read(entry_file).decode("utf-8", "replace") if entry_file in names else ""
    name = normalize(fields.get("name", [""])[0])
    made = set(installed_paths(names, name, layout))
    made |= {os.path.join(layout.site, info_folder, each) for each in _ADDED}
    made |= {os.path.join(layout.scripts, each) for each in script_names(entries, layout.python)}
    # Byte code is about as large as its source.
    size = sum(info.file_size * (2 if info.filename.endswith(".py") else 1) for info in infos)
    # pip takes the last metadata version there is; a wheel has one.
    version = fields.get("version", [""])[0]
    return Wheel(file=file, name=name, version=version, paths=tuple(sorted(made)), unpacked=size)


def installed_paths(names: Iterable[str], name: str, layout: Layout) -> Iterator[str]:
    """Where the files of a wheel go, with the byte code of its modules. None outside of the base."""
    for each in names:
        path = os.path.normpath(_target(each, name, layout))
        if not path.startswith(layout.base.rstrip("/") + "/"):
            continue
        yield path
        if path.endswith(".py"):
            folder, module = os.path.split(path)
            yield os.path.join(folder, "__pycache__", f"{module[:-3]}.{layout.cache_tag}.pyc")


def _target(entry: str, name: str, layout: Layout) -> str:
    first, _, rest = entry.partition("/")
    if not first.endswith(".data"):
        return os.path.join(layout.site, entry)
    scheme, _, inner = rest.partition("/")
    roots = {
        "purelib": layout.site,
        "platlib": layout.site,
        "scripts": layout.scripts,
        "data": layout.base,
        "headers": os.path.join(layout.headers, name),
    }
    return os.path.join(roots.get(scheme, layout.site), inner)


def script_names(entry_points: str, python: str) -> Iterator[str]:
    """The commands that an ``entry_points.txt`` makes. pip makes further names for itself."""
    parser = configparser.RawConfigParser(delimiters=("=",), strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # the documented way to keep upper case
    try:
        parser.read_string(entry_points)
    except configparser.Error:
        return
    for section in ("console_scripts", "gui_scripts"):
        if parser.has_section(section):
            for name in parser.options(section):
                yield name
                if name in ("pip", "easy_install"):
                    yield from (f"{name}3", f"{name}{python}", f"{name}-{python}")
