"""A FUSE server that can be made to read requests and say nothing. Needs root and /dev/fuse; no library.

Run as a program: ``python silent_fuse.py MOUNT_POINT`` mounts, prints ``ready`` and then answers ``statfs``,
``getattr`` and the like for an empty root folder until SIGUSR1, after which it only reads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import struct
import sys

_LOOKUP, _GETATTR, _STATFS, _INIT, _OPENDIR, _READDIR, _RELEASEDIR, _ACCESS = 1, 3, 17, 26, 27, 28, 29, 34
_FORGET = (2, 42)
_ENOENT, _ENOSYS = 2, 38


def mount(point: str, descriptor: int, source: bytes = b"silent", kind: bytes = b"fuse.silent") -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    options = f"fd={descriptor},rootmode=40755,user_id=0,group_id=0,allow_other"
    if libc.mount(source, os.fsencode(point), kind, 0, options.encode()):
        raise OSError(ctypes.get_errno(), "mount failed")


def attributes() -> bytes:
    return struct.pack("<QQQQQQIIIIIIIIII", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0o40755, 2, 0, 0, 0, 4096, 0)


def answer(operation: int) -> tuple[int, bytes]:
    """Error number and body."""
    if operation == _INIT:
        return 0, struct.pack("<IIIIHHIIHH", 7, 31, 65536, 0, 16, 12, 65536, 1, 1, 0) + b"\0" * 28
    if operation == _GETATTR:
        return 0, struct.pack("<QII", 0, 0, 0) + attributes()
    if operation == _STATFS:
        return 0, struct.pack("<QQQQQIIII24x", 1000, 600, 500, 0, 0, 4096, 255, 4096, 0)
    if operation == _OPENDIR:
        return 0, struct.pack("<QII", 1, 0, 0)
    if operation in (_READDIR, _RELEASEDIR, _ACCESS):
        return 0, b""
    return (_ENOENT if operation == _LOOKUP else _ENOSYS), b""


def main() -> None:
    point = sys.argv[1]
    silent = "silent" in sys.argv
    descriptor = os.open("/dev/fuse", os.O_RDWR)
    mount(point, descriptor)
    state = {"silent": silent}
    signal.signal(signal.SIGUSR1, lambda *_: state.update(silent=True))
    print("ready", flush=True)
    while True:
        try:
            data = os.read(descriptor, 1 << 17)
        except OSError:
            return  # unmounted or aborted
        _, operation, unique = struct.unpack_from("<IIQ", data)
        if operation in _FORGET or (state["silent"] and operation != _INIT):
            continue
        error, body = answer(operation)
        if error:
            body = b""
        os.write(descriptor, struct.pack("<IiQ", 16 + len(body), -error, unique) + body)


if __name__ == "__main__":
    main()
