"""The manifest of a journal, and how far it is believed.

It lies where anybody may have put it. So only a regular file is opened, and all that it names is held against the
user base in whose folder of jobs it lies.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator

import msgspec

from .user_base import NotPlain, is_inner, is_name, open_folder, open_plain

MANIFEST = "journal.json"
#: Raised with every change that an older program would misread. Journals without a format are of 0.1 in development.
FORMAT = 1
MOST_MANIFEST = 100_000_000
#: What stays wrong however often it is tried; anything else is the storage's trouble and may pass.
FOR_EVER = (
    errno.ENOENT,
    errno.ENOTDIR,
    errno.ELOOP,
    errno.EISDIR,
    errno.ENOTEMPTY,
    errno.EEXIST,
    errno.EINVAL,
    errno.ENAMETOOLONG,
)


class Unusable(ValueError):
    """A journal that cannot be obeyed, or not wholly: somebody has to look at it. The text is a sentence."""


class Saved(msgspec.Struct, frozen=True, array_like=True):
    """A file as it was. ``path`` is relative to the base. ``kept`` numbers its copy; for a symbolic link it is
    ``None`` and ``link`` the target. ``linked``: the copy is a hard link, so equal inodes mean untouched.
    """

    path: str
    kept: int | None
    link: str | None
    linked: bool
    inode: int
    size: int
    mtime_ns: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """All of a journal. Paths are relative to ``base``, whose inode is ``base_inode``: another container may have the
    same base elsewhere. ``tildes`` maps folders to the ``~`` names they held.
    """

    job: str
    base: str
    saved: tuple[Saved, ...]
    appear: tuple[str, ...]
    new_folders: tuple[str, ...]
    tildes: dict[str, tuple[str, ...]]
    format: int = 0
    base_inode: int = 0


def read(folder: str, base: str) -> Manifest | None:
    """The manifest of an open journal below the user base ``base``; ``None`` where there is none (nothing was changed).

    Raises ``Unusable`` for one that must not be obeyed, ``OSError`` where the storage fails.
    """
    content = _content(folder)
    if content is None:
        return None
    try:
        found = json.loads(content)
        version = found.get("format", 0) if isinstance(found, dict) else None
        if isinstance(version, int) and version > FORMAT:
            raise Unusable(f"It was written by a newer version of this program (format {version}).")
        manifest = msgspec.convert(found, Manifest)
    except (ValueError, RecursionError) as error:
        raise error if isinstance(error, Unusable) else Unusable("It is no whole journal.") from None
    if os.path.normpath(manifest.base) != os.path.normpath(base) and manifest.base_inode != os.stat(base).st_ino:
        raise Unusable(f"It is about another user base: {manifest.base}.")
    for path in filter(None, (each.link for each in manifest.saved)):
        if not is_name(path):
            raise Unusable(f"It names what can be no link: {path[:200]!r}.")
    for path in _paths(manifest):
        if not is_inner(path):
            raise Unusable(f"It names a path that leads out of the user base: {path[:200]!r}.")
    return manifest


def _content(folder: str) -> bytes | None:
    try:
        with open_folder(folder) as opened:
            descriptor = open_plain(MANIFEST, opened)
    except FileNotFoundError:
        return None
    except NotPlain:
        raise Unusable(f"Its {MANIFEST} is no regular file.") from None
    except OSError as error:
        if error.errno in (*FOR_EVER, errno.EACCES):
            raise Unusable(f"It cannot be read: {error.strerror}.") from None
        raise
    with open(descriptor, "rb") as file:
        content = file.read(MOST_MANIFEST + 1)
    if len(content) > MOST_MANIFEST:
        raise Unusable(f"Its {MANIFEST} is too long.")
    return content


def _paths(manifest: Manifest) -> Iterator[str]:
    """Every path in a manifest. The base itself, which may be among the folders, is none."""
    yield from (each.path for each in manifest.saved)
    yield from (*manifest.appear, *manifest.new_folders)
    yield from filter(None, manifest.tildes)
