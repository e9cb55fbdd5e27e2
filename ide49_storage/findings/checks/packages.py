"""Checks of the list of packages: left-overs, damage, copies that hide others."""

from __future__ import annotations

from collections.abc import Iterator

from ...model.findings import Level
from ...model.packages import Package, PackageProblem, PackageReport
from ...model.python import Layout, PathRole
from ..registry import Observation, check
from ._shared import by_site, few, pip_of, quoted, reinstall

_UNREADABLE = {
    PackageProblem.NO_METADATA: "has no METADATA",
    PackageProblem.NO_NAME: "has no name in its METADATA",
    PackageProblem.BAD_ENCODING: "has a name that is no UTF-8",
    PackageProblem.TOO_LONG: "has a METADATA that is too long to read",
    PackageProblem.UNREADABLE: "cannot be read",
}


def _whole(package: Package) -> bool:
    return not (set(package.problems) & _UNREADABLE.keys())


@check("PY07", Level.WARNING, "An interrupted pip left pieces behind")
def tildes(packages: PackageReport, layout: Layout | None = None) -> Iterator[Observation]:
    """Entries that begin with `~` are what pip renamed before it replaced a package, and was killed.

    They hold the *old version*, although pip says that they can be deleted. First install the package again;
    when it works, delete them.
    """
    for each in packages.left_overs:
        what = f"{each.name} {each.version or ''}".strip() if each.name else "a package that is no longer named"
        gone = each.name is not None and not each.present
        evidence = f"{few(each.entries)} in {each.site} hold {what}."
        if gone:
            evidence += " That package is not there now."
        wanted = f"{each.name}=={each.version}" if each.name and each.version else each.name
        # One line: who pastes it must not lose the pieces when the installation fails.
        line = (
            ""
            if wanted is None or each.present
            else f"{reinstall(packages, layout, each.site, [wanted], over=True)} && "
        )
        line += f"rm -r {' '.join(quoted(f'{each.site}/{entry}') for entry in each.entries)}"
        yield Observation(
            evidence,
            "Install the package again, see that it works, and only then remove the pieces: they are the old version.",
            about=f"{each.site}/{each.entries[0]}",
            lines=(line,),
            level=Level.ERROR if gone else None,
            title=f"{each.name} was lost by an interrupted pip" if gone else None,
        )


@check("PY08", Level.WARNING, "A package cannot be upgraded or removed")
def no_record(packages: PackageReport, layout: Layout | None = None) -> Iterator[Observation]:
    """A package has no `RECORD`, the list of its files. pip can then neither upgrade nor remove it.

    What pip suggests leaves two versions side by side: install the same version over it instead.
    """
    broken = [each for each in packages.packages if PackageProblem.NO_RECORD in each.problems and _whole(each)]
    for site, found in by_site(broken).items():
        wanted = [f"{each.name}=={each.version}" for each in found]
        names = [f"{each.name} {each.version}" for each in found]
        yield Observation(
            f"{few(names)} in {site} {'has' if len(names) == 1 else 'have'} no RECORD.",
            "Install the same version over it: that writes the list again.",
            about=site,
            lines=(reinstall(packages, layout, site, wanted, over=True),),
        )


@check("PY09", Level.ERROR, "A package is there twice")
def twice(packages: PackageReport, layout: Layout | None = None) -> Iterator[Observation]:
    """One folder holds two versions of a package: two installations ran at once, or one was interrupted.

    Their files are mixed. Remove both descriptions, and install the version that you want.
    """
    double = [each for each in packages.packages if PackageProblem.TWICE in each.problems]
    pairs: dict[tuple[str, str], list[Package]] = {}
    for each in double:
        pairs.setdefault((each.location, each.normalized), []).append(each)
    for (site, name), copies in pairs.items():
        remove = f"rm -r {' '.join(quoted(f'{site}/{each.metadata}') for each in copies)}"
        yield Observation(
            f"{few([each.metadata for each in copies])} are both in {site}.",
            "Remove both descriptions, then install the package again.",
            about=f"{site}/{name}",
            lines=(f"{remove} && {reinstall(packages, layout, site, [copies[0].name], over=True)}",),
        )


