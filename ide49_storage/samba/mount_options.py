"""What the mount options of a share say: server, share, user, soft or hard, locks, cache. Pure.

Sources: ``mount.cifs(8)`` (and what the kernel lists in mountinfo), ``nfs(5)``, ``mount.fuse(8)``.
"""

from __future__ import annotations

import re

import msgspec

from ..mounts import fstypes
from ..mounts.mountinfo import MountRow

_UNC = re.compile(r"(?:smb:|cifs:)?[/\\]{2}(?:[^/\\@]*@)?(\[[^\]]+\]|[^/\\]+)(?:[/\\]+(.*))?")
_EXPORT = re.compile(r"(?:[^@/\s]*@)?(\[[^\]]+\]|[^:/\[\]]+):(/?.*)")


class Options(msgspec.Struct, frozen=True):
    """What the options tell; ``None`` for what they do not say. ``locks``: ``server`` or ``local``."""

    server: str | None
    share: str | None
    user: str | None
    dialect: str | None
    security: str | None
    signing: bool | None
    encryption: bool | None
    soft: bool | None
    cache: str | None
    locks: str | None
    guest: bool | None
    port: int | None


def split_unc(source: str) -> tuple[str | None, str | None]:
    r"""Server and share of ``//server/share``, ``\\server\share`` or ``smb://user@server/share/folder``."""
    found = _UNC.fullmatch(source.strip())
    if found is None:
        return None, None
    share = (found[2] or "").replace("\\", "/").strip("/")
    return found[1].strip("[]"), share or None


def read_options(row: MountRow) -> Options:
    """The options of a Samba or other network mount. Unknown words are nobody's harm."""
    if row.fs_type in fstypes.KERNEL_SAMBA:
        return _cifs(row)
    server, share = None, None
    export = _EXPORT.fullmatch(row.source)
    if export is not None:
        server, share = export[1].strip("[]"), export[2] or "/"
    words = set(row.super_options)
    soft = True if words & {"soft", "softerr"} else (False if "hard" in words else None)
    local_lock = row.super_value("local_lock")
    locks = None
    if row.fs_type in ("nfs", "nfs4"):
        locks = "local" if "nolock" in words or local_lock not in (None, "none") else "server"
    return Options(
        server,
        share,
        row.super_value("username"),
        row.super_value("vers"),
        row.super_value("sec"),
        None,
        None,
        soft,
        row.super_value("cache"),
        locks,
        None,
        _number(row.super_value("port")),
    )


def _cifs(row: MountRow) -> Options:
    server, share = split_unc(row.source)
    words = set(row.super_options)
    security = row.super_value("sec")
    # The kernel names the user only when there is one; sec=none is a guest.
    user = row.super_value("username") or row.super_value("user")
    signs = bool(security and security.endswith("i")) or "sign" in words
    return Options(
        server or row.super_value("addr"),
        share,
        user,
        row.super_value("vers"),
        security,
        signs or None,
        "seal" in words or None,
        "hard" not in words,
        row.super_value("cache"),
        "local" if words & {"nobrl", "nolock", "nolocks"} else "server",
        security == "none" or "guest" in words,
        _number(row.super_value("port")),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 6 else None
