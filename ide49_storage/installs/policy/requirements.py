"""Which names reach pip: parsed by ``packaging``, then held against the rules of this project. Pure.

What is accepted is written anew from its parsed parts, so pip never sees the characters a person sent.
pip reads an argument as an option, a URL or a file in some shapes that ``packaging`` takes for a name or a
version: ``demo.zip`` and ``demo==1+a.whl`` are files to pip. Each rule below names such a shape.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec

from ...model.installs import CheckedName, NamesReport
from ...python.site_packages.scan import normalize

MAX_LENGTH = 200
MAX_COUNT = 200
MAX_TEXT = 100_000
#: A hash makes an address longer than a name.
MAX_URL_LENGTH = 600

#: pip takes an argument with one of these endings for a file (its ARCHIVE_EXTENSIONS and some more).
_ARCHIVE = re.compile(r"\.(zip|whl|egg|tar|t?gz|tgz|bz2|tbz2?|xz|txz|lz|tlz|lzma)$", re.IGNORECASE)
#: Newer ``packaging`` lets a name end with a sign, which older pips refuse.
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_URL = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[A-Za-z0-9._~/+%!,=-]+#sha256=[0-9a-f]{64}")


class BadRequirement(ValueError):
    """A requirement that is not passed on. ``code`` is a word for programs, ``message`` a sentence."""

    def __init__(self, message: str, code: str = "bad-requirement") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """A requirement that may reach pip: its normalised name, and its text in normal form."""

    name: str
    text: str


def parse(text: str, allow_urls: bool = False) -> Parsed:
    """One requirement. Raises ``BadRequirement``."""
    limit = MAX_URL_LENGTH if allow_urls else MAX_LENGTH
    if len(text) > limit:
        raise BadRequirement(f"A requirement has at most {limit} characters, this one has {len(text)}")
    text = text.strip(" \t")
    _check_characters(text)
    if not text:
        raise BadRequirement("Name a package, for instance requests", "empty")
    if text.startswith("-"):
        raise BadRequirement(f"{_shown(text)} is an option of pip, not a package. Only packages can be named here")
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    try:
        found = Requirement(text)
    except (InvalidRequirement, ValueError, RecursionError):
        raise BadRequirement(_why_not(text)) from None
    if found.url is not None:
        normal = _with_url(found.name, sorted(found.extras), found.url, allow_urls)
    else:
        normal = _by_name(found.name, sorted(found.extras), str(found.specifier))
    if found.marker is not None:
        normal += f" ; {found.marker}"
    _check_characters(normal)
    return Parsed(name=canonicalize_name(found.name), text=normal)


def parse_all(texts: Sequence[str], allow_urls: bool = False) -> tuple[Parsed, ...]:
    """All requirements of a request, each once. Raises ``BadRequirement`` naming the first bad one."""
    if len(texts) > MAX_COUNT:
        raise BadRequirement(f"Name at most {MAX_COUNT} packages at once, not {len(texts)}", "too-many")
    parsed = [parse(text, allow_urls) for text in texts]
    return tuple({each.text: each for each in parsed}.values())


def name_only(text: str) -> Parsed:
    """A bare name, for what is already there (uninstall, repair). Raises ``BadRequirement``."""
    parsed = parse(text)
    if parsed.name != normalize(parsed.text):
        raise BadRequirement(f"Name only the package here, without versions: {parsed.name}")
    return Parsed(name=parsed.name, text=parsed.name)


def check(text: str, allow_urls: bool = False) -> NamesReport:
    """What a person typed or pasted: names separated by spaces or lines, or the lines of a requirements file.

    Comments and blank lines are passed over. Nothing in the text is obeyed: options are refused by name.
    """
    if len(text) > MAX_TEXT:
        message = f"This is {len(text)} characters long; at most {MAX_TEXT} can be checked at once"
        return NamesReport(ok=False, checked=(CheckedName(line=1, text="", requirement=None, message=message),))
    checked = []
    for number, line in enumerate(text.splitlines(), 1):
        for part in split_line(line):
            checked.append(_checked(number, part, allow_urls))
            if len(checked) > MAX_COUNT:
                message = f"Name at most {MAX_COUNT} packages at once"
                last = CheckedName(line=number, text="", requirement=None, message=message)
                return NamesReport(ok=False, checked=(*checked[:MAX_COUNT], last))
    return NamesReport(ok=bool(checked) and all(each.message is None for each in checked), checked=tuple(checked))


def split_line(line: str) -> list[str]:
    """The requirements of one line. ``a b`` are two, ``a >= 1`` is one, and so is all before a marker."""
    line = re.sub(r"(^|\s)#.*$", "", line).strip()
    if not line or ";" in line or "@" in line or line.startswith("-"):
        return [line] if line else []
    # A comma or an operator binds what stands around it, also across spaces.
    line = re.sub(r"\s*([<>=!~,\[\]()]+)\s*", r"\1", line)
    line = re.sub(r"([\])])(?=[A-Za-z])", r"\1 ", line)
    return line.split()


def _checked(number: int, part: str, allow_urls: bool) -> CheckedName:
    shown = _shown(part)
    try:
        return CheckedName(line=number, text=shown, requirement=parse(part, allow_urls).text, message=None)
    except BadRequirement as error:
        return CheckedName(line=number, text=shown, requirement=None, message=error.message)


def _check_characters(text: str) -> None:
    for character in text:
        if not character.isascii() or not character.isprintable():
            code = f"U+{ord(character):04X}"
            raise BadRequirement(f"The character {code} cannot stand in a requirement", "bad-character")


def _by_name(name: str, extras: Sequence[str], specifier: str) -> str:
    if not _NAME.fullmatch(name):
        raise BadRequirement(f"{_shown(name)} is no name of a package: it begins and ends with a letter or digit")
    if "===" in specifier:
        raise BadRequirement("The operator === takes any text, so it is not passed on. Use == with a version")
    if "/" in specifier or "\\" in specifier:
        raise BadRequirement("A version has no slash in it")
    normal = name + (f"[{','.join(extras)}]" if extras else "") + specifier
    # pip looks at the whole, and at the whole without its extras.
    if _ARCHIVE.search(normal) or _ARCHIVE.search(name):
        raise BadRequirement(f"pip would take {_shown(normal)} for a file. Only names of packages can be given here")
    return normal


def _with_url(name: str, extras: Sequence[str], url: str, allowed: bool) -> str:
    if not allowed:
        raise BadRequirement("Packages are taken from the index by name. Addresses are switched off here", "url")
    parts = urlsplit(url)
    if not _URL.fullmatch(url) or parts.username or parts.password or ".." in parts.path:
        raise BadRequirement("An address must be https://HOST/FILE#sha256=HASH, without user or password", "url")
    return name + (f"[{','.join(extras)}]" if extras else "") + f" @ {url}"


def _shown(text: str) -> str:
    short = text if len(text) <= 60 else text[:57] + "..."
    return "".join(each if each.isprintable() else "?" for each in short)


def _why_not(text: str) -> str:
    if "/" in text or "\\" in text or text.startswith("."):
        return f"{_shown(text)} looks like a file or an address. Only names of packages can be given here"
    if re.search(r"[^<>=!~]=[^=]", text):
        return f"{_shown(text)} is not understood. A version is given with two signs: name==1.0"
    return f"{_shown(text)} is not a requirement. Write a name, or a name with versions: requests>=2,<3"
