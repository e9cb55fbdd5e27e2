"""Distributions of one site directory with all that their metadata says, for whoever changes them.

Touches the file system: only for a site directory on a storage that cannot hang.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .site_packages.dependencies import read_requirements
from .site_packages.scan import Details, SiteDistribution, details, is_name, scan


class Distribution(SiteDistribution, frozen=True, kw_only=True):
    """A distribution with its requirements (``Requires-Dist`` as it stands) and what its installer noted.

    One whose files are damaged is still named: that is what a repair needs.
    """

    site: str
    requires: tuple[str, ...] = ()
    details: Details = Details()

    @property
    def path(self) -> str:
        """The full path of its metadata."""
        return f"{self.site}/{self.entry}"

    @property
    def has_record(self) -> bool:
        """Whether its files are listed; old-style metadata lists them in other ways."""
        return "RECORD" in self.files or not self.entry.endswith(".dist-info")

    @property
    def requested(self) -> bool:
        """Whether a person named it, by its installer's mark."""
        return "REQUESTED" in self.files


def distributions(site: str) -> tuple[Distribution, ...]:
    """All distributions of a site directory, by the names of their entries; none if it cannot be read.

    Those whose name no installer would accept are left out.
    """
    return _with_details(site, [dist for dist in scan(site).dists if is_name(dist.name)])


def set_aside(site: str) -> tuple[Distribution, ...]:
    """The distributions whose metadata a killed pip left behind under a name that begins with ``~``.

    Their ``name`` comes from their METADATA, so it is the real one as far as that can be read.
    """
    return _with_details(site, scan(site).tilde_dists)


def overlay(layers: Iterable[Iterable[Distribution]]) -> dict[str, Distribution]:
    """What an import finds, by normalised name: of each name, the copy in the first layer."""
    found: dict[str, Distribution] = {}
    for layer in layers:
        for each in layer:
            found.setdefault(each.normalized, each)
    return found


def _with_details(site: str, dists: Sequence[SiteDistribution]) -> tuple[Distribution, ...]:
    entries = [dist.entry for dist in dists]
    noted = details(site, [(dist.entry, dist.files) for dist in dists])
    wanted = read_requirements(site, entries)
    return tuple(
        Distribution(
            site=site,
            entry=dist.entry,
            name=dist.name,
            version=dist.version,
            files=dist.files,
            problems=dist.problems,
            requires=tuple(texts),
            details=more,
        )
        for dist, more, texts in zip(dists, noted, wanted, strict=True)
    )
