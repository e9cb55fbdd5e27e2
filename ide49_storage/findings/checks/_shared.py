"""What several checks use: words, paths as a shell takes them, and the lines that install again."""

from __future__ import annotations

import shlex
from collections.abc import Container, Iterable, Iterator, Sequence

from ...model.mounts import Where
from ...model.packages import Package, PackageReport
from ...model.python import Layout
from ...model.samba import Risk, SambaReport
from ...model.vocabulary import Kind
from ..registry import Observation

REMOTE = (Kind.SAMBA, Kind.NETWORK)


def quoted(path: str) -> str:
    """A path as one word of a shell."""
    return shlex.quote(path)


def few(words: Sequence[str], most: int = 5) -> str:
    """The first of the words, and how many more there are."""
    return ", ".join(words[:most]) + (f" and {len(words) - most} more" if len(words) > most else "")


def lives_on(where: Where) -> str:
    """Such as ``the volume storage iot-home mounted at /home/iot``."""
    return f"the {where.kind.value} storage{' ' + where.name if where.name else ''} mounted at {where.mount_point}"


def pip_of(packages: PackageReport | None) -> str:
    """The pip of the interpreter that the report is about: the `pip` on PATH may be another's."""
    program = packages.executable if packages is not None and packages.executable else "python3"
    return f"{quoted(program)} -m pip"


def local_base(kept_folders: Iterable[str]) -> tuple[str, ...]:
    """A line that moves the user base to a volume of this container, if there is one."""
    kept = sorted(kept_folders, key=lambda point: ("home" not in point, point))
    return (f"export PYTHONUSERBASE={quoted(kept[0].rstrip('/') + '/.local')}",) if kept else ()


def by_site(packages: Iterable[Package]) -> dict[str, list[Package]]:
    """The packages of each site directory."""
    sites: dict[str, list[Package]] = {}
    for package in packages:
        sites.setdefault(package.location, []).append(package)
    return sites


def installs_here(layout: Layout | None, site: str) -> bool:
    """Whether a person installs into this site directory: then damage is theirs to mend."""
    if layout is None:
        return False
    target = layout.install.target if layout.install is not None else None
    return site in {target and target.path, layout.user and layout.user.site.path}


def pinned(packages: PackageReport | None, site: str, names: Iterable[str]) -> list[str]:
    """These packages at the versions that are there."""
    there = packages.packages if packages is not None else ()
    versions = {each.name: each.version for each in there if each.location == site and each.version}
    return [f"{name}=={versions[name]}" if name in versions else name for name in names]


def reinstall(
    packages: PackageReport | None, layout: Layout | None, site: str, wanted: Sequence[str], *, over: bool = False
) -> str:
    """A line that installs these packages anew. ``over``: without removing what is there, where pip could not.

    With ``over`` the versions must be those that are there, or their descriptions would lie side by side.
    """
    user = layout.user if layout is not None else None
    options = " --user" if user is not None and site == user.site.path else ""
    options += f" --force-reinstall --no-deps{' --ignore-installed' if over else ''}"
    return f"{pip_of(packages)} install{options} {' '.join(quoted(each) for each in wanted)}"


def state_files(samba: SambaReport, risks: Container[Risk]) -> Iterator[Observation]:
    """What Jupyter keeps on a share, of these risks, as the report of the share has it."""
    for file in samba.state_files:
        if file.risk in risks:
            place = f" (for {file.remedy_for})" if file.remedy_for else ""
            setting = f" {file.setting} puts it there." if file.setting else ""
            yield Observation(
                f"{file.what}: {file.path} is on the share mounted at {file.mount_point}.{setting} {file.effect}",
                f"Move it to a local volume by these lines{place}, then restart Jupyter."
                if file.remedy
                else "Move it to a folder on a local volume.",
                about=file.path,
                lines=file.remedy,
            )
