"""How a share stands: one of the client's states, since when, and what a program that uses it sees. Pure."""

from __future__ import annotations

import errno
from datetime import datetime, timedelta

import msgspec

from ..model.samba import ClientState, Connection, Negotiation, ServerState
from ..processes.replies import Answered, Failed, Reply, Silent

RECOVERED_FOR = timedelta(seconds=60)
"""So long an answer after a silence is worth telling."""
_GONE = frozenset(
    {
        errno.EHOSTDOWN,
        errno.EHOSTUNREACH,
        errno.ENETUNREACH,
        errno.ENOTCONN,
        errno.ECONNREFUSED,
        errno.ECONNRESET,
        errno.ECONNABORTED,
        errno.ETIMEDOUT,
        errno.ESHUTDOWN,
        errno.EAGAIN,
        errno.ESTALE,
        errno.EIO,
    }
)
_BAD = (ClientState.STALLED, ClientState.DISCONNECTED)


class ShareHistory(msgspec.Struct, frozen=True):
    """What was known of a share: ``since`` of its state; the last trouble's beginning and end. RFC 3339."""

    state: ClientState
    since: str | None = None
    trouble_from: str | None = None
    trouble_to: str | None = None


class ShareObservation(msgspec.Struct, frozen=True):
    """What was seen of a mounted share just now. ``at`` is RFC 3339."""

    at: str
    reply: Reply
    connection: Connection | None = None
    negotiation: Negotiation | None = None


def next_state(seen: ShareObservation, past: ShareHistory | None) -> tuple[ShareHistory, tuple[str, ...]]:
    """The state now, with the sentences it follows from."""
    state, evidence = _state(seen, past)
    if state in _BAD:
        since = _beginning(seen, past)
        return ShareHistory(state, since, since, None), evidence
    if past is not None and past.state in _BAD:
        past = ShareHistory(ClientState.RECOVERED, seen.at, past.since, seen.at)
    if past is not None and past.trouble_to is not None and _moment(seen.at) - _moment(past.trouble_to) < RECOVERED_FOR:
        told = f"It has been answering again since {past.trouble_to}. It had not answered since {past.trouble_from}."
        return ShareHistory(ClientState.RECOVERED, past.trouble_to, past.trouble_from, past.trouble_to), (
            told,
            *evidence,
        )
    return ShareHistory(state), evidence


def _state(seen: ShareObservation, past: ShareHistory | None) -> tuple[ClientState, tuple[str, ...]]:
    reply = seen.reply
    if isinstance(reply, Answered):
        return ClientState.MOUNTED, ("It answers.",)
    if isinstance(reply, Failed):
        if reply.errno in _GONE:
            return ClientState.DISCONNECTED, (
                f"It was asked for its free space, and the answer was: {reply.reason}.",
                *_more(seen),
            )
        return ClientState.MOUNTED, (f"It answers, with an error: {reply.reason}.",)
    if reply.since is None:
        # This time nobody could ask: what was known stands.
        return (past.state if past else ClientState.MOUNTED), (f"{reply.reason}.",)
    disconnected = seen.connection is not None and not seen.connection.connected
    word = seen.negotiation.state if seen.negotiation is not None else None
    # While the kernel takes the connection for whole, programs wait as they do for a server that was stopped.
    gone = word is ServerState.REFUSED or (word is ServerState.UNREACHABLE and seen.connection is None)
    state = ClientState.DISCONNECTED if disconnected or gone else ClientState.STALLED
    return state, (f"{reply.reason}.", *_more(seen))


def _more(seen: ShareObservation) -> tuple[str, ...]:
    said = []
    if seen.connection is not None:
        word = "connected" if seen.connection.connected else "disconnected"
        waiting = f", with {seen.connection.waiting} requests waiting" if seen.connection.waiting else ""
        said.append(f"The kernel says that it is {word}{waiting}.")
    if seen.negotiation is not None and seen.negotiation.state is not ServerState.NOT_ASKED:
        said.append(f"The server {seen.negotiation.server}: {seen.negotiation.evidence}")
    return tuple(said)


def _beginning(seen: ShareObservation, past: ShareHistory | None) -> str:
    if past is not None and past.state in _BAD and past.since is not None:
        return past.since
    return (seen.reply.since if isinstance(seen.reply, Silent) else None) or seen.at


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def what_programs_see(state: ClientState, fs_type: str, soft: bool | None, echo: int | None, minor: str) -> str | None:
    """What happens to a program that uses the mount now. ``echo`` is CIFS's ``echo_interval`` in seconds.

    The figures were measured with Linux 6.1 and smbd 4.17.
    """
    if state not in _BAD:
        return None
    if fs_type in ("cifs", "smb3", "smbfs"):
        if soft is False:
            return (
                "A program that touches it waits until the server is back (mounted hard). Ending it with kill -9 works."
            )
        if state is ClientState.DISCONNECTED:
            return "A program that touches it waits about 10 seconds for each call and then gets 'Host is down'."
        wait = 3 * (echo or 60)
        return (
            f"A program that touches it waits for about {wait} seconds or more, until the kernel gives up on "
            "the server; then it gets an error. Ending it with kill -9 works."
        )
    if fs_type.startswith("fuse"):
        return (
            "A program that touches it waits for the program that serves it; not even kill -9 ends it. As root, "
            f"echo 1 > /sys/fs/fuse/connections/{minor}/abort frees it."
        )
    if soft:
        return "A program that touches it waits for some time and then gets an error (mounted soft)."
    return "A program that touches it waits until the server is back."
