"""A bench for each test: a real pip, a real user base, an index that the test fills."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pypi.bench import Bench, write_kernel
from tests.pypi.index import Index, running_index


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with running_index(tmp_path / "index") as running:
        yield running


@pytest.fixture
def bench(tmp_path: Path, index: Index, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    write_kernel(tmp_path / "jupyter")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    made = Bench(tmp_path, index)
    yield made
    index.hung.set()
    made.rest()
