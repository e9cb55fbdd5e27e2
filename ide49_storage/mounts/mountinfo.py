"""Reads and parses ``/proc/self/mountinfo``. Parsing takes bytes and gives a record for each line; it never raises.

Source of the format: ``proc_pid_mountinfo(5)``. A line is::

    36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
    id parent device root mount_point options optional... - fs_type source super_options
"""

from __future__ import annotations

import re
import select

import msgspec

from ..model.mounts import LineProblem
from .mountinfo_events import MOUNTINFO
from .redact import redact_options, redact_source

_MOST_READINGS = 5
_OCTAL = re.compile(rb"\\([0-3][0-7]{2})")
_MANGLED = re.compile(rb"[\x00-\x20\\#\x7f]")
# Ids are 32 bit; with more than 18 digits it is none, and JSON could not carry it.
# Some WSL2 kernels leave spaces in the super options, so they are all that is left of the line.
_LINE = re.compile(
    r"""([0-9]{1,18})\ ([0-9]{1,18})\ ([0-9]{1,10}:[0-9]{1,10})\ ([^ ]*)\ (/[^ ]*)\ ([^ ]*)
        ((?:\ [^ ]*)*?)\ -\ ([^ ]*)\ ([^ ]*)\ (.*)""",
    re.VERBOSE | re.DOTALL,
)


class MountRow(msgspec.Struct, frozen=True, gc=False):
    """One line of mountinfo, its escapes undone and its secrets left out.

    ``device`` is ``major:minor``; ``root`` the folder of that file system which is shown (not always a
    path: ``net:[4026531840]``); ``line`` counts from 1, and is 0 in a row that no line stands for.
    """

    id: int
    parent: int
    device: str
    root: str
    mount_point: str
    mount_options: tuple[str, ...]
    optional: tuple[str, ...]
    fs_type: str
    source: str
    super_options: tuple[str, ...]
    line: int

    @property
    def read_only(self) -> bool:
        """``ro`` for this mount alone or for the whole file system."""
        return "ro" in self.mount_options or "ro" in self.super_options

    def super_value(self, name: str) -> str | None:
        """The value of the super option ``name=value``, ``None`` without one."""
        start = name + "="
        for option in self.super_options:
            if option.startswith(start):
                return option[len(start) :]
        return None


def read_mountinfo(path: str = MOUNTINFO) -> bytes:
    """All of mountinfo, from one state of the table. Raises ``OSError``.

    The kernel hands it out in pieces, and a mount may come or go between two of them. It announces that
    on the open file, so the reading is repeated.
    """
    with open(path, "rb", buffering=0) as file:
        data = b""
        for _ in range(_MOST_READINGS):
            file.seek(0)
            data = file.readall()
            if not _announced(file.fileno()):
                break
        return data


def _announced(descriptor: int) -> bool:
    """Whether the mounts changed since the last call: always false for an ordinary file."""
    poll = select.poll()
    poll.register(descriptor, select.POLLPRI)
    return any(event & (select.POLLPRI | select.POLLERR) for _, event in poll.poll(0))


def unescape(text: str) -> str:
    r"""Undo the kernel's ``\NNN``: on bytes, since one character may be several of them."""
    if "\\" not in text:
        return text
    raw = text.encode("utf-8", "surrogateescape")
    return _OCTAL.sub(lambda octal: bytes((int(octal[1], 8),)), raw).decode("utf-8", "surrogateescape")


def escape(text: str) -> str:
    r"""Write ``text`` as the kernel would, so that it is one field: space as ``\040`` and so on."""
    raw = text.encode("utf-8", "surrogateescape")
    return _MANGLED.sub(lambda byte: b"\\%03o" % byte[0][0], raw).decode("utf-8", "surrogateescape")


def parse(data: bytes) -> tuple[list[MountRow], list[LineProblem]]:
    """The rows of mountinfo in the file's order, and the lines that could not be read.

    Of two lines with one mount id the later stands, and the earlier is reported.
    """
    rows: dict[int, MountRow] = {}
    known: dict[str, tuple[str, ...]] = {}
    problems: list[LineProblem] = []
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    if lines[-1] == "":
        lines.pop()
    for number, line in enumerate(lines, 1):
        row = _parse_line(line, number, known)
        if isinstance(row, str):
            problems.append(LineProblem(line=number, problem=row))
            continue
        earlier = rows.pop(row.id, None)
        if earlier is not None:
            text = f"mount id {row.id} is given again on line {number}, and that line counts"
            problems.append(LineProblem(line=earlier.line, problem=text))
        rows[row.id] = row
    problems.sort(key=lambda problem: problem.line)
    return list(rows.values()), problems


def _parse_line(line: str, number: int, known: dict[str, tuple[str, ...]]) -> MountRow | str:
    """The row of one line, or what is wrong with it. ``known`` has options met before: most lines share theirs."""
    fields = _LINE.match(line)
    if fields is None:
        return _what_is_wrong(line)
    mount_id, parent, device, root, mount_point, own, optional, fs_type, source, super_options = fields.groups()
    if "\\" in line:
        root, mount_point, source = unescape(root), unescape(mount_point), unescape(source)
    for text in (own, super_options):
        if text not in known:
            known[text] = redact_options([unescape(option) for option in text.split(",")])
    return MountRow(
        int(mount_id),
        int(parent),
        device,
        root,
        mount_point,
        known[own],
        tuple(optional.split(" ")[1:]) if optional else (),
        fs_type,
        redact_source(source),
        known[super_options],
        number,
    )


def _what_is_wrong(line: str) -> str:
    """Why ``_LINE`` does not match, for a person."""
    fields = line.split(" ")
    if "-" not in fields[6:]:
        return "no lone '-' after the sixth field"
    if len(fields) < fields.index("-", 6) + 4:
        return "fewer than three fields after the lone '-'"
    if not fields[4].startswith("/"):
        return "the mount point does not start with '/'"
    return "the mount id, the parent's id or the device (major:minor) is not a number"