@check("PY11", Level.WARNING, "Packages of an older Python are still there")
def other_pythons(packages: PackageReport, layout: Layout) -> Iterator[Observation]:
    """The image's Python changed, and packages in the user base were installed for the one before.

    No `import` finds them and no `pip list` shows them. `jupyter storage bring-over` installs what you asked for
    under the former Python for the Python of now. When you miss nothing, `jupyter storage delete-old` deletes the
    old packages; it leaves those that an interpreter still reads. One that a kernel's Python still uses is not
    named here.
    """
    used = {".".join(kernel.version.split(".")[:2]) for kernel in layout.kernels if kernel.version}
    # Where the user site is off (a virtual environment), nobody expects to import from there.
    user = layout.user
    of_kernel = f" --kernel {quoted(packages.kernel)}" if packages.kernel is not None else ""
    for each in packages.other_pythons:
        if each.version in used or user is None or not user.enabled:
            continue
        options = f"--old {each.version}{of_kernel}"
        told = (
            f"{len(each.packages)} packages for Python {each.version} are in {each.path}; this is Python"
            f" {packages.version}. You asked for {few(each.requested or each.packages)}."
        )
        if each.interpreter is None:
            # The line that deletes is no line to paste: who pastes all lines must not lose what was not brought over.
            remedy = f"Bring over what you still want. When you miss nothing: jupyter storage delete-old {options}"
        else:
            told += f" {each.interpreter} is still here and finds them."
            remedy = "Bring over what you want for this Python too. The old packages stay: they are still in use."
        yield Observation(
            told,
            remedy,
            about=each.path,
            lines=(f"jupyter storage bring-over {options}",),
            level=Level.WARNING if each.interpreter is None else Level.ADVICE,
        )


@check("PY13", Level.WARNING, "Your package hides one that Jupyter needs")
def shadows(packages: PackageReport) -> Iterator[Observation]:
    """A package in the user base has the name of one that came with the image, and Jupyter needs it.

    Yours is found first. When it does not fit, Jupyter no longer starts, and not even a new image helps,
    because the user base is kept. Remove yours unless you need just that version. A copy in a folder of
    `PYTHONPATH` is not pip's: take the folder out of `PYTHONPATH` where Jupyter is started.
    """
    for each in packages.packages:
        if not (each.wins and each.shadows and each.server_needs and each.role in (PathRole.USER, PathRole.PROJECT)):
            continue
        hidden = [
            f"{other.version} in {other.location}"
            for other in packages.packages
            if other.normalized == each.normalized and other.shadowed_by == each.location
        ]
        mine = each.role is PathRole.USER
        yield Observation(
            f"{each.name} {each.version} in {each.location} is found before {few(hidden)}.",
            "Remove your copy once, and only once: a second time pip would remove the image's own."
            if mine
            else f"Take {each.location} out of PYTHONPATH where Jupyter is started, then restart.",
            about=f"{each.location}/{each.normalized}",
            lines=(f"{pip_of(packages)} uninstall --yes {quoted(each.name)}",) if mine else (),
        )


@check("PY20", Level.WARNING, "The description of a package is damaged")
def damaged(packages: PackageReport) -> Iterator[Observation]:
    """The `METADATA` of a package is missing, has no name, is no UTF-8, or is far too long.

    pip leaves such a package out, or stops with an error. Install it again, or remove what is left of it.
    """
    for site, found in by_site(each for each in packages.packages if not _whole(each)).items():
        said = [f"{each.metadata} {_UNREADABLE[_first(each)]}" for each in found]
        folders = " ".join(quoted(f"{site}/{each.metadata}") for each in found)
        yield Observation(
            f"In {site}: {'; '.join(said[:5])}{f'; and {len(said) - 5} more' if len(said) > 5 else ''}.",
            "Remove the damaged description, and install the package again if you need it.",
            about=site,
            lines=(f"rm -r {folders}",) if len(found) <= 5 else (),
        )


def _first(package: Package) -> PackageProblem:
    return next(problem for problem in package.problems if problem in _UNREADABLE)
