"""Finds the line of a start script that sets PATH inside an unquoted here-document. Pure."""

from __future__ import annotations

import re

import msgspec

_OPENS = re.compile(r"<<-?\s*(?P<quote>['\"\\]?)(?P<word>[A-Za-z_][A-Za-z0-9_]*)")
_SETS = re.compile(r"\bPATH=.*(?<!\\)\$\{?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\}?/bin")


class StartFault(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a start script that uses a variable in an unquoted here-document, where it is expanded too early."""

    script: str
    line: int
    text: str
    opened: int
    word: str


def here_document_faults(script: str, text: str) -> list[StartFault]:
    """Lines that put ``$VARIABLE/bin`` on PATH inside a here-document that sets VARIABLE itself, unquoted.

    The shell replaces the variable while it writes the document, before the document's own line sets it.
    """
    found: list[StartFault] = []
    opened: tuple[int, str] | None = None
    inside: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if opened is None:
            match = _OPENS.search(line.split("#", 1)[0])
            if match and not match["quote"]:
                opened, inside = (number, match["word"]), []
            continue
        if line.strip() == opened[1]:
            opened = None
            continue
        sets = _SETS.search(line)
        if sets and any(re.search(rf"\b{sets['name']}=", earlier) for earlier in inside):
            found.append(StartFault(script=script, line=number, text=line.strip(), opened=opened[0], word=opened[1]))
        inside.append(line)
    return found
