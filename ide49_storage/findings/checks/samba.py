"""Checks of the Samba share, as far as the mount table and the settings tell."""

from __future__ import annotations

from collections.abc import Container, Iterator

from ...model.findings import Level
from ...model.mounts import Mount
from ...model.samba import ClientState, Risk, SambaReport
from ...model.vocabulary import Kind
from ..registry import Observation, check
from ..reports import CheckInputs

_DATABASE = (Risk.LOCKED, Risk.SILENT_LOSS)


def state_files(samba: SambaReport, risks: Container[Risk]) -> Iterator[Observation]:
    """What Jupyter keeps on a share, of these risks, as the report of the share has it."""
    for file in samba.state_files:
        if file.risk in risks:
            place = f" (for {file.remedy_for})" if file.remedy_for else ""
            setting = f" {file.setting} puts it there." if file.setting else ""
            yield Observation(
                f"{file.what}: {file.path} is on the share mounted at {file.mount_point}.{setting} {file.effect}",
                f"Move it to a local volume by these lines{place}, then restart Jupyter."
                if file.remedy
                else "Move it to a folder on a local volume.",
                about=file.path,
                lines=file.remedy,
            )


def _shares(reports: CheckInputs) -> list[Mount]:
    rows = reports.mounts.mounts if reports.mounts is not None else ()
    return [mount for mount in rows if mount.kind is Kind.SAMBA and not mount.hidden]


@check("SM01", Level.ERROR, "A database is on the share, where it cannot be locked", "samba")
def sqlite_on_share(reports: CheckInputs) -> Iterator[Observation]:
    """Jupyter or IPython keeps an SQLite database on a Samba share that is mounted without `nobrl`.

    Every use then ends with `database is locked`; IPython may not start at all. Move the database to a local
    volume. `nobrl` would help one machine, and damage the database as soon as a second one uses it.
    """
    assert reports.samba is not None
    yield from state_files(reports.samba, _DATABASE)


@check("SM02", Level.ADVICE, "On this share, locks exclude nobody else", "mounts")
def nobrl(reports: CheckInputs) -> Iterator[Observation]:
    """A share is mounted with `nobrl`: locks are not sent to the server.

    With one machine that is fine. With two that write to the same database, most of what one of them writes
    is lost, without an error.
    """
    for mount in _shares(reports):
        if "nobrl" in {*mount.options.super, *mount.options.mount}:
            yield Observation(
                f"{mount.mount_point} ({mount.source}) is mounted with nobrl. From here nobody sees who else uses it.",
                "Keep databases on a local volume. If another machine uses the share too, mount it without nobrl.",
                about=mount.mount_point,
            )


@check("SM03", Level.WARNING, "The Samba settings contradict each other", "mounts")
def contradicting(reports: CheckInputs) -> Iterator[Observation]:
    """`SAMBA` says `off`, `client` or `server`. As client it needs the server's address, and then a share
    is mounted. What is set and what is seen do not fit.
    """
    if reports.samba is not None:
        for problem in reports.samba.settings.problems:
            yield Observation(problem.message, problem.remedy, about=problem.id)
        client = reports.samba.client
        if client.state is ClientState.CONFIGURED:
            yield Observation(
                f"The settings want the share, and it is not mounted. {' '.join(client.evidence)}",
                "See whether the server answers and the password is right, then restart the container.",
                about="client",
            )
        return
    said = reports.environ.get("SAMBA")
    if said is None:
        return
    address = reports.environ.get("SAMBA_SERVER_IP", "")
    mounted = _shares(reports)
    if said not in ("off", "client", "server"):
        yield Observation(
            f"SAMBA is {said!r}.", "Set it to off, client or server.", about="SAMBA", lines=("export SAMBA=off",)
        )
    elif said == "client" and not address:
        yield Observation(
            "SAMBA is 'client', but SAMBA_SERVER_IP is not set.",
            "Set SAMBA_SERVER_IP to the address of the server, or SAMBA to off.",
            about="SAMBA_SERVER_IP",
        )
    elif said == "client" and not mounted:
        yield Observation(
            f"SAMBA is 'client' with the server {address}, but no share is mounted.",
            "See whether the server answers and the password is right, then restart the container.",
            about="SAMBA",
        )
    elif said == "off" and mounted:
        yield Observation(
            f"SAMBA is 'off', but {mounted[0].source} is mounted at {mounted[0].mount_point}.",
            "Set SAMBA to client, or unmount the share.",
            about="SAMBA",
        )


@check("SM04", Level.ERROR, "The share does not answer", "samba")
def not_answering(reports: CheckInputs) -> Iterator[Observation]:
    """A share is mounted, and its server does not answer or the connection is gone.

    Programs that touch the share wait, some for minutes. It mends itself as soon as the server is back. Do not
    restart Jupyter for it: a start that reads the share hangs as well.
    """
    assert reports.samba is not None
    for share in reports.samba.shares:
        if share.state in (ClientState.STALLED, ClientState.DISCONNECTED):
            since = f" Since {share.since}." if share.since else ""
            yield Observation(
                f"{share.source} at {share.mount_point} is {share.state.value}.{since} {' '.join(share.evidence)}",
                f"See whether {share.server or 'the server'} runs and can be reached. {share.blocked or ''}".strip(),
                about=share.mount_point,
            )
