"""Which engine runs the container this process is in: a pure function of the signs that were seen.

The signs of each engine stand in its profile (``engines``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from ..model.mounts import Engine, EngineName
from . import engines
from .mountinfo import MountRow
from .table import UNLISTED, MountTable

ENV_NAMES = (*(name for profile in engines.PROFILES for name, _ in profile.variables), "container")
"""The only variables that are looked at: others may hold secrets."""

_NO_CONTAINER = frozenset({"wsl"})


class Signs(msgspec.Struct, frozen=True):
    """What was seen. ``containerenv`` and the three after it are texts of files, ``None`` if absent.

    ``env`` holds nothing but ``ENV_NAMES``; ``init_container`` is the variable ``container`` of process 1.
    """

    env: Mapping[str, str] = {}
    dockerenv: bool = False
    containerenv: str | None = None
    systemd_container: str | None = None
    container_manager: str | None = None
    cgroup: str | None = None
    init_container: str | None = None


Hint = tuple[EngineName, str]


def recognise(signs: Signs, table: MountTable) -> Engine:
    """The engine, and the sentences that it follows from. Every sign found for it is named."""
    hints = [*_env_hints(signs), *_file_hints(signs, table.root), *_mount_hints(table.rows)]
    hints += _cgroup_hints(signs)
    for profile in engines.PROFILES:
        evidence = tuple(dict.fromkeys(text for engine, text in hints if engine is profile.name))
        if evidence:
            return Engine(name=profile.name, evidence=evidence)
    weak = tuple(text for engine, text in hints if engine is EngineName.UNKNOWN)
    root = table.root
    if root.fs_type == "overlay":
        weak += ("/ is an overlay, as in a container (or a live system), but no engine left a sign of its own.",)
    if weak:
        return Engine(name=EngineName.UNKNOWN, evidence=weak)
    if root.fs_type == UNLISTED:
        no = "There is no sign of a container engine; the mount of / is not listed, as in a chroot."
    elif signs.dockerenv:
        no = (
            f"There is a file /.dockerenv, but / is on {root.source} ({root.fs_type}) and no engine has "
            "mounted anything: the file was left in the system's files."
        )
    else:
        no = f"/ is on {root.source} ({root.fs_type}), and there is no sign of a container engine."
    return Engine(name=EngineName.NONE, evidence=(no,))


def _env_hints(signs: Signs) -> Iterator[Hint]:
    env = signs.env
    for profile in engines.PROFILES:
        for name, value in profile.variables:
            if value is None and env.get(name):
                yield profile.name, f"The variable {name} is set."
            elif value is not None and env.get(name) == value:
                yield profile.name, f"The variable {name} is {value}."
    yield from _manager_hint(env.get("container"), "The variable container says")
    yield from _manager_hint(signs.init_container, "In the environment of process 1 the variable container says")
    yield from _manager_hint(signs.systemd_container, "The file /run/systemd/container says")
    yield from _manager_hint(signs.container_manager, "The file /run/host/container-manager says")


def _manager_hint(said: str | None, opening: str) -> Iterator[Hint]:
    said = (said or "").strip()[:40]
    if said and said not in _NO_CONTAINER:
        known = (profile.name for profile in engines.PROFILES if said in profile.manager_names)
        yield next(known, EngineName.UNKNOWN), f"{opening} {said}."


def _file_hints(signs: Signs, root: MountRow) -> Iterator[Hint]:
    if signs.containerenv is not None:
        engine = re.search(r'^engine="([^"]{1,60})"', signs.containerenv, re.MULTILINE)
        said = f' with engine="{engine[1]}"' if engine else ""
        yield EngineName.PODMAN, f"There is a file /run/.containerenv{said}."
    # Alone on a whole disk the file is a left-over: machines are made from images as well.
    if signs.dockerenv and (root.root != "/" or root.fs_type in ("overlay", "aufs")):
        yield EngineName.DOCKER, "There is a file /.dockerenv."


def _mount_hints(rows: Sequence[MountRow]) -> Iterator[Hint]:
    """The signs on the mounts, each by the first mount that shows it."""
    seen = set()
    for row in rows:
        hint = _mount_hint(row)
        if hint is not None and hint not in seen:
            seen.add(hint)
            yield hint[0], f"{row.mount_point} {hint[1]}."


def _mount_hint(row: MountRow) -> Hint | None:
    """The sign on one mount, as the rest of a sentence."""
    signs = _WHOLE_SIGNS if row.root == "/" else _FOLDER_SIGNS
    if row.mount_point == "/":
        signs = _ROOT_SIGNS
    for name, sign in signs:
        if sign.part in row.root and _shows(row, sign):
            return name, sign.words.replace("{folder}", "/".join(row.root.split("/")[-2:]))
    return None


_ROOT_SIGNS = sorted(
    ((profile.name, sign) for profile in engines.PROFILES for sign in profile.root_signs),
    # The folder that / shows says more than the folder of an overlay's layer.
    key=lambda each: each[1].upper is not None,
)
_WHOLE_SIGNS = [(profile.name, sign) for profile in engines.PROFILES for sign in profile.whole_signs]
_FOLDER_SIGNS = [(profile.name, sign) for profile in engines.PROFILES for sign in profile.folder_signs]


def _shows(row: MountRow, sign: engines.MountSign) -> bool:
    """Whether the mount has all that the sign consists of, beside its ``part``."""
    return (
        (sign.fs_type is None or sign.fs_type == row.fs_type)
        and (sign.point is None or sign.point.fullmatch(row.mount_point) is not None)
        and (sign.root is None or sign.root.search(row.root) is not None)
        and (sign.upper is None or sign.upper.search(row.super_value("upperdir") or "") is not None)
    )


def _cgroup_hints(signs: Signs) -> Iterator[Hint]:
    for profile in engines.PROFILES:
        pattern = profile.control_group
        if pattern is not None and signs.cgroup and (found := pattern.search(signs.cgroup)):
            yield profile.name, f"The process's control group has '{found[0].strip('/')[:20]}' in its name."
