"""What dpkg and apt know: which packages came since, which paths are theirs, when they were installed.

Sources: ``dpkg-query(1)`` and deb-policy for ``status``; the ``.list`` files are dpkg's own record of
what it unpacked; ``apt-mark`` keeps ``extended_states``.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator

INFO = b"/var/lib/dpkg/info"
_LOG_TAIL = 4 << 20
#: dpkg.log has whole seconds, and what a trigger wrote may be a moment younger than the last line.
_LOG_BEFORE, _LOG_AFTER = 1, 2
_MERGED = (b"bin", b"sbin", b"lib", b"lib32", b"lib64", b"libx32", b"libo32")
_LINE = rb"(?m)^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (\w+)"


def package_of(list_name: bytes) -> str:
    """The package of ``NAME.list`` or ``NAME:ARCH.list``."""
    return os.fsdecode(list_name[: -len(b".list")]).partition(":")[0]


class Merge:
    """Puts a path as dpkg lists it (``/bin/sh``) where the file is on a merged system (``/usr/bin/sh``)."""

    def __init__(self, links: Iterable[tuple[bytes, bytes]]) -> None:
        """``links``: names of top folders that are links, and their targets."""
        self._to = {name: b"/" + target.strip(b"/") for name, target in links}

    def __call__(self, path: bytes) -> bytes:
        """The path on this system."""
        top, slash, rest = path[1:].partition(b"/")
        to = self._to.get(top)
        return path if to is None or not slash else to + b"/" + rest


def listed(text: bytes, merge: Merge) -> Iterator[bytes]:
    """The paths of a ``.list`` file."""
    for line in text.split(b"\n"):
        if line.startswith(b"/") and line != b"/.":
            yield merge(line)


def windows(log: bytes, since: float) -> list[tuple[int, int]]:
    """When dpkg ran, from ``dpkg.log`` (this zone's local time), later than ``since`` (seconds): spans in ns."""
    spans: list[list[float]] = []
    for match in re.finditer(_LINE, log):
        try:
            moment = time.mktime(time.strptime(match[1].decode(), "%Y-%m-%d %H:%M:%S"))
        except (ValueError, OverflowError):
            continue
        if moment + 1 < since:
            continue
        if match[2] == b"startup" or not spans:
            spans.append([moment, moment])
        spans[-1][1] = max(moment, spans[-1][1])
    return [(int(a - _LOG_BEFORE) * 10**9, int(b + _LOG_AFTER) * 10**9) for a, b in spans]


def fields(text: str, wanted: Collection[str], field: str) -> dict[str, str]:
    """From paragraphs such as dpkg's ``status``: of each wanted package, the named field."""
    found = {}
    for paragraph in re.split(r"\n\n+", text):
        name = re.match(r"Package: (\S+)", paragraph)
        value = re.search(rf"^{re.escape(field)}: *(.*)$", paragraph, re.MULTILINE)
        if name and value and name[1] in wanted:
            found[name[1]] = value[1].strip()
    return found


def left_out_by(settings: str) -> Callable[[str], bool]:
    """Whether dpkg was told not to unpack a path: ``path-exclude`` and ``path-include``, the last match counts."""
    import fnmatch

    rules = re.findall(r"^\s*path-(exclude|include)\s*=?\s*(\S+)", settings, re.MULTILINE)

    def left_out(path: str) -> bool:
        verdict = False
        for word, pattern in rules:
            if fnmatch.fnmatchcase(path, pattern):
                verdict = word == "exclude"
        return verdict

    return left_out


def diverted(text: bytes) -> frozenset[bytes]:
    """The paths that some package moved aside, from ``/var/lib/dpkg/diversions`` (three lines each)."""
    return frozenset(text.split(b"\n")[::3])


class Dpkg:
    """The dpkg database below ``root``. What cannot be read counts as empty."""

    def __init__(self, root: bytes) -> None:
        self._root = root
        self.merge = Merge(self._links())

    def _links(self) -> Iterator[tuple[bytes, bytes]]:
        for name in _MERGED:
            with contextlib.suppress(OSError):
                yield name, os.readlink(self._root + b"/" + name)

    @functools.cached_property
    def _status(self) -> str:
        return os.fsdecode(self.read(b"/var/lib/dpkg/status"))

    def read(self, path: bytes, tail: int | None = None) -> bytes:
        """A file's bytes, the last ``tail`` of them."""
        try:
            with open(self._root + path, "rb") as file:
                if tail is not None:
                    file.seek(max(0, os.fstat(file.fileno()).st_size - tail))
                return file.read()
        except OSError:
            return b""

    def list_names(self) -> list[bytes]:
        """The ``.list`` files of all installed packages."""
        try:
            return [name for name in os.listdir(self._root + INFO) if name.endswith(b".list")]
        except OSError:
            return []

    def paths(self, list_name: bytes) -> Iterator[bytes]:
        """What one ``.list`` file lists."""
        return listed(self.read(INFO + b"/" + list_name), self.merge)

    def windows(self, since_ns: int | None) -> list[tuple[int, int]]:
        """When dpkg ran since the container was made."""
        return windows(self.read(b"/var/log/dpkg.log", _LOG_TAIL), (since_ns or 0) / 1e9)

    def describe(self, names: Collection[str]) -> dict[str, tuple[str | None, bool]]:
        """Of each package its version, and whether it only came as a dependency."""
        if not names:
            return {}
        states = os.fsdecode(self.read(b"/var/lib/apt/extended_states"))
        versions, automatic = fields(self._status, names, "Version"), fields(states, names, "Auto-Installed")
        return {name: (versions.get(name), automatic.get(name) == "1") for name in names}

    def removed(self, names: Collection[str]) -> frozenset[str]:
        """Those of the packages that were taken away again: of such dpkg keeps a list of what is left to purge."""
        if not names:
            return frozenset()
        states = fields(self._status, names, "Status")
        return frozenset(name for name, state in states.items() if state.endswith((" config-files", " not-installed")))

    def missing(self, changed: Collection[bytes], look: Callable[[bytes], bool]) -> Iterator[tuple[bytes, str]]:
        """Listed paths that are not there, and their packages.

        Only in ``changed`` folders: a deletion changes the folder. ``look`` says whether a path is there.
        """
        settings = [self.read(b"/etc/dpkg/dpkg.cfg")]
        folder = b"/etc/dpkg/dpkg.cfg.d"
        with contextlib.suppress(OSError):
            settings += [self.read(folder + b"/" + name) for name in sorted(os.listdir(self._root + folder))]
        left_out = left_out_by(os.fsdecode(b"\n".join(settings)))
        moved = diverted(self.read(b"/var/lib/dpkg/diversions"))
        seen = set()
        for name in self.list_names():
            for path in self.paths(name):
                if path.rpartition(b"/")[0] not in changed or path in moved or path in seen:
                    continue
                seen.add(path)
                if not look(path) and not left_out(os.fsdecode(path)):
                    yield path, package_of(name)
