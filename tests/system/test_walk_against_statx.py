"""The walk through random trees of over-mounts, against the kernel's own answer (``statx``'s mount id).

The trees are made in a private mount namespace by this same file, run as a program of its own; it says in
JSON what the kernel told and what the walk told, and the tests compare.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ide49_storage.mounts.local_files import LocalFiles
from ide49_storage.mounts.mountinfo import parse, read_mountinfo
from ide49_storage.mounts.path_walk import resolve_path, run
from ide49_storage.mounts.table import MountTable
from tests.needs import need, need_root

TREES = 240
CHECKOUT = Path(__file__).resolve().parents[2]

CLONE_NEWNS = 0x20000
MS_BIND, MS_REC, MS_PRIVATE, MS_SHARED, MS_SLAVE = 0x1000, 0x4000, 1 << 18, 1 << 20, 1 << 19
MNT_DETACH = 2
STATX_MNT_ID = 0x1000
AT_FDCWD, AT_NO_AUTOMOUNT = -100, 0x800

libc = ctypes.CDLL(None, use_errno=True)


def can_unshare() -> bool:
    """Some containers run as root and may make no namespace all the same."""
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def trees() -> list[dict[str, Any]]:
    need_root()
    need(can_unshare(), "leave to make a mount namespace")
    program = [sys.executable, "-m", "tests.system.test_walk_against_statx", str(TREES)]
    done = subprocess.run(program, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_there_are_enough_trees_with_mounts_and_hidden_ones(trees: list[dict[str, Any]]) -> None:
    assert len(trees) == TREES + 1
    assert sum(len(tree["folders"]) for tree in trees) > 10 * TREES
    assert sum(len(tree["hidden_truth"]) for tree in trees) > TREES


def test_the_walk_finds_the_mount_of_every_folder(trees: list[dict[str, Any]]) -> None:
    wrong = [
        (tree["seed"], path, kernel, walked)
        for tree in trees
        for path, kernel, walked in tree["folders"]
        if kernel != walked
    ]
    assert wrong == []


def test_the_hidden_mounts_are_exactly_those_no_folder_is_on(trees: list[dict[str, Any]]) -> None:
    wrong = [
        (tree["seed"], tree["hidden_truth"], tree["hidden"]) for tree in trees if tree["hidden_truth"] != tree["hidden"]
    ]
    assert wrong == []


def test_a_hidden_mount_is_hidden_by_a_mount_over_it_or_over_what_it_stands_on(trees: list[dict[str, Any]]) -> None:
    for tree in trees:
        for hidden_point, over_point in tree["hidden_by"]:
            assert over_point is not None, tree["seed"]
            assert (hidden_point + "/").startswith(over_point + "/"), tree["seed"]


def test_paths_with_links_resolve_as_the_kernel_resolves_them(trees: list[dict[str, Any]]) -> None:
    checked = [path for tree in trees for path in tree["paths"]]
    assert len(checked) > 10 * TREES
    assert {kind for kind, *_ in checked} == {"exists", "missing", "loop"}
    assert [(kind, told, kernel) for kind, told, kernel in checked if told != kernel] == []


def test_the_root_is_not_what_is_mounted_over_it(trees: list[dict[str, Any]]) -> None:
    over_root = trees[-1]
    assert over_root["seed"] == "over-root"
    assert over_root["folders"] == [["/", over_root["root"], over_root["root"]]]
    assert over_root["hidden"] == over_root["hidden_truth"] != []


# From here on: what the program does in its own namespace.


def mount(source: str | None, target: str, kind: str | None, flags: int) -> None:
    """``mount(2)``."""
    raw = [None if text is None else os.fsencode(text) for text in (source, target, kind)]
    if libc.mount(*raw, ctypes.c_ulong(flags), None) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), target)


def mount_id(path: str) -> int:
    """The kernel's answer, links followed. The record is 256 bytes, ``stx_mnt_id`` at 0x90."""
    record = ctypes.create_string_buffer(256)
    if libc.statx(AT_FDCWD, os.fsencode(path), AT_NO_AUTOMOUNT, STATX_MNT_ID, record) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), path)
    assert int.from_bytes(record.raw[0:4], sys.byteorder) & STATX_MNT_ID, "this kernel tells no mount ids"
    return int.from_bytes(record.raw[0x90:0x98], sys.byteorder)


def folders_below(top: str) -> list[str]:
    """Every folder that a path reaches, links not followed."""
    return [folder for folder, _, _ in os.walk(top)]


