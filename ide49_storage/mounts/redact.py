"""Leaves secrets out of what the kernel and the mount helpers show: before anything else sees them.

The kernel itself does not list a CIFS password, but a FUSE helper or a mount source may carry one.
"""

from __future__ import annotations

import re

HIDDEN = "***"
"""What stands in place of a secret."""

_SECRET_WORDS = ("pass", "secret", "token", "pwd", "credential", "api_key", "apikey", "access_key")
_SUSPICIOUS = re.compile("[@?]|key=|" + "|".join(_SECRET_WORDS), re.IGNORECASE)
_KEY = re.compile(r"(?:^|[_.-])key$", re.IGNORECASE)
_LONE_USER = re.compile(r"(https?://)[^/@:\s]+@", re.IGNORECASE)
_USER_INFO = re.compile(r"(^|//)([^/@:\s]*):[^/\s]*@")
_SECRET_QUERY = re.compile(r"([?&;][^=&;]*(?:pass|secret|token|pwd|key|sig|credential)[^=&;]*=)[^&;\s]*", re.IGNORECASE)


def is_secret(name: str) -> bool:
    """Whether a variable or option of this name holds what nobody else may see."""
    return any(word in name.lower() for word in _SECRET_WORDS) or _KEY.search(name) is not None


def redact_source(source: str) -> str:
    """``https://user:word@host/x`` without the word; likewise a secret in a query.

    A user alone may be a token where the web's own servers are asked: so it is left out there.
    """
    if "@" in source:
        source = _LONE_USER.sub(rf"\1{HIDDEN}@", source)
        source = _USER_INFO.sub(rf"\1\2:{HIDDEN}@", source)
    if "=" in source:
        source = _SECRET_QUERY.sub(rf"\1{HIDDEN}", source)
    return source


def redact_options(options: list[str]) -> tuple[str, ...]:
    """The options, the value of each whose name speaks of a secret replaced."""
    if not _SUSPICIOUS.search(",".join(options)):
        return tuple(options)
    return tuple(_redact_option(option) for option in options)


def _redact_option(option: str) -> str:
    name, equals, value = option.partition("=")
    if not equals:
        return redact_source(option)
    if is_secret(name):
        return f"{name}={HIDDEN}"
    return f"{name}={redact_source(value)}"
