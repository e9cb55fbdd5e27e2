"""Checks of the Samba share, as far as the mount table and the settings tell."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.findings import Level
from ..model.mounts import Mount
from ..model.words import Kind
from .registry import Seen, check
from .reports import Reports


def _shares(reports: Reports) -> list[Mount]:
    rows = reports.mounts.mounts if reports.mounts is not None else ()
    return [mount for mount in rows if mount.kind is Kind.SAMBA and not mount.hidden]


@check("SM01", Level.ERROR, "A database is on the share, where it cannot be locked", "mounts")
def sqlite_on_share(reports: Reports) -> Iterator[Seen]:
    """Jupyter or IPython keeps an SQLite database on a Samba share that is mounted without `nobrl`.

    Every use then ends with `database is locked`; IPython may not start at all. Move the database to a local
    volume. `nobrl` would help one machine, and damage the database as soon as a second one uses it.
    """
    for place in reports.state_places:
        mount = reports.mount_of(place.where)
        if place.sqlite and place.where.kind is Kind.SAMBA and mount is not None:
            options = {*mount.options.super, *mount.options.mount}
            if "nobrl" not in options:
                yield Seen(
                    f"{place.what} is in {place.where.path}, on the share {mount.name or mount.source}, mounted"
                    " without nobrl.",
                    f"Set {place.variable} to a folder on a local volume where Jupyter is started, then restart.",
                    about=place.where.path,
                )


@check("SM02", Level.ADVICE, "On this share, locks exclude nobody else", "mounts")
def nobrl(reports: Reports) -> Iterator[Seen]:
    """A share is mounted with `nobrl`: locks are not sent to the server.

    With one machine that is fine. With two that write to the same database, most of what one of them writes
    is lost, without an error.
    """
    for mount in _shares(reports):
        if "nobrl" in {*mount.options.super, *mount.options.mount}:
            yield Seen(
                f"{mount.mount_point} ({mount.source}) is mounted with nobrl. From here nobody sees who else uses it.",
                "Keep databases on a local volume. If another machine uses the share too, mount it without nobrl.",
                about=mount.mount_point,
            )


@check("SM03", Level.WARNING, "The Samba settings contradict each other", "mounts")
def contradicting(reports: Reports) -> Iterator[Seen]:
    """`SAMBA` says `off`, `client` or `server`. As client it needs the server's address, and then a share
    is mounted. What is set and what is seen do not fit.
    """
    said = reports.environ.get("SAMBA")
    if said is None:
        return
    address = reports.environ.get("SAMBA_SERVER_IP", "")
    mounted = _shares(reports)
    if said not in ("off", "client", "server"):
        yield Seen(
            f"SAMBA is {said!r}.", "Set it to off, client or server.", about="SAMBA", lines=("export SAMBA=off",)
        )
    elif said == "client" and not address:
        yield Seen(
            "SAMBA is 'client', but SAMBA_SERVER_IP is not set.",
            "Set SAMBA_SERVER_IP to the address of the server, or SAMBA to off.",
            about="SAMBA_SERVER_IP",
        )
    elif said == "client" and not mounted:
        yield Seen(
            f"SAMBA is 'client' with the server {address}, but no share is mounted.",
            "See whether the server answers and the password is right, then restart the container.",
            about="SAMBA",
        )
    elif said == "off" and mounted:
        yield Seen(
            f"SAMBA is 'off', but {mounted[0].source} is mounted at {mounted[0].mount_point}.",
            "Set SAMBA to client, or unmount the share.",
            about="SAMBA",
        )
