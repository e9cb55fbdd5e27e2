"""``jupyter storage install`` and what else becomes of a package: the same jobs as the panel's and REST's."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from typing import Any

from ..model.installs import (
    Action,
    InstallChange,
    InstallRequest,
    InstallTarget,
    Job,
    JobState,
    JobVerdict,
    Override,
    PlannedChange,
    Preview,
)
from .show import add_json, print_json, print_table, printable, size

#: The verdicts that leave the packages as they were asked for.
_GOOD = (JobVerdict.INSTALLED, JobVerdict.REMOVED, JobVerdict.NOTHING, JobVerdict.RESTORED)
#: Told first what they would do, and asked about where somebody is there to answer.
_REMOVES = (Action.UNINSTALL, Action.DELETE_OLD)
_COMMANDS = (
    ("install", Action.INSTALL, "install packages into your own, checked and undone if it fails", "+"),
    ("upgrade", Action.UPGRADE, "upgrade your own packages (without a name: all)", "*"),
    ("uninstall", Action.UNINSTALL, "remove your own copy of packages", "+"),
    ("repair", Action.REPAIR, "install damaged packages anew, at the same version", "+"),
    ("bring-over", Action.BRING_OVER, "install what you had under the image's former Python", "*"),
    ("delete-old", Action.DELETE_OLD, "delete the packages of a Python that is gone", "0"),
    ("restore", Action.RESTORE, "put back what an interrupted job left", "0"),
)


def add_commands(commands: Any) -> None:
    """Add all of them, and ``installs`` for the list, to the subparsers."""
    for name, action, description, count in _COMMANDS:
        command = commands.add_parser(name, help=description)
        if count != "0":
            command.add_argument("names", nargs=count, metavar="NAME", help="as pip takes names: requests, 'numpy<2'")
        command.add_argument("--kernel", metavar="K", help="for this kernel's interpreter (else the server's)")
        command.add_argument("--dry-run", action="store_true", help="only say what it would do")
        command.add_argument("--allow", action="append", default=[], choices=[each.value for each in Override])
        command.add_argument("--only-binary", action="store_true", help="never build from source")
        command.add_argument("--no-import", action="store_true", help="do not import what was installed")
        command.add_argument("--old", metavar="X.Y", help="the former Python that it is about")
        if action in _REMOVES:
            command.add_argument("--yes", action="store_true", help="do not ask first")
        add_json(command)
        command.set_defaults(run=run_job, action=action)
    listing = commands.add_parser("installs", help="the jobs there were, newest first")
    listing.add_argument("id", nargs="?", help="show the log of this one")
    listing.add_argument("--cancel", action="store_true", help="cancel it")
    add_json(listing)
    listing.set_defaults(run=run_list)


def _service() -> Any:
    from ..installs.manager import InstallManager

    return InstallManager()


def run_job(arguments: argparse.Namespace) -> int:
    """Preview or do one job. Status 0 for done, 1 for not, 2 for a request that makes no sense."""
    from ..installs.manager import InstallRefused

    request = InstallRequest(
        requirements=tuple(getattr(arguments, "names", ())),
        kernel=arguments.kernel,
        action=arguments.action,
        allow=tuple(map(Override, arguments.allow)),
        only_binary=arguments.only_binary,
        imports=not arguments.no_import,
        old=arguments.old,
    )
    service = _service()
    try:
        if arguments.dry_run:
            return _show_preview(service.preview(request), arguments.json)
        if arguments.action in _REMOVES and not arguments.json and not _go_on(service.preview(request), arguments.yes):
            print("Nothing was done.", file=sys.stderr)
            return 1
        job = service.start(request)
        job = _to_the_end(service, job, quiet=arguments.json)
    except InstallRefused as error:
        print(f"jupyter storage {arguments.action.value}: {printable(error.message)}", file=sys.stderr)
        return 2 if error.status in (400, 404, 413) else 1
    if arguments.json:
        print_json(job)
    else:
        _show_end(job)
    return 0 if job.verdict in _GOOD else 1


def _go_on(preview: Preview, yes: bool) -> bool:
    """Tell what would be removed and what else would break; whether the person, if there is one, wants it."""
    _show_preview(preview, as_json=False)
    if yes or preview.cause is not None or not sys.stdin.isatty():
        return True  # what is refused is refused by the job, in its own words
    print("Go on? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _to_the_end(service: Any, job: Job, *, quiet: bool) -> Job:
    """Follow a job. Ctrl-C cancels it; a second one stops following only, since putting back must not be hurried."""
    from ..installs.manager import InstallRefused

    shown: list[Job] = []
    try:
        return _follow(service, job.id, shown, quiet=quiet)
    except KeyboardInterrupt:
        print("Cancelling. Your packages are put back as they were ...", file=sys.stderr)
        with contextlib.suppress(InstallRefused):  # it has just ended
            service.cancel(job.id)
    try:
        return _follow(service, job.id, shown, quiet=quiet)
    except KeyboardInterrupt:
        print(f"It goes on by itself. How it ends: jupyter storage installs {job.id}", file=sys.stderr)
        found: Job = service.job(job.id)
        return found


def _follow(service: Any, identifier: str, shown: list[Job], *, quiet: bool) -> Job:
    """Show a job's lines until it is over, from where ``shown`` ends."""
    while True:
        now: Job = service.job(identifier, shown[-1].cursor if shown else None)
        shown[:] = [now]
        for line in now.lines:
            if not quiet:
                print(printable(line.text), file=sys.stderr)
        if now.state is JobState.ENDED:
            return now
        time.sleep(0.1)


