"""Where Jupyter looks for kernels in this process's environment, for those who ask without a server."""

from __future__ import annotations

import importlib.util
import os
import sys

from .kernelspecs import KernelSource, Offered


def local_source() -> KernelSource:
    """As a server started here with default settings would have it (jupyter_core, jupyter_client)."""
    from jupyter_core.paths import jupyter_path

    folders = jupyter_path("kernels")
    if importlib.util.find_spec("IPython") is not None:
        ipython = os.environ.get("IPYTHONDIR") or os.path.join(os.path.expanduser("~"), ".ipython")
        folders = [*folders, os.path.join(ipython, "kernels")]
    return KernelSource(folders=tuple(dict.fromkeys(folders)), built_in=_built_in())


def _built_in() -> Offered | None:
    if importlib.util.find_spec("ipykernel") is None:
        return None
    name = f"python{sys.version_info[0]}"
    argv = (sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}")
    return Offered(name=name, folder=None, argv=argv, display_name="Python 3 (ipykernel)", language="python")
