"""Where Jupyter looks for kernels in this process's environment, for those who ask without a server."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys

from ..jupyter_home import jupyter_home
from .command import ServerInterpreter
from .kernelspecs import KernelSource, Offered


def local_source() -> KernelSource:
    """As a server started here with default settings would have it (jupyter_core, jupyter_client)."""
    installed = importlib.metadata.entry_points(group="jupyter_client.kernel_provisioners")
    return KernelSource(
        folders=jupyter_home().kernels,
        built_in=_built_in(),
        provisioners=tuple(each.name for each in installed),
    )


def server_interpreter() -> ServerInterpreter:
    """What a kernelspec means by ``python`` here: this process's interpreter."""
    return ServerInterpreter(sys.executable, sys.version_info[:2], sys.prefix)


def _built_in() -> Offered | None:
    if importlib.util.find_spec("ipykernel") is None:
        return None
    name = f"python{sys.version_info[0]}"
    argv = (sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}")
    return Offered(name=name, folder=None, argv=argv, display_name="Python 3 (ipykernel)", language="python")
