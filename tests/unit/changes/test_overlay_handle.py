"""What an overlay's file handle says. The bytes are synthetic, in the form of ``struct ovl_fh``."""

from __future__ import annotations

import os
from pathlib import Path

from ide49_storage.changes.overlay_handle import Handles, purely_upper

UPPER = bytes.fromhex("000000" + "00fb1d06" + "81" + "00" * 16 + "0102030405060708")
LOWER = bytes.fromhex("000000" + "00fb1d02" + "81" + "00" * 16 + "0102030405060708")


def test_the_flag_says_that_the_image_never_had_it() -> None:
    assert purely_upper(0xF8, UPPER) is True
    assert purely_upper(0xF8, LOWER) is False


def test_another_file_systems_handle_says_nothing() -> None:
    assert purely_upper(1, UPPER) is None
    assert purely_upper(0xF8, b"") is None
    assert purely_upper(0xF8, UPPER[:5]) is None
    assert purely_upper(0xF8, b"\0" * 40) is None


def test_a_plain_file_system_is_asked_once_and_then_no_more(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    try:
        handles = Handles()
        assert not handles.works(folder)
        assert handles.is_new(folder, b".") is None
    finally:
        os.close(folder)
