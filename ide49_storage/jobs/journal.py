"""The journal: what a job will change, kept by hard links, so that every end of the job can be undone.

Taken while pip waits at its gate (see ``driver``), so before the first change. Kept: every file of the
distributions that go, and every file that the new wheels would overwrite. Noted: every path the wheels will
make that is not there yet. So an undo removes only what the wheels brought and puts back only what they
replaced; no other file of the person is looked at.

``journal.json`` is the commit point: without it nothing was changed, with it everything can be put back, and
putting back twice does no harm. It is written after the links are safe on the disk and removed after the new
files are.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import re
import shutil
import stat
from collections.abc import Iterable, Sequence

import msgspec

MANIFEST = "journal.json"
_FILES = "files"
_TEMPORARY = re.compile(r"(.+)[a-z0-9_]{8}\.tmp|(.+\.pyc)\.\d+")
_NO_LINKS = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EACCES)


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
    """All of a journal. Paths are relative to ``base``. ``tildes`` maps folders to the ``~`` names they held."""

    job: str
    base: str
    saved: tuple[Saved, ...]
    appear: tuple[str, ...]
    new_folders: tuple[str, ...]
    tildes: dict[str, tuple[str, ...]]


def take(folder: str, job: str, base: str, saves: Iterable[str], appears: Iterable[str]) -> Manifest:
    """Take a journal in ``folder`` (made here, on the storage of ``base``). Raises ``OSError``: then nothing is open.

    ``saves`` and ``appears`` are absolute; those outside ``base`` are passed over. What of ``appears`` is there
    already is saved too.
    """
    kept = os.path.join(folder, _FILES)
    os.makedirs(kept, mode=0o700)
    saved: list[Saved] = []
    appear: list[str] = []
    for path in sorted({*saves, *appears}):
        relative = _below(path, base)
        if relative is None:
            continue
        entry = _keep(path, relative, kept, len(saved))
        if entry is not None:
            saved.append(entry)
        else:  # a folder too: the new version may have a file where the old one has a folder
            appear.append(relative)
    parents = _parents([*(each.path for each in saved), *appear])
    manifest = Manifest(
        job=job,
        base=base,
        saved=tuple(saved),
        appear=tuple(appear),
        new_folders=tuple(each for each in parents if not os.path.lexists(os.path.join(base, each))),
        tildes={each: _tildes(os.path.join(base, each)) for each in parents},
    )
    sync_folder(kept)
    _write(os.path.join(folder, MANIFEST), json.dumps(msgspec.to_builtins(manifest)).encode("ascii"))
    # The folders above may be as new as the journal, and not every file system writes their names with it.
    while (folder := os.path.dirname(folder)).startswith(base.rstrip("/") + "/"):
        sync_folder(folder)
    sync_folder(base)
    return manifest


def read(folder: str) -> Manifest | None:
    """The manifest of an open journal; ``None`` where there is none (nothing was changed)."""
    try:
        with open(os.path.join(folder, MANIFEST), "rb") as file:
            return msgspec.convert(json.loads(file.read()), Manifest)
    except FileNotFoundError:
        return None


def close(folder: str) -> None:
    """The change stands: make it safe on the disk, then forget the journal."""
    manifest = read(folder)
    if manifest is not None:
        sync_storage(manifest.base)
        os.unlink(os.path.join(folder, MANIFEST))
        sync_folder(folder)
    shutil.rmtree(folder, ignore_errors=True)


def restore(folder: str) -> tuple[str, ...]:
    """Put everything back as it was, then forget the journal. Gives the paths that stay although new (a
    person's own files in a folder that would go). Raises ``OSError``: the journal stays open then.
    """
    manifest = read(folder)
    stay: tuple[str, ...] = ()
    if manifest is not None:
        stay = _put_back(manifest, os.path.join(folder, _FILES))
    close(folder)
    return stay


def _put_back(manifest: Manifest, kept: str) -> tuple[str, ...]:
    base = manifest.base
    # What is new goes first: on a full disk that makes the room for the rest.
    for relative in manifest.appear:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            os.unlink(os.path.join(base, relative))
    _clear_temporaries(manifest, os.path.dirname(kept))
    # Before the old files: where one was, the new version may have made folders.
    _remove_new_folders(manifest)
    for saved in manifest.saved:
        _put_back_file(saved, os.path.join(base, saved.path), kept)
    stay = [path for folder, before in manifest.tildes.items() for path in _clear_tildes(manifest, folder, before)]
    _remove_new_folders(manifest)  # one may have been emptied only now
    stay += [each for each in manifest.new_folders if os.path.isdir(os.path.join(base, each))]
    return tuple(stay)


def _remove_new_folders(manifest: Manifest) -> None:
    for relative in sorted(manifest.new_folders, key=len, reverse=True):
        with contextlib.suppress(OSError):
            os.rmdir(os.path.join(manifest.base, relative))


def _clear_temporaries(manifest: Manifest, folder: str) -> None:
    """Remove the temporary names under which pip and the byte-compiler write (``RECORDab12cd34.tmp``,
    ``module.cpython-311.pyc.140325``), if they are younger than the journal.
    """
    since = os.stat(os.path.join(folder, MANIFEST)).st_mtime_ns
    expected: dict[str, set[str]] = {}
    for relative in (*manifest.appear, *(saved.path for saved in manifest.saved)):
        parent, name = os.path.split(relative)
        expected.setdefault(parent, set()).add(name)
    for parent, names in expected.items():
        for name in _list(os.path.join(manifest.base, parent)):
            found = _TEMPORARY.fullmatch(name)
            path = os.path.join(manifest.base, parent, name)
            if found and (found[1] or found[2]) in names and os.lstat(path).st_ctime_ns >= since:
                os.unlink(path)


def _put_back_file(saved: Saved, path: str, kept: str) -> None:
    if _untouched(saved, path):
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.isdir(path) and not os.path.islink(path):
        os.rmdir(path)  # only an empty one can stand where a file was
    temporary = f"{path}.ide49-restored"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(temporary)
    if saved.kept is None:
        os.symlink(saved.link or "", temporary)
    elif saved.linked:
        os.link(os.path.join(kept, str(saved.kept)), temporary)
    else:
        shutil.copy2(os.path.join(kept, str(saved.kept)), temporary)
    os.rename(temporary, path)
    # rename does nothing where both names are one file already: the second name would stay.
    with contextlib.suppress(FileNotFoundError):
        os.unlink(temporary)


def _untouched(saved: Saved, path: str) -> bool:
    try:
        seen = os.lstat(path)
    except OSError:
        return False
    if saved.kept is None:
        return stat.S_ISLNK(seen.st_mode) and os.readlink(path) == saved.link
    if saved.linked:
        return seen.st_ino == saved.inode
    return stat.S_ISREG(seen.st_mode) and (seen.st_size, seen.st_mtime_ns) == (saved.size, saved.mtime_ns)


def _clear_tildes(manifest: Manifest, folder: str, before: Sequence[str]) -> list[str]:
    """Remove what pip moved aside in one folder, all of which is back in its place now."""
    inodes = {saved.inode for saved in manifest.saved if saved.linked}
    every_one_linked = all(saved.linked or saved.kept is None for saved in manifest.saved)
    stay = []
    for name in _tildes(os.path.join(manifest.base, folder)):
        if name in before:
            continue
        top = os.path.join(manifest.base, folder, name)
        for root, folders, names in os.walk(top, topdown=False):
            for each in names:
                path = os.path.join(root, each)
                if os.path.islink(path) or not every_one_linked or os.lstat(path).st_ino in inodes:
                    os.unlink(path)
                else:
                    stay.append(os.path.relpath(path, manifest.base))
            for each in folders:
                _remove_folder(os.path.join(root, each))
        _remove_folder(top)
    return stay


def _remove_folder(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path) if os.path.islink(path) else os.rmdir(path)


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


def _below(path: str, base: str) -> str | None:
    path, start = os.path.normpath(path), base.rstrip("/") + "/"
    return path[len(start) :] if path.startswith(start) and len(path) > len(start) else None


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
