"""A file without a name for what a scan writes."""

from __future__ import annotations

import os
import tempfile
from typing import IO


def nameless_file(folder: str | None = None, *, buffering: int = -1) -> IO[bytes]:
    """A file in ``folder`` (``None``: the usual one for temporary files) that ends when it is closed.

    It is in memory in a read-only container that has no folder to write to: hardly anything can have changed
    there, so little will be written. Raises ``OSError`` when there is no room.
    """
    try:
        return tempfile.TemporaryFile(dir=folder, buffering=buffering)
    except FileNotFoundError:
        # A full disk ends here too, and then the listing may be too long for the memory.
        if folder is not None or not os.statvfs("/").f_flag & os.ST_RDONLY:
            raise
        return os.fdopen(os.memfd_create("ide49-storage"), "w+b", buffering=buffering)
