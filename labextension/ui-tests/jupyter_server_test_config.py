"""The JupyterLab that the browser tests talk to: on this machine only, with a token.

Beyond an ordinary one it shows its application object to the page, as Galata needs.
"""

import os
from pathlib import Path

import jupyterlab

c = get_config()  # type: ignore[name-defined]  # noqa: F821  (traitlets puts it there)

c.ServerApp.ip = "127.0.0.1"
c.ServerApp.port = int(os.environ["LAB_PORT"])
c.ServerApp.port_retries = 0
c.ServerApp.open_browser = False
c.ServerApp.allow_root = True
c.ServerApp.root_dir = os.environ["LAB_ROOT"]
c.ServerApp.jpserver_extensions = {"ide49_storage": True}
c.IdentityProvider.token = os.environ["LAB_TOKEN"]
c.LabApp.expose_app_in_browser = True
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabServerApp.extra_labextensions_path = str(Path(jupyterlab.__file__).parent / "galata")
