"""The mount table: all rows of one reading, and the walk that finds the mount of a path.

Matching the longest mount point is wrong as soon as one mount lies over another, so a path is walked
from the root mount: where a mount stands on the current one at exactly this prefix, cross into it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property

from ..model.mounts import Place, Relation
from . import fstypes
from .mountinfo import MountRow

UNLISTED = "?"
"""The file system type of a root that the kernel does not list (see ``MountTable.root``)."""

DELETED = "//deleted"
"""What the kernel adds to a root whose file or folder was deleted while it is mounted here."""


class MountTable:
    """Rows in the file's order, with everything that follows from them alone.

    ``root`` is where every walk starts. In a chroot whose folder is no mount point the kernel lists no
    root at all; then ``root`` is a row of type ``UNLISTED`` that is not among ``rows``.
    """

    def __init__(self, rows: Iterable[MountRow]) -> None:
        # One row for an id (the later), or a damaged table could make the walk go round in circles.
        self.by_id = {row.id: row for row in rows}
        self.rows = tuple(self.by_id.values())
        self.root = _root_of(self.rows, self.by_id)
        self._over: dict[str, dict[int, MountRow]] = {}
        for row in self.rows:
            if row.id != row.parent and row is not self.root:
                # The file lists mounts as they were added, so of two on one spot the later is on top.
                self._over.setdefault(row.mount_point, {})[row.parent] = row
        self._longest = max(map(len, self._over), default=0)
        self._ways: dict[str, tuple[MountRow, ...]] = {}

    def is_local(self, row: MountRow) -> bool:
        """Whether the mount answers from this machine's kernel alone, so that asking it cannot hang.

        fuse-overlayfs counts when it is the root: Python itself was read from it, so nothing is risked that
        this process does not hang on anyway.
        """
        if row.fs_type in fstypes.LOCAL:
            return True
        return row.fs_type == fstypes.FUSE_OVERLAY and row is self.root

    def enter(self, row: MountRow, path: str) -> MountRow:
        """The mount on top of ``path``, coming from ``row``: ``row`` itself if nothing is mounted there."""
        over = self._over.get(path)
        while over is not None:
            upper = over.get(row.id)
            if upper is None:
                break
            row = upper
        return row

    def mount_of(self, path: str) -> MountRow:
        """The mount that an absolute, normalised path without symbolic links is on."""
        row = self.root
        over = self._over
        end = path.find("/", 1)
        while end != -1 and end <= self._longest:
            prefix = path[:end]
            if prefix in over:
                row = self.enter(row, prefix)
            end = path.find("/", end + 1)
        if path in over and len(path) > 1:
            row = self.enter(row, path)
        return row

    def crossed(self, path: str) -> tuple[MountRow, ...]:
        """All mounts that the way to ``path`` leads through, from the root to the one it is on."""
        known = self._ways.get(path)
        if known is not None:
            return known
        row = self.root
        through = [row]
        for prefix in self._prefixes(path):
            over = self._over.get(prefix)
            while over is not None and (upper := over.get(row.id)) is not None:
                row = upper
                through.append(row)
        way = tuple(through)
        if path in self._over:
            # Many mounts may lie on one spot, and all of them ask for the way to it.
            self._ways[path] = way
        return way

    @cached_property
    def hidden(self) -> frozenset[int]:
        """The ids of the mounts that no path reaches: walking their own mount point ends elsewhere."""
        ends = {point: self.mount_of(point).id for point in {row.mount_point for row in self.rows}}
        return frozenset(row.id for row in self.rows if ends[row.mount_point] != row.id)

    def hidden_by(self, row: MountRow) -> MountRow | None:
        """The mount that lies over a hidden one, or over what it stands on.

        ``None`` for a visible mount, and for one that the walk never meets (a mount over ``/``).
        """
        if row.id not in self.hidden:
            return None
        way = self.crossed(row.mount_point)
        step = {mount.id: number for number, mount in enumerate(way)}
        # The way leads along the mount's own ancestors up to one of them, and turns off onto what lies over.
        here: MountRow | None = row
        climbed = set()
        while here is not None and here.id not in step and here.id not in climbed:
            climbed.add(here.id)
            here = self.by_id.get(here.parent)
        if here is None or here.id not in step:
            return None
        after = step[here.id] + 1
        return way[after] if after < len(way) else None

    def places(self, row: MountRow) -> tuple[Place, ...]:
        """Where else this mount's storage, a folder of it or one around it is mounted."""
        same = self._by_device.get(row.device, {}).get(row.root, [])
        nested = self._nested.get((row.device, row.root))
        if nested is None and len(same) < 2:
            return ()
        around, inside = nested or ((), ())
        return (
            *(self._place(other, Relation.SAME, "") for other in same if other is not row),
            *(self._place(other, Relation.CONTAINS, below(other.root, row.root)) for other in around),
            *(self._place(other, Relation.INSIDE, below(row.root, other.root)) for other in inside),
        )

    def other_paths(self, row: MountRow, path: str) -> tuple[Place, ...]:
        """The other paths of the file that ``path`` on ``row`` names, those no path reaches included."""
        roots = self._by_device.get(row.device, {})
        location = join(row.root, below(row.mount_point, path))
        places = []
        for outer in (location, *ancestors_of(location)):
            for other in roots.get(outer, ()):
                if other is row:
                    continue
                there = join(other.mount_point, below(outer, location))
                places.append(
                    Place(
                        path=there,
                        mount_id=other.id,
                        relation=Relation.SAME,
                        subpath="",
                        hidden=self.mount_of(there) is not other,
                    )
                )
        return tuple(places)

    def _place(self, other: MountRow, relation: Relation, subpath: str) -> Place:
        return Place(
            path=other.mount_point,
            mount_id=other.id,
            relation=relation,
            subpath=subpath,
            hidden=other.id in self.hidden,
        )

    @cached_property
    def _by_device(self) -> dict[str, dict[str, list[MountRow]]]:
        devices: dict[str, dict[str, list[MountRow]]] = {}
        for row in self.rows:
            devices.setdefault(row.device, {}).setdefault(row.root, []).append(row)
        return devices

    @cached_property
    def _nested(self) -> dict[tuple[str, str], tuple[list[MountRow], list[MountRow]]]:
        """For a storage that others lie around or in: their rows. From the roots in order, never at all pairs."""
        nested: dict[tuple[str, str], tuple[list[MountRow], list[MountRow]]] = {}
        for device, roots in self._by_device.items():
            around: list[str] = []
            # A folder is followed by all that it holds, for no other character sorts before the slash's stand-in.
            for root in sorted(filter(_in_a_folder, roots), key=lambda each: each.replace("/", "\0")):
                while around and not root.startswith(around[-1].rstrip("/") + "/"):
                    around.pop()
                for outer in around:
                    nested.setdefault((device, root), ([], []))[0].extend(roots[outer])
                    nested.setdefault((device, outer), ([], []))[1].extend(roots[root])
                around.append(root)
        return nested

    def _prefixes(self, path: str) -> Iterator[str]:
        """``/a``, ``/a/b``, ``/a/b/c``; no further than the longest mount point, so a huge path costs nothing."""
        end = path.find("/", 1)
        while end != -1:
            if end > self._longest:
                return
            yield path[:end]
            end = path.find("/", end + 1)
        if 1 < len(path) <= self._longest:
            yield path


