"""What the checks read, and how it is observed. Observing may take as long as an interpreter's deadline: never do it
on an event loop.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from ..model.changes import ChangesReport, ScanState
from ..model.findings import FindingReport
from ..model.mounts import MountReport, Where
from ..model.packages import Examination, PackageReport
from ..model.python import Layout
from ..model.samba import SambaReport
from ..model.timestamps import now
from ..model.vocabulary import Fate, Kind
from ..mounts.locator import PathLocator
from ..python import service as python
from .registry import run_checks
from .start_script import StartFault, here_document_faults

#: The variables that checks read. None of them can hold a secret.
VARIABLES = (
    "HOME",
    "IPYTHONDIR",
    "JUPYTERLAB_DIR",
    "JUPYTER_ALLOW_INSECURE_WRITES",
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_PATH",
    "JUPYTER_RUNTIME_DIR",
    "PYTHONUSERBASE",
    "SAMBA",
    "SAMBA_SERVER_IP",
)
_NAMED = ("PYTHONUSERBASE", "JUPYTERLAB_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR")
MOST_SCRIPT = 200_000


class JupyterPathEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of ``JUPYTER_PATH``. ``kernels``: it has a folder of that name; ``data``: ... below ``share/jupyter``.

    Both are ``None`` where nobody may look.
    """

    path: str
    kernels: bool | None
    data: bool | None


class CheckInputs(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a check may read: its parameters are named as these fields.

    What could not be made is ``None``, with the reason in ``failed``.

    ``kept_folders`` are mount points of kept storages of this machine, in which this process may write.
    ``environ`` holds only variables without secrets.
    """

    mounts: MountReport | None = None
    layout: Layout | None = None
    packages: PackageReport | None = None
    examination: Examination | None = None
    samba: SambaReport | None = None
    changes: ChangesReport | None = None
    start_faults: tuple[StartFault, ...] = ()
    jupyter_path: tuple[JupyterPathEntry, ...] = ()
    kept_folders: tuple[str, ...] = ()
    named_paths: Mapping[str, Where] = {}
    environ: Mapping[str, str] = {}
    failed: Mapping[str, str] = {}


def findings(
    asked: python.InterpreterRequest,
    mounts: MountReport | None,
    samba: SambaReport | None = None,
    changes: ChangesReport | None = None,
) -> FindingReport:
    """Everything that is wrong, worst first, for the server's own interpreter and every kernel.

    ``at`` is when gathering began: what changed later may or may not be in it.
    """
    began = now()
    return run_checks(gather_inputs(asked, mounts, samba, changes), began)


def gather_inputs(
    asked: python.InterpreterRequest,
    mounts: MountReport | None,
    samba: SambaReport | None = None,
    changes: ChangesReport | None = None,
) -> CheckInputs:
    """All reports. Handed in are those of the mounts and of the share, which are made on an event loop and which
    others show too, and the last scan of the container layer, which a person starts.

    One that fails is left out, with its reason.
    """
    failed: dict[str, str] = {}

    def attempt(name: str, call: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return call(*arguments)
        except Exception as error:  # what one report meets must not cost the others
            failed[name] = f"the report failed: {type(error).__name__}: {error}"
            return None

    environ = asked.environ
    if mounts is None:
        failed["mounts"] = "the report of the mounts could not be made"
    layout = attempt("layout", python.layout, asked)
    packages = attempt("packages", python.package_report, asked)
    examination = attempt("examination", python.examination, asked, packages) if packages is not None else None
    if layout is not None and layout.interpreter is None:
        failed.setdefault("examination", "the interpreter gave no answer")
    scanned = changes is not None and (changes.ended_at is not None or changes.state is ScanState.NOT_APPLICABLE)
    if not scanned:
        failed["changes"] = (changes and changes.error) or "the container layer was not scanned yet"
    locator = PathLocator()
    return CheckInputs(
        mounts=mounts,
        layout=layout,
        packages=packages if packages is not None and packages.trouble is None else None,
        examination=examination,
        samba=samba,
        changes=changes if scanned else None,
        start_faults=attempt("start_faults", start_faults) or (),
        jupyter_path=attempt("jupyter_path", jupyter_path_entries, environ, locator) or (),
        kept_folders=_kept_folders(mounts, locator),
        named_paths={name: locator(environ[name]) for name in _NAMED if environ.get(name, "").startswith("/")},
        environ={name: environ[name] for name in VARIABLES if name in environ},
        failed=failed,
    )


def _kept_folders(report: MountReport | None, locator: PathLocator) -> tuple[str, ...]:
    return tuple(
        mount.mount_point
        for mount in (report.mounts if report is not None else ())
        if mount.kind in (Kind.VOLUME, Kind.BIND)
        and mount.fate.update is Fate.KEPT
        and not (mount.hidden or mount.internal or mount.options.read_only)
        and locator.is_local(mount.mount_point)  # a volume may be mounted below a share
        # a bind may be a single file, and a volume may belong to another service's user
        and os.path.isdir(mount.mount_point)
        and os.access(mount.mount_point, os.W_OK)
    )


def jupyter_path_entries(environ: Mapping[str, str], locator: PathLocator) -> tuple[JupyterPathEntry, ...]:
    """What is in the entries of ``JUPYTER_PATH``."""
    entries = [path.rstrip("/") for path in environ.get("JUPYTER_PATH", "").split(":") if path.startswith("/")]

    def there(path: str) -> bool | None:
        return locator(path).exists

    return tuple(
        JupyterPathEntry(path=path, kernels=there(f"{path}/kernels"), data=there(f"{path}/share/jupyter/kernels"))
        for path in entries
    )


def start_faults(process: str = "/proc/1") -> tuple[StartFault, ...]:
    """Faults in the scripts that the container was started with, where they can be read."""
    try:
        with open(f"{process}/cmdline", "rb") as file:
            arguments = [os.fsdecode(part) for part in file.read(100_000).split(b"\0") if part.startswith(b"/")]
    except OSError:
        return ()
    locator = PathLocator()
    faults: list[StartFault] = []
    for path in arguments[:10]:
        text = _script(path) if locator.is_local(path) else None
        faults += here_document_faults(path, text) if text is not None else []
    return tuple(faults)


def _script(path: str) -> str | None:
    try:
        if not os.path.isfile(path):
            return None
        with open(path, "rb") as file:
            text = file.read(MOST_SCRIPT)
    except OSError:
        return None
    return text.decode("utf-8", "replace") if text.startswith(b"#!") or path.endswith(".sh") else None
