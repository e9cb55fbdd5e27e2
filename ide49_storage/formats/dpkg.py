"""What dpkg's and apt's own files say: lists of paths, ``status``, ``dpkg.log``, path rules, diversions. Pure.

Sources: ``dpkg-query(1)`` and deb-policy for ``status``; the ``.list`` files are dpkg's own record of what it unpacked;
``apt-mark`` keeps ``extended_states``.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator

#: dpkg.log has whole seconds, and what a trigger wrote may be a moment younger than the last line.
_LOG_BEFORE, _LOG_AFTER = 1, 2
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
