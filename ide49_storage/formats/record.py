"""RECORD, a distribution's list of its files. Source: "Recording installed projects" of the Packaging User Guide."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import NamedTuple

from .reading import read_head

#: A RECORD that is longer is not read: the largest real ones (20,000 files) have 3 MB.
MOST_RECORD = 20_000_000
#: So many files of one distribution are looked at.
MOST_FILES = 50_000
_ALGORITHMS = ("sha256", "sha384", "sha512")


class Row(NamedTuple):
    """One file: its path relative to the site directory, ``sha256=...`` or empty, its size or ``None``."""

    path: str
    digest: str
    size: int | None


def parse_record(text: str, most: int = MOST_FILES) -> tuple[Row, ...]:
    """The first ``most`` rows of a RECORD (CSV: path, digest, size). Lines that are none are passed over."""
    rows: list[Row] = []
    try:
        for fields in csv.reader(text.splitlines()):
            if fields and fields[0] and "\0" not in fields[0] and len(rows) < most:
                path, digest, size, *_ = fields if len(fields) == 3 else (*fields, "", "")
                rows.append(Row(path, digest, int(size) if size.isdecimal() else None))
    except csv.Error:  # such as a field of more than 128 kB: what came before it stands
        pass
    return tuple(rows)


def read_record(folder: str) -> tuple[Row, ...] | None:
    """The RECORD in a ``.dist-info`` folder (its full path); ``None`` if there is none that can be read."""
    try:
        content = read_head(f"{folder}/RECORD", MOST_RECORD + 1)
    except OSError:
        return None
    return parse_record(content.decode("utf-8", "surrogateescape")) if len(content) <= MOST_RECORD else None


def same_content(path: str, digest: str) -> bool:
    """Whether a file has the digest of its row. One by an algorithm that RECORD does not allow tells nothing: true."""
    import base64
    import hashlib  # loads OpenSSL, which a process that only reads lists can do without

    algorithm, _, expected = digest.partition("=")
    if algorithm not in _ALGORITHMS:
        return True
    made = hashlib.new(algorithm)
    try:
        for part in _parts(path):
            made.update(part)
    except OSError:
        return False
    return base64.urlsafe_b64encode(made.digest()).rstrip(b"=").decode() == expected.rstrip("=")


def _parts(path: str) -> Iterator[bytes]:
    with open(path, "rb") as file:
        yield from iter(lambda: file.read(1 << 20), b"")
