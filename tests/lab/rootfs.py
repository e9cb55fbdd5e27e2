"""Debian root file systems, made once with debootstrap and kept as tar archives.

They stand for the `python` images that ide49 is built on: their Python has no ``EXTERNALLY-MANAGED``
marker (it is kept beside the archive for the flavour that has one), and user ``iot`` has uid 1000.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
from pathlib import Path

from .folder import cached, image_folder, scratch
from .shell import run

PACKAGES = "python3,python3-venv,python3-pip,ca-certificates"


@dataclasses.dataclass(frozen=True)
class Release:
    """A Debian release: ``name`` is how tests call it, ``suite`` how the archive does."""

    name: str
    suite: str
    python: str

    @property
    def marker(self) -> str:
        """Where Debian says that its Python is externally managed."""
        return f"/usr/lib/python{self.python}/EXTERNALLY-MANAGED"


RELEASES = {
    release.name: release
    for release in (Release("debian12", "bookworm", "3.11"), Release("debian13", "trixie", "3.13"))
}


def base_tar(release: Release) -> Path:
    """The release's root file system as a tar archive, made when it is not there yet (about a minute)."""
    return cached(f"{release.name}.tar", lambda target: _make_base(release, target))


def marker_file(release: Release) -> Path:
    """The marker that was taken out of `base_tar`."""
    return base_tar(release).with_suffix(".externally-managed")


def _make_base(release: Release, target: Path) -> None:
    with scratch("debootstrap") as root:
        options = ["--variant=minbase", f"--include={PACKAGES}"]
        mirror = [found] if (found := machine_mirror()) else []
        run(["debootstrap", *options, release.suite, str(root), *mirror], env=_with_proxy(), timeout=1800)
        run(["chroot", str(root), "useradd", "--create-home", "--uid", "1000", "--shell", "/bin/bash", "iot"])
        marker = root / release.marker.lstrip("/")
        marker.rename(image_folder() / f"{release.name}.externally-managed")
        with contextlib.suppress(FileNotFoundError):
            (root / "etc/resolv.conf").unlink()
        archives = "--exclude=./var/cache/apt/archives/*.deb"
        run(["tar", "--create", archives, "--directory", str(root), "--file", str(target), "."])


def machine_mirror() -> str | None:
    """The Debian mirror that this machine's own apt uses, ``None`` when it has none (debootstrap knows one)."""
    listing = run(
        ["apt-get", "indextargets", "--format", "$(SITE) $(COMPONENT) $(RELEASE)", "Created-By: Packages"],
        check=False,
    ).stdout
    for line in listing.splitlines():
        site, _, rest = line.partition(" ")
        if re.fullmatch(r"main [a-z]+", rest) and site.rstrip("/").endswith("/debian"):
            return site
    return None


def _with_proxy() -> dict[str, str]:
    proxy = run(["apt-config", "shell", "P", "Acquire::http::Proxy"], check=False).stdout
    found = re.fullmatch(r"P='(.+)'\s*", proxy)
    return {**os.environ, **({"http_proxy": found[1]} if found else {})}


def unpack(release: Release, folder: Path) -> None:
    """Fill ``folder`` with the release's root file system, for LXC and systemd-nspawn."""
    folder.mkdir(parents=True)
    run(["tar", "--extract", "--numeric-owner", "--directory", str(folder), "--file", str(base_tar(release))])


def main() -> None:
    """Make what is not there yet: ``python3 -m tests.lab.rootfs``, for which the standard library is enough."""
    for release in RELEASES.values():
        print(base_tar(release), flush=True)


if __name__ == "__main__":
    main()
