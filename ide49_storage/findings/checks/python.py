"""Checks of the layout: user base, user site, PATH, and where a plain install goes."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from ...model.findings import Level
from ...model.mounts import Where
from ...model.python import InstallMode, Layout, PathRole, PathState, ScriptFolder, Trouble, TroubleReason
from ...model.vocabulary import Fate, Kind
from ..registry import Observation, check
from ..reports import CheckInputs

_REMOTE = (Kind.SAMBA, Kind.NETWORK)
#: Less room than this, and the next installation may end half-way.
FEW_BYTES = 200_000_000
FEW_INODES = 2_000


def quoted(path: str) -> str:
    """A path as one word of a shell."""
    return shlex.quote(path)


def pip_of(reports: CheckInputs) -> str:
    """The pip of the interpreter that the reports are about: the `pip` on PATH may be another's."""
    report = reports.packages
    program = report.executable if report is not None and report.executable else "python3"
    return f"{quoted(program)} -m pip"


def lives_on(where: Where) -> str:
    """Such as ``the volume iot-home``."""
    return f"the {where.kind.value} storage{' ' + where.name if where.name else ''} mounted at {where.mount_point}"


def _has_commands(layout: Layout, script: ScriptFolder) -> bool:
    """Whether a person's commands go into this folder, or are there."""
    goes = layout.install is not None and layout.install.mode is InstallMode.USER
    return script.role is PathRole.USER and (goes or script.place.state is PathState.FOLDER)


@check("PY01", Level.WARNING, "Commands that you install are not found", "layout")
def user_scripts_not_on_path(reports: CheckInputs) -> Iterator[Observation]:
    """The `bin` folder of the user base is not on `PATH`.

    pip puts the commands of your packages there. Without it on `PATH`, a shell says `command not found`
    although the package is installed.

    A usual cause is a start script that writes `export PATH=$PYTHONUSERBASE/bin:$PATH` into a file by an
    unquoted here-document (`<<EOF`). The shell then replaces the variable while it writes the file, when it
    is still empty, and `PATH` begins with `/bin`. Write `<<'EOF'`, or name the folder itself.
    """
    layout = reports.layout
    assert layout is not None
    for script in layout.scripts:
        if script.position is None and _has_commands(layout, script) and script.place.path.startswith("/"):
            yield _not_on_path(reports, layout, script)


def _not_on_path(reports: CheckInputs, layout: Layout, script: ScriptFolder) -> Observation:
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
    for fault in reports.start_faults:
        evidence += (
            f" In {fault.script} line {fault.line} is {fault.text!r}, inside the here-document that line"
            f" {fault.opened} opens with <<{fault.word}: without quotes, the variable is replaced too early."
        )
        remedy = (
            f"In {fault.script}, replace line {fault.line} by the line below (or write <<'{fault.word}' in line"
            f" {fault.opened}), then restart the container."
        )
    return Observation(evidence, remedy, about=path, lines=(fix,))


@check("PY02", Level.WARNING, "Your packages are on a file share", "layout")
def user_base_on_share(reports: CheckInputs) -> Iterator[Observation]:
    """The user base lives on a Samba share or another network file system.

    Packages there are slow to import, are shared with machines that may have another processor or Python,
    and are damaged when two machines install at once. Symbolic links and file modes may not work.
    Keep the user base on a local volume.
    """
    layout = reports.layout
    assert layout is not None
    user = layout.user
    if user is not None and user.base.where.kind in _REMOTE and (user.enabled or "PYTHONUSERBASE" in user.base_from):
        where = user.base.where
        yield Observation(
            f"{user.base.path} lives on {lives_on(where)}. {where.evidence.kind} {user.base_from}.",
            "Set PYTHONUSERBASE to a folder on a local volume where Jupyter is started, restart, and install anew.",
            about=user.base.path,
            lines=_local_base(reports),
        )


def _local_base(reports: CheckInputs) -> tuple[str, ...]:
    """A line that moves the user base to a volume of this container, if there is one."""
    kept = sorted(reports.kept_folders, key=lambda point: ("home" not in point, point))
    return (f"export PYTHONUSERBASE={quoted(kept[0].rstrip('/') + '/.local')}",) if kept else ()


