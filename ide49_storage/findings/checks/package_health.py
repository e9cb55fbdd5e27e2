"""Checks of a close look at packages: owners, files, machines, requirements."""

from __future__ import annotations

import os
from collections.abc import Iterator

from ...model.findings import Level
from ...model.packages import DeadScript, Examination, PackageReport
from ...model.python import EnvironmentKind, Layout
from ..registry import Observation, check
from ._shared import few, installs_here, pinned, pip_of, quoted, reinstall


@check("PY05", Level.WARNING, "Some of your packages belong to another user")
def other_owner(examination: Examination, layout: Layout | None = None) -> Iterator[Observation]:
    """Files in the user base belong to another user, usually because `pip` was once run as root.

    The next upgrade of such a package ends half-way, because its files cannot be removed. Give them back to
    the user that owns the folder.
    """
    asked = layout.interpreter if layout is not None else None
    user = layout.user if layout is not None else None
    for each in examination.foreign_owner:
        base = user.base.path if user is not None else each.path
        name = asked.user if asked is not None and asked.uid != 0 else (user.base.owner if user is not None else "you")
        yield Observation(
            f"{each.count} entries of {each.path} belong to {each.owner}, such as {few(each.examples, 3)}.",
            f"As root, give the user base to {name}.",
            about=each.path,
            lines=(f"chown -R {name}: {quoted(base)}",),
        )


@check("PY10", Level.WARNING, "Files of a package are missing or differ")
def differing(
    examination: Examination, packages: PackageReport | None = None, layout: Layout | None = None
) -> Iterator[Observation]:
    """Files are not as the package's `RECORD` lists them: some are gone, or have another size.

    An interrupted upgrade leaves this, and so does an edit by hand. Install the package again, unless you
    changed it on purpose.
    """
    for each in examination.differing:
        if (each.missing or each.differing) and installs_here(layout, each.site):
            yield Observation(
                f"{each.name} in {each.site}: {each.missing} files are missing, {each.differing} have another size,"
                f" such as {few(each.examples, 3)}.",
                "Install it again, unless you changed it yourself.",
                about=f"{each.site}/{each.name}",
                lines=(reinstall(packages, layout, each.site, pinned(packages, each.site, [each.name])),),
                # Who trusts a certificate of their own writes it into this file.
                level=Level.ADVICE if set(map(os.path.basename, each.examples)) == {"cacert.pem"} else None,
            )


@check("PY12", Level.ERROR, "A package was built for another machine")
def wrong_machine(
    examination: Examination, packages: PackageReport | None = None, layout: Layout | None = None
) -> Iterator[Observation]:
    """A package holds machine code for another processor, or is bound to another Python.

    Its import fails. This happens when a folder of packages is copied or shared between machines, such as a
    Raspberry Pi (`aarch64`) and a PC (`x86_64`).
    """
    by_site: dict[str, list[str]] = {}
    evidence: dict[str, str] = {}
    for each in examination.foreign_machine:
        by_site.setdefault(each.site, []).append(each.name)
        evidence.setdefault(
            each.site, f"{each.name} ({each.example}) was built for {each.built_for}; this is {each.wanted}."
        )
    for site, names in by_site.items():
        more = f" The same holds for {few(names[1:])}." if len(names) > 1 else ""
        yield Observation(
            f"In {site}: {evidence[site]}{more}",
            "Install them again on this machine.",
            about=site,
            lines=(reinstall(packages, layout, site, pinned(packages, site, names)),),
        )


@check("PY14", Level.WARNING, "A command points to a Python that is gone")
def dead_scripts(
    examination: Examination, packages: PackageReport | None = None, layout: Layout | None = None
) -> Iterator[Observation]:
    """The first line of a command names an interpreter that is not there, so it ends with `bad interpreter`.

    The image's Python moved, or the command was made in an environment that was removed.
    """
    dead = examination.dead_scripts
    by_python: dict[str, list[DeadScript]] = {}
    for each in dead:
        by_python.setdefault(each.interpreter, []).append(each)
    for interpreter, scripts in by_python.items():
        paths = [each.path for each in scripts]
        owned: dict[str, list[str]] = {}
        for each in scripts:
            if each.package is not None and each.site is not None:
                owned.setdefault(each.site, []).append(each.package)
        lines = [
            reinstall(packages, layout, site, pinned(packages, site, dict.fromkeys(names)))
            for site, names in owned.items()
        ]
        orphans = [quoted(each.path) for each in scripts if each.package is None]
        yield Observation(
            f"{few(paths)} begin{'s' if len(paths) == 1 else ''} with #!{interpreter}, which is not there.",
            "Install the packages again: that writes their commands anew."
            + (" Those that belong to no package any more can be removed." if orphans else ""),
            about=interpreter,
            lines=(*lines, *((f"rm {' '.join(orphans)}",) if orphans else ())),
        )


@check("PY15", Level.WARNING, "A package misses what it requires")
def unmet(examination: Examination, packages: PackageReport, layout: Layout | None = None) -> Iterator[Observation]:
    """A package requires another that is not there, or in another version.

    pip says this in the middle of its output and still ends with success.
    """
    missing = examination.unmet
    if not missing:
        return
    said = [f"{each.name} requires {each.requirement}, but {each.found or 'nothing'} is installed" for each in missing]
    environment = layout.interpreter.environment if layout and layout.interpreter else None
    user = " --user" if environment is EnvironmentKind.SYSTEM and _installs_user(layout) else ""
    wanted = sorted({each.requirement for each in missing})
    yield Observation(
        f"{'; '.join(said[:5])}{f'; and {len(said) - 5} more' if len(said) > 5 else ''}.",
        "Install what is missing, or remove what requires it.",
        lines=(f"{pip_of(packages)} install{user} {' '.join(quoted(each) for each in wanted)}",),
    )


def _installs_user(layout: Layout | None) -> bool:
    install = layout.install if layout is not None else None
    return install is not None and install.mode.value == "user"


@check("PY21", Level.WARNING, "Files in your packages belong to no package")
def unowned(examination: Examination) -> Iterator[Observation]:
    """A folder in the user site holds Python files, and no package lists it.

    A full disk leaves this: the files of a new package are there and even import, but `pip list` does not
    know it. If you put the folder there yourself, all is well.
    """
    by_site: dict[str, list[str]] = {}
    for each in examination.unowned:
        by_site.setdefault(each.site, []).append(each.name)
    for site, names in by_site.items():
        yield Observation(
            f"{few(names)} in {site}: no package lists {'it' if len(names) == 1 else 'them'}.",
            "If you did not put it there yourself, an installation was cut off: install its package again (which may"
            " have another name than the folder), or remove the folder.",
            about=site,
        )


@check("PY22", Level.WARNING, "A package lists files outside its environment")
def outside(examination: Examination, layout: Layout | None = None) -> Iterator[Observation]:
    """The `RECORD` of a package names files that lie outside of the environment it was installed into.

    Removing such a package with pip removes those files: pip keeps such lines from a wheel as they are. An upgrade
    removes them too. For your own packages this program refuses both, and a new wheel that has such lines.
    """
    for each in examination.differing:
        if each.outside and installs_here(layout, each.site):
            yield Observation(
                f"{each.name} in {each.site} lists {each.outside} files outside; they were not looked at.",
                "Do not uninstall or upgrade it with pip. Look at its RECORD, and ask where the package came from.",
                about=f"{each.site}/{each.name}",
            )
