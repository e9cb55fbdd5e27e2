"""Distributions of a site directory, read without importlib.metadata: one scandir, and the head of each METADATA.

importlib.metadata parses every header of every file as an e-mail; name and version stand in the first lines.
"""

from __future__ import annotations

import errno
import os
import re
import zlib

import msgspec

from ...formats.compatibility import wheel_tags
from ...formats.reading import read_head, read_text
from ...model.packages import PackageProblem

#: Name and Version stand in the first lines; a file whose head has neither is read up to ``MOST_HEAD``.
HEAD = 2048
MOST_HEAD = 262_144
#: So many distributions are read of one directory.
MOST_FOLDERS = 20_000
_FIELD = re.compile(rb"^(name|version)[ \t]*:[ \t]*(.*?)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_RUN = re.compile(r"[-_.]+")
#: INSTALLER, direct_url.json and WHEEL have less than this.
_SMALL = 20_000


class SiteDistribution(msgspec.Struct, frozen=True, kw_only=True):
    """One distribution: ``entry`` is its folder or file in the site directory, ``files`` what that holds."""

    entry: str
    name: str
    version: str
    files: tuple[str, ...] = ()
    problems: tuple[PackageProblem, ...] = ()

    @property
    def normalized(self) -> str:
        """The name as indexes compare it."""
        return normalize(self.name)


class SiteScan(msgspec.Struct, frozen=True, kw_only=True):
    """A site directory: its distributions, what a killed pip left (``tildes``; those of them that are
    distributions again in ``tilde_dists``), and all other top-level names.
    """

    path: str
    problem: str | None = None
    dists: tuple[SiteDistribution, ...] = ()
    tildes: tuple[str, ...] = ()
    tilde_dists: tuple[SiteDistribution, ...] = ()
    names: tuple[str, ...] = ()
    cut: bool = False


def normalize(name: str) -> str:
    """PEP 503: runs of ``-_.`` are one ``-``, and case does not count."""
    return _RUN.sub("-", name).lower()


def is_name(text: str) -> bool:
    """Whether a project can have this name. Source: "Names and normalization" of the Packaging User Guide."""
    return _NAME.fullmatch(text) is not None


def scan(site: str, with_files: bool = True) -> SiteScan:
    """Read a site directory. Touches the file system; never raises: a ``problem`` says why it was not read."""
    try:
        with os.scandir(site) as entries:
            found = sorted(entry.name for entry in entries)
    except OSError as error:
        return SiteScan(path=site, problem=_why(error))
    dists: list[SiteDistribution] = []
    tilde_dists: list[SiteDistribution] = []
    tildes: list[str] = []
    others: list[str] = []
    for name in found:
        if name.startswith("~"):
            tildes.append(name)
            if name.endswith(".dist-info") and len(tilde_dists) < MOST_FOLDERS:
                tilde_dists.append(_read(site, name, with_files))
        elif name.endswith((".dist-info", ".egg-info")):
            if len(dists) < MOST_FOLDERS:
                dists.append(_read(site, name, with_files))
        elif name.endswith(".egg") and _is_egg(os.path.join(site, name)):
            if len(dists) < MOST_FOLDERS:
                dists.append(_read(site, name + "/EGG-INFO", with_files))
        else:
            others.append(name)
    return SiteScan(
        path=site,
        dists=tuple(dists),
        tildes=tuple(tildes),
        tilde_dists=tuple(tilde_dists),
        names=tuple(others),
        cut=len(dists) >= MOST_FOLDERS,
    )


def _why(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "its symbolic links lead in a circle"
    return {errno.ENOENT: "it is not there", errno.ENOTDIR: "it is no folder"}.get(
        error.errno or 0, f"it cannot be read: {error.strerror}"
    )


def _read(site: str, entry: str, with_files: bool) -> SiteDistribution:
    folder = f"{site}/{entry}"
    modern = entry.endswith(".dist-info")
    if entry.endswith(".egg/EGG-INFO") and os.path.isfile(os.path.dirname(folder)):
        content, problem = _zipped_head(os.path.dirname(folder))
    else:
        content, problem = _head(f"{folder}/METADATA" if modern else f"{folder}/PKG-INFO")
    if problem is PackageProblem.NO_METADATA and not modern:
        content, problem = _head(folder)  # distutils wrote a single file
    files = _listing(folder) if with_files else ()
    fields = _fields(content)
    name, version = fields.get(b"name", b""), fields.get(b"version", b"")
    problems = [problem] if problem else []
    text, bad = _decode(name)
    if bad:
        problems.append(PackageProblem.BAD_ENCODING)
    elif problem is None and not is_name(text):
        problems.append(PackageProblem.NO_NAME)
    guessed, guessed_version = _from_entry(entry)
    if with_files and modern and "RECORD" not in files:
        problems.append(PackageProblem.NO_RECORD)
    return SiteDistribution(
        entry=entry,
        name=text if is_name(text) else guessed,
        version=_decode(version)[0] or guessed_version,
        files=files,
        problems=tuple(problems),
    )


def _head(path: str) -> tuple[bytes, PackageProblem | None]:
    try:
        content = read_head(path, HEAD)
        if len(content) == HEAD and not _complete(content):
            content = read_head(path, MOST_HEAD)
            if not _complete(content) and len(content) >= MOST_HEAD:
                return content, PackageProblem.TOO_LONG
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return b"", PackageProblem.NO_METADATA
    except OSError:
        return b"", PackageProblem.UNREADABLE
    return content, None


def _is_egg(path: str) -> bool:
    import zipfile

    return os.path.isdir(f"{path}/EGG-INFO") or (os.path.isfile(path) and zipfile.is_zipfile(path))


def _zipped_head(egg: str) -> tuple[bytes, PackageProblem | None]:
    """The same of an egg that was left zipped, as ``setup.py install`` does."""
    import zipfile

    try:
        with zipfile.ZipFile(egg) as archive, archive.open("EGG-INFO/PKG-INFO") as file:
            return file.read(HEAD), None
    except KeyError:
        return b"", PackageProblem.NO_METADATA
    except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error):
        return b"", PackageProblem.UNREADABLE


def _complete(content: bytes) -> bool:
    return len(_fields(content)) == 2 or b"\n\n" in content or b"\r\n\r\n" in content


def _fields(content: bytes) -> dict[bytes, bytes]:
    """Name and version from the headers; the first of each counts, and the body after a blank line does not."""
    found: dict[bytes, bytes] = {}
    end = content.find(b"\n\n")
    for match in _FIELD.finditer(content, 0, end if end >= 0 else len(content)):
        found.setdefault(match[1].lower(), match[2])
        if len(found) == 2:
            break
    return found


def _decode(text: bytes) -> tuple[str, bool]:
    try:
        return text.decode("utf-8"), False
    except UnicodeDecodeError:
        return text.decode("latin-1"), True


def _from_entry(entry: str) -> tuple[str, str]:
    """Name and version as the folder's own name has them."""
    stem = entry.split("/", maxsplit=1)[0]
    for ending in (".dist-info", ".egg-info", ".egg"):
        stem = stem.removesuffix(ending)
    name, _, version = stem.partition("-")
    return name, version.split("-py")[0]


def _listing(folder: str) -> tuple[str, ...]:
    try:
        return tuple(os.listdir(folder))
    except OSError:
        return ()


class Details(msgspec.Struct, frozen=True, kw_only=True):
    """What else a distribution's folder says. ``direct_url`` is its JSON as text, ``tags`` its wheel's."""

    installer: str | None = None
    direct_url: str | None = None
    tags: tuple[str, ...] = ()


def details(site: str, dists: list[tuple[str, tuple[str, ...]]]) -> list[Details]:
    """Installer, direct URL and wheel tags of each ``(entry, names of its files)``."""
    found = []
    for entry, files in dists:
        folder = f"{site}/{entry}"
        installer = read_text(f"{folder}/INSTALLER", _SMALL) if "INSTALLER" in files else None
        url = read_text(f"{folder}/direct_url.json", _SMALL) if "direct_url.json" in files else None
        wheel = (read_text(f"{folder}/WHEEL", _SMALL) or "") if "WHEEL" in files else ""
        named = (installer or "").strip()[:40] or None
        found.append(Details(installer=named, direct_url=url, tags=wheel_tags(wheel)))
    return found
