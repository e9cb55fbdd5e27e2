"""Where this package makes its temporary files: in the first folder for them that cannot hang.

Python's ``tempfile`` finds its folder by writing a file into one after the other, in the thread that asks. If
``TMPDIR`` leads to a share that is silent, that thread never comes back. So the folder is chosen by the mount
table here, and the functions below always name one. The linter forbids ``tempfile`` everywhere else.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from typing import IO

from .local_files import Files, LocalFiles
from .path_walk import DirEntry, EntryKind, Lstat, resolve_path, run
from .snapshot import ON_LINUX, take_snapshot
from .table import MountTable

IN_MEMORY = "/dev/shm"  # noqa: S108  # tempfile gives its files to this user alone
VARIABLES = ("TMPDIR", "TEMP", "TMP")
_USUAL = ("/tmp", "/var/tmp", IN_MEMORY)  # noqa: S108


def temporary_folder() -> str:
    """The first of the variables' folders, the usual ones and the memory that is local, and can be written now.

    Raises ``FileNotFoundError`` without any.
    """
    if not ON_LINUX:
        return tempfile.gettempdir()
    table = take_snapshot().table
    files = LocalFiles(table)
    for folder in _candidates():
        if _may_be_touched(folder, table, files) and _takes_a_file(folder):
            return folder
    raise FileNotFoundError(2, "No local folder for temporary files can be written; set TMPDIR", _USUAL[0])


def temporary_file(folder: str | None = None) -> IO[bytes]:
    """An unbuffered file without a name, gone when it is closed. Raises ``OSError``."""
    return tempfile.TemporaryFile(buffering=0, dir=temporary_folder() if folder is None else folder)


def temporary_directory(folder: str | None = None) -> tempfile.TemporaryDirectory[str]:
    """A folder for this user alone, removed behind its ``with``. Raises ``OSError``."""
    return tempfile.TemporaryDirectory(
        prefix="ide49-storage-", dir=temporary_folder() if folder is None else folder, ignore_cleanup_errors=True
    )


def _candidates() -> Iterator[str]:
    named = (os.environ.get(name, "") for name in VARIABLES)
    yield from (folder for folder in named if os.path.isabs(folder) and "\0" not in folder)
    yield from _USUAL


def _may_be_touched(folder: str, table: MountTable, files: Files) -> bool:
    """Whether every mount on the way to it answers from this machine's kernel, and it is a folder."""
    found = run(resolve_path(table, folder), files.look)
    if found.exists is not True or not files.writable(found.resolved, found.crossed):
        return False
    return files.look(Lstat(found.resolved, found.row)) == DirEntry(EntryKind.FOLDER)


def _takes_a_file(folder: str) -> bool:
    """It may be full, which only an attempt shows."""
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            return file.write(b"?") == 1
    except OSError:
        return False