def grow(dice: random.Random, top: str) -> None:
    """Make a tree: folders, links, and mounts over any of it."""
    mount("tmpfs", top, "tmpfs", 0)
    for name in "abc":
        os.makedirs(f"{top}/{name}/a/b")
    for _ in range(dice.randint(8, 30)):
        folders = [folder for folder in folders_below(top) if folder.count("/") < top.count("/") + 4]
        here, there = dice.choice(folders), dice.choice(folders)
        action = dice.random()
        try:
            if action < 0.35:
                os.makedirs(f"{here}/{dice.choice('abc')}/{dice.choice('ab c')}", exist_ok=True)
            elif action < 0.5:
                mount("tmpfs", here, "tmpfs", 0)
                os.makedirs(f"{here}/{dice.choice('abc')}/{dice.choice('abc')}")
            elif action < 0.62:
                mount(there, here, None, MS_BIND | dice.choice((0, MS_REC)))
            elif action < 0.7:
                mount(None, here, None, dice.choice((MS_SHARED, MS_SLAVE, MS_PRIVATE)) | dice.choice((0, MS_REC)))
            elif action < 0.74 and here != top:
                libc.umount2(os.fsencode(here), MNT_DETACH)
            else:
                target = dice.choice((there, os.path.relpath(there, here), "loop", "../a/./b", "missing/x", "/"))
                os.symlink(target, f"{here}/{dice.choice(('link', 'loop', 'other link'))}")
        except OSError as error:
            # A folder that is no mount cannot be made shared; a link may be there already.
            if error.errno not in (errno.EINVAL, errno.EEXIST, errno.ENOTDIR, errno.ELOOP):
                raise


def examine(seed: object, dice: random.Random, top: str) -> dict[str, Any]:
    """What the kernel and the walk say about everything below ``top``."""
    rows, problems = parse(read_mountinfo())
    assert problems == []
    table = MountTable(rows)
    folders = folders_below(top)
    kernel = {folder: mount_id(folder) for folder in folders}
    ours = [row for row in table.rows if (row.mount_point + "/").startswith(top + "/")]
    visible = set(kernel.values())
    hidden = [row for row in ours if row.id in table.hidden]
    over = [(row.mount_point, table.hidden_by(row)) for row in hidden]
    return {
        "seed": seed,
        "folders": [(folder, kernel[folder], table.mount_of(folder).id) for folder in folders],
        "hidden_truth": sorted(row.id for row in ours if row.id not in visible),
        "hidden": sorted(row.id for row in hidden),
        "hidden_by": [(point, upper and upper.mount_point) for point, upper in over],
        "paths": list(resolve(table, dice, folders)),
    }


def resolve(table: MountTable, dice: random.Random, folders: list[str]) -> Iterator[tuple[str, object, object]]:
    """Paths through links and ``..``: what came out, told by the walk and by the kernel."""
    files = LocalFiles(table)
    for _ in range(30):
        path = dice.choice(folders)
        for _ in range(dice.randint(1, 5)):
            # Mostly steps that exist; a link in a circle cannot be listed.
            names = os.listdir(path) if os.path.isdir(path) else []
            path += "/" + dice.choice([*names, *names, "..", "..", "."] if dice.random() < 0.9 else ["b", "missing"])
        found = run(resolve_path(table, path), files.look)
        told = (path, found.exists, found.resolved, found.row.id)
        try:
            yield "exists", told, (path, True, os.path.realpath(path), mount_id(path))
        except OSError as error:
            if error.errno == errno.ELOOP:
                yield "loop", told[:2], (path, None)
            else:
                yield "missing", told[:2], (path, False)
                yield "missing", found.row.id, mount_id(found.nearest)


def over_root() -> dict[str, Any]:
    """A mount over ``/``: paths do not enter it."""
    before = mount_id("/")
    mount("tmpfs", "/", "tmpfs", 0)
    rows, _ = parse(read_mountinfo())
    table = MountTable(rows)
    at_root = [row.id for row in rows if row.mount_point == "/"]
    return {
        "seed": "over-root",
        "root": before,
        "folders": [("/", mount_id("/"), table.mount_of("/").id)],
        "hidden_truth": [mount for mount in at_root if mount != before],
        "hidden": [mount for mount in at_root if mount in table.hidden],
        "hidden_by": [],
        "paths": [],
    }


def main(count: int) -> None:
    """Say one line of JSON for each tree."""
    if libc.unshare(CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    with tempfile.TemporaryDirectory(prefix="statx ") as top:
        for seed in range(count):
            dice = random.Random(seed)
            grow(dice, top)
            print(json.dumps(examine(seed, dice, top)))
            while libc.umount2(os.fsencode(top), MNT_DETACH) == 0:
                pass
    print(json.dumps(over_root()))


if __name__ == "__main__":
    main(int(sys.argv[1]))
