"""The program of a helper process: answers questions about files, one JSON line each, until its input ends.

It is started as ``python -I -S`` with this text (see ``worker.py``), so it uses the standard library only
and imports nothing of this project. Whatever it asks may never come back: that is what it is for. A
request is one line ``[NUMBER, [[OPERATION, PATH, ...], ...]]``; the answers are lines
``[NUMBER, INDEX, 0, RESULT]`` or ``[NUMBER, INDEX, ERRNO, TEXT]``, in the order of the questions. The
first line of all is ``[0]``.
"""

from __future__ import annotations

import errno
import json
import os
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

SQLITE_MAGIC = b"SQLite format 3\x00"


def kind_of(mode: int) -> str:
    """One word for what a mode says a thing is."""
    for test, word in (
        (stat.S_ISDIR, "dir"),
        (stat.S_ISREG, "file"),
        (stat.S_ISLNK, "link"),
        (stat.S_ISSOCK, "socket"),
        (stat.S_ISFIFO, "fifo"),
    ):
        if test(mode):
            return word
    return "other"


def look(path: str) -> list[str | None]:
    """``[KIND, TARGET]``; a thing that is not there is an answer too."""
    try:
        kind = kind_of(os.lstat(path).st_mode)
        return [kind, os.readlink(path) if kind == "link" else None]
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL):
            return ["missing", None]
        raise


def access(path: str, mode: int) -> bool:
    """Whether this user may."""
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def statvfs(path: str) -> list[int]:
    """``[TOTAL, USED, FREE, INODES, FREE_INODES]`` in bytes and counts; FREE is an ordinary user's."""
    found = os.statvfs(path)
    total = found.f_blocks * found.f_frsize
    used = total - found.f_bfree * found.f_frsize
    free = found.f_bavail * found.f_frsize
    return [total, used, free, found.f_files, found.f_favail]


