"""The one form that times have in every record: RFC 3339 in UTC, to the millisecond."""

from __future__ import annotations

import datetime


def rfc3339(moment: datetime.datetime) -> str:
    """A moment whose time zone is UTC, ending in ``Z``."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now() -> str:
    """The time now."""
    return rfc3339(datetime.datetime.now(datetime.timezone.utc))
