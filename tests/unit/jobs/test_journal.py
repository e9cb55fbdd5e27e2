"""The journal: whatever happens to the files in between, what is put back is what was there."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from ide49_storage.jobs import journal
from ide49_storage.jobs.manifest import read
from tests.needs import need


def tree(base: Path) -> dict[str, object]:
    """Every file and link below a folder, our own excepted."""
    found: dict[str, object] = {}
    for path in base.rglob("*"):
        inner = str(path.relative_to(base))
        if path.is_symlink():
            found[inner] = ("link", os.readlink(path))
        elif path.is_file() and not inner.startswith("own"):
            found[inner] = path.read_bytes()
    return found


@pytest.fixture
def base(tmp_path: Path) -> Path:
    made = tmp_path / "base"
    for name in (
        "site/big/__init__.py",
        "site/big/deep/m.py",
        "site/big-1.dist-info/RECORD",
        "bin/big",
        "share/mine.txt",
    ):
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"old {name}")
    (made / "site/big/link").symlink_to("deep/m.py")
    (made / "site/big/mine.txt").write_text("the person's own, in the package's folder")
    return made


def old_files(base: Path) -> list[str]:
    return [str(each) for each in (base / "site").rglob("*") if not each.is_dir()] + [str(base / "bin/big")]


NEW = (
    "site/big/new.py",
    "site/big/deep/m.py",
    "site/fresh/__init__.py",
    "site/fresh/__pycache__/x.cpython-311.pyc",
    "bin/two",
)


def take(base: Path, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    saves = [each for each in old_files(base) if "mine" not in each]
    journal.take(str(folder), "job", str(base), saves, [str(base / each) for each in NEW])


def harm(base: Path, rng: random.Random) -> None:
    """Some of what a pip that is killed somewhere leaves behind."""
    aside = base / "site" / "~ig"
    if rng.random() < 0.7:
        aside.mkdir()
        for name in ("__init__.py", "deep"):
            if rng.random() < 0.7:
                os.rename(base / "site/big" / name, aside / name)
    for name in NEW:
        if rng.random() < 0.6:
            path = base / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            path.write_text(f"new {name}")
    for name in ("site/big/link", "bin/big", "site/big-1.dist-info/RECORD"):
        if rng.random() < 0.5:
            (base / name).unlink(missing_ok=True)
    if rng.random() < 0.5:
        (base / "site/big-1.dist-info").mkdir(exist_ok=True)
        (base / "site/big-1.dist-info/RECORDab12cd_4.tmp").write_text("half")


@pytest.mark.parametrize("seed", range(60))
def test_any_half_done_change_is_undone(base: Path, seed: int) -> None:
    before = tree(base)
    take(base, base / "own/journal")
    harm(base, random.Random(seed))
    (base / "share/new-mine.txt").write_text("made by the person in the meantime")
    stay = journal.restore(str(base / "own/journal"), str(base))
    assert tree(base) == {**before, "share/new-mine.txt": b"made by the person in the meantime"}
    assert stay == ()
    assert not (base / "own/journal").exists()
    assert not (base / "site/fresh").exists()


@pytest.mark.parametrize("seed", range(10))
def test_putting_back_can_be_interrupted_and_repeated(base: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree(base)
    take(base, base / "own/journal")
    rng = random.Random(seed)
    harm(base, rng)
    real, left = os.rename, rng.randint(0, 3)

    def rename(source: str, target: str, **folders: int) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(28, "No space left on device")
        real(source, target, **folders)

    monkeypatch.setattr(os, "rename", rename)
    try:
        journal.restore(str(base / "own/journal"), str(base))
    except OSError:
        assert read(str(base / "own/journal"), str(base)) is not None
    monkeypatch.undo()
    if (base / "own/journal").exists():
        journal.restore(str(base / "own/journal"), str(base))
    assert tree(base) == before


@pytest.mark.parametrize("half", [False, True])
def test_a_folder_that_became_a_file_and_a_file_that_became_a_folder_are_put_back(base: Path, half: bool) -> None:
    before = tree(base)
    new = [base / "site/big/deep", base / "site/big/__init__.py/inner/more/x.txt"]
    saves = [each for each in old_files(base) if "mine" not in each]
    (base / "own").mkdir()
    journal.take(str(base / "own/journal"), "job", str(base), saves, map(str, new))
    (base / "site/big/deep/m.py").unlink()
    (base / "site/big/deep").rmdir()
    (base / "site/big/__init__.py").unlink()
    (base / "site/big/__init__.py/inner/more").mkdir(parents=True)
    if not half:
        for path in new:
            path.write_text("new")
    assert journal.restore(str(base / "own/journal"), str(base)) == ()
    assert tree(base) == before


def test_a_persons_file_in_a_new_folder_stays_and_is_named(base: Path) -> None:
    take(base, base / "own/journal")
    (base / "site/fresh").mkdir()
    (base / "site/fresh/mine.txt").write_text("mine")
    assert journal.restore(str(base / "own/journal"), str(base)) == ("site/fresh",)
    assert (base / "site/fresh/mine.txt").read_text() == "mine"


def test_a_change_that_stands_leaves_no_journal(base: Path) -> None:
    take(base, base / "own/journal")
    (base / "bin/two").write_text("new")
    journal.close(str(base / "own/journal"), str(base))
    assert (base / "bin/two").read_text() == "new"
    assert not (base / "own/journal").exists()


def test_without_its_manifest_a_journal_changes_nothing(base: Path) -> None:
    take(base, base / "own/journal")
    (base / "own/journal/journal.json").unlink()
    before = tree(base)
    assert journal.restore(str(base / "own/journal"), str(base)) == ()
    assert tree(base) == before


def test_where_links_cannot_be_made_files_are_copied(base: Path) -> None:
    """The journal on another file system: link() really fails with EXDEV."""
    other = Path("/dev/shm")
    need(other.is_dir() and os.stat(other).st_dev != os.stat(base).st_dev, "a second file system at /dev/shm")
    folder = other / f"ide49-storage-test-{os.getpid()}" / "journal"
    before = tree(base)
    try:
        take(base, folder)
        manifest = read(str(folder), str(base))
        assert manifest is not None
        assert not any(each.linked for each in manifest.saved)
        harm(base, random.Random(1))
        journal.restore(str(folder), str(base))
        assert tree(base) == before
    finally:
        shutil.rmtree(folder.parent)


def test_paths_outside_of_the_base_are_never_touched(base: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("x")
    (base / "own").mkdir()
    made = journal.take(
        str(base / "own/j"), "job", str(base), [str(outside), f"{base}/../outside.txt"], ["/etc/hostname"]
    )
    assert made.saved == ()
    assert made.appear == ()
