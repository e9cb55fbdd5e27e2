"""Reads ``smb.conf``: which shares this machine exports. Pure. Source of the format: ``smb.conf(5)``."""

from __future__ import annotations

from typing import NamedTuple

FILES = ("/etc/samba/smb.conf", "/config/smb.conf")
_SPECIAL = frozenset({"global", "printers", "print$", "homes", "ipc$"})
_YES = frozenset({"yes", "true", "1", "on"})
_SYNONYMS = {"public": "guest ok", "directory": "path", "writeable": "writable", "write ok": "writable"}


class ExportedFolder(NamedTuple):
    """A section that exports a folder, with what ``[global]`` says for all."""

    name: str
    path: str | None
    read_only: bool
    guest: bool


def read_conf(text: str) -> tuple[ExportedFolder, ...]:
    """The exported folders in the file's order. A line that makes no sense is passed over, as smbd does."""
    sections: dict[str, dict[str, str]] = {}
    current: dict[str, str] = {}
    for line in _joined(text):
        if line.startswith("[") and "]" in line:
            current = sections.setdefault(line[1 : line.index("]")].strip(), {})
        elif "=" in line:
            name, _, value = line.partition("=")
            # smbd ignores case and the number of spaces in a parameter's name.
            plain = " ".join(name.lower().split())
            current[_SYNONYMS.get(plain, plain)] = value.strip()
    common = next((values for name, values in sections.items() if name.lower() == "global"), {})
    return tuple(
        _export(name, {**common, **values}) for name, values in sections.items() if name.lower() not in _SPECIAL
    )


def _export(name: str, values: dict[str, str]) -> ExportedFolder:
    read_only = values.get("read only", "yes").lower() in _YES
    if "writable" in values:
        read_only = values["writable"].lower() not in _YES
    return ExportedFolder(
        name=name, path=values.get("path"), read_only=read_only, guest=values.get("guest ok", "no").lower() in _YES
    )


def _joined(text: str) -> list[str]:
    """Lines without comments, continued ones (backslash at the end) put together."""
    lines: list[str] = []
    pending = ""
    for raw in text.splitlines():
        line = pending + raw.strip()
        pending = ""
        if line.endswith("\\"):
            pending = line[:-1]
        elif line and line[0] not in "#;":
            lines.append(line)
    return lines
