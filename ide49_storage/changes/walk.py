"""The walk over the container layer: into every folder that may hold a change, and into no mount.

Everything is opened relative to its folder and without following links, so that what moves during the
walk cannot lead it elsewhere. The rules it applies are in ``groups`` and ``totals``.
"""

from __future__ import annotations

import contextlib
import os
import resource
import stat
import time
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from . import detection, groups
from .overlay_handle import Handles
from .path_index import PathIndex
from .statx import EntryStat, StatxReader
from .totals import FolderSummary, Item, Totals

NEW, MODIFIED, UNKNOWN = "new", "modified", "unknown"
MOST_UNREADABLE = 1000
MOST_LINKED = 200_000
MOST_CHANGED_FOLDERS = 100_000
_MOST_DEPTH = 2000
_SPARE_DESCRIPTORS = 40
_PROGRESS_SECONDS = 0.25
_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_TYPES = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link"}


class ScanBrokenError(Exception):
    """The scan cannot go on: nobody hears of it, or there is no room for what it finds. No folder is to blame."""


class FoundChange(NamedTuple):
    """A change as it goes to the listing. ``at`` in nanoseconds, ``package`` the catalogue's number."""

    group: str
    path: bytes
    change: str
    type: str
    size: int
    at: int
    package: int | None


class PathOwners:
    """Whose paths are whose. This one knows of nobody; ``scan_process`` has one that asks the package managers."""

    installs = groups.TimeSpans(())

    def owner(self, path: bytes) -> tuple[str | None, int | None]:  # noqa: ARG002  # for those who know
        """The group and the number of the package that claims the path."""
        return None, None

    def enter(self, path: bytes) -> None:
        """The walk comes to a folder; its claims are wanted before its entries are judged."""


class ScanTask(NamedTuple):
    """What to scan. ``root`` is ``b""`` for ``/``; ``skip`` has all mount points; ``diff`` is the engine's own
    answer where there is one (a path's number is ``ord`` of ``A``, ``C``, or ``D``: deleted and made anew).
    """

    root: bytes
    skip: frozenset[bytes]
    choice: detection.DetectionMethod
    starts: groups.TimeSpans
    diff: PathIndex | None


class _Frame:
    """A folder that is open. ``look`` is ``None`` for the root."""

    __slots__ = ("branch", "change", "entries", "fd", "held", "look", "path", "shut")

    def __init__(self, fd: int, path: bytes, look: EntryStat | None, change: str | None) -> None:
        self.fd = fd
        self.path = path
        self.look = look
        self.change = change
        self.entries: Iterator[os.DirEntry[str]] = os.scandir(fd)
        self.branch = FolderSummary()
        self.held = 0
        self.shut = False

    def close(self) -> None:
        self.entries.close()  # type: ignore[attr-defined]  # scandir's iterator has it; typeshed calls it an Iterator
        os.close(self.fd)


