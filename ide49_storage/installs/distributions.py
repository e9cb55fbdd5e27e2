"""The distributions of a folder of packages: the heads of their METADATA and their RECORDs, read as files.

Reading them ourselves takes a tenth of ``importlib.metadata``'s time, and works for an interpreter that is
not this one. A distribution whose files are damaged is still named: that is what repair needs.
"""

from __future__ import annotations

import base64
import contextlib
import csv
import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from ..python.living import Living

_HEAD = 200_000


class Distribution(msgspec.Struct, frozen=True, kw_only=True):
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


class LeadsAway(ValueError):
    """Files of a distribution lie on a share, to which a link or a mount leads: nobody may touch them from here."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} leads to a share")
        self.path = path


class Row(msgspec.Struct, frozen=True):
    """One line of a RECORD: path (relative to the site), ``sha256=...`` or empty, size or ``None``."""

    path: str
    digest: str
    size: int | None


def normal(name: str) -> str:
    """The name by which the index knows a distribution."""
    return re.sub(r"[-_.]+", "-", name).lower()


def scan(site: str) -> tuple[Distribution, ...]:
    """All distributions of a local folder, by name. Left-overs (``~ame``) are not among them, nor what a link or a
    mount puts on a share. Missing folder: none.
    """
    near, _ = _entries(site)
    found = (_read(site, name) for name in near)
    return tuple(each for each in found if each is not None)


def far_entries(site: str) -> tuple[str, ...]:
    """Full paths of the metadata in a local folder that a link or a mount puts on a share."""
    return tuple(os.path.join(site, name) for name in _entries(site)[1])


def _entries(site: str) -> tuple[list[str], list[str]]:
    """The names of metadata that may be read, and of such that may not."""
    try:
        names = sorted(name for name in os.listdir(site) if _is_metadata(name) and not name.startswith("~"))
    except OSError:
        return [], []
    living = Living(os.path.join(site, name) for name in names)
    near = [name for name in names if living.local(os.path.join(site, name))]
    return near, sorted(set(names) - set(near))


def leftovers(site: str) -> tuple[str, ...]:
    """What a killed pip left: names beginning with ``~``."""
    try:
        return tuple(sorted(name for name in os.listdir(site) if name.startswith("~")))
    except OSError:
        return ()


def read_leftover(site: str, name: str) -> Distribution | None:
    """The distribution whose metadata a left-over ``~ame-1.0.dist-info`` is."""
    return _read(site, name) if _is_metadata(name) else None


def _is_metadata(name: str) -> bool:
    return name.endswith((".dist-info", ".egg-info"))


def _read(site: str, folder: str) -> Distribution | None:
    path = os.path.join(site, folder)
    head = _head(path)
    fields = parse_head(head)
    stem = folder.rpartition(".")[0]
    shown = (fields.get("name") or [stem.partition("-")[0]])[0]
    version = (fields.get("version") or [stem.partition("-")[2].partition("-py")[0] or "0"])[0]
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", shown):
        return None
    return Distribution(
        site=site,
        folder=folder,
        name=normal(shown),
        shown_name=shown,
        version=version,
        requires=tuple(fields.get("requires-dist", ())),
        requested=os.path.exists(os.path.join(path, "REQUESTED")),
        has_record=os.path.isfile(os.path.join(path, "RECORD")) or folder.endswith(".egg-info"),
        direct_url=_text(os.path.join(path, "direct_url.json")),
    )


def _head(path: str) -> str:
    for name in ("METADATA", "PKG-INFO"):
        text = _text(os.path.join(path, name))
        if text is not None:
            return text
    return _text(path) or ""


def _text(path: str) -> str | None:
    try:
        with open(path, "rb") as file:
            return file.read(_HEAD).decode("utf-8", "replace")
    except OSError:
        return None


def parse_head(text: str) -> dict[str, list[str]]:
    """The header fields of METADATA, by lower-case name. The description is not read."""
    fields: dict[str, list[str]] = {}
    last: list[str] | None = None
    for line in text.splitlines():
        if not line.strip():
            break
        if line[0] in " \t":
            if last:
                last[-1] += " " + line.strip()
            continue
        key, colon, value = line.partition(":")
        if colon:
            last = fields.setdefault(key.strip().lower(), [])
            last.append(value.strip())
    return fields


def record(distribution: Distribution) -> tuple[Row, ...]:
    """The RECORD's lines; none where there is no RECORD."""
    text = _whole(os.path.join(distribution.path, "RECORD"))
    return parse_record(text) if text is not None else ()


