"""The folder for temporary files: as ``tempfile`` has it, but never on a mount that may not answer."""

from __future__ import annotations

import errno
import os
import tempfile

from .observation import ON_LINUX
from .report import where

_VARIABLES = ("TMPDIR", "TEMP", "TMP")
_USUAL = ("/tmp", "/var/tmp", "/usr/tmp")  # noqa: S108  # where tempfile looks, in its order


def temporary_folder() -> str:
    """The first of the folders that ``tempfile.gettempdir`` tries which is local and can be written to.

    That function itself makes a file in each to see. Raises ``FileNotFoundError`` where there is none.
    """
    if not ON_LINUX:
        return tempfile.gettempdir()
    named = (os.environ.get(name, "") for name in _VARIABLES)
    paths = [path for path in (*named, *_USUAL) if path.startswith("/") and "\0" not in path]
    for place in where(paths, "/"):
        # A mount that may hang is not asked, so that nothing is known to exist there.
        if place.exists and place.writable:
            return place.path
    raise FileNotFoundError(errno.ENOENT, "There is no local folder for temporary files", ", ".join(paths))