def _show_target(target: InstallTarget) -> None:
    print(f"Into {printable(target.user_base)} for Python {target.python} ({printable(target.interpreter)})")
    print(f"  update {target.where.fate.update.value}: {target.where.evidence.update}")
    for each in target.refusals:
        lifted = f" (--allow {each.override.value})" if each.override else ""
        print(f"  refused: {printable(each.message)} {printable(each.remedy)}{lifted}")


def _show_preview(preview: Preview, as_json: bool) -> int:
    if as_json:
        print_json(preview)
        return 0 if preview.cause is None else 1
    _show_target(preview.target)
    if preview.plan is not None:
        for note in preview.plan.notes:
            print(f"  {printable(note)}")
        if preview.plan.changes or not preview.plan.notes:
            _show_changes(preview.plan.changes)
        for left in preview.plan.left:
            print(f"  left out: {left.name}: {printable(left.why)}")
        if preview.plan.space:
            print(f"About {size(preview.plan.space)} are needed, {size(preview.target.free)} are free.")
    if preview.cause is not None:
        print(f"It would be refused ({preview.cause.value}): {printable(preview.message)}")
        return 1
    return 0


def _show_changes(changes: tuple[PlannedChange, ...]) -> None:
    if not changes:
        print("Nothing would change.")
        return
    rows = [(each.change.value, each.name, _versions(each), size(each.size), _badges(each)) for each in changes]
    print_table(("CHANGE", "NAME", "VERSION", "SIZE", ""), rows)


def _versions(each: PlannedChange) -> str:
    replaced = each.installed and each.change in (InstallChange.UPGRADE, InstallChange.DOWNGRADE)
    return f"{each.installed} -> {each.version}" if replaced else each.version


def _badges(each: PlannedChange) -> str:
    found = [f"hides the image's {each.shadows}"] if each.shadows else []
    found += ["yanked"] if each.yanked else []
    found += ["built from source: runs its author's code"] if each.source else []
    found += [f"breaks: {text}" for text in each.breaks]
    return ", ".join(found)


def _show_end(job: Job) -> None:
    verdict = job.verdict.value if job.verdict else "?"
    cause = f" ({job.cause.value})" if job.cause else ""
    print(f"{verdict}{cause}: {printable(job.message)}")
    for problem in job.problems:
        if not problem.before:
            print(f"  {problem.kind.value}: {printable(problem.message)}")
    for step in job.next_steps:
        print(f"  do: {printable(step)}")


def run_list(arguments: argparse.Namespace) -> int:
    """List the jobs, or show or cancel one."""
    from ..installs.manager import InstallRefused

    service = _service()
    try:
        if arguments.id is None:
            found = service.jobs()
        elif arguments.cancel:
            found = service.cancel(arguments.id)
        else:
            found = service.job(arguments.id)
    except InstallRefused as error:
        print(f"jupyter storage installs: {printable(error.message)}", file=sys.stderr)
        return 2
    if arguments.json:
        print_json(found)
    elif arguments.id is None:
        rows = [(job.id, job.action.value, _state(job), " ".join(job.requirements)) for job in found.jobs]
        print_table(("ID", "ACTION", "STATE", "NAMES"), rows)
    else:
        for line in found.lines:
            print(printable(line.text))
        _show_end(found)
    return 0


def _state(job: Job) -> str:
    return job.verdict.value if job.verdict else job.state.value
