"""The header fields of METADATA and PKG-INFO, without the e-mail parser: it takes ten times as long. Pure."""

from __future__ import annotations

#: The description comes after the headers and can be long; no headers are longer than this.
MOST_HEADERS = 262_144


def headers(text: str) -> dict[str, list[str]]:
    """The values of each field, by its name in lower case, in order. A value may go on in indented lines."""
    fields: dict[str, list[str]] = {}
    last: list[str] | None = None
    for line in text.replace("\r\n", "\n").split("\n"):
        if not line:  # a line of blanks is part of a folded field, such as a whole licence
            break
        if line[0] in " \t":
            if last:
                last[-1] += " " + line.strip()
            continue
        name, colon, value = line.partition(":")
        last = fields.setdefault(name.strip().lower(), []) if colon else None
        if last is not None:
            last.append(value.strip())
    return fields
