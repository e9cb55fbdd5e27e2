"""LXC: runs one command in a root file system."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from .folder import scratch
from .shell import run


def version() -> str:
    """The version of the LXC tools."""
    return run(["lxc-execute", "--version"]).stdout.strip()


def execute(root: Path, argv: Sequence[str], *, settings: Sequence[str] = ()) -> str:
    """The output of ``argv`` in a container of ``root``; ``settings`` are further lines of its configuration."""
    with scratch("lxc") as folder:
        configuration = folder / "config"
        lines = [
            f"lxc.rootfs.path = dir:{root}",
            "lxc.uts.name = lab",
            "lxc.net.0.type = none",
            "lxc.mount.auto = proc:mixed sys:mixed",
            "lxc.apparmor.profile = unconfined",
            *settings,
        ]
        configuration.write_text("\n".join([*lines, ""]))
        options = ["--name", f"lab-{os.getpid()}", "--lxcpath", str(folder), "--rcfile", str(configuration)]
        return run(["lxc-execute", *options, "--", *argv]).stdout


def mount_entry(source: Path | str, target: str, fs_type: str, options: str) -> str:
    """The line of a configuration that mounts something at ``target``."""
    return f"lxc.mount.entry = {source} {re.sub('^/', '', target)} {fs_type} {options} 0 0"
