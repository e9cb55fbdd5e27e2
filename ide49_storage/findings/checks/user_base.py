"""Checks of the user base and its folder of commands."""

from __future__ import annotations

from collections.abc import Iterator

from ...model.findings import Level
from ...model.packages import PackageReport
from ...model.python import InstallMode, Layout, PathRole, PathState, ScriptFolder
from ...model.vocabulary import Fate
from ..registry import Observation, check
from ..start_script import StartFault
from ._shared import REMOTE, lives_on, local_base, pip_of, quoted


def _has_commands(layout: Layout, script: ScriptFolder) -> bool:
    """Whether a person's commands go into this folder, or are there."""
    goes = layout.install is not None and layout.install.mode is InstallMode.USER
    return script.role is PathRole.USER and (goes or script.place.state is PathState.FOLDER)


@check("PY01", Level.WARNING, "Commands that you install are not found")
def user_scripts_not_on_path(layout: Layout, start_faults: tuple[StartFault, ...]) -> Iterator[Observation]:
    """The `bin` folder of the user base is not on `PATH`.

    pip puts the commands of your packages there. Without it on `PATH`, a shell says `command not found`
    although the package is installed.

    A usual cause is a start script that writes `export PATH=$PYTHONUSERBASE/bin:$PATH` into a file by an
    unquoted here-document (`<<EOF`). The shell then replaces the variable while it writes the file, when it
    is still empty, and `PATH` begins with `/bin`. Write `<<'EOF'`, or name the folder itself.
    """
    for script in layout.scripts:
        if script.position is None and _has_commands(layout, script) and script.place.path.startswith("/"):
            yield _not_on_path(layout, script, start_faults)


def _not_on_path(layout: Layout, script: ScriptFolder, start_faults: tuple[StartFault, ...]) -> Observation:
    path = script.place.path
    search = [entry.path for entry in layout.search_path]
    evidence = f"{path} is not on PATH, which is {':'.join(search) or 'empty'}."
    if search[:1] == ["/bin"] and "/bin" in search[1:]:
        evidence += (
            " It begins with /bin and has /bin again later: a start script probably wrote $PYTHONUSERBASE/bin"
            " where that variable was still empty."
        )
    fix = f'export PATH={quoted(path)}:"$PATH"'
    remedy = (
        "Put this line into the script that starts Jupyter, behind the line that sets PATH now, then restart the"
        " container. It names the folder itself, so it also holds inside a here-document."
    )
    for fault in start_faults:
        evidence += (
            f" In {fault.script} line {fault.line} is {fault.text!r}, inside the here-document that line"
            f" {fault.opened} opens with <<{fault.word}: without quotes, the variable is replaced too early."
        )
        remedy = (
            f"In {fault.script}, replace line {fault.line} by the line below (or write <<'{fault.word}' in line"
            f" {fault.opened}), then restart the container."
        )
    return Observation(evidence, remedy, about=path, lines=(fix,))


@check("PY02", Level.WARNING, "Your packages are on a file share")
def user_base_on_share(layout: Layout, kept_folders: tuple[str, ...]) -> Iterator[Observation]:
    """The user base lives on a Samba share or another network file system.

    Packages there are slow to import, are shared with machines that may have another processor or Python,
    and are damaged when two machines install at once. Symbolic links and file modes may not work.
    Keep the user base on a local volume.
    """
    user = layout.user
    if user is not None and user.base.where.kind in REMOTE and (user.enabled or "PYTHONUSERBASE" in user.base_from):
        where = user.base.where
        yield Observation(
            f"{user.base.path} lives on {lives_on(where)}. {where.evidence.kind} {user.base_from}.",
            "Set PYTHONUSERBASE to a folder on a local volume where Jupyter is started, restart, and install anew.",
            about=user.base.path,
            lines=local_base(kept_folders),
        )


@check("PY03", Level.ERROR, "Your packages will be lost at the next update")
def user_base_is_lost(layout: Layout, packages: PackageReport, kept_folders: tuple[str, ...]) -> Iterator[Observation]:
    """The user base lives where an update of the container throws it away, and packages are in it.

    Set `PYTHONUSERBASE` to a folder on a volume, and install the packages anew:
    `jupyter storage packages --requirements` writes the list.
    """
    user = layout.user
    if user is None or user.base.where.fate.update is not Fate.LOST:
        return
    mine = [package for package in packages.packages if package.location == user.site.path]
    if mine:
        names = ", ".join(package.name for package in mine[:5]) + (", …" if len(mine) > 5 else "")
        base = local_base(kept_folders)
        move: tuple[str, ...] = ("jupyter storage packages --user --requirements > my-packages.txt",)
        if base:
            move = (*move, *base, f"{pip_of(packages)} install --user -r my-packages.txt")
        yield Observation(
            f"{len(mine)} packages ({names}) are in {user.site.path}. {user.base.where.evidence.update}",
            "Keep them on a volume: set PYTHONUSERBASE there where Jupyter is started, and install them again.",
            about=user.base.path,
            lines=move,
        )


@check("PY04", Level.WARNING, "Python does not look into your packages")
def user_site_is_off(layout: Layout) -> Iterator[Observation]:
    """The user site is off, although a user base is set or has packages.

    `pip install --user` then fails, or (with an old pip) installs where no `import` finds it.
    Remove what turns it off: `PYTHONNOUSERSITE`, `-s`, `-I`, or a virtual environment without system packages.
    """
    user, asked = layout.user, layout.interpreter
    if user is None or asked is None or user.enabled or asked.environment.value != "system":
        return
    wanted = "PYTHONUSERBASE" in user.base_from or user.site.state is PathState.FOLDER
    if wanted:
        lines = ("unset PYTHONNOUSERSITE",) if "PYTHONNOUSERSITE" in user.why else ()
        yield Observation(
            f"The user site {user.site.path} is off. {user.why}",
            "Remove what turns it off where Jupyter (or the kernel) is started, then restart.",
            about=user.site.path,
            lines=lines,
        )


@check("PY19", Level.ERROR, "The user base is no usable folder")
def user_base_unusable(layout: Layout) -> Iterator[Observation]:
    """The user base is a file, cannot be read, its symbolic links lead in a circle, or it is no absolute path.

    Python then leaves it out without a word, and `pip install --user` fails. A path that is not absolute is
    another folder wherever Python is started; nobody replaces a `~` in `PYTHONUSERBASE` but a shell.
    """
    user = layout.user
    if user is None or not user.enabled:
        return
    base = user.base.path
    if not base.startswith("/"):
        yield Observation(
            f"The user base is {base!r}: no absolute path, so it is another folder wherever Python is started."
            f" {user.base_from}.",
            "Set PYTHONUSERBASE to an absolute path where Jupyter is started, then restart.",
            about=base,
            lines=(f'export PYTHONUSERBASE="$HOME"{quoted(base[1:])}',) if base.startswith("~/") else (),
        )
        return
    words = {
        PathState.FILE: "is a file",
        PathState.UNREADABLE: "cannot be read",
        PathState.LOOP: "leads in a circle of symbolic links",
    }
    for place in (user.base, user.site):
        if place.state in words:
            yield Observation(
                f"{place.path} {words[place.state]}. {user.base_from}.",
                "Move it out of the way, so that pip can make the folder, or set PYTHONUSERBASE to another one.",
                about=place.path,
                lines=(f"mv {quoted(place.path)} {quoted(place.path + '.aside')}",),
            )
            return
