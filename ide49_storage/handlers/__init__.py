"""REST and the websocket: parse the request, authorise, call, encode, and nothing else."""

from __future__ import annotations

from tornado.web import RequestHandler

from . import installs
from .contract import ContractHandler
from .mounts import MountsHandler, WhereHandler
from .watch import WatchHandler

#: Address below ``{base_url}ide49-storage/`` and its handler; the tests compare it with ``openapi.OPERATIONS``.
#: ``{id}`` stands for one part of the address.
ROUTES: tuple[tuple[str, type[RequestHandler]], ...] = (
    ("mounts", MountsHandler),
    ("where", WhereHandler),
    *installs.ROUTES,
    ("openapi.json", ContractHandler),
    ("watch", WatchHandler),
)
