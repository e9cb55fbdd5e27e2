"""dpkg and apt: which packages came since, which paths are theirs, when they were installed."""

from __future__ import annotations

import contextlib
import functools
import os
import shlex
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ...formats.dpkg import Merge, diverted, fields, left_out_by, listed, package_of, windows
from .owner import InstallLines, OwnedPackage, PackageOwner, one_line

if TYPE_CHECKING:
    from ..remedies import Known

INFO = b"/var/lib/dpkg/info"
_LOG_TAIL = 4 << 20
_MERGED = (b"bin", b"sbin", b"lib", b"lib32", b"lib64", b"libx32", b"libo32")


class Dpkg(PackageOwner):
    """The dpkg database below ``root``. What cannot be read counts as empty."""

    group = "system-packages"

    @functools.cached_property
    def merge(self) -> Merge:
        """Where paths are on this system."""
        return Merge(self._links())

    def came_since(self) -> Iterator[OwnedPackage]:
        """Those whose list of paths is new, but for those that were taken away again."""
        if not self.is_new(INFO):
            return
        lists = [(name, package_of(name)) for name in self.list_names() if self.is_new(INFO + b"/" + name)]
        self.removed = self.taken_away({package for _, package in lists})
        for name, package in lists:
            if package not in self.removed:
                yield OwnedPackage(package, INFO + b"/" + name, self.paths(name))

    def ran(self) -> list[tuple[int, int]]:
        """From its log; nothing when no package was touched."""
        return self.windows(self.since) if self.is_new(INFO) else []

    def rows(self, packages: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Names, versions, and what only came as a dependency."""
        described = self.describe(set(packages))
        for name in packages:
            version, automatic = described[name]
            yield {"name": name, "version": version, "automatic": automatic}

    def _links(self) -> Iterator[tuple[bytes, bytes]]:
        for name in _MERGED:
            with contextlib.suppress(OSError):
                yield name, os.readlink(self.root + b"/" + name)

    @functools.cached_property
    def _status(self) -> str:
        return os.fsdecode(self.read(b"/var/lib/dpkg/status"))

    def read(self, path: bytes, tail: int | None = None) -> bytes:
        """A file's bytes, the last ``tail`` of them."""
        try:
            with open(self.root + path, "rb") as file:
                if tail is not None:
                    file.seek(max(0, os.fstat(file.fileno()).st_size - tail))
                return file.read()
        except OSError:
            return b""

    def list_names(self) -> list[bytes]:
        """The ``.list`` files of all installed packages."""
        try:
            return [name for name in os.listdir(self.root + INFO) if name.endswith(b".list")]
        except OSError:
            return []

    def paths(self, list_name: bytes) -> Iterator[bytes]:
        """What one ``.list`` file lists."""
        return listed(self.read(INFO + b"/" + list_name), self.merge)

    def windows(self, since_ns: int | None) -> list[tuple[int, int]]:
        """When dpkg ran since the container was made."""
        return windows(self.read(b"/var/log/dpkg.log", _LOG_TAIL), (since_ns or 0) / 1e9)

    def describe(self, names: Collection[str]) -> dict[str, tuple[str | None, bool]]:
        """Of each package its version, and whether it only came as a dependency."""
        if not names:
            return {}
        states = os.fsdecode(self.read(b"/var/lib/apt/extended_states"))
        versions, automatic = fields(self._status, names, "Version"), fields(states, names, "Auto-Installed")
        return {name: (versions.get(name), automatic.get(name) == "1") for name in names}

    def taken_away(self, names: Collection[str]) -> frozenset[str]:
        """Those of the packages that were taken away again: of such dpkg keeps a list of what is left to purge."""
        if not names:
            return frozenset()
        states = fields(self._status, names, "Status")
        return frozenset(name for name, state in states.items() if state.endswith((" config-files", " not-installed")))

    def missing(self, changed: Collection[bytes], there: Callable[[bytes], bool]) -> Iterator[tuple[bytes, str]]:
        """Listed paths that are not there, and their packages.

        Only in ``changed`` folders: a deletion changes the folder. ``there`` says whether a path is there.
        """
        settings = [self.read(b"/etc/dpkg/dpkg.cfg")]
        folder = b"/etc/dpkg/dpkg.cfg.d"
        with contextlib.suppress(OSError):
            settings += [self.read(folder + b"/" + name) for name in sorted(os.listdir(self.root + folder))]
        left_out = left_out_by(os.fsdecode(b"\n".join(settings)))
        moved = diverted(self.read(b"/var/lib/dpkg/diversions"))
        seen = set()
        for name in self.list_names():
            for path in self.paths(name):
                if path.rpartition(b"/")[0] not in changed or path in moved or path in seen:
                    continue
                seen.add(path)
                if not there(path) and not left_out(os.fsdecode(path)):
                    yield path, package_of(name)

    @staticmethod
    def install_lines(known: Known) -> InstallLines:
        """The ``RUN`` line that installs what was asked for; dependencies come by themselves."""
        removed = one_line(", ".join(known.removed))
        back = f" Removed here, but the image brings it again: {removed}." if removed else ""
        packages = known.system
        wanted = sorted({each.name for each in packages if not each.automatic} or {each.name for each in packages})
        if not wanted:
            sentence = "Written by the package manager, which did not install anything: lists and logs of its own."
            return InstallLines(sentence + back, ())
        names = " ".join(map(shlex.quote, wanted))
        line = f"RUN apt-get update && apt-get install -y {names} && rm -rf /var/lib/apt/lists/*"
        sentence = (
            "Add this line to the Dockerfile of the image. What was installed from a .deb file of your own"
            " needs a COPY of that file." + back
        )
        return InstallLines(sentence, (line,))
