"""The journal: what a job will change, kept by hard links, so that every end of the job can be undone.

Taken while pip waits at its gate (see ``driver``), so before the first change. Kept: every file of the
distributions that go, and every file that the new wheels would overwrite. Noted: every path the wheels will
make that is not there yet. So an undo removes only what the wheels brought and puts back only what they
replaced; no other file of the person is looked at.

``journal.json`` is the commit point: without it nothing was changed, with it everything can be put back, and
putting back twice does no harm. It is written after the links are safe on the disk and removed after the new
files are.

How far a journal is believed that somebody may have planted is in ``manifest``.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import stat
from collections.abc import Iterable

import msgspec

from .manifest import FOR_EVER, FORMAT, MANIFEST, Manifest, Saved, Unusable, read
from .restoration import Restoration
from .user_base import Opened, UserBase, open_folder

_FILES = "files"
_NO_LINKS = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EACCES)


def take(folder: str, job: str, base: str, saves: Iterable[str], appears: Iterable[str]) -> Manifest:
    """Take a journal in ``folder`` (made here, on the storage of ``base``). Raises ``OSError``: then nothing is open.

    ``saves`` and ``appears`` are absolute; those outside ``base`` are passed over, also those to which only a link
    leads. What of ``appears`` is there already is saved too.
    """
    kept = os.path.join(folder, _FILES)
    os.makedirs(kept, mode=0o700)
    fence = UserBase(base)
    saved: list[Saved] = []
    appear: list[str] = []
    for relative in sorted({inner for path in (*saves, *appears) if (inner := fence.inner(os.path.normpath(path)))}):
        entry = _keep(os.path.join(fence.real, relative), relative, kept, len(saved))
        if entry is not None:
            saved.append(entry)
        else:  # a folder too: the new version may have a file where the old one has a folder
            appear.append(relative)
    parents = _parents([*(each.path for each in saved), *appear])
    manifest = Manifest(
        format=FORMAT,
        job=job,
        base=base,
        base_inode=os.stat(base).st_ino,
        saved=tuple(saved),
        appear=tuple(appear),
        new_folders=tuple(each for each in parents if not os.path.lexists(os.path.join(fence.real, each))),
        tildes={each: _tildes(os.path.join(fence.real, each)) for each in parents},
    )
    sync_folder(kept)
    _write(os.path.join(folder, MANIFEST), json.dumps(msgspec.to_builtins(manifest)).encode("ascii"))
    # The folders above may be as new as the journal, and not every file system writes their names with it.
    while (folder := os.path.dirname(folder)).startswith(base.rstrip("/") + "/"):
        sync_folder(folder)
    sync_folder(base)
    return manifest


def close(folder: str, base: str) -> None:
    """The change stands: make it safe on the disk, then forget the journal."""
    if os.path.lexists(os.path.join(folder, MANIFEST)):
        sync_storage(base)
        os.unlink(os.path.join(folder, MANIFEST))
        sync_folder(folder)
    shutil.rmtree(folder, ignore_errors=True)


def restore(folder: str, base: str) -> tuple[str, ...]:
    """Put everything back as it was, then forget the journal. Gives the paths that stay although new (a
    person's own files in a folder that would go).

    Raises ``OSError``: the journal stays open then, and it can be tried again. Raises ``Unusable``: nothing was done,
    or all that can be done; the journal stays as it is.
    """
    manifest = read(folder, base)
    stay: tuple[str, ...] = ()
    if manifest is not None:
        try:
            with open_folder(os.path.join(folder, _FILES)) as kept, Opened(base) as opened:
                stay = Restoration(manifest, opened, kept).all(os.stat(os.path.join(folder, MANIFEST)).st_mtime_ns)
        except OSError as error:
            if error.errno in (*FOR_EVER, errno.EACCES) and error.filename == os.path.join(folder, _FILES):
                raise Unusable("What it kept cannot be read.") from None
            raise
    close(folder, base)
    return stay


def _keep(path: str, relative: str, kept: str, number: int) -> Saved | None:
    try:
        seen = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    facts = {"inode": seen.st_ino, "size": seen.st_size, "mtime_ns": seen.st_mtime_ns}
    if stat.S_ISLNK(seen.st_mode):
        return Saved(path=relative, kept=None, link=os.readlink(path), linked=False, **facts)
    if not stat.S_ISREG(seen.st_mode):
        return None
    copy = os.path.join(kept, str(number))
    try:
        os.link(path, copy)
        linked = True
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        shutil.copy2(path, copy)
        _sync(copy)
        linked = False
    return Saved(path=relative, kept=number, link=None, linked=linked, **facts)


def _parents(paths: Iterable[str]) -> list[str]:
    found: set[str] = {""}  # the base itself: pip moves a whole ``bin`` aside when all in it goes
    for path in paths:
        while path := os.path.dirname(path):
            if path in found:
                break
            found.add(path)
    return sorted(found)


def _tildes(folder: str) -> tuple[str, ...]:
    return tuple(name for name in _list(folder) if name.startswith("~"))


def _list(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _write(path: str, content: bytes) -> None:
    temporary = path + ".new"
    with open(temporary, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.rename(temporary, path)
    sync_folder(os.path.dirname(path))


def _sync(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: str) -> None:
    """Make the names in a folder safe on the disk."""
    _sync(path)


def sync_storage(path: str) -> None:
    """Make all that was written to the storage of ``path`` safe on the disk. Other storages are not waited for:
    a share among them may never answer.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
        if syncfs is not None and syncfs(descriptor) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), path)
    finally:
        os.close(descriptor)
