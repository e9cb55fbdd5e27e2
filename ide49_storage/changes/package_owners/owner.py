"""What the scan asks of a package manager: what came since the container was made, and what gives the same again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

if TYPE_CHECKING:
    from ..remedies import Known


class OwnedPackage(NamedTuple):
    """A package that came since. ``sign`` is the path that came with it: a package whose sign an earlier manager
    claims is that manager's. ``paths`` are all that it claims; ``package`` is whatever its manager knows it by.
    """

    package: Any
    sign: bytes
    paths: Iterable[bytes]


class InstallLines(NamedTuple):
    """The lines of a Dockerfile that install the same again, and a sentence about them (alone: nothing to do)."""

    sentence: str
    lines: tuple[str, ...]


class PackageOwner:
    """The base of all package managers; this one has no packages. Paths are bytes, as paths of the container.

    It runs in the scan's process, which has the standard library only; ``install_lines`` runs in the asking one.
    """

    group: ClassVar[str]
    """The group into which its paths come, a value of ``model.changes.Group``."""
    removed: frozenset[str] = frozenset()
    """The names of packages that were taken away since the container was made."""

    def __init__(
        self,
        root: bytes,
        is_new: Callable[[bytes], bool] = lambda _path: True,
        since: int | None = None,
        folders: Collection[bytes] = (),
    ) -> None:
        """``root`` is ``b""`` for ``/``. ``is_new``: whether a path is younger than the container, which was made at
        ``since`` (ns). ``folders`` may hold packages, beside the usual ones.
        """
        self.root = root
        self.is_new = is_new
        self.since = since
        self.folders = folders

    def came_since(self) -> Iterator[OwnedPackage]:
        """The packages in the usual places that came since. Sets ``removed``."""
        yield from ()

    def enter(self, folder: bytes) -> Iterator[OwnedPackage]:  # noqa: ARG002  # for those who want to know
        """The walk comes to a folder: packages that only this tells of."""
        yield from ()

    def owns(self, path: bytes) -> bool:  # noqa: ARG002
        """Whether a path that no package lists is the package manager's all the same."""
        return False

    def ran(self) -> Iterable[tuple[int, int]]:
        """When it ran since the container was made: spans in ns, where that is known."""
        return ()

    def name(self, package: Any) -> str:
        """A package's name."""
        return str(package)

    def rows(self, packages: Sequence[Any]) -> Iterable[dict[str, Any]]:
        """Of each package what the records need, ``name`` among it, in the same order."""
        return ({"name": self.name(package)} for package in packages)

    def missing(self, changed: Collection[bytes], there: Callable[[bytes], bool]) -> Iterator[tuple[bytes, str]]:  # noqa: ARG002
        """Listed paths that are not there, and the names of their packages.

        Only in ``changed`` folders: a deletion changes the folder. ``there`` says whether a path is there.
        """
        yield from ()

    @staticmethod
    def install_lines(known: Known) -> InstallLines:
        """What installs again what is known to have been installed."""
        raise NotImplementedError


def one_line(text: str) -> str:
    """The text without characters that would end the line it stands in."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
