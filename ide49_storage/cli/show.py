"""How answers look on a terminal: a table, or the JSON that REST would send."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ..model.json import encode


def add_json(parser: object) -> None:
    """Give a command its ``--json``."""
    parser.add_argument("--json", action="store_true", help="print the body of the REST call instead")  # type: ignore[attr-defined]  # argparse does not name the type of a subparser publicly


def print_json(answer: object) -> None:
    """The REST body and a newline, as bytes: a terminal's encoding must not change it."""
    sys.stdout.flush()
    sys.stdout.buffer.write(encode(answer) + b"\n")


def printable(text: str) -> str:
    """A path or name as it can be shown in one line of a terminal.

    Control characters (a name can hold a newline or an escape sequence) and undecodable bytes are
    written as backslash escapes.
    """
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # surrogateescape: one undecodable byte
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")


def size(count: int | None) -> str:
    """Bytes as a person reads them (``1.2 GB``, powers of 1000 as disks are sold); ``-`` if not known."""
    if count is None:
        return "-"
    import humanize

    return humanize.naturalsize(count)


def print_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A plain table, columns as wide as their content."""
    from tabulate import tabulate

    print(tabulate(rows, headers=headers, tablefmt="plain", disable_numparse=True))