def head(path: str, limit: int) -> list[int | str]:
    """``[SIZE, TEXT]``: a regular file's size and its first bytes. Never opens a fifo or a device."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        data = b""
        while len(data) < limit:
            piece = os.read(descriptor, limit - len(data))
            if not piece:
                break
            data += piece
        return [found.st_size, data.decode("utf-8", "surrogateescape")]
    finally:
        os.close(descriptor)


def pseudo(path: str, limit: int) -> str:
    """The text of a file that the kernel makes as it is read, whose size it does not say."""
    with open(path, "rb", buffering=0) as file:
        data = b""
        while len(data) < limit and (piece := file.read(limit - len(data))):
            data += piece
    return data.decode("utf-8", "surrogateescape")


def names(path: str, limit: int) -> dict[str, Any]:
    """``{"names": [[NAME, KIND], ...], "more": BOOL}``: the first names of a folder, as the system gives them."""
    found: list[list[str]] = []
    with os.scandir(path) as entries:
        for entry in entries:
            if len(found) == limit:
                return {"names": found, "more": True}
            found.append([entry.name, entry_kind(entry)])
    return {"names": found, "more": False}


def entry_kind(entry: os.DirEntry[str]) -> str:
    """From what the folder says of it, so that no further question goes to the server."""
    if entry.is_symlink():
        return "link"
    if entry.is_dir(follow_symlinks=False):
        return "dir"
    return "file" if entry.is_file(follow_symlinks=False) else "other"


def walk(top: str, seconds: float, limit: int, mounts: Iterable[str]) -> Iterator[os.DirEntry[str] | None]:
    """Each entry below a folder, broad before deep, on one file system; ``None`` where there is more than is seen.

    ``mounts`` are mount points below it: even to look at one could take for ever.
    """
    until = time.monotonic() + seconds
    foreign = frozenset(mounts)
    device = os.lstat(top).st_dev
    folders = [top]
    seen = 0
    for folder in folders:
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.path in foreign:
                        continue
                    seen += 1
                    if seen > limit or time.monotonic() > until:
                        yield None
                        return
                    if entry.is_dir(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_dev == device:
                        folders.append(entry.path)
                    yield entry
        except OSError as error:  # each folder may fail by itself
            # Gone or forbidden: there is more than was seen. One that stopped answering is no such case.
            if error.errno not in (errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                raise
            yield None


def usage(path: str, seconds: float, limit: int, mounts: Iterable[str] = ()) -> dict[str, Any]:
    """``{"bytes", "entries", "complete"}``: what lies below a folder, as far as the limits let it count."""
    total, entries, complete = 0, 0, True
    for entry in walk(path, seconds, limit, mounts):
        if entry is None:
            complete = False
            continue
        entries += 1
        try:
            total += entry.stat(follow_symlinks=False).st_blocks * 512
        except OSError:
            complete = False
    return {"bytes": total, "entries": entries, "complete": complete}


def databases(path: str, seconds: float, limit: int, mounts: Iterable[str] = ()) -> dict[str, Any]:
    """``{"found": [[PATH, SIZE, WAL], ...], "complete"}``: SQLite databases, known by their first bytes."""
    found, complete = [], True
    for entry in walk(path, seconds, limit, mounts):
        if entry is None:
            complete = False
        elif entry.is_file(follow_symlinks=False):
            try:
                size, version = sqlite_header(entry)
            except OSError:
                complete = False
                continue
            if version is not None:
                found.append([entry.path, size, version == 2])
    return {"found": found, "complete": complete}


def sqlite_header(entry: os.DirEntry[str]) -> tuple[int, int | None]:
    """Size and write version of a database (2: write-ahead log); version ``None`` for any other file."""
    size = entry.stat(follow_symlinks=False).st_size
    # Pages are powers of two from 512 on, so most files need not be opened.
    if size < 512 or size % 512:
        return size, None
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(entry.path, flags)
    try:
        start = os.read(descriptor, 20)
    finally:
        os.close(descriptor)
    return size, start[18] if start.startswith(SQLITE_MAGIC) and len(start) == 20 else None


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host. A resolver may take its time, and cannot be interrupted otherwise."""
    import socket

    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def call(paths: list[str], module: str, function: str, argument: Any) -> Any:
    """What a function of an installed module gives, looked for in ``paths``."""
    import importlib

    sys.path[:] = paths
    return getattr(importlib.import_module(module), function)(argument)


OPERATIONS: dict[str, Callable[..., Any]] = {
    "look": look,
    "access": access,
    "statvfs": statvfs,
    "head": head,
    "pseudo": pseudo,
    "names": names,
    "usage": usage,
    "databases": databases,
    "resolve": resolve,
    "call": call,
}


def answer(question: list[Any]) -> tuple[int, Any]:
    """``(0, RESULT)`` or ``(ERRNO, TEXT)``."""
    try:
        return 0, OPERATIONS[question[0]](*question[1:])
    except OSError as error:
        # gaierror's numbers are negative and its own.
        return error.errno if error.errno and error.errno > 0 else errno.EIO, error.strerror or str(error)
    except Exception as error:  # a NUL in a path; an operation this version lacks; what a module raises
        return errno.EINVAL, type(error).__name__


def main(requests: Iterable[bytes], answers: IO[bytes]) -> None:
    """Serve until the input ends, which it also does when the server is gone."""
    os.chdir("/")
    # Up and ready: only from here on does a silence say anything of what is asked.
    answers.write(b"[0]\n")
    answers.flush()
    for line in requests:
        number, questions = json.loads(line)
        for index, question in enumerate(questions):
            status, value = answer(question)
            answers.write(json.dumps([number, index, status, value]).encode("ascii") + b"\n")
            # At once: the next question may be the one that never comes back.
            answers.flush()


if __name__ == "__main__":
    try:
        main(sys.stdin.buffer, sys.stdout.buffer)
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(0)
