"""From scans of site directories to the package report: which copy wins, what it shadows, what is left over. Pure."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence, Set

import msgspec

from ..formats import compatibility
from ..model.mounts import Where
from ..model.packages import LeftOver, Package, PackageProblem, PackageReport, Site
from ..model.python import PathRole
from ..mounts.redact import redact_source
from .interpreter.facts import InterpreterFacts
from .layout import folder, path_entries
from .site_packages.scan import Details, SiteDistribution, SiteScan, normalize

_SKIPPED = {PathRole.STDLIB, PathRole.ZIP}


class SiteDir(msgspec.Struct, frozen=True, kw_only=True):
    """A directory to scan: ``importable`` when it is on ``sys.path``."""

    path: str
    role: PathRole
    importable: bool


def site_dirs(answer: InterpreterFacts, locator: Callable[[str], Where]) -> list[SiteDir]:
    """The directories with distributions, in the order in which an import looks through them.

    The folder that the interpreter is started in does not count. Two spellings of one directory are one.
    """
    found: dict[str, SiteDir] = {}
    for entry in path_entries(answer, "/", locator):
        if entry.role in _SKIPPED or entry.origin.startswith("the folder it is started in"):
            continue
        path = entry.place.path
        if path.endswith(".egg") and locator(os.path.dirname(path)).resolved in found:
            continue  # easy_install puts each egg on the path; the folder it lies in lists it
        found.setdefault(locator(path).resolved, SiteDir(path=path, role=entry.role, importable=True))
    if answer.user_site:
        off = SiteDir(path=answer.user_site, role=PathRole.USER, importable=False)
        found.setdefault(locator(answer.user_site).resolved, off)
    return list(found.values())


def site_record(answer: InterpreterFacts, directory: SiteDir, scan: SiteScan, locator: Callable[[str], Where]) -> Site:
    """A site directory as a record."""
    place = folder(answer, directory.path, locator)
    return Site(
        path=directory.path,
        role=directory.role,
        state=place.state,
        importable=directory.importable,
        kind=place.where.kind,
        name=place.where.name,
        mount_point=place.where.mount_point,
        fate=place.where.fate,
        evidence=place.where.evidence,
        owner=place.owner,
        writable=place.writable,
        packages=len(scan.dists),
        problem=scan.problem,
    )


class FoundDistribution(msgspec.Struct, frozen=True):
    """A distribution where it was found."""

    site: Site
    dist: SiteDistribution
    details: Details


def packages(
    found: Sequence[FoundDistribution], machine: str, python: str, linked: Set[str] = frozenset()
) -> list[Package]:
    """A record for each distribution; ``found`` is in the order of the search.

    ``linked``: normalised names with an ``.egg-link``, the mark of ``setup.py develop``.
    """
    copies: dict[str, list[FoundDistribution]] = {}
    for each in found:
        copies.setdefault(each.dist.normalized, []).append(each)
    made = [_package(each, copies[each.dist.normalized], machine, python) for each in found]
    return [
        msgspec.structs.replace(each, editable=True)
        if each.role is PathRole.PTH and each.normalized in linked
        else each
        for each in made
    ]


def links(scans: Iterable[SiteScan]) -> set[str]:
    """The normalised names of the ``.egg-link`` files."""
    names = {name for scan in scans for name in scan.names if name.endswith(".egg-link")}
    return {normalize(name.removesuffix(".egg-link")) for name in names}


def _package(each: FoundDistribution, copies: Sequence[FoundDistribution], machine: str, python: str) -> Package:
    dist, site = each.dist, each.site
    importable = [copy for copy in copies if copy.site.importable]
    wins = bool(importable) and importable[0] is each
    first = importable[0].site.path if importable else None
    editable, url = _direct_url(each.details.direct_url)
    requested = _requested(dist, each.details)
    others = tuple(dict.fromkeys(copy.site.path for copy in importable[1:] if copy.site.path != site.path))
    return Package(
        name=dist.name,
        normalized=dist.normalized,
        version=dist.version,
        location=site.path,
        metadata=dist.entry,
        role=site.role,
        kind=site.kind,
        fate=site.fate,
        size=None,
        installer=each.details.installer,
        requested=requested,
        yours=site.role is PathRole.USER or bool(requested and site.writable),
        editable=editable,
        direct_url=url,
        wins=wins,
        shadows=others if wins else (),
        shadowed_by=first if not wins and first != site.path else None,
        server_needs=None,
        problems=_problems(each, copies, machine, python),
    )


def _problems(
    each: FoundDistribution, copies: Sequence[FoundDistribution], machine: str, python: str
) -> tuple[PackageProblem, ...]:
    problems = list(each.dist.problems)
    if PackageProblem.NO_RECORD in problems and each.details.installer not in (None, "pip", "uv"):
        # Debian and conda own their files by other means, and say so in INSTALLER.
        problems.remove(PackageProblem.NO_RECORD)
    # Debian has an .egg-info beside the .dist-info of some packages: one installation, described twice.
    modern = [copy for copy in copies if copy.site.path == each.site.path and copy.dist.entry.endswith(".dist-info")]
    if len(modern) > 1 and each in modern:
        problems.append(PackageProblem.TWICE)
    if compatibility.wrong_machine(each.details.tags, machine):
        problems.append(PackageProblem.WRONG_MACHINE)
    if compatibility.wrong_python(each.details.tags, python):
        problems.append(PackageProblem.WRONG_PYTHON)
    return tuple(problems)


def _requested(dist: SiteDistribution, details: Details) -> bool | None:
    if "REQUESTED" in dist.files:
        return True
    # pip and uv write the marker, so its absence says something; others do not.
    return False if details.installer in ("pip", "uv") else None


def _direct_url(text: str | None) -> tuple[bool, str | None]:
    """Whether it is editable, and its address: with the commit of a repository, without secrets."""
    if text is None:
        return False, None
    try:
        content = json.loads(text)
        url = content["url"]
        folder_info, vcs = content.get("dir_info") or {}, content.get("vcs_info") or {}
        if vcs:
            url = f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
        return bool(folder_info.get("editable")), redact_source(str(url))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False, None


def left_overs(scan: SiteScan, present: Sequence[SiteDistribution]) -> list[LeftOver]:
    """What a killed pip renamed, one record for each distribution that it stands for, as far as that is known."""
    names = {dist.normalized for dist in present}
    rest = set(scan.tildes)
    found = []
    for dist in scan.tilde_dists:
        tail = normalize(dist.name)[1:].replace("-", "")
        mine = {entry for entry in rest if entry == dist.entry or _tail(entry) == tail}
        rest -= mine
        found.append(
            LeftOver(
                site=scan.path,
                entries=tuple(sorted(mine | {dist.entry})),
                name=dist.name if not dist.problems or dist.name[0] != "~" else None,
                version=dist.version or None,
                present=dist.normalized in names,
            )
        )
    if rest:
        found.append(LeftOver(site=scan.path, entries=tuple(sorted(rest)), name=None, version=None, present=False))
    return found


def _tail(entry: str) -> str:
    # pip renames by replacing the first letters by "~" and, on a clash, more of them by "~-.=%" and digits
    return normalize(entry.lstrip("~-.=%0123456789").removesuffix(".py")).replace("-", "")


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What of a report is wanted. ``role`` and ``fate`` (of an update) by their words; ``problem``: only with one."""

    text: str = ""
    role: str = ""
    fate: str = ""
    problem: bool = False
    requested: bool = False
    sort: str = "name"
    descending: bool = False
    offset: int = 0
    limit: int | None = None