def _whole(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
            return file.read()
    except OSError:
        return None


def parse_record(text: str) -> tuple[Row, ...]:
    """RECORD is CSV: path, digest, size. Lines that are none are passed over."""
    rows = []
    try:
        for fields in csv.reader(text.splitlines()):
            if fields and fields[0]:
                size = fields[2] if len(fields) > 2 else ""
                digest = fields[1] if len(fields) > 1 else ""
                rows.append(Row(fields[0], digest, int(size) if size.isdecimal() else None))
    except csv.Error:
        return tuple(rows)
    return tuple(rows)


def files(distribution: Distribution) -> Iterator[str]:
    """Absolute paths of all that belongs to a distribution: RECORD, its metadata, the byte code of its modules.
    Raises ``LeadsAway``.

    Without a RECORD: what ``installed-files.txt`` or ``top_level.txt`` names, else the folder of its name.
    """
    site = distribution.site
    listed = [os.path.normpath(os.path.join(site, row.path)) for row in record(distribution)]
    if not listed:
        listed = list(_files_without_record(distribution))
    stay_here(listed)
    yield from listed
    for folder in sorted({os.path.dirname(path) for path in listed if path.endswith(".py")}):
        yield from _byte_code(folder, {os.path.basename(path) for path in listed})
    yield from walk(distribution.path)


def stay_here(paths: Iterable[str]) -> None:
    """Raises ``LeadsAway`` if the folder of one of these paths is on a share. Nothing there is touched."""
    folders = {os.path.dirname(path) for path in paths}
    living = Living(folders)
    for folder in sorted(folders):
        if not living.local(folder):
            raise LeadsAway(folder)


def _byte_code(folder: str, modules: set[str]) -> Iterator[str]:
    cache = os.path.join(folder, "__pycache__")
    try:
        names = os.listdir(cache)
    except OSError:
        return
    for name in names:
        if name.partition(".")[0] + ".py" in modules:
            yield os.path.join(cache, name)


def _files_without_record(distribution: Distribution) -> Iterator[str]:
    site, path = distribution.site, distribution.path
    installed = _whole(os.path.join(path, "installed-files.txt"))
    if installed is not None:
        for line in installed.splitlines():
            yield os.path.normpath(os.path.join(path, line))
        return
    top = (_whole(os.path.join(path, "top_level.txt")) or distribution.name.replace("-", "_")).split()
    for name in top:
        if re.fullmatch(r"\w+", name):
            yield from walk(os.path.join(site, name))
            yield from walk(os.path.join(site, name + ".py"))
    if distribution.folder.endswith(".egg-info"):
        yield from walk(os.path.join(site, "easy-install.pth"))


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


def damaged(distribution: Distribution, hashes: bool = False) -> str | None:
    """What is wrong with the files of a distribution, by its RECORD: a sentence, or ``None``.

    Sizes only, unless ``hashes``: reading everything of 300 distributions takes ten seconds.
    """
    if not distribution.has_record:
        return "its RECORD is missing, so pip can neither upgrade nor remove it"
    rows = record(distribution)
    try:
        stay_here(os.path.join(distribution.site, row.path) for row in rows)
    except LeadsAway as error:
        return str(error)
    for row in rows:
        path = os.path.join(distribution.site, row.path)
        try:
            seen = os.lstat(path)
            if stat.S_ISLNK(seen.st_mode) and not Living().local(path):
                return f"{path} leads to a share"
            size = os.stat(path).st_size
        except OSError:
            if row.digest:
                return f"{row.path} is missing"
            continue
        if row.size is not None and size != row.size:
            return f"{row.path} has {size} bytes, RECORD says {row.size}"
        if hashes and row.digest and not _same(path, row.digest):
            return f"{row.path} is not what was installed (its hash differs)"
    return None


def _same(path: str, digest: str) -> bool:
    algorithm, _, expected = digest.partition("=")
    if algorithm not in ("sha256", "sha384", "sha512"):
        return True
    made = hashlib.new(algorithm)
    try:
        with open(path, "rb") as file:
            for part in iter(lambda: file.read(1 << 20), b""):
                made.update(part)
    except OSError:
        return False
    return base64.urlsafe_b64encode(made.digest()).rstrip(b"=").decode() == expected.rstrip("=")


def modules(distribution: Distribution) -> tuple[str, ...]:
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


def overlay(*layers: Sequence[Distribution]) -> dict[str, Distribution]:
    """What an interpreter sees: the first folder on its path that has a name wins."""
    seen: dict[str, Distribution] = {}
    for layer in layers:
        for each in layer:
            seen.setdefault(each.name, each)
    return seen


class Unmet(msgspec.Struct, frozen=True, order=True):
    """A requirement that is not met: who needs it, what, and which version is there (``None``: none)."""

    name: str
    requirement: str
    found: str | None


def unmet(seen: Mapping[str, Distribution], markers: Mapping[str, str]) -> frozenset[Unmet]:
    """What ``pip check`` would say of these distributions under an interpreter's markers. Pure."""
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.version import InvalidVersion

    missing = set()
    for each in seen.values():
        for text in each.requires:
            try:
                needed = Requirement(text)
                if needed.marker and not needed.marker.evaluate({**markers, "extra": ""}):
                    continue
                there = seen.get(normal(needed.name))
                if there is not None and needed.specifier.contains(there.version, prereleases=True):
                    continue
            except (InvalidRequirement, InvalidVersion):
                continue
            short = f"{needed.name}{needed.specifier}"
            missing.add(Unmet(each.name, short, there.version if there else None))
    return frozenset(missing)


def needed_by(seen: Mapping[str, Distribution], markers: Mapping[str, str], root: str) -> dict[str, tuple[str, ...]]:
    """For each distribution of ``root``'s closure: which of that closure need it. Pure."""
    needs: dict[str, set[str]] = {}
    todo, done = [root], set()
    while todo:
        name = todo.pop()
        if name in done or name not in seen:
            continue
        done.add(name)
        for wanted in requirement_names(seen[name].requires, markers):
            needs.setdefault(wanted, set()).add(name)
            todo.append(wanted)
    return {name: tuple(sorted(by)) for name, by in needs.items()}


def requirement_names(requires: Iterable[str], markers: Mapping[str, str]) -> Iterator[str]:
    """The normalised names that these requirements name where their markers hold, extras left out."""
    from packaging.requirements import InvalidRequirement, Requirement

    for text in requires:
        with contextlib.suppress(InvalidRequirement):
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({**markers, "extra": ""}):
                yield normal(needed.name)
