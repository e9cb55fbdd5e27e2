"""The websocket ``watch``: says what changed, so that nothing has to be polled."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from ..server.events import EventBus
from ..server.refusal import RequestRefused
from ..server.services import SETTING, Services
from .base import REPORTS, ErrorsAsRecords


class WatchHandler(ErrorsAsRecords, WebSocketMixin, WebSocketHandler, JupyterHandler):
    """One watcher. What it sends is ignored; what it gets is described by ``x-messages`` in the contract."""

    auth_resource = REPORTS
    _track_activity = False
    _after: str | None = None

    @ws_authenticated
    @authorized
    async def get(self, *args: Any, **kwargs: Any) -> None:
        """Open the websocket, for those who may read reports."""
        if self.request.headers.get("Upgrade", "").lower() != "websocket":
            raise RequestRefused(
                400, "This address is a websocket: connect to it with ws:// or wss://", "not-a-websocket"
            )
        # Here, and not in ``open``: what is no text is refused before there is a websocket.
        self._after = self.get_query_argument("after", None)
        await super().get(*args, **kwargs)

    def get_compression_options(self) -> None:
        """Messages are too short to compress."""

    def open(self, *args: Any, **kwargs: Any) -> None:
        """Subscribe, behind the client's cursor if it has one."""
        super().open(*args, **kwargs)
        self._events.subscribe(self._send, self._after)

    def on_message(self, message: str | bytes) -> None:
        """Nothing is asked over this socket."""

    def on_close(self) -> None:
        """Unsubscribe."""
        self._events.unsubscribe(self._send)

    @property
    def _events(self) -> EventBus:
        services: Services = self.settings[SETTING]
        return services.events

    def _send(self, message: bytes) -> None:
        try:
            self.write_message(message.decode("utf-8"))
        except WebSocketClosedError:
            self._events.unsubscribe(self._send)
