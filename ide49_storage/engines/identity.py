"""Which container this is: its id, from the mount table or its host name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..mounts.engines import WRITTEN_AT

_ID = re.compile(r"/(?:overlay-|vfs-|btrfs-)?containers/([0-9a-f]{64})/(?:userdata/)?[^/]+$")
_SHORT = re.compile(r"[0-9a-f]{12}")


def own_id(mounts: Iterable[tuple[str, str]], hostname: str) -> str | None:
    """The container's id, from mount points with their roots, else from a host name that an engine gave.

    Only files that the engine mounts for this container count: a container with the engine's folder
    mounted sees the ids of all.
    """
    for point, root in mounts:
        if point in WRITTEN_AT and (found := _ID.search(root)):
            return found[1]
    return hostname if _SHORT.fullmatch(hostname) else None
