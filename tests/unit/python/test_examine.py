"""Files against RECORD: which file a row names, and whose sizes count. The site directory is made up."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from ide49_storage.python.site_packages.health import _file_of_row, recorded

SITE, PREFIX = "/base/lib/python3/site-packages", "/base"


def test_a_row_names_the_file_that_its_path_leads_to() -> None:
    for length in range(1, 4):
        for parts in itertools.product(["a", "b.py", ".", "..", "", "c.", "...", ".d", "/"], repeat=length):
            path = "/".join(parts) or "x"
            full = os.path.normpath(os.path.join(SITE, path))
            expected = full if full.startswith((f"{PREFIX}/", f"{SITE}/")) else None
            assert _file_of_row(SITE, path, f"{PREFIX}/") == expected, path


def test_compiled_files_count_for_the_size_only_where_it_is_asked_for(tmp_path: Path) -> None:
    info = tmp_path / "x-1.dist-info"
    info.mkdir()
    (tmp_path / "x.py").write_bytes(b"12345")
    (tmp_path / "x.pyc").write_bytes(b"123")
    (info / "RECORD").write_text("x.py,,5\nx.pyc,,\ngone.pyc,,\nz.pyc,,7\n")
    (found,) = recorded(str(tmp_path), [info.name], str(tmp_path), "x86_64")
    assert (found.size, found.missing, found.differing, found.tops) == (5, 0, 0, ("x.py", "x.pyc", "gone.pyc", "z.pyc"))
    (measured,) = recorded(str(tmp_path), [info.name], str(tmp_path), "x86_64", True)
    assert (measured.size, measured.missing, measured.differing) == (8, 0, 0)


def test_what_is_gone_or_has_another_size_is_named(tmp_path: Path) -> None:
    info = tmp_path / "x-1.dist-info"
    info.mkdir()
    (tmp_path / "x.py").write_bytes(b"12345")
    (tmp_path / "z.pyc").write_bytes(b"12345")
    (info / "RECORD").write_text("x.py,,6\ngone.py,,\nz.pyc,,7\n../../out.py,,\n")
    (found,) = recorded(str(tmp_path), [info.name], str(tmp_path), "x86_64")
    assert (found.missing, found.differing, found.outside) == (1, 2, 1)
    assert found.examples == ("x.py", "gone.py")
