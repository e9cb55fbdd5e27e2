"""The records of the Samba report, from what was seen. Pure: nothing here asks anything."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ..formats.smb_conf import ExportedFolder
from ..model.samba import (
    CheckOutcome,
    Client,
    ClientState,
    Export,
    Negotiation,
    Problem,
    SambaServer,
    ServerState,
    Settings,
    Share,
    StateFile,
)
from ..model.vocabulary import Kind
from ..mounts import fstypes
from ..mounts.capacity import CapacityReading
from ..mounts.hidden import covers
from ..mounts.path_walk import ResolvedPath
from ..mounts.remote_filesystems import blocking_mount
from ..mounts.snapshot import MountSnapshot
from ..mounts.table import MountTable
from .ide49_settings import ENVIRONMENT
from .mount_options import read_options
from .share_observer import ShareReading, shares_of
from .state import what_programs_see
from .state_locations import StateLocation, StorageTraits, on_share

_MOST_FOLDERS = 20


def named_server(table: MountTable) -> tuple[str, int | None] | None:
    """The server and port of the first mounted Samba share."""
    for row in shares_of(table):
        options = read_options(row)
        if row.fs_type in fstypes.SAMBA and options.server:
            return options.server, options.port
    return None


def misplaced_state(  # noqa: PLR0917  # each is a fact by itself
    table: MountTable,
    readings: Sequence[ShareReading],
    locations: Sequence[StateLocation],
    walked: Sequence[ResolvedPath],
    local: str | None,
    insecure_writes: bool,
) -> list[StateFile]:
    """The settings that lead to a share."""
    by_id = {reading.row.id: reading for reading in readings}
    found = []
    for location, way in zip(locations, walked, strict=True):
        holder = blocking_mount(table, way.resolved)
        reading = by_id.get(holder.id) if holder else None
        if reading is not None:
            found.append(on_share(location, way.resolved, storage_traits(reading), local, insecure_writes))
    return found


def storage_traits(reading: ShareReading) -> StorageTraits:
    """What matters of a share to the state that is kept on it."""
    kind = Kind.SAMBA if reading.row.fs_type in fstypes.SAMBA else Kind.NETWORK
    return StorageTraits(kind, reading.row.fs_type, reading.row.mount_point, reading.options.locks)


def share_record(observation: MountSnapshot, reading: ShareReading, room: CapacityReading) -> Share:
    """The record of one share. ``room``: what its answer, or the last one, said of its capacity."""
    row, options, past = reading.row, reading.options, reading.past
    verdict = observation.verdict(row)
    echo = row.super_value("echo_interval")
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
        evidence=reading.evidence,
        blocked=what_programs_see(
            past.state,
            row.fs_type,
            options.soft,
            int(echo) if echo and echo.isdecimal() else None,
            row.device.partition(":")[2],
        ),
        dialect=(reading.connection.dialect if reading.connection else None) or options.dialect,
        security=options.security,
        signing=options.signing or (reading.connection.signing_required if reading.connection else None),
        encryption=options.encryption or (reading.connection.encrypted if reading.connection else None),
        soft=options.soft,
        cache=options.cache,
        locks=options.locks,
        guest=options.guest,
        options=row.super_options,
        connection=reading.connection,
        latency=reading.latency,
        capacity=room.capacity,
        capacity_at=room.at,
    )


def client_record(table: MountTable, shares: Sequence[Share], settings: Settings, home: str) -> Client:
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
        state, told = ClientState.CONFIGURED, f"The settings ({source}) ask for the share, but it is not mounted."
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


def server_record(
    settings: Settings, conf: str | None, exports: Sequence[ExportedFolder] | None, said: Negotiation | None
) -> SambaServer:
    """The record of this machine as a server. ``conf``: the path of its
    ``smb.conf``; ``said``: what its own port 445 answered.
    """
    listening, evidence = None, []
    if said is not None:
        listening = said.state in (ServerState.ANSWERS, ServerState.SMB1_ONLY, ServerState.STALLED)
        evidence.append(f"This machine's own port 445: {said.evidence}")
    if conf is not None:
        evidence.append(f"{conf} is there.")
    if settings.server_wanted is None:
        evidence.append("No setting says whether this machine is to serve.")
    return SambaServer(
        wanted=settings.server_wanted,
        listening=listening,
        exports=None if exports is None else tuple(Export(**each._asdict()) for each in exports),
        evidence=tuple(evidence),
    )


def local_folders(observation: MountSnapshot) -> list[str]:
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


def with_insecure_writes(settings: Settings, allowed: bool) -> Settings:
    """The settings with one more problem, unless Jupyter may write its secrets without file modes."""
    if allowed:
        return settings
    message = "Jupyter keeps its secrets on a share, where chmod does nothing, and may not write them there."
    problem = Problem(id="insecure-writes", message=message, remedy="export JUPYTER_ALLOW_INSECURE_WRITES=true")
    return msgspec.structs.replace(settings, problems=(*settings.problems, problem))


_MESSAGES = {
    CheckOutcome.GOOD: "{server} accepts the user and the password, and has the share {share}.",
    CheckOutcome.WRONG_PASSWORD: "{server} does not accept this user with this password.",
    CheckOutcome.SHARE_MISSING: "{server} accepts the user, but has no share {share}.",
    CheckOutcome.ACCESS_DENIED: "{server} knows the user, but denies access to {share}.",
}


def sign_in_outcome(word: str, server: str, share: str) -> tuple[CheckOutcome, str]:
    """What the word means that the process which tried to sign in answered, and a sentence about it."""
    for outcome, message in _MESSAGES.items():
        if word == outcome.value:
            return outcome, message.format(server=server, share=share)
    return CheckOutcome.FAILED, f"Signing in at {server} failed ({word})."
