"""The Samba report: puts together what was seen, what was decided, and what was kept from a moment ago."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping, Sequence

import msgspec

from ..formats import smb_conf
from ..model.samba import (
    Check,
    CheckRequest,
    Client,
    ClientState,
    HiddenStorage,
    Negotiation,
    Problem,
    SambaReport,
    SambaServer,
    ServerState,
    Settings,
    Share,
    StateFile,
)
from ..model.timestamps import now
from ..model.vocabulary import Kind
from ..mounts import fstypes
from ..mounts.hidden import LOOKED_AT, Cover, covers, hidden_storage
from ..mounts.path_walk import ResolvedPath
from ..mounts.remote_filesystems import RemoteFilesystems, blocking_mount
from ..mounts.snapshot import MountSnapshot, take_snapshot
from ..mounts.table import MountTable
from ..processes.replies import Answered, Reply, Target
from .background_searches import BackgroundSearches
from .check import attempt, mounted_endpoints
from .endpoint import choose_endpoint, read_endpoint
from .ide49_settings import ENVIRONMENT, FILES, insecure_writes_allowed, password_of, read_settings
from .monitor import ShareMonitor, ShareReading, shares_of
from .mount_options import read_options
from .state import what_programs_see
from .state_locations import StateLocation, StorageTraits, database_on_share, on_share

_LOOKING = Target("looking", "This machine's own file system")
_MOST_ENTRIES = 5000
_SEARCH_SECONDS = 0.3
_LEAST = 0.15
_TURNS = 5.0
_MOST_FOLDERS = 20

Databases = tuple[list[str], str | None]
"""Paths of databases on a share, and what is doubtful about the list."""


class SambaService:
    """Answers everything about shares for one server. Belongs to one event loop."""

    def __init__(
        self, prober: RemoteFilesystems, environment: Mapping[str, str] | None = None, patience: float = 0.0
    ) -> None:
        """``environment`` is the process's own unless given; ``patience``: seconds that a report may take more."""
        self._patience = patience
        self._slow = BackgroundSearches()
        self._watcher = ShareMonitor(prober)
        self._prober = prober
        self._environment = os.environ if environment is None else environment

    async def report(self, setups: Sequence[StateLocation], home: str) -> SambaReport:
        """The report. ``setups``: where this server keeps its state; ``home``: the folder of the person's files."""
        until = time.monotonic() + self._prober.pool.deadline
        observation = await asyncio.to_thread(take_snapshot)
        table = observation.table
        sights, walked, hidden, local, (settings, negotiation, server) = await asyncio.gather(
            self._watcher.look(table, shares_of(table)),
            self._prober.resolve(table, [each.path for each in setups], until),
            self._hidden(observation, until),
            self._local_folder(observation, until),
            self._wanted(table, until),
        )
        shares = tuple(_share(observation, sight, self._prober) for sight in sights)
        insecure = insecure_writes_allowed(self._environment)
        state_files = _misplaced(table, sights, setups, walked, local, insecure)
        databases, doubt = await self._databases(table, sights, {each.path for each in state_files}, until)
        if any(each.setting == "JUPYTER_RUNTIME_DIR" for each in state_files):
            settings = _with_insecure_writes(settings, insecure)
        return SambaReport(
            at=observation.at,
            client=_client(table, shares, settings, home),
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
        places = _local_folders(observation)
        founds = await self._prober.resolve(observation.table, places, until)
        writable = await self._prober.writable(observation.table, founds, until)
        return next((place for place, may in zip(places, writable, strict=True) if may), None)

    async def shares(self) -> tuple[Share, ...]:
        """Only how the shares stand, for one who watches them."""
        observation = await asyncio.to_thread(take_snapshot)
        sights = await self._watcher.look(observation.table, shares_of(observation.table))
        return tuple(_share(observation, sight, self._prober) for sight in sights)

    async def check(self, request: CheckRequest) -> Check:
        """One attempt to sign in, at the configured server or at that of a mounted share.

        Raises ``OtherServer``, before any connection, for another one: the password is not for it, and what
        answers there is nobody's business. Never called but by a person: repeated attempts with a wrong
        password lock accounts.
        """
        observation = await asyncio.to_thread(take_snapshot)
        files = await self._watcher.texts(observation.table, FILES)
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
            self._watcher, server, share=share, user=user, password=password, guest=request.guest
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
        return read_settings(self._environment, await self._watcher.texts(table, FILES, until))

    async def _wanted(self, table: MountTable, until: float) -> tuple[Settings, Negotiation | None, SambaServer]:
        """The settings, and what the servers say that they name."""
        named = _named(table)
        asked = asyncio.ensure_future(self._watcher.negotiation(*named, self._left(until))) if named else None
        settings = await self._settings(table, until)
        if asked is None and settings.client_wanted and settings.server:
            asked = asyncio.ensure_future(self._watcher.negotiation(settings.server, None, self._left(until)))
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
            names, usage = await self._watcher.ask_at(table, place, questions, _LOOKING, deadline)
            return (names, usage), isinstance(names, Answered) and isinstance(usage, Answered)

        replies: tuple[Reply, Reply] | None = await self._slow.get(
            ("hidden", cover.row.id, place), ask, until + self._patience
        )
        return replies or (None, None)

    async def _server(self, table: MountTable, settings: Settings, until: float) -> SambaServer:
        files = await self._watcher.texts(table, smb_conf.FILES, until)
        exports = smb_conf.read_conf(files[0].text) if files else None
        listening, evidence = None, []
        if settings.server_wanted or files:
            said = await self._watcher.negotiation("127.0.0.1", None, self._left(until))
            listening = said.state in (ServerState.ANSWERS, ServerState.SMB1_ONLY, ServerState.STALLED)
            evidence.append(f"This machine's own port 445: {said.evidence}")
        if files:
            evidence.append(f"{files[0].path} is there.")
        if settings.server_wanted is None:
            evidence.append("No setting says whether this machine is to serve.")
        return SambaServer(
            wanted=settings.server_wanted, listening=listening, exports=exports, evidence=tuple(evidence)
        )

    async def _databases(
        self, table: MountTable, sights: Sequence[ShareReading], known: set[str], until: float
    ) -> tuple[list[StateFile], str | None]:
        """The SQLite databases on the shares that answer, as far as a short look finds them."""
        found: list[StateFile] = []
        doubts = []
        for sight in sights:
            paths, doubt = await self._databases_on(table, sight, until)
            found += [database_on_share(path, _ground(sight)) for path in paths if path not in known]
            doubts += [doubt] if doubt else []
        return found, " ".join(doubts) or None

    async def _databases_on(self, table: MountTable, sight: ShareReading, until: float) -> Databases:
        point = sight.row.mount_point
        if not isinstance(sight.reply, Answered):
            return [], f"{point} was not looked through, since it does not answer."
        searched = await self._slow.get(
            ("databases", sight.row.id, point), lambda: self._search(table, point), until + self._patience
        )
        return searched or ([], f"{point} is still being looked through: ask again.")

    async def _search(self, table: MountTable, point: str) -> tuple[Databases, bool]:
        # The first question is answered at once, unless the share is silent: a slow search is not taken for that.
        questions = (
            ("statvfs", point),
            ("databases", point, _SEARCH_SECONDS, _MOST_ENTRIES, _mounts_below(table, point)),
        )
        _, reply = await self._watcher.ask_at(table, point, questions, _LOOKING)
        if not isinstance(reply, Answered):
            return ([], f"{point} was not looked through: it did not answer in time."), False
        doubt = None if reply.value["complete"] else f"{point} was looked through only in part."
        return ([path for path, _, _ in reply.value["found"]], doubt), True


def _mounts_below(table: MountTable, folder: str) -> list[str]:
    """The mount points below a folder, which a walk through it leaves alone."""
    inside = folder.rstrip("/") + "/"
    return [row.mount_point for row in table.rows if row.mount_point.startswith(inside)]


def _named(table: MountTable) -> tuple[str, int | None] | None:
    """The server and port of the first mounted Samba share."""
    for row in shares_of(table):
        options = read_options(row)
        if row.fs_type in fstypes.SAMBA and options.server:
            return options.server, options.port
    return None


def _misplaced(  # noqa: PLR0917  # each is a fact by itself
    table: MountTable,
    sights: Sequence[ShareReading],
    setups: Sequence[StateLocation],
    walked: Sequence[ResolvedPath],
    local: str | None,
    insecure_writes: bool,
) -> list[StateFile]:
    """The settings that lead to a share."""
    by_id = {sight.row.id: sight for sight in sights}
    found = []
    for setup, way in zip(setups, walked, strict=True):
        holder = blocking_mount(table, way.resolved)
        sight = by_id.get(holder.id) if holder else None
        if sight is not None:
            found.append(on_share(setup, way.resolved, _ground(sight), local, insecure_writes))
    return found


def _ground(sight: ShareReading) -> StorageTraits:
    kind = Kind.SAMBA if sight.row.fs_type in fstypes.SAMBA else Kind.NETWORK
    return StorageTraits(kind, sight.row.fs_type, sight.row.mount_point, sight.options.locks)


def _share(observation: MountSnapshot, sight: ShareReading, prober: RemoteFilesystems) -> Share:
    row, options, past = sight.row, sight.options, sight.past
    verdict = observation.verdict(row)
    echo = row.super_value("echo_interval")
    room = prober.remember(row, sight.reply)
    return Share(
        mount_id=row.id,
        mount_point=row.mount_point,
        kind=verdict.kind,
        fs_type=row.fs_type,
        source=row.source,
        server=options.server,
        share=options.share,
        user=options.user,
        state=past.state,
        since=past.since,
        evidence=sight.evidence,
        blocked=what_programs_see(
            past.state,
            row.fs_type,
            options.soft,
            int(echo) if echo and echo.isdecimal() else None,
            row.device.partition(":")[2],
        ),
        dialect=(sight.connection.dialect if sight.connection else None) or options.dialect,
        security=options.security,
        signing=options.signing or (sight.connection.signing_required if sight.connection else None),
        encryption=options.encryption or (sight.connection.encrypted if sight.connection else None),
        soft=options.soft,
        cache=options.cache,
        locks=options.locks,
        guest=options.guest,
        options=row.super_options,
        connection=sight.connection,
        latency=sight.latency,
        capacity=room.capacity,
        capacity_at=room.at,
    )


def _client(table: MountTable, shares: Sequence[Share], settings: Settings, home: str) -> Client:
    """The share that the person's files are meant to be on: the one at their folder, else the first."""
    samba = [share for share in shares if share.kind is Kind.SAMBA]
    crossed = {row.id for row in table.crossed(home)}
    here = [share for share in samba if share.mount_id in crossed]
    chosen = (here or samba)[:1]
    if chosen:
        share = chosen[0]
        return Client(
            state=share.state,
            since=share.since,
            evidence=(f"{share.source} is mounted at {share.mount_point}.", *share.evidence),
            blocked=share.blocked,
            mount_point=share.mount_point,
            server=share.server,
            share=share.share,
            user=share.user,
        )
    if settings.client_wanted:
        source = next((each.source for each in settings.values if each.name.startswith("SAMBA")), ENVIRONMENT)
        state, told = ClientState.CONFIGURED, f"The settings ({source}) want the share, and it is not mounted."
    else:
        state, told = ClientState.OFF, "No Samba share is mounted, and no setting asks for one."
    return Client(
        state=state,
        since=None,
        evidence=(told,),
        blocked=None,
        mount_point=None,
        server=settings.server if settings.client_wanted else None,
        share=None,
        user=settings.user if settings.client_wanted else None,
    )


def _local_folders(observation: MountSnapshot) -> list[str]:
    """Folders on volumes that the container keeps, for the remedies: what is hidden first, since it is the home."""
    table = observation.table
    still = [cover for cover in covers(observation) if observation.verdict(cover.row).kind in (Kind.VOLUME, Kind.BIND)]
    places = [cover.still_at for cover in still if cover.still_at]
    places += [
        row.mount_point
        for row in table.rows
        if row.id not in table.hidden and observation.verdict(row).kind is Kind.VOLUME and not row.read_only
    ]
    return places[:_MOST_FOLDERS]


def _with_insecure_writes(settings: Settings, allowed: bool) -> Settings:
    if allowed:
        return settings
    message = "Jupyter keeps its secrets on a share, where chmod does nothing, and may not write them there."
    problem = Problem(id="insecure-writes", message=message, remedy="export JUPYTER_ALLOW_INSECURE_WRITES=true")
    return msgspec.structs.replace(settings, problems=(*settings.problems, problem))
