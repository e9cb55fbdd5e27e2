"""``jupyter storage``: the reports for a terminal. Status 0, or 2 for arguments that make no sense, 130 for Ctrl-C."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from importlib import import_module

#: Each module adds its commands in ``add_commands(subparsers)``; a command's ``run(arguments)`` gives the exit status.
#: Only the module of the command that is asked for is imported, since what answers others may take long to load.
_MODULES = {
    "mounts": ("mounts", "where"),
    "changes": ("changes",),
    "engine": ("engine",),
    "python": ("python", "packages"),
    "samba": ("samba",),
    "doctor": ("doctor",),
    "installs": (
        "install", "upgrade", "uninstall", "repair", "bring-over", "delete-old", "restore", "installs",
    ),
}  # fmt: skip


def _version() -> str:
    from importlib.metadata import version

    return version("ide49_storage")


class _ShowVersion(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(_version())
        parser.exit()


def parser(command: str | None = None) -> argparse.ArgumentParser:
    """The command line: the whole, or only the module of ``command``."""
    made = argparse.ArgumentParser(
        prog="jupyter storage",
        description="Where everything in this (containerised) Jupyter lives, and what becomes of it.",
    )
    made.add_argument("--version", action=_ShowVersion, nargs=0, help="show the version and exit")
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    modules = [module for module, names in _MODULES.items() if command in names] or list(_MODULES)
    for module in modules:
        import_module(f".{module}", __package__).add_commands(commands)
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Bad arguments: a sentence on stderr and status 2; Ctrl+C: 130."""
    given = sys.argv[1:] if argv is None else list(argv)
    arguments = parser(given[0] if given else None).parse_args(given)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may not have every letter of a file's name
    try:
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130  # as a shell says it
    except BrokenPipeError:
        # The reader (head, less) has seen enough. Python would complain once more at exit.
        sys.stdout = None
        return 0
    return status
