"""What each action asks of pip, and which packages it is about. Pure, but for the reading of old trees."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Mapping, Sequence

from ...jobs.manifest import Manifest
from ...jobs.store import write_whole
from ...jobs.user_base import Opened, UserBase
from ...model.installs import Action, OldTree, Skipped
from ...mounts.locator import PathLocator
from ...python.site_packages.dependencies import top_level_requests
from ...python.site_packages.other_pythons import find_other_pythons, tree_versions
from ..claims import outside_sentence
from ..distributions import (
    InstalledDistribution,
    OnRemoteStorage,
    damaged,
    leftovers,
    read_leftover,
    record,
    scan,
    walk,
)

NOT_FROM_INDEX = "It came from an address or a folder, not from the index."


def _at_least(pip: str, *numbers: int) -> bool:
    found = re.match(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?", pip)
    return bool(found) and tuple(int(each or 0) for each in found.groups()) >= numbers  # type: ignore[union-attr]  # bool(found) comes first


def install_arguments(
    action: Action,
    names: Sequence[str],
    *,
    pip: str,
    report: str,
    log: str,
    constraints: str | None = None,
    dry_run: bool = False,
    only_binary: bool = False,
    break_system: bool = False,
) -> tuple[str, ...]:
    """Pip's arguments for everything but ``uninstall``. ``names`` are requirements in normal form, after ``--``."""
    found = ["install", "--user", "--no-input", "--disable-pip-version-check", "--no-color"]
    found += ["--progress-bar", "raw" if _at_least(pip, 24, 1) else "off"]
    found += ["--report", report, "--log", log]
    found += ["--root-user-action", "ignore"]
    if dry_run:
        found.append("--dry-run")
    if constraints is not None:
        found += ["--constraint", constraints]
    if only_binary or action is Action.BRING_OVER:
        found += ["--only-binary", ":all:"]
    if break_system and _at_least(pip, 23, 0, 1):
        found.append("--break-system-packages")
    if action is Action.UPGRADE:
        found.append("--upgrade")
    if action is Action.REPAIR:
        # Over the damaged files and without an uninstallation: pip cannot remove what has no RECORD.
        found += ["--ignore-installed", "--no-deps"]
    return (*found, "--", *names)


def uninstall_arguments(names: Sequence[str], *, pip: str, log: str, break_system: bool) -> tuple[str, ...]:
    """Pip's arguments for the removal of these distributions."""
    found = ["uninstall", "--yes", "--no-input", "--disable-pip-version-check", "--no-color", "--log", log]
    found += ["--root-user-action", "ignore"]
    if break_system and _at_least(pip, 23, 0, 1):
        found.append("--break-system-packages")
    return (*found, "--", *names)


def damaged_leftovers(site: str) -> dict[str, InstalledDistribution]:
    """The distributions of which a killed pip moved the metadata aside, by name."""
    found = (read_leftover(site, name) for name in leftovers(site))
    return {each.name: each for each in found if each is not None}


def repair_requirement(
    name: str, user: Iterable[InstalledDistribution], aside: Mapping[str, InstalledDistribution]
) -> str | None:
    """``name==version`` of what should be there; ``None`` if nothing of that name is. The newest of several. Pure."""
    from packaging.version import InvalidVersion, Version

    copies = [each for each in user if each.name == name] or [each for each in [aside.get(name)] if each]
    best = None
    for each in copies:
        try:
            version = Version(each.version)
        except InvalidVersion:
            continue
        best = version if best is None or version > best else best
    return f"{name}=={best}" if best is not None else None


def forget_request(each: InstalledDistribution) -> None:
    """Take back pip's mark that a person asked for it. Raises ``OSError``.

    Its row in RECORD goes first: a file without a row harms nothing.
    """
    record, mark = os.path.join(each.path, "RECORD"), f"{each.folder}/REQUESTED,".encode()
    with open(record, "rb") as file:
        rows = file.read().splitlines(keepends=True)
    write_whole(record, b"".join(row for row in rows if not row.startswith(mark)), durable=True)
    os.unlink(os.path.join(each.path, "REQUESTED"))


def stale_metadata(name: str, version: str, site: str, user: Iterable[InstalledDistribution]) -> tuple[str, ...]:
    """What a repair removes besides: second metadata of another version, and what a killed pip moved aside."""
    found = [each.path for each in user if each.name == name and each.version != version]
    aside = [each for each in damaged_leftovers(site).values() if each.name == name]
    for each in aside:
        found.append(each.path)
        tops = {row.path.partition("/")[0] for row in record(each)}
        found += [
            os.path.join(site, left)
            for left in leftovers(site)
            if left != each.folder and any(is_aside(left, top) for top in tops)
        ]
    return tuple(dict.fromkeys(found))


def is_aside(left: str, top: str) -> bool:
    """Whether pip moves ``top`` aside under the name ``left``: ``~``, some filling, the end of the name. Pure."""
    rest = left[1:].lstrip("-~.=%0123456789")
    return bool(rest) and left.startswith("~") and top.endswith(rest) and top != rest and len(left) <= len(top) + 1