SORTS: Mapping[str, Callable[[Package], object]] = {
    "name": lambda each: (each.normalized, not each.wins),
    "version": lambda each: (_version_key(each.version), each.normalized),
    "location": lambda each: (each.location, each.normalized),
    "kind": lambda each: (each.kind.value, each.normalized),
    "fate": lambda each: (each.fate.update.value, each.normalized),
    "size": lambda each: (-1 if each.size is None else each.size, each.normalized),
}


def _version_key(version: str) -> tuple[int, object]:
    from packaging.version import InvalidVersion, Version

    try:
        return 1, Version(version)
    except InvalidVersion:
        return 0, version


def select(report: PackageReport, wanted: Filter) -> PackageReport:
    """The report with only the packages that are wanted, sorted, and one page of them. ``sort`` is one of ``SORTS``."""
    text = normalize(wanted.text.strip())
    kept = [
        each
        for each in report.packages
        if text in each.normalized
        and wanted.role in ("", each.role.value)
        and wanted.fate in ("", each.fate.update.value)
        and (each.problems or not wanted.problem)
        and (each.requested or not wanted.requested)
    ]
    kept.sort(key=SORTS[wanted.sort], reverse=wanted.descending)  # type: ignore[arg-type]  # keys of one sort compare with each other
    end = None if wanted.limit is None else wanted.offset + wanted.limit
    page = tuple(kept[wanted.offset : end])
    return msgspec.structs.replace(report, packages=page, total=len(kept), offset=wanted.offset)
