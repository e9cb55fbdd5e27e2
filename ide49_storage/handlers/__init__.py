"""REST and the websocket: parse the request, authorise, call, encode, and nothing else."""

from __future__ import annotations

from tornado.web import RequestHandler

from . import installs
from .changes import ChangesHandler
from .contract import ContractHandler
from .engine import EngineHandler
from .findings import FindingPageHandler, FindingsHandler
from .mounts import MountsHandler, WhereHandler
from .python import PackagesHandler, PythonHandler, RequirementsHandler
from .samba import SambaCheckHandler, SambaHandler
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
    *installs.ROUTES,
    ("openapi.json", ContractHandler),
    ("watch", WatchHandler),
)
