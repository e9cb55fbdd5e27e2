"""What a rule works with and what it gives: the context of a mount, and a classification of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from ...model.mounts import EngineName
from ...model.vocabulary import Evidence, Fate, Fates, Kind
from ..engines import BY_NAME, EngineProfile
from ..mountinfo import MountRow

KEPT, LOST, AT_RISK, UNKNOWN = Fate.KEPT, Fate.LOST, Fate.AT_RISK, Fate.UNKNOWN

THIS_MACHINE = "It is on this machine's own disk or SD card, and is lost with it."


class Classification(msgspec.Struct, frozen=True):
    """What a mount is and what becomes of it. ``internal``: nobody keeps files there."""

    kind: Kind
    name: str | None
    fate: Fates
    evidence: Evidence
    internal: bool


class Context(msgspec.Struct, frozen=True):
    """What a rule may know beside the mount itself.

    ``auto_removed``: the container was started with ``--rm``. ``engine_devices``: file systems that hold
    the engine's own files, hence the machine's own. ``removable``: by ``major:minor`` or ``/dev/NAME``.
    """

    engine: EngineName
    root: MountRow
    auto_removed: bool
    engine_devices: frozenset[str]
    removable: Mapping[str, bool]

    @property
    def profile(self) -> EngineProfile:
        """What is particular to the engine."""
        return BY_NAME[self.engine]

    def is_removable(self, row: MountRow) -> bool | None:
        """``None``: nothing is known of this device."""
        known = self.removable.get(row.device)
        return self.removable.get(row.source) if known is None else known


Rule = Callable[[MountRow, Context], Classification | None]


def classification(
    kind: Kind,
    fates: tuple[Fate, Fate, Fate],
    sentences: tuple[str, str, str, str],
    *,
    name: str | None = None,
    internal: bool = False,
) -> Classification:
    """``fates`` for stop, update and device; ``sentences`` for the kind and then for each of them."""
    return Classification(
        kind,
        name,
        Fates(stop=fates[0], update=fates[1], device=fates[2]),
        Evidence(kind=sentences[0], stop=sentences[1], update=sentences[2], device=sentences[3]),
        internal,
    )
