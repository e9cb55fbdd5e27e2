"""A FUSE mount of a folder that writes down which process asks for what. Needs root and /dev/fuse; no library.

Run as a program: ``python watched_fuse.py FOLDER MOUNT_POINT LOG [SECONDS]`` mounts FOLDER as if it came by
sshfs, prints ``ready``, and serves it, each answer ``SECONDS`` late. A line of LOG is ``PID CALL PATH``, with
the process and not the thread. The kernel keeps nothing, so every look at the mount is in the log.
"""

from __future__ import annotations

import contextlib
import os
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.lab.silent_fuse import mount

ENTRY, ATTR, OPENED = struct.Struct("<QQQQII"), struct.Struct("<QQQQQQIIIIIIIIII"), struct.Struct("<QII")
NAMES = {
    1: "lookup", 3: "getattr", 4: "setattr", 5: "readlink", 6: "symlink", 9: "mkdir", 10: "unlink", 11: "rmdir",
    12: "rename", 14: "opened", 15: "read", 16: "write", 17: "statfs", 27: "opened", 28: "readdir", 34: "access",
    35: "create", 45: "rename2",
}  # fmt: skip
QUIET = {18: b"", 29: b"", 20: b"", 25: b""}
FORGET = (2, 42, 36, 38)


class Tree:
    """The folder, with a number for each path that was named."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.paths = {1: ""}
        self.numbers = {"": 1}

    def number(self, path: str) -> int:
        if path not in self.numbers:
            self.numbers[path] = len(self.numbers) + 1
            self.paths[self.numbers[path]] = path
        return self.numbers[path]

    def real(self, path: str) -> str:
        return f"{self.folder}/{path}".rstrip("/")

    def attributes(self, path: str) -> bytes:
        told = os.lstat(self.real(path))
        times = (int(told.st_atime), int(told.st_mtime), int(told.st_ctime), 0, told.st_mtime_ns % 10**9, 0)
        rest = (told.st_mode, told.st_nlink, told.st_uid, told.st_gid, 0, 4096, 0)
        return ATTR.pack(self.number(path), told.st_size, told.st_blocks, *times, *rest)

    def entry(self, path: str) -> bytes:
        attributes = self.attributes(path)
        return ENTRY.pack(self.number(path), 0, 0, 0, 0, 0) + attributes

    def answer(self, operation: int, path: str, body: bytes) -> bytes:
        """The answer's body; ``OSError`` for what fails."""
        if operation in QUIET:
            return QUIET[operation]
        if operation not in NAMES or operation == 34:
            raise OSError(38, "not implemented")
        call: Callable[[str, bytes], bytes] = getattr(self, NAMES[operation])
        return call(path, body)

    @staticmethod
    def _child(path: str, body: bytes) -> str:
        return f"{path}/{os.fsdecode(body.split(bytes(1))[0])}".lstrip("/")

    def lookup(self, path: str, body: bytes) -> bytes:
        return self.entry(self._child(path, body))

    def getattr(self, path: str, _: bytes) -> bytes:
        return struct.pack("<QII", 0, 0, 0) + self.attributes(path)

    def setattr(self, path: str, body: bytes) -> bytes:
        valid, size, mode = *struct.unpack_from("<I12xQ", body), struct.unpack_from("<I", body, 68)[0]
        if valid & 8:
            os.truncate(self.real(path), size)
        if valid & 1:
            os.chmod(self.real(path), mode & 0o7777)
        return self.getattr(path, body)

    def readlink(self, path: str, _: bytes) -> bytes:
        return os.fsencode(os.readlink(self.real(path)))

    def symlink(self, path: str, body: bytes) -> bytes:
        name, target = body.split(bytes(1))[:2]
        child = self._child(path, name)
        os.symlink(target, self.real(child))
        return self.entry(child)

    def mkdir(self, path: str, body: bytes) -> bytes:
        child = self._child(path, body[8:])
        os.mkdir(self.real(child), struct.unpack_from("<I", body)[0] & 0o7777)
        return self.entry(child)

    def unlink(self, path: str, body: bytes) -> bytes:
        os.unlink(self.real(self._child(path, body)))
        return b""

    def rmdir(self, path: str, body: bytes) -> bytes:
        os.rmdir(self.real(self._child(path, body)))
        return b""

    def rename(self, path: str, body: bytes, skip: int = 8) -> bytes:
        parent = self.paths[struct.unpack_from("<Q", body)[0]]
        old, new = body[skip:].split(bytes(1))[:2]
        os.rename(self.real(self._child(path, old)), self.real(self._child(parent, new)))
        return b""

    def rename2(self, path: str, body: bytes) -> bytes:
        return self.rename(path, body, 16)

    def opened(self, path: str, _: bytes) -> bytes:
        os.lstat(self.real(path))
        return OPENED.pack(0, 1, 0)  # the kernel keeps none of its pages

    def create(self, path: str, body: bytes) -> bytes:
        child = self._child(path, body[16:])
        os.close(os.open(self.real(child), os.O_CREAT | os.O_WRONLY, struct.unpack_from("<4xI", body)[0] & 0o7777))
        return self.entry(child) + self.opened(child, b"")

    def read(self, path: str, body: bytes) -> bytes:
        offset, size = struct.unpack_from("<8xQI", body)
        with open(self.real(path), "rb") as file:
            file.seek(offset)
            return file.read(size)

    def write(self, path: str, body: bytes) -> bytes:
        offset, size = struct.unpack_from("<8xQI", body)
        with open(self.real(path), "r+b") as file:
            file.seek(offset)
            file.write(body[40 : 40 + size])
        return struct.pack("<II", size, 0)

    def statfs(self, *_: object) -> bytes:
        return struct.pack("<QQQQQIIII24x", 1000, 600, 500, 0, 0, 4096, 255, 4096, 0)

    def readdir(self, path: str, body: bytes) -> bytes:
        offset, size = struct.unpack_from("<8xQI", body)
        told = b""
        for index, name in enumerate(sorted(os.listdir(self.real(path)))[offset:], offset + 1):
            child = f"{path}/{name}".lstrip("/")
            raw = os.fsencode(name)
            kind = os.lstat(self.real(child)).st_mode >> 12
            record = struct.pack("<QQII", self.number(child), index, len(raw), kind) + raw
            record += bytes(-len(record) % 8)
            if len(told) + len(record) > size:
                break
            told += record
        return told


