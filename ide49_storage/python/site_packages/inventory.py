"""Reads every site directory of an interpreter into a package report."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ...model.packages import OtherPython, Package, PackageReport
from ...model.python import PathRole
from ...model.timestamps import now
from ...mounts.locator import PathLocator
from ...processes import call
from ..interpreter.facts import InterpreterFacts, ProbeResult
from ..packages_report import FoundDistribution, SiteDir, left_overs, links, packages, site_dirs, site_record
from .dependencies import Installed, closure, read_requirements, top_level_requests
from .health import Recorded, recorded
from .other_pythons import find_other_pythons
from .scan import Details, SiteScan, details, scan

#: What must keep working for the notebook to open; a user's copy that shadows one of these can break it.
SERVER_ROOTS = ("jupyter_server", "jupyterlab", "notebook", "ide49_storage", "ipykernel")


def read_sites(asked: ProbeResult, kernel: str | None, locator: PathLocator) -> PackageReport:
    """The whole report, without sizes. ``server_needs`` is known for the server's own interpreter only."""
    answer = asked.answer
    if answer is None:
        return PackageReport(
            at=now(),
            kernel=kernel,
            executable=None,
            version=None,
            trouble=asked.trouble,
            sites=(),
            packages=(),
            count=0,
            total=0,
            offset=0,
            left_overs=(),
            other_pythons=(),
        )
    locator.prefetch([path for path in (*answer.path, answer.user_site, answer.user_base) if path])
    scans = [(directory, _scan(directory, locator)) for directory in site_dirs(answer, locator)]
    scans = [each for each in scans if each[0].importable or each[1].dists]
    found = [each for directory, scanned in scans for each in _found(answer, directory, scanned, locator)]
    machine = answer.markers.get("platform_machine", "")
    machine = "armv7l" if answer.bits == 32 and machine == "aarch64" else machine
    listed = packages(found, machine, answer.major_minor, links(scanned for _, scanned in scans))
    if kernel is None:
        listed = _needed(listed, answer, locator)
    return PackageReport(
        at=now(),
        kernel=kernel,
        executable=answer.executable,
        version=answer.version,
        trouble=None,
        sites=tuple(site_record(answer, directory, scanned, locator) for directory, scanned in scans),
        packages=tuple(listed),
        count=len(listed),
        total=len(listed),
        offset=0,
        left_overs=tuple(each for _, scanned in scans for each in left_overs(scanned, scanned.dists)),
        other_pythons=_other_pythons(answer, locator),
    )


def _scan(directory: SiteDir, locator: PathLocator) -> SiteScan:
    path = directory.path
    try:
        return call.call_in_subprocess(locator.is_local(path), scan, SiteScan, path)
    except call.NoAnswer as silent:
        return SiteScan(path=path, problem=f"it does not answer: {silent}")


def _found(
    answer: InterpreterFacts, directory: SiteDir, scanned: SiteScan, locator: PathLocator
) -> list[FoundDistribution]:
    site = site_record(answer, directory, scanned, locator)
    asked = [(dist.entry, dist.files) for dist in scanned.dists]
    try:
        more = call.call_in_subprocess(locator.is_local(directory.path), details, list[Details], directory.path, asked)
    except call.NoAnswer:
        more = [Details() for _ in asked]
    return [FoundDistribution(site, dist, each) for dist, each in zip(scanned.dists, more, strict=True)]


def winners(listed: Sequence[Package], locator: PathLocator) -> dict[str, Installed]:
    """The packages that an import finds, by normalised name, with what they require."""
    by_site: dict[str, list[Package]] = {}
    for package in listed:
        if package.wins:
            by_site.setdefault(package.location, []).append(package)
    installed = {}
    for site, there in by_site.items():
        entries = [package.metadata for package in there]
        try:
            wanted = call.call_in_subprocess(locator.is_local(site), read_requirements, list[list[str]], site, entries)
        except call.NoAnswer:
            wanted = [[] for _ in entries]
        for package, texts in zip(there, wanted, strict=True):
            installed[package.normalized] = Installed(package.name, package.version, tuple(texts))
    return installed


def _needed(listed: list[Package], answer: InterpreterFacts, locator: PathLocator) -> list[Package]:
    if not any(package.shadows for package in listed):
        # Only a copy that shadows another can break the server, and parsing all requirements takes time.
        return listed
    needed = closure(SERVER_ROOTS, winners(listed, locator), answer.markers)
    return [msgspec.structs.replace(each, server_needs=each.normalized in needed) for each in listed]


def _other_pythons(answer: InterpreterFacts, locator: PathLocator) -> tuple[OtherPython, ...]:
    base = answer.user_base
    if base is None:
        return ()
    found = []
    for tree in find_other_pythons(base, answer.tree_version, answer.environ, locator):
        scanned = scan(tree.site)
        wanted = read_requirements(tree.site, [dist.entry for dist in scanned.dists])
        dists = [
            Installed(dist.name, dist.version, tuple(texts), "REQUESTED" in dist.files)
            for dist, texts in zip(scanned.dists, wanted, strict=True)
        ]
        found.append(
            OtherPython(
                path=tree.site,
                version=tree.python,
                packages=tuple(dist.name for dist in scanned.dists),
                requested=tuple(each.name for each in top_level_requests(dists, answer.markers)),
                interpreter=tree.in_use,
                fate=locator(tree.site).fate,
            )
        )
    return tuple(each for each in found if each.packages)


def prefix_of(package: Package, answer: InterpreterFacts) -> str:
    """The folder below which a package's installer may write."""
    return (answer.user_base or answer.prefix) if package.role is PathRole.USER else answer.prefix


def measured(report: PackageReport, answer: InterpreterFacts, locator: PathLocator) -> PackageReport:
    """The report with sizes: of what each RECORD lists and is there. ``None`` without a RECORD."""
    sizes: dict[tuple[str, str], int] = {}
    for site in {package.location for package in report.packages}:
        if not locator.is_local(site):
            continue
        there = [each for each in report.packages if each.location == site and each.metadata.endswith(".dist-info")]
        for prefix in {prefix_of(each, answer) for each in there}:
            entries = [each.metadata for each in there if prefix_of(each, answer) == prefix]
            rows: list[Recorded] = recorded(site, entries, prefix, "", True)
            sizes.update({(site, row.entry): row.size for row in rows if row.readable})
    replaced = [
        msgspec.structs.replace(each, size=sizes.get((each.location, each.metadata))) for each in report.packages
    ]
    return msgspec.structs.replace(report, packages=tuple(replaced))
