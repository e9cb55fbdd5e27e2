"""No secret of a mount's source or options comes through."""

from __future__ import annotations

import pytest

from ide49_storage.mounts.mountinfo import parse

CANARY = "tweety-7731"


@pytest.mark.parametrize(
    "line",
    [
        f"1 0 0:1 / /m rw - cifs //10.0.0.1/data rw,username=iot,password={CANARY},vers=3.1.1",
        f"1 0 0:1 / /m rw - cifs //10.0.0.1/data rw,pass={CANARY}",
        f"1 0 0:1 / /m rw - cifs //iot:{CANARY}@10.0.0.1/data rw",
        f"1 0 0:1 / /m rw - fuse.sshfs iot:{CANARY}@host:/x rw,user_id=0",
        f"1 0 0:1 / /m rw - fuse.davfs2 https://iot:{CANARY}@host/x rw",
        f"1 0 0:1 / /m rw - fuse.davfs2 https://iot:p@{CANARY}@host/x rw",
        f"1 0 0:1 / /m rw - davfs https://host/x?token={CANARY}&a=b rw",
        f"1 0 0:1 / /m rw - fuse.blobfuse https://host/x?se=1&sig={CANARY} rw",
        f"1 0 0:1 / /m rw - ceph mon:/ rw,name=a,secret={CANARY}",
        f"1 0 0:1 / /m rw - fuse.s3fs s3fs rw,AWS_SECRET_ACCESS_KEY={CANARY},url=https://h/",
        f"1 0 0:1 / /m rw - fuse.rclone r rw,url=https://u:{CANARY}@h/x",
        f"1 0 0:1 / /m rw - fuse.rclone r rw,url=https://h/x?se=1&sig={CANARY}",
        f"1 0 0:1 / /m rw - ecryptfs e rw,passphrase={CANARY}",
        f"1 0 0:1 / /m rw - fuse.x x rw,key={CANARY}",
        f"1 0 0:1 / /m rw - fuse.x x rw,account_key={CANARY}",
        f"1 0 0:1 / /m rw - fuse.davfs2 https://{CANARY}@host/x rw",
    ],
)
def test_a_secret_does_not_come_through(line: str) -> None:
    rows, problems = parse(line.encode())
    assert problems == []
    assert CANARY not in repr(rows)
    assert "***" in repr(rows)


@pytest.mark.parametrize(
    ("source", "options"),
    [
        ("server:/pool@snapshot", "rw,vers=4.2"),
        ("iot@host:/home/iot", "rw,user_id=0"),
        ("//10.0.0.1/iot-data", "rw,username=iot,sec=ntlmssp"),
        ("/dev/sda1", "rw,errors=remount-ro"),
    ],
)
def test_what_is_no_secret_stays(source: str, options: str) -> None:
    (row,), _ = parse(f"1 0 0:1 / /m rw - x {source} {options}".encode())
    assert row.source == source
    assert ",".join(row.super_options) == options
