"""Puts back what a journal kept. No link below the user base is followed, and what cannot be put back is named."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
from collections.abc import Iterator, Sequence

from .manifest import FOR_EVER, Manifest, Saved, Unusable
from .user_base import Opened, open_folder, open_plain

_RESTORED = ".ide49-restored"
_TEMPORARY = re.compile(r"(.+)[a-z0-9_]{8}\.tmp|(.+\.pyc)\.\d+")
_SHOWN = 5


class Restoration:
    """One restoration: a manifest, the base, and the descriptor of the folder with the copies."""

    def __init__(self, manifest: Manifest, base: Opened, kept: int) -> None:
        self.manifest = manifest
        self.base = base
        self.kept = kept
        self._inodes = {saved.inode for saved in manifest.saved if saved.linked}
        self._every_one_linked = all(saved.linked or saved.kept is None for saved in manifest.saved)

    def all(self, since: int) -> tuple[str, ...]:
        """Do it; gives what stays although it is new. ``since`` is when the journal was taken. Raises ``OSError``,
        ``Unusable``.
        """
        # What is new goes first: on a full disk that makes the room for the rest.
        for path in self.manifest.appear:
            self.base.unlink(path)
        self._clear_temporaries(since)
        # Before the old files: where one was, the new version may have made folders.
        self._remove_new_folders()
        lost = [saved.path for saved in self.manifest.saved if not self._put_back(saved)]
        if lost:
            more = f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
            raise Unusable(f"These files could not be put back: {', '.join(lost[:_SHOWN])}{more}.")
        stay = [path for folder, before in self.manifest.tildes.items() for path in self._clear_tildes(folder, before)]
        self._remove_new_folders()  # one may have been emptied only now
        return (*stay, *filter(self._is_folder, self.manifest.new_folders))

    def _is_folder(self, path: str) -> bool:
        seen = self.base.stat(path)
        return seen is not None and stat.S_ISDIR(seen.st_mode)

    def _remove_new_folders(self) -> None:
        for path in sorted(self.manifest.new_folders, key=len, reverse=True):
            self.base.remove_empty(path)

    def _clear_temporaries(self, since: int) -> None:
        """Remove the temporary names under which pip and the byte-compiler write (``RECORDab12cd34.tmp``,
        ``module.cpython-311.pyc.140325``), if they are younger than the journal.
        """
        expected: dict[str, set[str]] = {}
        for relative in (*self.manifest.appear, *(saved.path for saved in self.manifest.saved)):
            parent, name = os.path.split(relative)
            expected.setdefault(parent, set()).add(name)
        for parent, names in expected.items():
            for name in self.base.names(parent):
                found = _TEMPORARY.fullmatch(name)
                if not found or (found[1] or found[2]) not in names:
                    continue
                path = os.path.join(parent, name)
                seen = self.base.stat(path)
                if seen is not None and seen.st_ctime_ns >= since:
                    self.base.unlink(path)

    def _put_back(self, saved: Saved) -> bool:
        """Put one file back. False if that can never be done, such as where a link stands in the way."""
        try:
            with self.base.at(saved.path, make=True) as (folder, name):
                if not _untouched(saved, folder, name):
                    self._replace(saved, folder, name)
        except OSError as error:
            if error.errno not in FOR_EVER:
                raise
            return False
        return True

    def _replace(self, saved: Saved, folder: int, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            if stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
                os.rmdir(name, dir_fd=folder)  # only an empty one can stand where a file was
        _remove(_RESTORED, folder)
        if saved.kept is None:
            os.symlink(saved.link or "", _RESTORED, dir_fd=folder)
        else:
            self._copy(saved, folder)
        os.rename(_RESTORED, name, src_dir_fd=folder, dst_dir_fd=folder)
        # rename does nothing where both names are one file already: the second name would stay.
        _remove(_RESTORED, folder)

    def _copy(self, saved: Saved, folder: int) -> None:
        name = str(saved.kept)
        if saved.linked and stat.S_ISREG(os.stat(name, dir_fd=self.kept, follow_symlinks=False).st_mode):
            with contextlib.suppress(PermissionError):  # a copy of another user's cannot be linked to
                os.link(name, _RESTORED, src_dir_fd=self.kept, dst_dir_fd=folder, follow_symlinks=False)
                return
        with open(open_plain(name, self.kept), "rb") as source:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            with open(os.open(_RESTORED, flags, 0o600, dir_fd=folder), "wb") as file:
                shutil.copyfileobj(source, file)
                file.flush()
                seen = os.fstat(source.fileno())
                os.fchmod(file.fileno(), stat.S_IMODE(seen.st_mode))
                os.utime(file.fileno(), ns=(seen.st_atime_ns, seen.st_mtime_ns))

    def _clear_tildes(self, folder: str, before: Sequence[str]) -> list[str]:
        """Remove what pip moved aside in one folder, all of which is back in its place now."""
        stay: list[str] = []
        for name in self.base.names(folder):
            if not name.startswith("~") or name in before:
                continue
            path = os.path.join(folder, name)
            seen = self.base.stat(path)
            if seen is not None and not stat.S_ISREG(seen.st_mode):  # pip moves folders and links aside, no files
                try:
                    with self.base.folder(folder) as here:
                        stay += self._clear_aside(here, name, path)
                except (OSError, RecursionError):
                    stay.append(path)
        return stay

    def _clear_aside(self, folder: int, name: str, path: str) -> Iterator[str]:
        seen = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISDIR(seen.st_mode):
            with open_folder(name, folder) as inner:
                for each in sorted(os.listdir(inner)):
                    yield from self._clear_aside(inner, each, f"{path}/{each}")
            with contextlib.suppress(OSError):
                os.rmdir(name, dir_fd=folder)
        elif stat.S_ISLNK(seen.st_mode) or not self._every_one_linked or seen.st_ino in self._inodes:
            os.unlink(name, dir_fd=folder)
        else:
            yield path


def _untouched(saved: Saved, folder: int, name: str) -> bool:
    try:
        seen = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return False
    if saved.kept is None:
        return stat.S_ISLNK(seen.st_mode) and os.readlink(name, dir_fd=folder) == saved.link
    if saved.linked:
        return seen.st_ino == saved.inode
    return stat.S_ISREG(seen.st_mode) and (seen.st_size, seen.st_mtime_ns) == (saved.size, saved.mtime_ns)


def _remove(name: str, folder: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)
