"""Addresses below ``ide49-storage/`` at which there is nothing."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..server.refusal import RequestRefused
from .base import StorageHandler


class UnknownAddressHandler(StorageHandler):
    """404 with a record, for those who may read reports; others are not told what there is."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Refuse, by whatever method."""
        message = "There is nothing at this address: openapi.json lists the addresses that there are"
        raise RequestRefused(404, message, "no-such-address")

    head = post = put = patch = delete = get
