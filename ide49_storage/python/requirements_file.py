"""A requirements file made from a package report. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ..model.packages import Package, PackageProblem, Requirements
from ..model.python import PathRole

_BROKEN = {
    PackageProblem.NO_METADATA,
    PackageProblem.NO_NAME,
    PackageProblem.BAD_ENCODING,
    PackageProblem.TOO_LONG,
    PackageProblem.UNREADABLE,
}


def export(packages: Iterable[Package], pinned: bool) -> Requirements:
    """One line for each requested package that an import finds; user packages where there are any, else all.

    A package whose installer left no mark counts as requested when it is in the user site: there, a person
    put it. Editable ones and those from a file have no line that would work elsewhere.
    """
    winners = [package for package in packages if package.wins]
    mine = [package for package in winners if package.role is PathRole.USER]
    lines, left_out = [], []
    for package in sorted(mine or winners, key=lambda each: each.normalized):
        if package.requested is False:
            continue
        if package.requested is None and package.role is not PathRole.USER:
            left_out.append(f"{package.name}: its installer left no mark that a person asked for it")
            continue
        reason = _why_not(package)
        if reason is not None:
            left_out.append(f"{package.name}: {reason}")
        elif package.direct_url is not None:
            lines.append(f"{package.name} @ {package.direct_url}")
        else:
            lines.append(f"{package.name}=={package.version}" if pinned else package.name)
    return Requirements(text="".join(line + "\n" for line in lines), left_out=tuple(left_out))


def _why_not(package: Package) -> str | None:
    if _BROKEN & set(package.problems):
        return "its metadata cannot be trusted"
    if package.editable:
        return "it is editable: it belongs to a folder of this machine"
    url = package.direct_url
    if url is not None and url.startswith("file:"):
        return "it came from a file of this machine"
    if url is not None and "***" in url:
        return "its address contains a secret, which is not written down"
    return None