def bring_over_names(
    trees: Iterable[Sequence[InstalledDistribution]], there: Iterable[str], markers: Mapping[str, str]
) -> tuple[list[str], list[Skipped]]:
    """The names to install for the new interpreter, and what cannot be named. Pure."""
    have = set(there)
    names: list[str] = []
    left: list[Skipped] = []
    for tree in trees:
        for each in top_level_requests(tree, markers):
            if each.name in have or each.name in ("pip", "setuptools", "wheel"):
                continue
            have.add(each.name)
            if each.direct_url is not None:
                left.append(Skipped(name=each.name, why=NOT_FROM_INDEX))
            else:
                names.append(each.name)
    return names, left


def old_trees(user_base: str, python: str, environ: Mapping[str, str]) -> tuple[OldTree, ...]:
    """The packages of other Pythons below a user base, newest first. ``python`` is the version of the interpreter that
    installs (``TargetFacts.tree_version``). ``environ`` leads to the interpreters of the others.
    """
    return tuple(
        OldTree(
            python=tree.python,
            path=tree.path,
            size=_size(tree.path),
            packages=tuple(f"{each.shown_name} {each.version}" for each in scan(tree.site)),
            in_use=tree.in_use,
        )
        for tree in find_other_pythons(user_base, python, environ, PathLocator())
    )


def unused(trees: Iterable[OldTree], python: str | None) -> list[OldTree]:
    """Those of a Python (``None``: of any) that no interpreter reads any more. Pure."""
    return [each for each in trees if python in (None, each.python) and each.in_use is None]


def offer(tree: OldTree) -> str:
    """What can be deleted, and how. Pure."""
    return (
        f"Nothing reads the {len(tree.packages)} packages of Python {tree.python} any more ({tree.size:,} bytes in"
        f" {tree.path}). When you miss nothing: jupyter storage delete-old --old {tree.python}"
    )


def deletions(trees: Iterable[OldTree], python: str | None) -> tuple[str, ...]:
    """What would be deleted of each tree (of a Python, or of any), and why not. Pure."""
    return tuple(
        f"{each.path} ({each.size:,} bytes, {len(each.packages)} packages) "
        + (f"stays: {each.in_use} still reads it." if each.in_use else "would be deleted.")
        for each in trees
        if python in (None, each.python)
    )


def tree_site(tree: OldTree) -> str:
    """The folder of packages of an old tree."""
    return os.path.join(tree.path, "site-packages")


def dead_scripts(tree: OldTree, user_base: str) -> tuple[str, ...]:
    """Commands of an old tree that no other tree below the base has taken over, relative to the base. Those behind a
    link out of the base are not among them. Raises ``OSError``.
    """
    mine = {path for each in scan(tree_site(tree)) for path in _scripts(each, user_base)}
    library = os.path.join(user_base, "lib")
    for python in tree_versions(library):
        site = os.path.join(library, f"python{python}", "site-packages")
        if python != tree.python:
            mine -= {path for each in scan(site) for path in _scripts(each, user_base)}
    base = UserBase(user_base)
    inner = sorted(found for path in mine if (found := base.inner(path)) is not None)
    with Opened(user_base) as opened:
        return tuple(each for each in inner if (seen := opened.stat(each)) and stat.S_ISREG(seen.st_mode))


def scripts(distributions: Iterable[InstalledDistribution], user_base: str) -> list[str]:
    """The names of the commands that these brought."""
    return sorted({os.path.basename(path) for each in distributions for path in _scripts(each, user_base)})


def _scripts(distribution: InstalledDistribution, user_base: str) -> set[str]:
    folder = os.path.join(user_base, "bin") + "/"
    found = (os.path.normpath(os.path.join(distribution.site, row.path)) for row in record(distribution))
    return {path for path in found if path.startswith(folder)}


def health_note(distribution: InstalledDistribution, copies: int, base: UserBase) -> str | None:
    """What is wrong with a user's distribution, for the list of packages: a sentence, or ``None``."""
    if copies > 1:
        return f"there are {copies} copies of its metadata"
    try:
        outside = outside_sentence([distribution], base)
    except OnRemoteStorage as error:
        return str(error)
    if outside is not None:
        return outside
    return damaged(distribution)


def remove(paths: Iterable[str], manifest: Manifest, base: str, site: str) -> None:
    """Remove those of ``paths`` that a journal has taken, and the folders below ``site`` that are empty then. Raises
    ``OSError``.
    """
    fence, folders = UserBase(base), set()
    taken = {saved.path for saved in manifest.saved}
    top = os.path.dirname(fence.inner(os.path.join(site, "any")) or "")
    with Opened(base) as opened:
        for path in (inner for each in paths if (inner := fence.inner(each)) in taken and inner is not None):
            opened.unlink(path)
            folder = os.path.dirname(path)
            while folder.startswith(f"{top}/"):
                folders.add(folder)
                folder = os.path.dirname(folder)
        for folder in sorted(folders, key=len, reverse=True):
            opened.remove_empty(folder)


def _size(folder: str) -> int:
    return sum(os.lstat(path).st_size for path in walk(folder))
