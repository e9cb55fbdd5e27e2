"""Checks of Jupyter's own folders and kernels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ...model.findings import Level
from ...model.python import Kernel, KernelFolder, Layout, TroubleReason
from ...model.samba import Risk, SambaReport
from ...model.vocabulary import Fate
from ..registry import Observation, check
from ._shared import REMOTE, quoted, state_files

if TYPE_CHECKING:
    from ..inputs import JupyterPathEntry


@check("JP01", Level.WARNING, "Jupyter keeps its own state on a share")
def state_on_share(samba: SambaReport) -> Iterator[Observation]:
    """Jupyter or IPython keeps its state (runtime files, history, signatures, settings) on a network share.

    Such files are written often, need locks and file modes that a share does not have, and are mixed up when
    a second machine uses the same share. Keep them on a local volume.
    """
    yield from state_files(samba, (Risk.FAILS, Risk.SLOW, Risk.HANGS))


@check("JP02", Level.WARNING, "JUPYTER_PATH names a folder without Jupyter's data")
def jupyter_path(jupyter_path: tuple[JupyterPathEntry, ...], environ: Mapping[str, str]) -> Iterator[Observation]:
    """An entry of `JUPYTER_PATH` has no `kernels` folder, but its `share/jupyter` has.

    `JUPYTER_PATH` must name the data folder itself, such as `/service-config/iot-home/.local/share/jupyter`,
    not the folder above it. Kernels installed there are not found.
    """
    entries = environ.get("JUPYTER_PATH", "").split(":")
    for each in jupyter_path:
        if each.kernels is False and each.data:
            right = ":".join(
                f"{each.path}/share/jupyter" if path.rstrip("/") == each.path else path for path in entries
            )
            yield Observation(
                f"JUPYTER_PATH has {each.path}, which has no folder 'kernels'; {each.path}/share/jupyter has one.",
                "Set JUPYTER_PATH to the data folder where Jupyter is started, then restart it.",
                about=each.path,
                lines=(f"export JUPYTER_PATH={quoted(right)}",),
            )


@check("JP03", Level.WARNING, "A kernel lies where Jupyter does not look")
def kernel_elsewhere(layout: Layout, jupyter_path: tuple[JupyterPathEntry, ...]) -> Iterator[Observation]:
    """A kernelspec was installed into a data folder that is not among those of `jupyter --paths`.

    The kernel does not appear in the launcher. Copy it to a folder where Jupyter looks and that is kept, or
    add its data folder to `JUPYTER_PATH`.
    """
    offered = {kernel.name.lower() for kernel in layout.kernels if kernel.visible}
    right_by_path = {f"{each.path}/share/jupyter/kernels" for each in jupyter_path if each.data}
    for folder in layout.kernel_folders:
        if folder.listed or folder.path in right_by_path:
            continue
        for kernel in layout.kernels:
            lies_here = kernel.folder is not None and kernel.folder.rsplit("/", 1)[0] == folder.path
            if lies_here and kernel.name.lower() not in offered and kernel.trouble is None:
                yield _elsewhere(layout, folder, kernel)


def _elsewhere(layout: Layout, folder: KernelFolder, kernel: Kernel) -> Observation:
    listed = [each for each in layout.kernel_folders if each.listed]
    kept = [
        each
        for each in listed
        if each.where.fate.update is Fate.KEPT and each.where.writable and each.where.kind not in REMOTE
    ]
    evidence = (
        f"The kernel {kernel.name} is in {kernel.folder}. Jupyter looks in"
        f" {', '.join(each.path for each in listed) or 'no folder'}."
    )
    if kept:
        source, target = quoted(str(kernel.folder)), quoted(kept[0].path)
        remedy = f"Copy it to {kept[0].path}, where Jupyter looks and which an update keeps. No restart is needed."
        return Observation(
            evidence, remedy, about=kernel.folder, lines=(f"mkdir -p {target}", f"cp -r {source} {target}/")
        )
    data = folder.path.removesuffix("/kernels")
    return Observation(
        evidence,
        "Add its data folder to JUPYTER_PATH where Jupyter is started, then restart it.",
        about=kernel.folder,
        lines=(f'export JUPYTER_PATH={quoted(data)}"${{JUPYTER_PATH:+:$JUPYTER_PATH}}"',),
    )


@check("JP04", Level.ERROR, "A kernel's interpreter is gone")
def kernel_gone(layout: Layout) -> Iterator[Observation]:
    """The launcher offers a kernel whose program is not there or cannot be executed, so it never starts.

    The image's Python moved, or a virtual environment was removed and its kernelspec was not.
    """
    for kernel in layout.kernels:
        trouble = kernel.trouble
        if kernel.visible and trouble and trouble.reason in (TroubleReason.GONE, TroubleReason.NOT_EXECUTABLE):
            yield Observation(
                trouble.message,
                "Install the environment again, or remove the kernel.",
                about=kernel.name,
                lines=(f"jupyter kernelspec remove -f {quoted(kernel.name)}",),
            )


@check("JP05", Level.WARNING, "A kernelspec cannot be read")
def kernel_broken(layout: Layout) -> Iterator[Observation]:
    """A `kernel.json` is no JSON, or lacks what Jupyter needs. Jupyter leaves the kernel out, or fails to list any."""
    for kernel in layout.kernels:
        trouble = kernel.trouble
        if trouble and trouble.reason in (TroubleReason.BAD_JSON, TroubleReason.BAD_SPEC) and kernel.folder:
            yield Observation(
                trouble.message,
                "Mend kernel.json, or remove the folder and install the kernel again.",
                about=kernel.folder,
                lines=(f"rm -r {quoted(kernel.folder)}",),
            )
