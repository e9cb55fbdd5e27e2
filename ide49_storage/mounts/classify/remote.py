"""Rules for what another machine, or a program, serves: Samba, other network file systems, FUSE."""

from __future__ import annotations

import re

from ...model.mounts import EngineName
from ...model.vocabulary import Kind
from .. import fstypes
from ..mountinfo import MountRow
from .context import KEPT, LOST, UNKNOWN, Classification, Context, classification

_SHARE = re.compile(r"[/\\]{2}([^/\\]+)[/\\]+(.+)")
_EXPORT = re.compile(r"(?:[^@/\s]*@)?(\[[^\]]+\]|[^:/\[\]]+):(/?.*)")
_URL = re.compile(r"[a-zA-Z0-9+]+://(?:[^@/]*@)?([^/:]+)(?::\d+)?(/.*)?")
_LOOPBACK = re.compile(r"localhost(\..*)?|127\.\d+\.\d+\.\d+|::1|\[::1\]", re.IGNORECASE)
_PROGRAMS_OWN = "A program serves these files, and where it keeps them cannot be seen from here."


def samba(row: MountRow, _: Context) -> Classification:
    """CIFS and its FUSE relatives."""
    share = _SHARE.fullmatch(row.source)
    if share is None:
        doubt = " It mostly shows Samba shares; other servers look the same."
        return _remote(Kind.SAMBA, row, None, None, "a Samba share" + ("." + doubt).rstrip("."))
    server = share[1].rpartition("@")[2]
    name = share[2].strip("/\\").replace("\\", "/")
    return _remote(Kind.SAMBA, row, f"{name} on {server}", server, f"the share {name} of {server}")


def windows_drive(row: MountRow, _: Context) -> Classification | None:
    """A folder of the computer around the virtual machine: WSL's drives, Docker Desktop's folders."""
    drive = row.fs_type in ("9p", "virtiofs") and (
        "drvfs" in row.source or any("aname=drvfs" in option for option in row.super_options)
    )
    if not drive and row.fs_type not in fstypes.HOST_SHARE:
        return None
    name = row.source if drive else row.root.rstrip("/").rsplit("/", 1)[-1] or None
    stays = "It belongs to the computer around the virtual machine, and not to the container."
    return classification(
        Kind.DISK if drive else Kind.BIND,
        (KEPT, KEPT, LOST),
        (
            (
                f"{row.fs_type} from {row.source}: a folder of the computer that runs the virtual machine "
                "(Docker Desktop or WSL)."
            ),
            stays,
            stays,
            "It is on this computer's own disk, and is lost with it.",
        ),
        name=name,
    )


def network(row: MountRow, _: Context) -> Classification:
    """NFS, 9p, sshfs and so on."""
    url = _URL.fullmatch(row.source)
    export = None if url else _EXPORT.fullmatch(row.source)
    if url is not None:
        server, path = url[1], url[2] or ""
    elif export is not None:
        server, path = export[1], export[2]
    else:
        return _remote(Kind.NETWORK, row, row.source or None, None, f"{row.source or 'a server'}")
    name = f"{path} on {server}" if path.strip("/") else server
    return _remote(Kind.NETWORK, row, name, server, f"{path or '/'} on the server {server}")


def _remote(kind: Kind, row: MountRow, name: str | None, server: str | None, what: str) -> Classification:
    """Files that a server keeps, wherever this container goes."""
    stays = f"The files are on {server or 'the server'} and not in the container."
    device, device_fate = f"The files are on {server or 'the server'}, another machine.", KEPT
    if server is not None and _LOOPBACK.fullmatch(server):
        device, device_fate = (
            f"The server is {server}: this very machine, so the files are lost with it.",
            LOST,
        )
    elif row.fs_type in ("9p", "virtiofs", "vboxsf", "vmhgfs", "prl_fs", "fuse.vmhgfs-fuse"):
        stays = "The files are on the machine that runs this virtual machine, not in the container."
        device, device_fate = (
            (
                f"{row.fs_type} mostly leads to the machine around a virtual machine; whether that is lost "
                "too cannot be seen from here."
            ),
            UNKNOWN,
        )
    return classification(
        kind,
        (KEPT, KEPT, device_fate),
        (f"{row.mount_point} is a {row.fs_type} mount of {what}.", stays, stays, device),
        name=name,
    )


def fuse(row: MountRow, around: Context) -> Classification | None:
    """A FUSE program that no other rule knows."""
    if not row.fs_type.startswith("fuse") or row.fs_type in fstypes.FUSE_DISK:
        return None
    lxcfs = row.fs_type in fstypes.LXCFS and around.engine is not EngineName.NONE
    what = f"{row.mount_point} has the file system type {row.fs_type}, whose program this project does not know."
    if lxcfs:
        what = f"{row.mount_point} is answered by lxcfs, which shows a container its share of the machine."
    return classification(
        Kind.ENGINE if lxcfs else Kind.UNKNOWN,
        (UNKNOWN, UNKNOWN, UNKNOWN),
        (what, _PROGRAMS_OWN, _PROGRAMS_OWN, _PROGRAMS_OWN),
        internal=lxcfs or row.fs_type == "fuse.portal",
    )
