"""Podman with storage, settings and runtime of its own, apart from the machine's."""

from __future__ import annotations

import contextlib
import functools
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from .engine import Engine
from .folder import claimed_slot
from .loop import loop_mounted
from .runtime import runtime_script
from .shell import run

FUSE_OVERLAYFS = "fuse-overlayfs"


class Podman(Engine):
    """Podman in one folder. ``driver``: ``overlay``, ``vfs``, ``btrfs``, or ``fuse-overlayfs``."""

    name = "podman"
    remove_at_once = ("rm", "--force", "--time", "0")

    def __init__(self, folder: Path, driver: str = "overlay") -> None:
        self.driver = driver
        self._settings = _write_settings(folder, driver)

    def argv(self, *arguments: str) -> list[str]:
        """See `Engine.argv`."""
        return ["podman", *arguments]

    def environment(self) -> Mapping[str, str]:
        """This process's own, with the engine's settings files."""
        return {**os.environ, **self._settings}

    @functools.cached_property
    def version(self) -> str:
        """Podman's version."""
        return str(json.loads(self.cli("version", "--format", "json").stdout)["Client"]["Version"])


def _write_settings(folder: Path, driver: str) -> dict[str, str]:
    storage_driver = "overlay" if driver == FUSE_OVERLAYFS else driver
    mount_program = '[storage.options.overlay]\nmount_program="/usr/bin/fuse-overlayfs"\n'
    (folder / "storage.conf").write_text(
        f'[storage]\ndriver="{storage_driver}"\n'
        f'graphroot="{folder}/storage"\nrunroot="{folder}/run"\n' + (mount_program if driver == FUSE_OVERLAYFS else "")
    )
    # file locks: the usual ones in shared memory would be common to every podman of the machine
    (folder / "containers.conf").write_text(
        '[engine]\nruntime="runc"\ncgroup_manager="cgroupfs"\nevents_logger="none"\nlock_type="file"\n'
        f'tmp_dir="{folder}/run/libpod"\nvolume_path="{folder}/storage/volumes"\n'
        f'[engine.runtimes]\nrunc=["{runtime_script(folder)}"]\n'
    )
    return {
        "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
        "CONTAINERS_CONF": str(folder / "containers.conf"),
    }


@contextlib.contextmanager
def podman(driver: str = "overlay") -> Iterator[Podman]:
    """Podman in a slot of the laboratory; its containers and volumes are gone at the end."""
    with claimed_slot(f"podman-{driver}") as slot, _storage(slot, driver) as folder:
        engine = Podman(folder, driver)
        engine.remove_everything_but_images()
        try:
            yield engine
        finally:
            engine.remove_everything_but_images()
            run(["umount", str(folder / "storage" / "overlay")], check=False)


@contextlib.contextmanager
def _storage(slot: Path, driver: str) -> Iterator[Path]:
    if driver != "btrfs":
        yield slot
        return
    with loop_mounted("btrfs", slot / "disk", megabytes=4000) as folder:
        yield folder
