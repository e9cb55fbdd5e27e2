"""REST and the websocket: parse the request, authorise, call, encode, and nothing else."""

from __future__ import annotations

from tornado.web import RequestHandler

from .changes import ChangesHandler
from .contract import ContractHandler
from .engine import EngineHandler
from .mounts import MountsHandler, WhereHandler
from .watch import WatchHandler

#: Address below ``{base_url}ide49-storage/`` and its handler; the tests compare it with ``openapi.OPERATIONS``.
ROUTES: tuple[tuple[str, type[RequestHandler]], ...] = (
    ("mounts", MountsHandler),
    ("where", WhereHandler),
    ("changes", ChangesHandler),
    ("engine", EngineHandler),
    ("openapi.json", ContractHandler),
    ("watch", WatchHandler),
)
