"""A user base as a fence: which paths lie in it, and changes in it that follow no symbolic link on their way."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Sequence
from types import TracebackType

from .lock import STATE_FOLDER

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_PLAIN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class NotPlain(OSError):
    """What should be a regular file is a link, a pipe, or something else that is not opened."""


class UserBase:
    """One user base. The folder itself may be reached by links; below it none is followed out of it."""

    def __init__(self, path: str) -> None:
        self.path = os.path.abspath(path)
        self.real = os.path.realpath(path)
        self._folders: dict[str, str] = {}

    def inner(self, path: str) -> str | None:
        """``path`` relative to the base. ``None`` if it lies outside, is the base itself, or is in the folder of
        locks and journals.

        The links of its folders are resolved, its last part is not: that is how pip resolves what it removes.
        Asks the file system, so nothing on a share may be given.
        """
        folder, name = os.path.split(path)
        if name in ("", ".", ".."):
            return None
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder)
        return below(os.path.join(self._folders[folder], name), self.real)

    def named(self, root: str, text: str) -> str | None:
        """The path that ``text`` names from ``root``, the real path of a folder in the base; ``None`` outside."""
        return named(root, text, (self.real, self.path))


def named(root: str, text: str, bases: Sequence[str]) -> str | None:
    """The path in the base that ``text`` names from ``root``, by its words alone: no link is looked at. Pure.

    ``None`` if it leads outside, or if ``..`` follows a name: where that leads depends on links. ``bases`` are the
    spellings of one base that an absolute path may have.
    """
    parts = [part for part in text.split("/") if part not in ("", ".")]
    first = next((place for place, part in enumerate(parts) if part != ".."), None)
    if first is None or "\0" in text or ".." in parts[first:]:
        return None
    path = os.path.normpath(os.path.join(root, text))
    for base in bases:
        if (relative := below(path, base)) is not None:
            return os.path.join(bases[0], relative)
    return None


def below(path: str, base: str) -> str | None:
    """The normal ``path`` relative to ``base``; ``None`` outside of it, and in the folder of locks. Pure."""
    start = base.rstrip("/") + "/"
    relative = path[len(start) :] if path.startswith(start) else ""
    return relative if relative and relative.partition("/")[0] != STATE_FOLDER else None


def is_inner(relative: str) -> bool:
    """Whether a text is a relative path as ``inner`` gives it: no ``..``, nothing absolute. Pure."""
    parts = relative.split("/")
    return is_name(relative) and parts[0] != STATE_FOLDER and not {"", ".", ".."} & set(parts)


def is_name(text: str) -> bool:
    """Whether a text can be given to the file system. Pure."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


class Opened:
    """A folder whose content is reached from its descriptor, part by part. Paths are relative to it. A link where a
    folder should be raises ``OSError`` (``ENOTDIR``).
    """

    def __init__(self, path: str) -> None:
        """Open it. Raises ``OSError``. ``path`` itself may be reached by links."""
        self._root = os.open(os.path.realpath(path), _FOLDER)

    def __enter__(self) -> Opened:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        os.close(self._root)

    @contextlib.contextmanager
    def folder(self, path: str, *, make: bool = False) -> Iterator[int]:
        """The descriptor of a folder. With ``make`` it and those above it are made where they are missing."""
        here = os.dup(self._root)
        try:
            for part in filter(None, path.split("/")):
                try:
                    inner = os.open(part, _FOLDER, dir_fd=here)
                except FileNotFoundError:
                    if not make:
                        raise
                    os.mkdir(part, dir_fd=here)
                    inner = os.open(part, _FOLDER, dir_fd=here)
                os.close(here)
                here = inner
            yield here
        finally:
            os.close(here)

    @contextlib.contextmanager
    def at(self, path: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
        """The descriptor of the folder in which ``path`` is, and its name there."""
        folder, name = os.path.split(path)
        with self.folder(folder, make=make) as here:
            yield here, name

    def stat(self, path: str) -> os.stat_result | None:
        """What is there, itself if it is a link; ``None`` for nothing, or behind a link."""
        try:
            with self.at(path) as (here, name):
                return os.stat(name, dir_fd=here, follow_symlinks=False)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                return None
            raise

    def names(self, path: str) -> list[str]:
        """The names in a folder, sorted; none where it cannot be read, or behind a link."""
        try:
            with self.folder(path) as here:
                return sorted(os.listdir(here))
        except OSError:
            return []

    def unlink(self, path: str) -> None:
        """Remove a file or a link. Nothing there, a folder there, or a link on the way: nothing is done."""
        try:
            with self.at(path) as (here, name):
                os.unlink(name, dir_fd=here)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EISDIR, errno.ENAMETOOLONG):
                raise

    def remove_empty(self, path: str) -> None:
        """Remove a folder if it is empty. A link is none."""
        with contextlib.suppress(OSError), self.at(path) as (here, name):
            os.rmdir(name, dir_fd=here)


@contextlib.contextmanager
def open_folder(name: str, folder: int | None = None) -> Iterator[int]:
    """The descriptor of a folder. Raises ``OSError``, also for a link."""
    descriptor = os.open(name, _FOLDER, dir_fd=folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def open_plain(name: str, folder: int | None = None) -> int:
    """A descriptor of a regular file, for reading. Raises ``NotPlain`` at once for a link or a pipe, ``OSError``."""
    try:
        descriptor = os.open(name, _PLAIN, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise NotPlain(errno.EINVAL, "is no regular file", name) from None
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotPlain(errno.EINVAL, "is no regular file", name)
    return descriptor