@check("PY03", Level.ERROR, "Your packages will be lost at the next update", "layout", "packages")
def user_base_is_lost(reports: CheckInputs) -> Iterator[Observation]:
    """The user base lives where an update of the container throws it away, and packages are in it.

    Set `PYTHONUSERBASE` to a folder on a volume, and install the packages anew:
    `jupyter storage packages --requirements` writes the list.
    """
    layout, packages = reports.layout, reports.packages
    assert layout is not None
    assert packages is not None
    user = layout.user
    if user is None or user.base.where.fate.update is not Fate.LOST:
        return
    mine = [package for package in packages.packages if package.location == user.site.path]
    if mine:
        names = ", ".join(package.name for package in mine[:5]) + (", …" if len(mine) > 5 else "")
        base = _local_base(reports)
        move: tuple[str, ...] = ("jupyter storage packages --user --requirements > my-packages.txt",)
        if base:
            move = (*move, *base, f"{pip_of(reports)} install --user -r my-packages.txt")
        yield Observation(
            f"{len(mine)} packages ({names}) are in {user.site.path}. {user.base.where.evidence.update}",
            "Keep them on a volume: set PYTHONUSERBASE there where Jupyter is started, and install them again.",
            about=user.base.path,
            lines=move,
        )


@check("PY04", Level.WARNING, "Python does not look into your packages", "layout")
def user_site_is_off(reports: CheckInputs) -> Iterator[Observation]:
    """The user site is off, although a user base is set or has packages.

    `pip install --user` then fails, or (with an old pip) installs where no `import` finds it.
    Remove what turns it off: `PYTHONNOUSERSITE`, `-s`, `-I`, or a virtual environment without system packages.
    """
    layout = reports.layout
    assert layout is not None
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


@check("PY06", Level.ERROR, "There is no room or no right to install", "layout")
def no_room(reports: CheckInputs) -> Iterator[Observation]:
    """The place into which a plain `pip install` goes is read-only, or nearly full.

    On a full disk pip leaves a package that half imports and that `pip list` does not know. Some file
    systems run out of inodes before they run out of bytes. Free some room first.
    """
    layout = reports.layout
    assert layout is not None
    target = layout.install.target if layout.install is not None else None
    if target is None:
        return
    if target.writable is False:
        yield Observation(
            f"{target.path} cannot be written to. {target.where.doubt or ''}".strip(),
            "Make it writable for the user that runs Jupyter, or set PYTHONUSERBASE to a folder that is.",
            about=target.path,
            lines=_local_base(reports) if target.where.kind is not Kind.VOLUME else (),
        )
    mount = reports.mount_of(target.where)
    room = mount.capacity if mount is not None else None
    if room is None:
        return
    if room.free < FEW_BYTES or (room.inodes_total and (room.inodes_free or 0) < FEW_INODES):
        inodes = "" if room.inodes_free is None else f" and {room.inodes_free} inodes"
        yield Observation(
            f"{room.free // 1_000_000} MB{inodes} are free on {lives_on(target.where)}.",
            "Free some room before you install: an installation that runs out of it stays half-made.",
            about=target.where.mount_point,
            lines=("pip cache purge",),
            level=Level.WARNING,
            title="There is little room to install",
        )


@check("PY16", Level.ADVICE, "pip refuses to install here", "layout")
def externally_managed(reports: CheckInputs) -> Iterator[Observation]:
    """A plain `pip install` is refused: the Python belongs to the system's package manager (PEP 668), or a
    setting wants a virtual environment, or pip cannot read its settings.

    Use a virtual environment on a volume, or let pip into the user base with `PIP_USER=1` and
    `PIP_BREAK_SYSTEM_PACKAGES=1` (as options: `--user --break-system-packages`).
    """
    layout = reports.layout
    assert layout is not None
    install = layout.install
    if install is not None and install.mode is InstallMode.REFUSED:
        broken = any(setting.name == "unreadable" for setting in install.settings)
        managed = not broken and layout.interpreter is not None and layout.interpreter.managed is not None
        yield Observation(
            " ".join(install.why),
            "Install into a virtual environment on a volume. Or let pip into the user base in spite of the marker: set"
            " both variables where Jupyter is started, then restart."
            if managed
            else "Change that setting, or install into a virtual environment on a volume.",
            lines=("export PIP_USER=1 PIP_BREAK_SYSTEM_PACKAGES=1",) if managed else (),
            level=Level.WARNING if broken else None,
            title="pip cannot read its settings" if broken else None,
        )


@check("PY17", Level.WARNING, "What you install here is lost at the next update", "layout")
def install_is_lost(reports: CheckInputs) -> Iterator[Observation]:
    """A plain `pip install` writes to a place that an update of the container throws away.

    Let it go to a user base on a volume (`PYTHONUSERBASE`, and `PIP_USER=1` or the option `--user`), use a
    virtual environment on a volume, or add the package to the image.
    """
    layout = reports.layout
    assert layout is not None
    install = layout.install
    if install is None or install.target is None or install.target.where.fate.update is not Fate.LOST:
        return
    user = layout.user
    told = f"It goes to {install.target.path}. {install.target.where.evidence.update} {' '.join(install.why)}"
    other = "or add the package to the image's Dockerfile."
    if user is None or not user.enabled or install.mode is InstallMode.VENV:
        yield Observation(told, f"Use a virtual environment on a volume, {other}", about=install.target.path)
        return
    base = () if user.base.where.fate.update is Fate.KEPT else _local_base(reports)
    if base or user.base.where.fate.update is Fate.KEPT:
        remedy = f"Set {'these' if base else 'this'} where Jupyter is started and restart, {other}"
        yield Observation(told, remedy, about=install.target.path, lines=(*base, "export PIP_USER=1"))
    else:
        yield Observation(told, f"Mount a volume for a user base (PYTHONUSERBASE), {other}", about=install.target.path)


