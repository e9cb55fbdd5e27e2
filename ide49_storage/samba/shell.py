"""The assignments in a line of a shell script, found without a shell: nothing is run or filled in. Pure.

Source of the rules: POSIX, "Shell Command Language", 2.2 (quoting) and 2.3 (tokens).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

_SEPARATORS = ";&|()<>"
_BEFORE = frozenset({"export", "declare", "typeset", "readonly", "local", "then", "else", "do", "{", "!"})
"""What may stand before an assignment and leave it one."""


class UnbalancedError(ValueError):
    """A quote is opened and not closed in this line."""


class Assignment(msgspec.Struct, frozen=True):
    """``NAME=VALUE`` with its quotes taken off. ``plain``: a shell would put nothing else in place of the value."""

    name: str
    value: str
    plain: bool


class _Word(msgspec.Struct):
    text: str = ""
    plain: bool = True


def assignments(line: str) -> Iterator[Assignment]:
    """The assignments of a line, in order. Raises ``UnbalancedError``, also after the first ones."""
    first = True
    for word in _words(line):
        if word is None:
            first = True
            continue
        name, equals, value = word.text.partition("=")
        if first and equals and name.isidentifier():
            yield Assignment(name, value, word.plain)
        else:
            first = first and (word.text in _BEFORE or word.text.startswith("-"))


def _words(line: str) -> Iterator[_Word | None]:
    """The words; ``None`` where a command ends. Ends where a command in the command begins."""
    word: _Word | None = None
    at = 0
    while at < len(line):
        char = line[at]
        if char.isspace() or char in _SEPARATORS:
            if word is not None:
                yield word
            word = None
            if char in _SEPARATORS:
                yield None
        elif char == "#" and word is None:
            return
        else:
            word = word or _Word()
            if char == "`" or line.startswith("$(", at):
                word.plain = False
                break
            at = _take(line, at, word)
        at += 1
    if word is not None:
        yield word


def _take(line: str, at: int, word: _Word) -> int:
    """Add to the word what stands there; the position of the last character taken."""
    char = line[at]
    if char == "'":
        end = line.find("'", at + 1)
        if end < 0:
            raise UnbalancedError
        word.text += line[at + 1 : end]
        return end
    if char == '"':
        return _double(line, at, word)
    if char == "\\":
        word.text += line[at + 1 : at + 2]
        return at + 1
    if char == "$":
        word.plain = False
        end = line.find("}", at) if line.startswith("${", at) else -1
        if end >= 0:
            word.text += line[at : end + 1]
            return end
    word.text += char
    return at


def _double(line: str, at: int, word: _Word) -> int:
    """What is between double quotes, where a backslash only protects a few characters."""
    while True:
        at += 1
        char = line[at : at + 1]
        if not char:
            raise UnbalancedError
        if char == '"':
            return at
        if char in "$`":
            word.plain = False
        elif char == "\\" and line[at + 1 : at + 2] in ("$", "`", '"', "\\"):
            at += 1
            char = line[at]
        word.text += char
