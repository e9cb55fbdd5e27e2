"""Reading an engine's list while it comes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ide49_storage.engines.sdk_worker import rows


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(
    "found",
    [[], [{}], [{"Path": "/\u00e9\U0001f600]}, {", "Kind": 1}, {"Path": 'a"b\\', "Kind": 0}]],
)
def test_every_row_comes_whole_wherever_the_pieces_are_cut(found: list[dict[str, Any]], size: int) -> None:
    data = json.dumps(found, ensure_ascii=False, indent=1).encode() + b"\n"
    assert list(rows(data[at : at + size] for at in range(0, len(data), size))) == found


def test_null_is_an_empty_list() -> None:
    assert list(rows([b"nu", b"ll\n"])) == []


@pytest.mark.parametrize(
    "data", [b"", b"[", b'[{"Path": "/x"}', b"[1]", b"{}", b"rubbish", b"[{]", b"\xff\xff\xff\xff"]
)
def test_what_is_no_whole_list_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        list(rows([data]))