@check("PY18", Level.ERROR, "A Python gives no answer", "layout")
def no_answer(reports: CheckInputs) -> Iterator[Observation]:
    """An interpreter (the server's, or that of a kernel which Jupyter offers) hangs at its start, fails, or
    prints something else than it was asked.

    The usual causes are a start file (`sitecustomize.py`, a `.pth` file with an `import` line) and a
    library folder on a share that does not answer. The evidence names the files that run at each start.
    """
    layout = reports.layout
    assert layout is not None
    # One Python may be the server's and that of several kernels: that is one fault.
    found: dict[str, tuple[Trouble, list[str]]] = {}
    if layout.trouble is not None:
        found[layout.trouble.message] = (layout.trouble, ["server"])
    for kernel in layout.kernels:
        trouble = kernel.trouble
        if kernel.visible and trouble is not None and trouble.reason.value in ("hangs", "garbage", "fails"):
            found.setdefault(trouble.message, (trouble, []))[1].append(kernel.name)
    for trouble, users in found.values():
        yield _no_answer(trouble, users)


def _no_answer(trouble: Trouble, users: list[str]) -> Observation:
    kernels = [name for name in users if name != "server"]
    evidence = trouble.message
    if kernels:
        evidence += f" It is the Python of {'the kernels' if len(kernels) > 1 else 'the kernel'} {', '.join(kernels)}."
    lines: tuple[str, ...] = ()
    remedy = "Mend or remove what it names, or install that Python again."
    if trouble.reason is TroubleReason.HANGS:
        remedy = "See whether the storage it looks into answers, or start Jupyter with these folders elsewhere."
    if trouble.start_file is not None:
        remedy = f"Move {trouble.start_file} out of the way, then start the kernel again."
        lines = (f"mv {quoted(trouble.start_file)} {quoted(trouble.start_file + '.aside')}",)
    elif "server" not in users and trouble.reason is not TroubleReason.HANGS:
        remedy = "Mend what is named, or remove the kernel."
        lines = tuple(f"jupyter kernelspec remove -f {quoted(name)}" for name in kernels)
    return Observation(evidence, remedy, about=users[0], lines=lines)


@check("PY19", Level.ERROR, "The user base is no usable folder", "layout")
def user_base_unusable(reports: CheckInputs) -> Iterator[Observation]:
    """The user base is a file, cannot be read, its symbolic links lead in a circle, or it is no absolute path.

    Python then leaves it out without a word, and `pip install --user` fails. A path that is not absolute is
    another folder wherever Python is started; nobody replaces a `~` in `PYTHONUSERBASE` but a shell.
    """
    layout = reports.layout
    assert layout is not None
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


@check("PY23", Level.WARNING, "pip installs where Python does not look", "layout")
def installs_elsewhere(reports: CheckInputs) -> Iterator[Observation]:
    """A setting (`PIP_TARGET`, `prefix`, `root`, or the same in `pip.conf`) sends packages to a folder that is
    not on `sys.path`. They are installed and no `import` finds them.
    """
    layout = reports.layout
    assert layout is not None
    install = layout.install
    if install is not None and install.hidden and install.target is not None:
        setting = next((each for each in install.settings if each.name == install.mode.value), None)
        unset = (f"unset {setting.source}",) if setting is not None and setting.source.startswith("PIP_") else ()
        yield Observation(
            f"{' '.join(install.why)} {install.target.path} is not on sys.path.",
            "Remove that setting, or add the folder to PYTHONPATH.",
            about=install.target.path,
            lines=unset,
        )


@check("PY24", Level.ADVICE, "Python prints something at every start", "layout")
def noise(reports: CheckInputs) -> Iterator[Observation]:
    """A start file of the interpreter prints text. Programs that read Python's output can stumble over it."""
    layout = reports.layout
    assert layout is not None
    if layout.interpreter is not None and layout.interpreter.noise:
        yield Observation(
            f"{layout.interpreter.executable} prints {layout.interpreter.noise!r} before it does anything.",
            "Find the print in sitecustomize.py, usercustomize.py or a .pth file, and remove it.",
        )