def _root_of(rows: tuple[MountRow, ...], by_id: dict[int, MountRow]) -> MountRow:
    """The root mount of this process.

    It is the one at ``/`` whose parent is out of reach: one mounted over ``/`` later has the root as its
    parent, and absolute paths do not lead into it.
    """
    at_root = [row for row in rows if row.mount_point == "/"]
    for row in at_root:
        if row.parent == row.id or row.parent not in by_id:
            return row
    if at_root:
        return at_root[0]
    missing = Counter(row.parent for row in rows if row.parent not in by_id)
    # Without a hint it gets an id that no row has, or a damaged table could lead back to it.
    root_id = missing.most_common(1)[0][0] if missing else max(by_id, default=-1) + 1
    return MountRow(root_id, root_id, "0:0", "/", "/", (), (), UNLISTED, "", (), 0)


def join(folder: str, rest: str) -> str:
    """``rest`` (relative, perhaps empty) below ``folder``."""
    if not rest:
        return folder
    return folder + rest if folder.endswith("/") else f"{folder}/{rest}"


def below(folder: str, path: str) -> str:
    """The relative rest of ``path`` below ``folder``, which is one of its ancestors or itself."""
    return path[len(folder) :].lstrip("/")


def _in_a_folder(root: str) -> bool:
    """Not so ``net:[1]`` and ``/a/b//deleted``."""
    return root.startswith("/") and not root.endswith(DELETED)


def ancestors_of(path: str) -> Iterator[str]:
    """``/`` and ``/a`` for ``/a/b``; nothing for a root that is in no folder."""
    if path == "/" or not _in_a_folder(path):
        return
    yield "/"
    end = path.find("/", 1)
    while end != -1:
        yield path[:end]
        end = path.find("/", end + 1)
