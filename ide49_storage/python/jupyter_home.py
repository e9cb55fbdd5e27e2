"""The folders of Jupyter and IPython, by the rules of jupyter_core and IPython, worked out without touching them.

Both resolve the home folder, and IPython even makes its own when it is asked where that is. The home may be on a
share that does not answer, so here links are followed by the walk through the mount table.
"""

from __future__ import annotations

import importlib.util
import os
import site

import msgspec

from ..mounts.locator import PathLocator


class JupyterHome(msgspec.Struct, frozen=True, kw_only=True):
    """Where this process's Jupyter has its folders.

    ``path`` are the data folders that ``jupyter --paths`` lists. ``config`` is ``None`` where Jupyter is told to use
    none, ``ipython`` where IPython would make a temporary one, ``user_base`` where none is in use. ``kernels`` are
    the folders in which jupyter_client's manager looks for kernelspecs, in its order.
    """

    data: str
    runtime: str
    config: str | None
    ipython: str | None
    path: tuple[str, ...]
    kernels: tuple[str, ...]
    user_base: str | None


def jupyter_home(locator: PathLocator | None = None) -> JupyterHome:
    """The folders, as the environment of this process has them."""
    locator = locator or PathLocator()
    home = locator(os.path.abspath(os.path.expanduser("~"))).resolved
    data = os.environ.get("JUPYTER_DATA_DIR") or _platform_folder("data")
    data = data or os.path.join(os.environ.get("XDG_DATA_HOME") or f"{home}/.local/share", "jupyter")
    config = os.environ.get("JUPYTER_CONFIG_DIR") or _platform_folder("config") or f"{home}/.jupyter"
    in_use = site.getuserbase() if site.ENABLE_USER_SITE else None
    path, ipython = _path(data, in_use), _ipython(home, locator)
    return JupyterHome(
        data=data,
        runtime=os.environ.get("JUPYTER_RUNTIME_DIR") or os.path.join(data, "runtime"),
        config=None if os.environ.get("JUPYTER_NO_CONFIG") else config,
        ipython=ipython,
        path=path,
        kernels=_kernels(path, ipython),
        user_base=os.environ.get("PYTHONUSERBASE") or in_use,
    )


def _kernels(path: tuple[str, ...], ipython: str | None) -> tuple[str, ...]:
    folders = [f"{each}/kernels" for each in path]
    if ipython is not None and importlib.util.find_spec("IPython") is not None:
        folders.append(f"{ipython}/kernels")
    return tuple(dict.fromkeys(folders))


def _platform_folder(which: str) -> str | None:
    from jupyter_core.paths import use_platform_dirs

    if not use_platform_dirs():
        return None
    import platformdirs

    asked = platformdirs.user_data_dir if which == "data" else platformdirs.user_config_dir
    return asked("jupyter", appauthor=False)


def _path(data: str, user_base: str | None) -> tuple[str, ...]:
    """As ``jupyter_core.paths.jupyter_path``."""
    from jupyter_core.paths import ENV_JUPYTER_PATH, SYSTEM_JUPYTER_PATH, prefer_environment_over_user

    named = os.environ.get("JUPYTER_PATH")
    first = [each.rstrip("/") for each in named.split(":")] if named else []
    user = [data, *([f"{user_base}/share/jupyter"] if user_base else [])]
    own = [each for each in ENV_JUPYTER_PATH if each not in SYSTEM_JUPYTER_PATH]
    middle = [*own, *user] if prefer_environment_over_user() else [*user, *own]
    return tuple(dict.fromkeys([*first, *middle, *SYSTEM_JUPYTER_PATH]))


def _ipython(home: str, locator: PathLocator) -> str | None:
    """As ``IPython.paths.get_ipython_dir``, which also knows the folder of IPython 1 (below ``XDG_CONFIG_HOME``)."""
    given = os.environ.get("IPYTHONDIR")
    folder = os.path.normpath(os.path.expanduser(given)) if given is not None else f"{home}/.ipython"
    if given is None and locator(folder).exists is False:
        settings = os.environ.get("XDG_CONFIG_HOME") or f"{home}/.config"
        old = locator(os.path.join(settings, "ipython")) if settings.startswith("/") else None
        # A link there is warned about and not used.
        if old is not None and old.exists and old.writable and old.resolved == f"{locator(settings).resolved}/ipython":
            folder = old.path
    if not folder.startswith("/"):
        return folder
    place = locator(folder)
    if place.exists is False:
        place = locator(os.path.dirname(folder))
    return None if place.exists is False or place.writable is False else folder