class Scan:
    """One scan. After ``run``: ``totals``, ``top`` (the largest items), ``doubts``, ``unreadable``, ``folders``."""

    def __init__(
        self,
        task: ScanTask,
        owners: PathOwners,
        emit: Callable[[FoundChange], None],
        progress: Callable[[int, Totals, bytes], None],
    ) -> None:
        self._task = task
        self._owners = owners
        self._emit = emit
        self._progress = progress
        looker = StatxReader()
        self._look = looker.look
        choice = task.choice
        # Where only younger entries count, an older one needs no further look: not even at what it is.
        only_younger = choice.method == detection.BIRTH and choice.prune
        self._look_if_younger = looker.younger_than(choice.made or 0 if only_younger else 0)
        self._handles = Handles()
        self._engine = groups.engine_folders(task.skip)
        self._mounted = _by_folder(task.skip)
        self._linked: set[int] = set()
        self._root: EntryStat | None = None
        self._depth = _depth_allowed()
        self._told = time.monotonic()
        self.seen = 0
        self.totals = Totals()
        self.top = FolderSummary()
        self.doubts: dict[str, str] = {}
        self.unreadable: list[bytes] = []
        self.unreadable_count = 0
        self.folders: set[bytes] = set()

    def run(self) -> None:
        """Walk everything. ``OSError`` only if the root itself cannot be opened."""
        fd = os.open(self._task.root or b"/", _OPEN)
        self._root = self._look(fd, b".")
        self._handles.works(fd)
        stack = [_Frame(fd, b"", None, None)]
        self.top = stack[0].branch
        try:
            while stack:
                frame = stack[-1]
                below = self._next(frame, len(stack))
                if below is not None:
                    stack.append(below)
                elif frame.shut:
                    stack.pop().close()
                    if stack:
                        self._leave(frame, stack[-1])
        finally:
            for frame in stack:
                frame.close()

    def _next(self, frame: _Frame, depth: int) -> _Frame | None:
        """Judge entries until one is a folder to go into; ``frame.shut`` when there are no more.

        The hot path: nearly all entries are older than the container, and nothing more is done for those.
        """
        look_if_younger, fd = self._look_if_younger, frame.fd
        mounted = self._mounted.get(frame.path, ())
        try:
            for entry in frame.entries:
                name = os.fsencode(entry.name)
                self.seen += 1
                if not self.seen & 0xFF:
                    self._tell(frame)
                try:
                    look = None if name in mounted else look_if_younger(fd, name)
                except FileNotFoundError:
                    continue
                except OSError:
                    self._cannot_read(frame.path)
                    look = None
                if look is None:
                    frame.branch.mix(None)
                elif (below := self._younger(frame, name, look, depth)) is not None:
                    return below
        except OSError as error:
            self._doubt("vanished", f"{_shown(frame.path)} could not be read to its end: {error.strerror}.")
            frame.branch.mix(None)
        frame.shut = True
        return None

    def _tell(self, frame: _Frame) -> None:
        now = time.monotonic()
        if now - self._told > _PROGRESS_SECONDS:
            self._told = now
            try:
                self._progress(self.seen, self.totals, frame.path)
            except OSError as error:
                raise ScanBrokenError("Nobody hears of its progress.") from error

    def _younger(self, frame: _Frame, name: bytes, look: EntryStat, depth: int) -> _Frame | None:
        """An entry that may be a change: report it, or go into it."""
        path = frame.path + b"/" + name
        folder = stat.S_ISDIR(look.mode)
        if self._is_mount(look, folder):
            frame.branch.mix(None)
            return None
        change = self._change(frame.fd, name, path, look)
        if folder and (change is not None or not self._task.choice.prune):
            return self._open(frame, name, look, change, depth)
        if change is None:
            frame.branch.mix(None)
        elif path not in groups.ENGINE_MADE:
            self._report(frame, path, look, change)
        return None

    def _is_mount(self, look: EntryStat, folder: bool) -> bool:
        """Something else is mounted there, perhaps only since the mount table was read."""
        root = self._root
        assert root is not None
        if look.mount is not None:
            return look.mount != root.mount
        return folder and look.device != root.device

    def _change(self, fd: int, name: bytes, path: bytes, look: EntryStat) -> str | None:
        """``None``: the image brought it as it is."""
        choice = self._task.choice
        if choice.method == detection.DIFF and self._task.diff is not None:
            letter = self._task.diff.find(path)
            if letter is not None:
                return NEW if letter == ord("A") else MODIFIED
            # The engine cannot write a name that is no UTF-8 in its answer; and births are as exact as it is.
            if not choice.on_birth and _is_text(name):
                return None
        if choice.method == detection.HANDLE and self._handles.is_new(fd, name):
            return NEW
        moment = look.birth if choice.on_birth else look.change
        if moment is None or choice.made is None or moment < choice.made:
            return None
        new = False if choice.method == detection.HANDLE else self._handles.is_new(fd, name)
        return UNKNOWN if new is None else NEW if new else MODIFIED

    def _open(self, frame: _Frame, name: bytes, look: EntryStat, change: str | None, depth: int) -> _Frame | None:
        path = frame.path + b"/" + name
        if depth >= self._depth:
            text = f"Folders deeper than {self._depth} were not looked into, such as {_shown(path)[:200]}."
            self._doubt("too-deep", text)
        else:
            try:
                fd = os.open(name, _OPEN, dir_fd=frame.fd)
            except FileNotFoundError:
                return None
            except OSError:
                self._cannot_read(path)
            else:
                self._owners.enter(path)
                if change is not None and len(self.folders) < MOST_CHANGED_FOLDERS:
                    self.folders.add(path)
                return _Frame(fd, path, look, change)
        frame.branch.mix(None)
        if change is not None:
            self._report(frame, path, look, change)
        return None

    def _leave(self, frame: _Frame, parent: _Frame) -> None:
        """A folder was walked to its end: it is a change itself, or only led to some."""
        parent.held += frame.held
        look, path, branch = frame.look, frame.path, frame.branch
        assert look is not None
        if frame.change is None or self._engines(frame, look):
            parent.branch.mix(None)
            parent.branch.absorb(branch)
            return
        group = self._group(path, look, folder=True)[0]
        sure = frame.change == NEW or (frame.change == UNKNOWN and path.count(b"/") > 1)
        if sure and branch.whole in ("", group):
            parent.branch.add(group, Item(branch.size, path, "folder", branch.files))
        else:
            parent.branch.mix(None)
            parent.branch.absorb(branch)
        self._count(parent, path, look, frame.change)

    def _engines(self, frame: _Frame, look: EntryStat) -> bool:
        """The engine made or touched this folder when it started the container, and nobody did anything in it."""
        if frame.path in groups.ENGINE_MADE:
            return frame.held == 0
        return frame.held == 0 and frame.path in self._engine and self._task.starts.hold(look.change)

    def _report(self, frame: _Frame, path: bytes, look: EntryStat, change: str) -> None:
        """A change that is no folder with entries of its own."""
        found = self._count(frame, path, look, change)
        if not stat.S_ISDIR(look.mode):
            frame.branch.add(found.group, Item(found.size, path, found.type, 1))

    def _count(self, frame: _Frame, path: bytes, look: EntryStat, change: str) -> FoundChange:
        folder = stat.S_ISDIR(look.mode)
        group, package = self._group(path, look, folder=folder)
        kind = _TYPES.get(stat.S_IFMT(look.mode), "other")
        found = FoundChange(group, path, change, kind, self._size(look), look.change, package)
        frame.held += 1
        self.totals.add(group, folder=folder, size=found.size, package=package)
        try:
            self._emit(found)
        except OSError as error:
            raise ScanBrokenError(f"The listing cannot be written: {error.strerror}.") from error
        return found

    def _group(self, path: bytes, look: EntryStat, *, folder: bool) -> tuple[str, int | None]:
        owner, package = self._owners.owner(path)
        entry = groups.ChangedEntry(path, look.change, folder, owner)
        return groups.group_of(entry, self._owners.installs, self._task.starts), package

    def _size(self, look: EntryStat) -> int:
        """A file's bytes; 0 at its second name."""
        if not stat.S_ISREG(look.mode):
            return 0
        if look.links > 1:
            if look.inode in self._linked:
                return 0
            if len(self._linked) < MOST_LINKED:
                self._linked.add(look.inode)
            else:
                self._doubt("many-links", "There are so many files with several names that some are counted twice.")
        return look.size

    def _cannot_read(self, path: bytes) -> None:
        if self.unreadable and self.unreadable[-1] == path:
            return
        self.unreadable_count += 1
        if len(self.unreadable) < MOST_UNREADABLE:
            self.unreadable.append(path)

    def _doubt(self, reason: str, message: str) -> None:
        self.doubts.setdefault(reason, message)


