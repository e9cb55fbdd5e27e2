"""Where the laboratory keeps images and the engines' storage, and who may use which part of it.

Engines keep their images between sessions (an import takes seconds), so their storage lies in numbered
slots: a session takes the first slot that no other living session holds.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from .shell import run

STORAGE_VARIABLE = "IDE49_STORAGE_LAB"
CHECKOUT = Path(__file__).resolve().parents[2]


def lab_folder() -> Path:
    """The laboratory's folder: ``IDE49_STORAGE_LAB``, else ``.cache/lab`` in the checkout. It exists."""
    folder = Path(os.environ.get(STORAGE_VARIABLE) or CHECKOUT / ".cache" / "lab").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the exclusive lock on ``path`` (made when missing), waiting for whoever has it."""
    with _open_lock(path) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def claimed_slot(label: str) -> Iterator[Path]:
    """The folder of the first free slot ``<label>-<number>``, held until the end of the block.

    It may hold what an earlier session left, even one that was killed: the engine tidies it up.
    """
    for number in range(100):
        folder = lab_folder() / f"{label}-{number}"
        with _open_lock(folder.with_name(folder.name + ".lock")) as lock:
            if _taken_by_another(lock):
                continue
            folder.mkdir(exist_ok=True)
            yield folder
            return
    raise RuntimeError(f"a hundred sessions hold every slot of {label} in {lab_folder()}")


@contextlib.contextmanager
def _open_lock(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _taken_by_another(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


@contextlib.contextmanager
def scratch(label: str) -> Iterator[Path]:
    """An empty folder in the laboratory, removed at the end with everything in it."""
    folder = lab_folder() / f"{label}-{os.getpid()}"
    _remove(folder)
    folder.mkdir()
    try:
        yield folder
    finally:
        _remove(folder)


def _remove(folder: Path) -> None:
    # a debootstrap that was interrupted leaves its /proc mounted there: never delete through a mount
    points = [line.split(" ")[4] for line in Path("/proc/self/mountinfo").read_text("utf-8", "replace").splitlines()]
    for point in reversed([point for point in points if point.startswith(f"{folder}/")]):
        run(["umount", point])
    shutil.rmtree(folder, ignore_errors=True)


def image_folder() -> Path:
    """Where the archives of images are kept."""
    folder = lab_folder() / "images"
    folder.mkdir(exist_ok=True)
    return folder


def cached(name: str, make: Callable[[Path], None]) -> Path:
    """The archive ``name``, written once by ``make``, whoever comes first; the others wait."""
    target = image_folder() / name
    with locked(target.with_name(f"{name}.lock")):
        if not target.exists():
            partial = target.with_name(f"{name}.partial")
            make(partial)
            partial.rename(target)
    return target
