"""Requests read into records: bodies and parameters, each refused with a sentence that says what to change. Pure.

A ``query`` maps the names of the parameters that were given to their values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from ..changes.listing import MOST_IN_PAGE
from ..model.changes import Group
from ..model.mounts import WhereRequest
from ..model.python import PathRole
from ..model.samba import CheckRequest
from ..model.vocabulary import Fate
from ..python.packages_report import SORTS, Filter
from .refusal import RequestRefused, decode_body

#: More paths than this in one request are refused: an answer is about 1 kB a path.
MAX_PATHS = 10_000
#: More characters than this in all its paths, too: each comes back a few times.
MAX_LENGTH = 10_000_000
#: More packages than this are not sent in one answer.
MAX_PACKAGES = 10_000
#: So many changes are listed unless the request says how many.
DEFAULT_CHANGES = 100


def paths_of(body: bytes) -> tuple[str, ...]:
    """The paths of a ``WhereRequest``."""
    return decode_body(body, WhereRequest).paths


def require_paths(paths: Sequence[str]) -> None:
    """Refuse none at all, and too many at once."""
    if not paths:
        raise RequestRefused(400, "Name at least one path: where?path=/home", "path-missing")
    if len(paths) > MAX_PATHS:
        message = f"Ask for at most {MAX_PATHS} paths at once, not {len(paths)}"
        raise RequestRefused(413, message, "too-many-paths")
    if sum(map(len, paths)) > MAX_LENGTH:
        raise RequestRefused(413, f"All paths together have at most {MAX_LENGTH:,} characters", "too-many-paths")


def check_request(body: bytes) -> CheckRequest:
    """Where to sign in, and as whom."""
    request = decode_body(body, CheckRequest)
    for name in ("server", "share", "user"):
        value = getattr(request, name)
        if value is not None and (not value or len(value) > 255 or "\0" in value):
            raise RequestRefused(400, f"{name} is empty or too long: leave it out, or name it", "bad-body")
    return request


def changes_limit(query: Mapping[str, str]) -> int:
    """How many changes to list."""
    given = query.get("limit")
    if given is None:
        return DEFAULT_CHANGES
    if not (given.isascii() and given.isdecimal() and len(given) < 9 and int(given) <= MOST_IN_PAGE):
        raise RequestRefused(400, f"limit is a number from 0 to {MOST_IN_PAGE}, not {given[:20]!r}", "bad-parameter")
    return int(given)


def changes_group(query: Mapping[str, str]) -> Group | None:
    """The group that the listing is narrowed to."""
    name = query.get("group")
    if name is None:
        return None
    try:
        return Group(name)
    except ValueError:
        known = ", ".join(group.value for group in Group)
        message = f"There is no group {name[:40]!r}: name one of {known}"
        raise RequestRefused(400, message, "bad-parameter") from None


def package_filter(query: Mapping[str, str]) -> Filter:
    """Which packages to list, in which order."""
    sort = query.get("sort", "name")
    if sort.lstrip("-") not in SORTS:
        message = f"sort is one of {', '.join(SORTS)}, or one of them behind a minus"
        raise RequestRefused(400, message, "bad-parameter")
    limit = number_argument(query, "limit")
    return Filter(
        text=query.get("text", ""),
        role=_word_argument(query, "role", PathRole),
        fate=_word_argument(query, "fate", Fate),
        problem=bool_argument(query, "problem"),
        requested=bool_argument(query, "requested"),
        sort=sort.lstrip("-"),
        descending=sort.startswith("-"),
        offset=number_argument(query, "offset") or 0,
        limit=min(limit, MAX_PACKAGES) if limit is not None else None,
    )


def bool_argument(query: Mapping[str, str], name: str) -> bool:
    """A parameter that is ``true`` or ``false`` (also ``1`` and ``0``); false where it is not given."""
    given = query.get(name, "false").lower()
    if given not in ("true", "false", "1", "0"):
        raise RequestRefused(400, f"{name} is true or false, not {given!r}", "bad-parameter")
    return given in ("true", "1")


def number_argument(query: Mapping[str, str], name: str) -> int | None:
    """A parameter that is a whole number."""
    given = query.get(name)
    if given is None:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) <= 9):
        raise RequestRefused(400, f"{name} is a whole number from 0 on, not {given!r}", "bad-parameter")
    return int(given)


def _word_argument(query: Mapping[str, str], name: str, words: type[Enum]) -> str:
    given = query.get(name, "")
    known = [word.value for word in words]
    if given and given not in known:
        raise RequestRefused(400, f"{name} is one of {', '.join(known)}, not {given!r}", "bad-parameter")
    return given
