"""``statx(2)`` through ctypes: Python has no call for a file's birth time and mount id on Linux.

Source of the structure: ``statx(2)``, ``linux/stat.h``.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Callable
from typing import Any, NamedTuple

AT_FDCWD = -100
_NO_FOLLOW, _NO_AUTOMOUNT, _DONT_SYNC = 0x100, 0x800, 0x4000
# Without DONT_SYNC a look at a network file system would ask its server.
_FLAGS = _NO_FOLLOW | _NO_AUTOMOUNT | _DONT_SYNC
_BASIC, _BTIME, _MNT_ID = 0x7FF, 0x800, 0x1000
_WANTED = _BASIC | _BTIME | _MNT_ID
_NUMBERS = {"x86_64": 332, "i386": 383, "i686": 383, "armv7l": 397, "armv6l": 397, "s390x": 379, "ppc64le": 383}
_GENERIC_NUMBER = 291
# mask, nlink, mode, inode, size, birth, change, modification (seconds, nanoseconds), device, mount id
_LAYOUT = struct.Struct("=I12xI8xH2xQQ32xqI4xqI4xqI4x8xIIQ")
_SIZE = 256
_BIRTH, _BIRTH_AT = struct.Struct("=qI"), 80
_NANO = 1_000_000_000


class EntryStat(NamedTuple):
    """What one entry is. Times are nanoseconds since 1970; ``birth`` and ``mount`` are ``None`` where
    the kernel or the file system does not tell.
    """

    mode: int
    inode: int
    links: int
    size: int
    birth: int | None
    change: int
    device: tuple[int, int]
    mount: int | None


class StatxReader:
    """Looks at entries without following a link. Not for use by several threads at once."""

    def __init__(self) -> None:
        self._call = _find_statx()
        self._buffer = bytearray(_SIZE)
        self._shared = (ctypes.c_char * _SIZE).from_buffer(self._buffer)
        self._address = ctypes.addressof(self._shared)

    def look(self, folder: int, name: bytes) -> EntryStat:
        """The entry ``name`` of the open folder (``AT_FDCWD``: a path). ``OSError`` as the kernel says."""
        if self._call is not None:
            if self._call(folder, name, _FLAGS, _WANTED, self._address) == 0:
                return _read(self._buffer)
            number = ctypes.get_errno()
            if number not in (errno.ENOSYS, errno.EPERM):
                raise OSError(number, os.strerror(number), os.fsdecode(name))
            # Old seccomp profiles refuse the call itself.
            self._call = None
        return _plain(folder, name)

    def younger_than(self, moment: int) -> Callable[[int, bytes], EntryStat | None]:
        """``look``, but ``None`` for an entry born before ``moment``: most are, so this is the hot path."""
        call, buffer, address, unpack = self._call, self._buffer, self._address, _BIRTH.unpack_from
        if call is None or not moment:
            return self.look

        def look(folder: int, name: bytes) -> EntryStat | None:
            if call(folder, name, _FLAGS, _WANTED, address) != 0:
                return self.look(folder, name)
            seconds, nanoseconds = unpack(buffer, _BIRTH_AT)
            if 0 < seconds * _NANO + nanoseconds < moment:
                return None
            return _read(buffer)

        return look


def _read(buffer: bytearray) -> EntryStat:
    mask, links, mode, inode, size, b, b_ns, c, c_ns, _m, _m_ns, major, minor, mount = _LAYOUT.unpack_from(buffer)
    birth = b * _NANO + b_ns if mask & _BTIME else None
    # Some file systems set the bit and leave the time at zero.
    return EntryStat(
        mode,
        inode,
        links,
        size,
        birth or None,
        c * _NANO + c_ns,
        (major, minor),
        mount if mask & _MNT_ID else None,
    )


def _plain(folder: int, name: bytes) -> EntryStat:
    """The same without birth and mount, by the call that is always there."""
    found = os.stat(name, dir_fd=None if folder == AT_FDCWD else folder, follow_symlinks=False)
    device = (os.major(found.st_dev), os.minor(found.st_dev))
    return EntryStat(found.st_mode, found.st_ino, found.st_nlink, found.st_size, None, found.st_ctime_ns, device, None)


def number_on(machine: str, pointer: int) -> int:
    """The number of the call. A program of 32 bits (``pointer`` is 4) on a kernel of 64 is told the kernel's machine:
    so it is in many containers on a Raspberry Pi.
    """
    if pointer == 4:
        machine = {"aarch64": "armv7l", "armv8l": "armv7l", "x86_64": "i386"}.get(machine, machine)
    return _NUMBERS.get(machine, _GENERIC_NUMBER)


def _find_statx() -> Any:
    """The C library's wrapper, else the bare system call; ``None`` off Linux."""
    library = ctypes.CDLL(None, use_errno=True)
    kinds: list[Any] = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_uint, ctypes.c_void_p]
    try:
        call = library.statx
        call.argtypes = kinds
        return call
    except AttributeError:
        pass
    import platform

    if platform.system() != "Linux":
        return None
    number = number_on(platform.machine(), struct.calcsize("P"))
    bare = library.syscall
    bare.argtypes = [ctypes.c_long, *kinds]
    return lambda *arguments: bare(number, *arguments)
