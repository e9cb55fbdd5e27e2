"""Checks of the Samba share, as far as its report and the mount table tell."""

from __future__ import annotations

from collections.abc import Iterator

from ...model.findings import Level
from ...model.mounts import MountReport
from ...model.samba import ClientState, Risk, SambaReport
from ...model.vocabulary import Kind
from ..registry import Observation, check
from ._shared import state_files

_DATABASE = (Risk.LOCKED, Risk.SILENT_LOSS)


@check("SM01", Level.ERROR, "A database is on the share, where it cannot be locked")
def sqlite_on_share(samba: SambaReport) -> Iterator[Observation]:
    """Jupyter or IPython keeps an SQLite database on a Samba share that is mounted without `nobrl`.

    Every use then ends with `database is locked`; IPython may not start at all. Move the database to a local
    volume. `nobrl` would help one machine, and damage the database as soon as a second one uses it.
    """
    yield from state_files(samba, _DATABASE)


@check("SM02", Level.ADVICE, "On this share, locks exclude nobody else")
def nobrl(mounts: MountReport) -> Iterator[Observation]:
    """A share is mounted with `nobrl`: locks are not sent to the server.

    With one machine that is fine. With two that write to the same database, most of what one of them writes
    is lost, without an error.
    """
    for mount in mounts.mounts:
        shown = mount.kind is Kind.SAMBA and not mount.hidden
        if shown and "nobrl" in {*mount.options.super, *mount.options.mount}:
            yield Observation(
                f"{mount.mount_point} ({mount.source}) is mounted with nobrl. From here nobody sees who else uses it.",
                "Keep databases on a local volume. If another machine uses the share too, mount it without nobrl.",
                about=mount.mount_point,
            )


@check("SM03", Level.WARNING, "The Samba settings contradict each other")
def contradicting(samba: SambaReport) -> Iterator[Observation]:
    """`SAMBA` says `off`, `client` or `server`. As client it needs the server's address, and then a share
    is mounted. What is set and what is seen do not fit.
    """
    for problem in samba.settings.problems:
        yield Observation(problem.message, problem.remedy, about=problem.id)
    if samba.client.state is ClientState.CONFIGURED:
        yield Observation(
            " ".join(samba.client.evidence),
            "See whether the server answers and the password is right, then restart the container.",
            about="client",
        )


@check("SM04", Level.ERROR, "The share does not answer")
def not_answering(samba: SambaReport) -> Iterator[Observation]:
    """A share is mounted, and its server does not answer or the connection is gone.

    Programs that touch the share wait, some for minutes. It mends itself as soon as the server is back. Do not
    restart Jupyter for it: a start that reads the share hangs as well.
    """
    for share in samba.shares:
        if share.state in (ClientState.STALLED, ClientState.DISCONNECTED):
            since = f" Since {share.since}." if share.since else ""
            yield Observation(
                f"{share.source} at {share.mount_point} is {share.state.value}.{since} {' '.join(share.evidence)}",
                f"See whether {share.server or 'the server'} runs and can be reached. {share.blocked or ''}".strip(),
                about=share.mount_point,
            )