def process_of(thread: int) -> int:
    """The asking thread waits for the answer, so it is there."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{thread}/status").read_text().splitlines():
            if line.startswith("Tgid:"):
                return int(line.split()[1])
    return thread


def main() -> None:
    folder, point, log_path, *late = sys.argv[1:]
    tree, seconds = Tree(folder), float(late[0]) if late else 0.0
    descriptor = os.open("/dev/fuse", os.O_RDWR)
    mount(point, descriptor, b"iot@nas:/data", b"fuse.sshfs")
    print("ready", flush=True)
    with open(log_path, "w", buffering=1) as log:
        while True:
            try:
                data = os.read(descriptor, 1 << 18)
            except OSError:
                return  # unmounted or aborted
            operation, unique, node, thread = struct.unpack_from("<4xIQQ8xI", data)
            if operation in FORGET:
                continue
            error, body = 0, b""
            if operation == 26:
                body = struct.pack("<IIIIHHIIHH", 7, 31, 65536, 0, 16, 12, 65536, 1, 1, 0) + bytes(28)
            else:
                path = tree.paths[node]
                name = tree._child(path, data[40:]) if operation == 1 else path
                log.write(f"{process_of(thread)} {NAMES.get(operation, operation)} {name!r}\n")
                time.sleep(seconds)
                try:
                    body = tree.answer(operation, path, data[40:])
                except OSError as problem:
                    error = problem.errno or 5
            os.write(descriptor, struct.pack("<IiQ", 16 + len(body), -error, unique) + body)


if __name__ == "__main__":
    main()
