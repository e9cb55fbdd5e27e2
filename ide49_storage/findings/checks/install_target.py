"""Checks of the place into which a plain ``pip install`` goes."""

from __future__ import annotations

from collections.abc import Iterator

from ...model.findings import Level
from ...model.mounts import MountReport
from ...model.python import InstallMode, Layout
from ...model.vocabulary import Fate, Kind
from ..registry import Observation, check
from ._shared import lives_on, local_base

#: Less room than this, and the next installation may end half-way.
FEW_BYTES = 200_000_000
FEW_INODES = 2_000


@check("PY06", Level.ERROR, "There is no room or no right to install")
def no_room(layout: Layout, kept_folders: tuple[str, ...], mounts: MountReport | None = None) -> Iterator[Observation]:
    """The place into which a plain `pip install` goes is read-only, or nearly full.

    On a full disk pip leaves a package that half imports and that `pip list` does not know. Some file
    systems run out of inodes before they run out of bytes. Free some room first.
    """
    target = layout.install.target if layout.install is not None else None
    if target is None:
        return
    if target.writable is False:
        yield Observation(
            f"{target.path} cannot be written to. {target.where.doubt or ''}".strip(),
            "Make it writable for the user that runs Jupyter, or set PYTHONUSERBASE to a folder that is.",
            about=target.path,
            lines=local_base(kept_folders) if target.where.kind is not Kind.VOLUME else (),
        )
    rows = mounts.mounts if mounts is not None else ()
    mount = next((each for each in rows if each.id == target.where.mount_id), None)
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


@check("PY16", Level.ADVICE, "pip refuses to install here")
def externally_managed(layout: Layout) -> Iterator[Observation]:
    """A plain `pip install` is refused: the Python belongs to the system's package manager (PEP 668), or a
    setting wants a virtual environment, or pip cannot read its settings.

    Use a virtual environment on a volume, or let pip into the user base with `PIP_USER=1` and
    `PIP_BREAK_SYSTEM_PACKAGES=1` (as options: `--user --break-system-packages`).
    """
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


@check("PY17", Level.WARNING, "What you install here is lost at the next update")
def install_is_lost(layout: Layout, kept_folders: tuple[str, ...]) -> Iterator[Observation]:
    """A plain `pip install` writes to a place that an update of the container throws away.

    Let it go to a user base on a volume (`PYTHONUSERBASE`, and `PIP_USER=1` or the option `--user`), use a
    virtual environment on a volume, or add the package to the image.
    """
    install = layout.install
    if install is None or install.target is None or install.target.where.fate.update is not Fate.LOST:
        return
    user = layout.user
    told = f"It goes to {install.target.path}. {install.target.where.evidence.update} {' '.join(install.why)}"
    other = "or add the package to the image's Dockerfile."
    if user is None or not user.enabled or install.mode is InstallMode.VENV:
        yield Observation(told, f"Use a virtual environment on a volume, {other}", about=install.target.path)
        return
    base = () if user.base.where.fate.update is Fate.KEPT else local_base(kept_folders)
    if base or user.base.where.fate.update is Fate.KEPT:
        remedy = f"Set {'these' if base else 'this'} where Jupyter is started and restart, {other}"
        yield Observation(told, remedy, about=install.target.path, lines=(*base, "export PIP_USER=1"))
    else:
        yield Observation(told, f"Mount a volume for a user base (PYTHONUSERBASE), {other}", about=install.target.path)


@check("PY23", Level.WARNING, "pip installs where Python does not look")
def installs_elsewhere(layout: Layout) -> Iterator[Observation]:
    """A setting (`PIP_TARGET`, `prefix`, `root`, or the same in `pip.conf`) sends packages to a folder that is
    not on `sys.path`. They are installed and no `import` finds them.
    """
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