def observe(
    root: bytes, storage: str, engine_files: Collection[bytes], start_sign: bytes | None = None
) -> detection.LayerFacts:
    """What the choice of a clock needs, from the storage below ``root``. ``start_sign`` is made at each start."""
    looker = StatxReader()
    fd = os.open(root or b"/", _OPEN)
    try:
        birth = looker.look(fd, b".").birth
        handles = Handles().works(fd)
    finally:
        os.close(fd)
    files = []
    for path in engine_files:
        try:
            look = looker.look(-100, root + path)
        except OSError:
            continue
        files.append((os.fsdecode(path), look.birth, look.change))
    at_start = None
    if start_sign is not None:
        with contextlib.suppress(OSError):
            at_start = looker.look(-100, root + start_sign).change
    return detection.LayerFacts(storage, birth, tuple(files), handles, time.time_ns(), at_start)


def _depth_allowed() -> int:
    """How many folders may be open at once: two descriptors each."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_DEPTH * 2 + _SPARE_DESCRIPTORS
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            soft = most
        except (OSError, ValueError):
            pass
    usable = wanted if soft == resource.RLIM_INFINITY else min(soft, wanted)
    return max(8, (usable - _SPARE_DESCRIPTORS) // 2)


def _by_folder(points: Collection[bytes]) -> dict[bytes, set[bytes]]:
    """For each folder, the names in it on which something is mounted."""
    found: dict[bytes, set[bytes]] = {}
    for point in points:
        folder, _, name = point.rpartition(b"/")
        found.setdefault(folder, set()).add(name)
    return found


def _is_text(name: bytes) -> bool:
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _shown(path: bytes) -> str:
    return os.fsdecode(path) or "/"
