"""Answers the questions about shares: asks for everything at the same time and keeps what takes long to find."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping, Sequence

from ..formats import smb_conf
from ..model.samba import (
    Check,
    CheckRequest,
    HiddenStorage,
    Negotiation,
    SambaReport,
    SambaServer,
    Settings,
    Share,
    StateFile,
)
from ..model.timestamps import now
from ..mounts.hidden import LOOKED_AT, Cover, covers, hidden_storage
from ..mounts.remote_filesystems import RemoteFilesystems, blocking_mount
from ..mounts.snapshot import MountSnapshot, take_snapshot
from ..mounts.table import MountTable
from ..processes.replies import Answered, Reply, Target
from .background_searches import BackgroundSearches
from .check import attempt, mounted_endpoints
from .endpoint import choose_endpoint, read_endpoint
from .ide49_settings import FILES, insecure_writes_allowed, password_of, read_settings
from .report import (
    client_record,
    local_folders,
    misplaced_state,
    named_server,
    server_record,
    share_record,
    storage_traits,
    with_insecure_writes,
)
from .share_observer import ShareObserver, ShareReading, shares_of
from .state_locations import StateLocation, database_on_share

_LOOKING = Target("looking", "This machine's own file system")
_MOST_ENTRIES = 5000
_SEARCH_SECONDS = 0.3
_LEAST = 0.15
_TURNS = 5.0
_MOST_FOLDERS = 20

Databases = tuple[list[str], str | None]
"""Paths of databases on a share, and what is doubtful about the list."""


def _mounts_below(table: MountTable, folder: str) -> list[str]:
    """The mount points below a folder, which a walk through it leaves alone."""
    inside = folder.rstrip("/") + "/"
    return [row.mount_point for row in table.rows if row.mount_point.startswith(inside)]


class SambaService:
    """Answers everything about shares for one server. Belongs to one event loop."""

    def __init__(
        self, prober: RemoteFilesystems, environment: Mapping[str, str] | None = None, patience: float = 0.0
    ) -> None:
        """``environment`` is the process's own unless given; ``patience``: seconds that a report may take more."""
        self._patience = patience
        self._searches = BackgroundSearches()
        self._observer = ShareObserver(prober)
        self._prober = prober
        self._environment = os.environ if environment is None else environment

    async def report(self, locations: Sequence[StateLocation], home: str) -> SambaReport:
        """Make the report. ``locations``: where this server keeps its state; ``home``: where the person's files are."""
        until = time.monotonic() + self._prober.pool.deadline
        observation = await asyncio.to_thread(take_snapshot)
        table = observation.table
        readings, walked, hidden, local, (settings, negotiation, server) = await asyncio.gather(
            self._observer.look(table, shares_of(table)),
            self._prober.resolve(table, [each.path for each in locations], until),
            self._hidden(observation, until),
            self._local_folder(observation, until),
            self._wanted(table, until),
        )
        shares = self._records(observation, readings)
        insecure = insecure_writes_allowed(self._environment)
        state_files = misplaced_state(table, readings, locations, walked, local, insecure)
        databases, doubt = await self._databases(table, readings, {each.path for each in state_files}, until)
        if any(each.setting == "JUPYTER_RUNTIME_DIR" for each in state_files):
            settings = with_insecure_writes(settings, insecure)
        return SambaReport(
            at=observation.at,
            client=client_record(table, shares, settings, home),
            shares=shares,
            negotiation=negotiation,
            hidden=hidden,
            state_files=(*state_files, *databases),
            state_files_doubt=doubt,
            settings=settings,
            server=server,
        )

    async def _local_folder(self, observation: MountSnapshot, until: float) -> str | None:
        """The first of those that this user may write to; ``None`` when none is known to be such."""
        places = local_folders(observation)
        founds = await self._prober.resolve(observation.table, places, until)
        writable = await self._prober.writable(observation.table, founds, until)
        return next((place for place, may in zip(places, writable, strict=True) if may), None)

    async def shares(self) -> tuple[Share, ...]:
        """Only how the shares stand, for one who watches them."""
        observation = await asyncio.to_thread(take_snapshot)
        readings = await self._observer.look(observation.table, shares_of(observation.table))
        return self._records(observation, readings)

    def _records(self, observation: MountSnapshot, readings: Sequence[ShareReading]) -> tuple[Share, ...]:
        return tuple(
            share_record(observation, reading, self._prober.remember(reading.row, reading.reply))
            for reading in readings
        )

    async def check(self, request: CheckRequest) -> Check:
        """One attempt to sign in, at the configured server or at that of a mounted share.

        Raises ``OtherServer``, before any connection, for another one: the password is not for it, and what
        answers there is nobody's business. Never called but by a person: repeated attempts with a wrong
        password lock accounts.
        """
        observation = await asyncio.to_thread(take_snapshot)
        files = await self._observer.texts(observation.table, FILES)
        settings = read_settings(self._environment, files)
        mounted = mounted_endpoints(observation.table)
        configured = [read_endpoint(settings.server)] if settings.server else []
        server = choose_endpoint(request.server, [*configured, *(endpoint for endpoint, _ in mounted)])
        of_server = [options for endpoint, options in mounted if server is not None and endpoint.is_same(server)]
        options = next(iter([*of_server, *(options for _, options in mounted)]), None)
        share = request.share or (options.share if options else None) or "iot-data"
        user = None if request.guest else request.user or settings.user or (options.user if options else None) or "iot"
        password = None if request.guest else password_of(self._environment, files)
        outcome, message = await attempt(
            self._observer, server, share=share, user=user, password=password, guest=request.guest
        )
        return Check(
            outcome=outcome,
            message=message,
            server=None if server is None else str(server),
            share=share,
            user=user,
            at=now(),
        )

    async def _settings(self, table: MountTable, until: float | None = None) -> Settings:
        return read_settings(self._environment, await self._observer.texts(table, FILES, until))

    async def _wanted(self, table: MountTable, until: float) -> tuple[Settings, Negotiation | None, SambaServer]:
        """The settings, and what the servers say that they name."""
        named = named_server(table)
        asked = asyncio.ensure_future(self._observer.negotiation(*named, self._left(until))) if named else None
        settings = await self._settings(table, until)
        if asked is None and settings.client_wanted and settings.server:
            asked = asyncio.ensure_future(self._observer.negotiation(settings.server, None, self._left(until)))
        server = await self._server(table, settings, until)
        return settings, await asked if asked else None, server

    @staticmethod
    def _left(until: float) -> float:
        """Seconds until then; not less than a healthy server needs."""
        return max(_LEAST, until - time.monotonic())

    async def _hidden(self, observation: MountSnapshot, until: float) -> tuple[HiddenStorage, ...]:
        """What is hidden, with what a look at it told: all are looked at together, and later ones are asked again."""
        found = covers(observation)
        told = await asyncio.gather(*(self._lying_there(observation.table, cover, until) for cover in found))
        return tuple(hidden_storage(observation, cover, *replies) for cover, replies in zip(found, told, strict=True))

    async def _lying_there(self, table: MountTable, cover: Cover, until: float) -> tuple[Reply | None, Reply | None]:
        place = cover.still_at
        if place is None:
            return None, None
        questions = (
            ("names", place, LOOKED_AT),
            ("usage", place, _SEARCH_SECONDS, _MOST_ENTRIES, _mounts_below(table, place)),
        )

        async def ask() -> tuple[tuple[Reply, Reply], bool]:
            # This machine's own may take their turn; what is on a share has the usual time.
            deadline = _TURNS if blocking_mount(table, place) is None else None
            names, usage = await self._observer.ask_at(table, place, questions, _LOOKING, deadline)
            return (names, usage), isinstance(names, Answered) and isinstance(usage, Answered)

        replies: tuple[Reply, Reply] | None = await self._searches.get(
            ("hidden", cover.row.id, place), ask, until + self._patience
        )
        return replies or (None, None)

    async def _server(self, table: MountTable, settings: Settings, until: float) -> SambaServer:
        files = await self._observer.texts(table, smb_conf.FILES, until)
        said = None
        if settings.server_wanted or files:
            said = await self._observer.negotiation("127.0.0.1", None, self._left(until))
        if not files:
            return server_record(settings, None, None, said)
        return server_record(settings, files[0].path, smb_conf.read_conf(files[0].text), said)

    async def _databases(
        self, table: MountTable, readings: Sequence[ShareReading], known: set[str], until: float
    ) -> tuple[list[StateFile], str | None]:
        """The SQLite databases on the shares that answer, as far as a short look finds them."""
        found: list[StateFile] = []
        doubts = []
        for reading in readings:
            paths, doubt = await self._databases_on(table, reading, until)
            found += [database_on_share(path, storage_traits(reading)) for path in paths if path not in known]
            doubts += [doubt] if doubt else []
        return found, " ".join(doubts) or None

    async def _databases_on(self, table: MountTable, reading: ShareReading, until: float) -> Databases:
        point = reading.row.mount_point
        if not isinstance(reading.reply, Answered):
            return [], f"{point} was not searched for databases, because it does not answer."
        searched = await self._searches.get(
            ("databases", reading.row.id, point), lambda: self._search(table, point), until + self._patience
        )
        return searched or ([], f"{point} is still being searched for databases: ask again in a moment.")

    async def _search(self, table: MountTable, point: str) -> tuple[Databases, bool]:
        # The first question is answered at once, unless the share is silent: a slow search is not taken for that.
        questions = (
            ("statvfs", point),
            ("databases", point, _SEARCH_SECONDS, _MOST_ENTRIES, _mounts_below(table, point)),
        )
        _, reply = await self._observer.ask_at(table, point, questions, _LOOKING)
        if not isinstance(reply, Answered):
            return ([], f"{point} was not searched for databases: it did not answer in time."), False
        doubt = None if reply.value["complete"] else f"Only a part of {point} was searched for databases."
        return ([path for path, _, _ in reply.value["found"]], doubt), True
