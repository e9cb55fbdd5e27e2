"""Which handler answers at which address."""

from __future__ import annotations

import re

from jupyter_server.utils import url_path_join
from tornado.web import RequestHandler

from .changes import ChangesHandler
from .contract import ContractHandler
from .engine import EngineHandler
from .findings import FindingPageHandler, FindingsHandler
from .installs import (
    InstallCheckHandler,
    InstallHandler,
    InstallPackagesHandler,
    InstallPreviewHandler,
    InstallsHandler,
)
from .mounts import MountsHandler, WhereHandler
from .python import PackagesHandler, PythonHandler, RequirementsHandler
from .samba import SambaCheckHandler, SambaHandler
from .unknown import UnknownAddressHandler
from .watch import WatchHandler

#: Address below ``{base_url}ide49-storage/`` and its handler; the tests compare it with ``openapi.OPERATIONS``.
#: ``{id}`` stands for one part of the address.
ROUTES: tuple[tuple[str, type[RequestHandler]], ...] = (
    ("mounts", MountsHandler),
    ("where", WhereHandler),
    ("samba", SambaHandler),
    ("samba/check", SambaCheckHandler),
    ("changes", ChangesHandler),
    ("engine", EngineHandler),
    ("python", PythonHandler),
    ("packages", PackagesHandler),
    ("requirements", RequirementsHandler),
    ("findings", FindingsHandler),
    ("findings/{id}", FindingPageHandler),
    ("installs", InstallsHandler),
    ("installs/preview", InstallPreviewHandler),
    ("installs/check", InstallCheckHandler),
    ("installs/packages", InstallPackagesHandler),
    ("installs/{id}", InstallHandler),
    ("openapi.json", ContractHandler),
    ("watch", WatchHandler),
)


def url_patterns() -> list[tuple[str, type[RequestHandler]]]:
    """The routes as tornado wants them, in order; all other addresses below ``ide49-storage/`` come last."""
    known = [(url_path_join("/ide49-storage", _pattern(path)), handler) for path, handler in ROUTES]
    return [*known, ("/ide49-storage/.*", UnknownAddressHandler)]


def _pattern(path: str) -> str:
    """``installs/{id}`` matches any one part there."""
    return re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", re.escape(path).replace("\\{", "{").replace("\\}", "}"))
