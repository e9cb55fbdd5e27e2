"""Checks of what is installed: damage, left-overs, wrong machines, shadows, requirements."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

from ...model.findings import Level
from ...model.packages import DeadScript, Package, PackageProblem
from ...model.python import EnvironmentKind, PathRole
from ..registry import Observation, check
from ..reports import CheckInputs
from .python import pip_of, quoted

_UNREADABLE = {
    PackageProblem.NO_METADATA: "has no METADATA",
    PackageProblem.NO_NAME: "has no name in its METADATA",
    PackageProblem.BAD_ENCODING: "has a name that is no UTF-8",
    PackageProblem.TOO_LONG: "has a METADATA that is too long to read",
    PackageProblem.UNREADABLE: "cannot be read",
}


def _few(words: Sequence[str], most: int = 5) -> str:
    return ", ".join(words[:most]) + (f" and {len(words) - most} more" if len(words) > most else "")


def _by_site(packages: Iterable[Package]) -> dict[str, list[Package]]:
    sites: dict[str, list[Package]] = {}
    for package in packages:
        sites.setdefault(package.location, []).append(package)
    return sites


def _user(package_site: str, reports: CheckInputs) -> str:
    user = reports.layout.user if reports.layout is not None else None
    return " --user" if user is not None and package_site == user.site.path else ""


def _again(reports: CheckInputs, site: str, wanted: Sequence[str], *, over: bool = False) -> str:
    """A line that installs these packages anew. ``over``: without removing what is there, where pip could not.

    With ``over`` the versions must be those that are there, or their descriptions would lie side by side.
    """
    options = f"{_user(site, reports)} --force-reinstall --no-deps{' --ignore-installed' if over else ''}"
    return f"{pip_of(reports)} install{options} {' '.join(quoted(each) for each in wanted)}"


def _pinned(reports: CheckInputs, site: str, names: Iterable[str]) -> list[str]:
    """These packages at the versions that are there."""
    there = reports.packages.packages if reports.packages is not None else ()
    versions = {each.name: each.version for each in there if each.location == site and each.version}
    return [f"{name}=={versions[name]}" if name in versions else name for name in names]


@check("PY05", Level.WARNING, "Some of your packages belong to another user", "examination")
def other_owner(reports: CheckInputs) -> Iterator[Observation]:
    """Files in the user base belong to another user, usually because `pip` was once run as root.

    The next upgrade of such a package ends half-way, because its files cannot be removed. Give them back to
    the user that owns the folder.
    """
    assert reports.examination is not None
    asked = reports.layout.interpreter if reports.layout is not None else None
    user = reports.layout.user if reports.layout is not None else None
    for each in reports.examination.foreign_owner:
        base = user.base.path if user is not None else each.path
        name = asked.user if asked is not None and asked.uid != 0 else (user.base.owner if user is not None else "you")
        yield Observation(
            f"{each.count} entries of {each.path} belong to {each.owner}, such as {_few(each.examples, 3)}.",
            f"As root, give the user base to {name}.",
            about=each.path,
            lines=(f"chown -R {name}: {quoted(base)}",),
        )


@check("PY07", Level.WARNING, "An interrupted pip left pieces behind", "packages")
def tildes(reports: CheckInputs) -> Iterator[Observation]:
    """Entries that begin with `~` are what pip renamed before it replaced a package, and was killed.

    They hold the *old version*, although pip says that they can be deleted. First install the package again;
    when it works, delete them.
    """
    assert reports.packages is not None
    for each in reports.packages.left_overs:
        what = f"{each.name} {each.version or ''}".strip() if each.name else "a package that is no longer named"
        gone = each.name is not None and not each.present
        evidence = f"{_few(each.entries)} in {each.site} hold {what}."
        if gone:
            evidence += " That package is not there now."
        wanted = f"{each.name}=={each.version}" if each.name and each.version else each.name
        # One line: who pastes it must not lose the pieces when the installation fails.
        line = "" if wanted is None or each.present else f"{_again(reports, each.site, [wanted], over=True)} && "
        line += f"rm -r {' '.join(quoted(f'{each.site}/{entry}') for entry in each.entries)}"
        yield Observation(
            evidence,
            "Install the package again, see that it works, and only then remove the pieces: they are the old version.",
            about=f"{each.site}/{each.entries[0]}",
            lines=(line,),
            level=Level.ERROR if gone else None,
            title=f"{each.name} was lost by an interrupted pip" if gone else None,
        )


@check("PY08", Level.WARNING, "A package cannot be upgraded or removed", "packages")
def no_record(reports: CheckInputs) -> Iterator[Observation]:
    """A package has no `RECORD`, the list of its files. pip can then neither upgrade nor remove it.

    What pip suggests leaves two versions side by side: install the same version over it instead.
    """
    assert reports.packages is not None
    broken = [each for each in reports.packages.packages if PackageProblem.NO_RECORD in each.problems and _whole(each)]
    for site, packages in _by_site(broken).items():
        wanted = [f"{each.name}=={each.version}" for each in packages]
        names = [f"{each.name} {each.version}" for each in packages]
        yield Observation(
            f"{_few(names)} in {site} {'has' if len(names) == 1 else 'have'} no RECORD.",
            "Install the same version over it: that writes the list again.",
            about=site,
            lines=(_again(reports, site, wanted, over=True),),
        )


def _whole(package: Package) -> bool:
    return not (set(package.problems) & _UNREADABLE.keys())


@check("PY09", Level.ERROR, "A package is there twice", "packages")
def twice(reports: CheckInputs) -> Iterator[Observation]:
    """One folder holds two versions of a package: two installations ran at once, or one was interrupted.

    Their files are mixed. Remove both descriptions, and install the version that you want.
    """
    assert reports.packages is not None
    double = [each for each in reports.packages.packages if PackageProblem.TWICE in each.problems]
    pairs: dict[tuple[str, str], list[Package]] = {}
    for each in double:
        pairs.setdefault((each.location, each.normalized), []).append(each)
    for (site, name), copies in pairs.items():
        remove = f"rm -r {' '.join(quoted(f'{site}/{each.metadata}') for each in copies)}"
        yield Observation(
            f"{_few([each.metadata for each in copies])} are both in {site}.",
            "Remove both descriptions, then install the package again.",
            about=f"{site}/{name}",
            lines=(f"{remove} && {_again(reports, site, [copies[0].name], over=True)}",),
        )


def _mine(reports: CheckInputs, site: str) -> bool:
    """Whether a person installs into this site: then damage is theirs to mend."""
    install = reports.layout.install if reports.layout is not None else None
    user = reports.layout.user if reports.layout is not None else None
    target = install.target.path if install is not None and install.target is not None else None
    return site == target or (user is not None and site == user.site.path)


@check("PY10", Level.WARNING, "Files of a package are missing or differ", "examination")
def differing(reports: CheckInputs) -> Iterator[Observation]:
    """Files are not as the package's `RECORD` lists them: some are gone, or have another size.

    An interrupted upgrade leaves this, and so does an edit by hand. Install the package again, unless you
    changed it on purpose.
    """
    assert reports.examination is not None
    for each in reports.examination.differing:
        if (each.missing or each.differing) and _mine(reports, each.site):
            yield Observation(
                f"{each.name} in {each.site}: {each.missing} files are missing, {each.differing} have another size,"
                f" such as {_few(each.examples, 3)}.",
                "Install it again, unless you changed it yourself.",
                about=f"{each.site}/{each.name}",
                lines=(_again(reports, each.site, _pinned(reports, each.site, [each.name])),),
                # Who trusts a certificate of their own writes it into this file.
                level=Level.ADVICE if set(map(os.path.basename, each.examples)) == {"cacert.pem"} else None,
            )


@check("PY11", Level.WARNING, "Packages of an older Python are still there", "packages", "layout")
def other_pythons(reports: CheckInputs) -> Iterator[Observation]:
    """The image's Python changed, and packages in the user base were installed for the one before.

    No `import` finds them and no `pip list` shows them. Install those that you still want for the Python of
    now, then remove the old folder. One that a kernel's Python still uses is not named here.
    """
    assert reports.packages is not None
    assert reports.layout is not None
    used = {".".join(kernel.version.split(".")[:2]) for kernel in reports.layout.kernels if kernel.version}
    # Where the user site is off (a virtual environment), nobody expects to import from there.
    user = reports.layout.user
    for each in reports.packages.other_pythons:
        if each.version in used or user is None or not user.enabled:
            continue
        wanted = each.requested or each.packages
        again = f"{pip_of(reports)} install --user {' '.join(quoted(name) for name in wanted)}"
        told = (
            f"{len(each.packages)} packages for Python {each.version} are in {each.path}; this is Python"
            f" {reports.packages.version}. You asked for {_few(wanted)}."
        )
        if each.interpreter is not None:
            yield Observation(
                f"{told} {each.interpreter} is still here and finds them.",
                "Install what you still want for this Python. Remove the folder once nobody starts the other one.",
                about=each.path,
                lines=(again,),
                level=Level.ADVICE,
            )
            continue
        yield Observation(
            told,
            "Install what you still want, see that it works, then remove the old folder.",
            about=each.path,
            lines=(f"{again} && rm -r {quoted(each.path)}",),
        )


@check("PY12", Level.ERROR, "A package was built for another machine", "examination")
def wrong_machine(reports: CheckInputs) -> Iterator[Observation]:
    """A package holds machine code for another processor, or is bound to another Python.

    Its import fails. This happens when a folder of packages is copied or shared between machines, such as a
    Raspberry Pi (`aarch64`) and a PC (`x86_64`).
    """
    assert reports.examination is not None
    by_site: dict[str, list[str]] = {}
    evidence: dict[str, str] = {}
    for each in reports.examination.foreign_machine:
        by_site.setdefault(each.site, []).append(each.name)
        evidence.setdefault(
            each.site, f"{each.name} ({each.example}) was built for {each.built_for}; this is {each.wanted}."
        )
    for site, names in by_site.items():
        more = f" The same holds for {_few(names[1:])}." if len(names) > 1 else ""
        yield Observation(
            f"In {site}: {evidence[site]}{more}",
            "Install them again on this machine.",
            about=site,
            lines=(_again(reports, site, _pinned(reports, site, names)),),
        )


@check("PY13", Level.WARNING, "Your package hides one that Jupyter needs", "packages")
def shadows(reports: CheckInputs) -> Iterator[Observation]:
    """A package in the user base has the name of one that came with the image, and Jupyter needs it.

    Yours is found first. When it does not fit, Jupyter no longer starts, and not even a new image helps,
    because the user base is kept. Remove yours unless you need just that version. A copy in a folder of
    `PYTHONPATH` is not pip's: take the folder out of `PYTHONPATH` where Jupyter is started.
    """
    assert reports.packages is not None
    for each in reports.packages.packages:
        if not (each.wins and each.shadows and each.server_needs and each.role in (PathRole.USER, PathRole.PROJECT)):
            continue
        hidden = [
            f"{other.version} in {other.location}"
            for other in reports.packages.packages
            if other.normalized == each.normalized and other.shadowed_by == each.location
        ]
        mine = each.role is PathRole.USER
        yield Observation(
            f"{each.name} {each.version} in {each.location} is found before {_few(hidden)}.",
            "Remove your copy once, and only once: a second time pip would remove the image's own."
            if mine
            else f"Take {each.location} out of PYTHONPATH where Jupyter is started, then restart.",
            about=f"{each.location}/{each.normalized}",
            lines=(f"{pip_of(reports)} uninstall --yes {quoted(each.name)}",) if mine else (),
        )


@check("PY14", Level.WARNING, "A command points to a Python that is gone", "examination")
def dead_scripts(reports: CheckInputs) -> Iterator[Observation]:
    """The first line of a command names an interpreter that is not there, so it ends with `bad interpreter`.

    The image's Python moved, or the command was made in an environment that was removed.
    """
    assert reports.examination is not None
    dead = reports.examination.dead_scripts
    by_python: dict[str, list[DeadScript]] = {}
    for each in dead:
        by_python.setdefault(each.interpreter, []).append(each)
    for interpreter, scripts in by_python.items():
        paths = [each.path for each in scripts]
        owned: dict[str, list[str]] = {}
        for each in scripts:
            if each.package is not None and each.site is not None:
                owned.setdefault(each.site, []).append(each.package)
        lines = [_again(reports, site, _pinned(reports, site, dict.fromkeys(names))) for site, names in owned.items()]
        orphans = [quoted(each.path) for each in scripts if each.package is None]
        yield Observation(
            f"{_few(paths)} begin{'s' if len(paths) == 1 else ''} with #!{interpreter}, which is not there.",
            "Install the packages again: that writes their commands anew."
            + (" Those that belong to no package any more can be removed." if orphans else ""),
            about=interpreter,
            lines=(*lines, *((f"rm {' '.join(orphans)}",) if orphans else ())),
        )


@check("PY15", Level.WARNING, "A package misses what it requires", "examination", "packages")
def unmet(reports: CheckInputs) -> Iterator[Observation]:
    """A package requires another that is not there, or in another version.

    pip says this in the middle of its output and still ends with success.
    """
    assert reports.examination is not None
    missing = reports.examination.unmet
    if not missing:
        return
    said = [f"{each.name} requires {each.requirement}, but {each.found or 'nothing'} is installed" for each in missing]
    environment = reports.layout.interpreter.environment if reports.layout and reports.layout.interpreter else None
    user = " --user" if environment is EnvironmentKind.SYSTEM and _installs_user(reports) else ""
    wanted = sorted({each.requirement for each in missing})
    yield Observation(
        f"{'; '.join(said[:5])}{f'; and {len(said) - 5} more' if len(said) > 5 else ''}.",
        "Install what is missing, or remove what requires it.",
        lines=(f"{pip_of(reports)} install{user} {' '.join(quoted(each) for each in wanted)}",),
    )


def _installs_user(reports: CheckInputs) -> bool:
    install = reports.layout.install if reports.layout is not None else None
    return install is not None and install.mode.value == "user"


@check("PY20", Level.WARNING, "The description of a package is damaged", "packages")
def damaged(reports: CheckInputs) -> Iterator[Observation]:
    """The `METADATA` of a package is missing, has no name, is no UTF-8, or is far too long.

    pip leaves such a package out, or stops with an error. Install it again, or remove what is left of it.
    """
    assert reports.packages is not None
    for site, packages in _by_site(each for each in reports.packages.packages if not _whole(each)).items():
        said = [f"{each.metadata} {_UNREADABLE[_first(each)]}" for each in packages]
        folders = " ".join(quoted(f"{site}/{each.metadata}") for each in packages)
        yield Observation(
            f"In {site}: {'; '.join(said[:5])}{f'; and {len(said) - 5} more' if len(said) > 5 else ''}.",
            "Remove the damaged description, and install the package again if you need it.",
            about=site,
            lines=(f"rm -r {folders}",) if len(packages) <= 5 else (),
        )


def _first(package: Package) -> PackageProblem:
    return next(problem for problem in package.problems if problem in _UNREADABLE)


@check("PY21", Level.WARNING, "Files in your packages belong to no package", "examination")
def unowned(reports: CheckInputs) -> Iterator[Observation]:
    """A folder in the user site holds Python files, and no package lists it.

    A full disk leaves this: the files of a new package are there and even import, but `pip list` does not
    know it. If you put the folder there yourself, all is well.
    """
    assert reports.examination is not None
    by_site: dict[str, list[str]] = {}
    for each in reports.examination.unowned:
        by_site.setdefault(each.site, []).append(each.name)
    for site, names in by_site.items():
        yield Observation(
            f"{_few(names)} in {site}: no package lists {'it' if len(names) == 1 else 'them'}.",
            "If you did not put it there yourself, an installation was cut off: install its package again (which may"
            " have another name than the folder), or remove the folder.",
            about=site,
        )


@check("PY22", Level.WARNING, "A package lists files outside its environment", "examination")
def outside(reports: CheckInputs) -> Iterator[Observation]:
    """The `RECORD` of a package names files that lie outside of the environment it was installed into.

    Removing such a package with pip removes those files: pip keeps such lines from a wheel as they are. An upgrade
    removes them too. For your own packages this program refuses both, and a new wheel that has such lines.
    """
    assert reports.examination is not None
    for each in reports.examination.differing:
        if each.outside and _mine(reports, each.site):
            yield Observation(
                f"{each.name} in {each.site} lists {each.outside} files outside; they were not looked at.",
                "Do not uninstall or upgrade it with pip. Look at its RECORD, and ask where the package came from.",
                about=f"{each.site}/{each.name}",
            )
