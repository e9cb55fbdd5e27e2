"""The file handle of an overlay entry: whether the image ever had it.

``name_to_handle_at(2)`` with ``AT_HANDLE_FID`` gives overlay's own handle (kernel 6.6 and later). It
names the *origin* of an entry: the lower file it was copied from, or, flagged, the upper file itself.
Source of the layout: ``struct ovl_fh`` in ``fs/overlayfs/overlayfs.h``.
"""

from __future__ import annotations

import ctypes
import struct
from typing import Any

_FID = 0x200
_MOST_BYTES = 128
_HEAD = struct.Struct("=Ii")
_OVERLAY_TYPE = 0xF8
_MAGIC = 0xFB
_PADDING = 3
_PURELY_UPPER = 4


def purely_upper(kind: int, handle: bytes) -> bool | None:
    """Whether the handle says that no image layer has this entry; ``None`` if it is no overlay's handle."""
    if kind != _OVERLAY_TYPE or len(handle) < _PADDING + 4 or handle[_PADDING + 1] != _MAGIC:
        return None
    return bool(handle[_PADDING + 3] & _PURELY_UPPER)


class Handles:
    """Asks for handles, and stops asking once the kernel or a seccomp profile refuses the call."""

    def __init__(self) -> None:
        self._call = _find_call()
        self._buffer = ctypes.create_string_buffer(_HEAD.size + _MOST_BYTES)
        self._mount = ctypes.c_int()

    def is_new(self, folder: int, name: bytes) -> bool | None:
        """Whether the image never had the entry ``name`` of the open folder; ``None``: not told here."""
        if self._call is None:
            return None
        _HEAD.pack_into(self._buffer, 0, _MOST_BYTES, 0)
        if self._call(folder, name, self._buffer, ctypes.byref(self._mount), _FID) != 0:
            return None
        length, kind = _HEAD.unpack_from(self._buffer)
        return purely_upper(kind, self._buffer.raw[_HEAD.size : _HEAD.size + length])

    def works(self, folder: int) -> bool:
        """Whether the open folder has an overlay's handle. If not, ``is_new`` asks no more."""
        if self.is_new(folder, b".") is None:
            self._call = None
        return self._call is not None


def _find_call() -> Any:
    try:
        call = ctypes.CDLL(None, use_errno=True).name_to_handle_at
    except AttributeError:
        return None
    call.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int]
    return call
