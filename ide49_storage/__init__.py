"""Where everything in a containerised Jupyter lives, and what the next update does to it.

A Jupyter server extension (``extension.py``), a JupyterLab panel (``labextension/``), a command line
(``jupyter storage``) and functions for notebooks (``ide49_storage.client``): all give the same records.
"""

from __future__ import annotations

#: As in labextension/package.json, which a test holds it equal to: asking importlib.metadata costs 16 ms at a start.
__version__ = "0.1.0"


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where JupyterLab finds the prebuilt panel (asked by ``jupyter labextension``)."""
    return [{"src": "labextension", "dest": "ide49-storage"}]


def _jupyter_server_extension_points() -> list[dict[str, object]]:
    """Where Jupyter Server finds the extension (asked by ``jupyter server extension``)."""
    from .extension import StorageExtension

    return [{"module": "ide49_storage", "app": StorageExtension}]
