"""``jupyter storage python`` and ``jupyter storage packages``."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from .. import client
from ..model.mounts import Where
from ..model.packages import Package, PackageReport
from ..model.python import Kernel, Layout, PathState
from ..python.packages_report import SORTS, Filter, select
from .show import add_json, print_json, print_table, printable, size


def add_commands(commands: Any) -> None:
    """Add both commands to the subparsers."""
    python = commands.add_parser("python", help="where Python finds things, and whether a pip install stays")
    python.add_argument("--kernel", metavar="NAME", help="a kernel's interpreter instead of this one")
    add_json(python)
    python.set_defaults(run=run_python)
    packages = commands.add_parser("packages", help="what is installed, where, and whether it stays")
    packages.add_argument("--kernel", metavar="NAME", help="a kernel's interpreter instead of this one")
    packages.add_argument("text", nargs="?", default="", metavar="TEXT", help="only names that contain this")
    packages.add_argument("--user", action="store_true", help="only the user's own")
    packages.add_argument("--problems", action="store_true", help="only those with a problem")
    packages.add_argument("--sizes", action="store_true", help="measure them too")
    packages.add_argument("--sort", choices=list(SORTS), default="name")
    packages.add_argument("--requirements", action="store_true", help="a requirements file of what you asked for")
    packages.add_argument("--unpinned", action="store_true", help="without versions (with --requirements)")
    add_json(packages)
    packages.set_defaults(run=run_packages)


def run_python(arguments: argparse.Namespace) -> int:
    """Print the layout; status 2 for a kernel that there is not."""
    try:
        layout = client.python(arguments.kernel)
    except client.UnknownKernel as error:
        return _unknown("python", error)
    if arguments.json:
        print_json(layout)
        return 0
    if layout.interpreter is None:
        print(f"No answer: {layout.trouble.message if layout.trouble else 'no reason is known'}")
    else:
        _print_layout(layout)
    _print_kernels(layout)
    return 0


def _unknown(command: str, error: client.UnknownKernel) -> int:
    print(f"jupyter storage {command}: {printable(str(error))}", file=sys.stderr)
    return 2


def _lives(where: Where) -> str:
    return f"{where.kind.value}{' ' + printable(where.name) if where.name else ''}"


def _print_layout(layout: Layout) -> None:
    asked = layout.interpreter
    assert asked is not None
    print(f"{printable(asked.executable)}  Python {asked.version} ({asked.environment.value}), {asked.platform}")
    if layout.user is not None:
        user = layout.user
        print(f"user base   {printable(user.base.path)} ({user.base.state.value}): {printable(user.base_from)}")
        print(f"            {user.base.where.fate.update.value}: {user.base.where.evidence.update}")
        print(f"user site   {'on' if user.enabled else 'off'}. {user.why}")
    if layout.install is not None:
        target = layout.install.target
        print(f"pip install {'goes to ' + printable(target.path) if target else 'is refused'}")
        for why in layout.install.why:
            print(f"            {printable(why)}")
        if target is not None:
            print(f"            {layout.install.stays}")
    if asked.noise:
        print(f"It also printed: {printable(asked.noise)}")
    print("\nsys.path, in the order of the search")
    rows = [
        (entry.role.value, _lives(entry.place.where), entry.place.where.fate.update.value, _path_text(entry.place))
        for entry in layout.path
    ]
    print_table(("ROLE", "LIVES ON", "UPDATE", "PATH"), rows)
    print("\nCommands")
    for script in layout.scripts:
        found = "not on PATH" if script.position is None else f"number {script.position + 1} on PATH"
        print(f"  {printable(script.place.path)}  {found}")
    print(f"  PATH is {printable(':'.join(entry.path for entry in layout.search_path))}")


def _path_text(place: Any) -> str:
    state = place.state
    note = "" if state in (PathState.FOLDER, PathState.FILE, PathState.UNKNOWN) else f" ({state.value})"
    return printable(place.path) + note


def _print_kernels(layout: Layout) -> None:
    print("\nKernels")
    rows = [_kernel_row(kernel) for kernel in layout.kernels]
    print_table(("NAME", "OFFERED", "PYTHON", "USER SITE", "INTERPRETER"), rows)
    for kernel in layout.kernels:
        if kernel.trouble is not None:
            print(f"{printable(kernel.name)}: {printable(kernel.trouble.message)}")
        elif not kernel.visible:
            print(f"{printable(kernel.name)}: {printable(kernel.why)}")


def _kernel_row(kernel: Kernel) -> tuple[str, ...]:
    site = {True: "on", False: "off", None: "-"}[kernel.user_site_enabled]
    offered = "yes" if kernel.visible else "no"
    return printable(kernel.name), offered, kernel.version or "-", site, printable(kernel.executable or "-")


def run_packages(arguments: argparse.Namespace) -> int:
    """Print the packages, or a requirements file; status 2 for a kernel that there is not."""
    try:
        if arguments.requirements:
            return _print_requirements(arguments)
        report = client.packages(arguments.kernel, sizes=arguments.sizes or arguments.sort == "size")
    except client.UnknownKernel as error:
        return _unknown("packages", error)
    wanted = Filter(
        text=arguments.text,
        role="user" if arguments.user else "",
        problem=arguments.problems,
        sort=arguments.sort,
        descending=arguments.sort == "size",
    )
    report = select(report, wanted)
    if arguments.json:
        print_json(report)
        return 0
    if report.trouble is not None:
        print(f"No answer: {printable(report.trouble.message)}")
        return 0
    _print_packages(report)
    return 0


def _print_requirements(arguments: argparse.Namespace) -> int:
    made = client.requirements(arguments.kernel, pinned=not arguments.unpinned)
    if arguments.json:
        print_json(made)
        return 0
    sys.stdout.write(made.text)
    for line in made.left_out:
        print(f"left out: {printable(line)}", file=sys.stderr)
    return 0


def _print_packages(report: PackageReport) -> None:
    rows = [_package_row(package) for package in report.packages]
    print_table(("NAME", "VERSION", "UPDATE", "LIVES ON", "SIZE", "LOCATION", "NOTES"), rows)
    print(f"\n{report.total} of {report.count} packages, as {printable(report.executable or '')} finds them.")
    for site in report.sites:
        if site.problem and site.problem != "it is not there":
            print(f"{printable(site.path)}: {site.problem}", file=sys.stderr)
    for left in report.left_overs:
        name = f" of {printable(left.name)} {left.version or ''}" if left.name else ""
        print(f"Left over{name}, in {printable(left.site)}: {', '.join(map(printable, left.entries))}")
    for other in report.other_pythons:
        print(f"{len(other.packages)} packages for Python {other.version} are in {printable(other.path)}")


def _package_row(package: Package) -> tuple[str, ...]:
    notes = [problem.value for problem in package.problems]
    if package.shadowed_by:
        notes.append(f"hidden by {printable(package.shadowed_by)}")
    if package.shadows:
        notes.append(f"hides {', '.join(map(printable, package.shadows))}")
    if package.server_needs and package.shadows:
        notes.append("the server needs it")
    if package.editable:
        notes.append("editable")
    return (
        printable(package.name),
        printable(package.version),
        package.fate.update.value,
        package.kind.value,
        size(package.size),
        printable(package.location),
        "; ".join(notes),
    )
