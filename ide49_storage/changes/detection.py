"""When the container was made, and by which time an entry shows that it is younger: the choice.

A pure function of what was observed. On overlay the birth of ``/`` is the birth of the container's own
layer, and an entry changed there was born there. Other storages keep no births, or inherit them from
the image; then the last change of the inode stands against the birth of the files that the engine made
for this container.
"""

from __future__ import annotations

import os
import time
from typing import NamedTuple

OVERLAY, FUSE_OVERLAYFS, VFS, BTRFS, OTHER = "overlay", "fuse-overlayfs", "vfs", "btrfs", "other"
BIRTH, CHANGE_TIME, HANDLE, NONE = "birth-time", "change-time", "file-handle", "none"
DIFF = "engine-diff"
# The clock may be slewed a little.
_SLACK = 2_000_000_000
_MISTRUST = {
    BTRFS: "On btrfs the files of a folder that was only renamed keep their times: they are not listed.",
    OTHER: (
        "This storage driver was not measured: what keeps its change time (a file in a renamed folder) is not listed."
    ),
}


class LayerFacts(NamedTuple):
    """What was seen. ``storage`` is one of the words above. ``engine_files`` are the engine's own files for
    this container: path, birth (``None``: not told), last change. ``at_start`` is what the clock read when the
    container was last started, ``None`` where nothing tells. Times in nanoseconds.
    """

    storage: str
    root_birth: int | None
    engine_files: tuple[tuple[str, int | None, int], ...]
    handles: bool
    now: int
    at_start: int | None = None


class DetectionMethod(NamedTuple):
    """By what to recognise a change. ``made`` in nanoseconds; ``prune``: a folder that is not changed itself
    holds no change, so it need not be entered. ``doubts``: a word and a sentence each. ``on_birth``: the birth
    of an entry is what stands against ``made``.
    """

    made: int | None
    method: str
    prune: bool
    evidence: str
    doubts: tuple[tuple[str, str], ...]
    on_birth: bool = False


def choose_method(observed: LayerFacts) -> DetectionMethod:
    """The way to recognise changes that is right for what was observed."""
    if observed.storage == OVERLAY and observed.root_birth is not None:
        evidence = "/ is an overlay, and the birth of / is that of the container's own layer."
        choice = DetectionMethod(observed.root_birth, BIRTH, True, evidence, (), True)
    else:
        choice = _by_change_time(observed)
    if choice.made is not None and (moment := _set_back(observed, choice.made)):
        choice = _after_set_back(observed, choice, moment)
    if not observed.handles and choice.method != NONE:
        text = "This kernel or storage does not tell which entries are new and which were only modified."
        choice = _doubting(choice, "new-or-modified", text)
    return choice


def by_diff(choice: DetectionMethod) -> DetectionMethod:
    """The engine itself said what is changed: that replaces every estimate, and its doubts."""
    return choice._replace(method=DIFF, prune=True, evidence="The engine itself told what is changed.", doubts=())


def _by_change_time(observed: LayerFacts) -> DetectionMethod:
    prune = observed.storage in (OVERLAY, FUSE_OVERLAYFS)
    births = [(birth, path) for path, birth, _ in observed.engine_files if birth is not None]
    moved: list[tuple[str, str]] = []
    if births:
        made, path = min(births)
        evidence = f"The engine made {path} for this container; its birth stands for the container's."
    elif observed.engine_files:
        made, path = min((change, path) for path, _, change in observed.engine_files)
        evidence = f"The engine wrote {path} for this container; its last change stands for the container's birth."
        text = (
            f"{path} has no birth time, and some engines write it at every start: what was changed before"
            " the last start may not be listed."
        )
        moved.append(("clock-of-last-start", text))
    else:
        return _without_clock(observed)
    doubts = [
        *moved,
        ("change-time", "A file of the image that the machine itself touched would be listed too."),
    ]
    if observed.storage in _MISTRUST:
        doubts.append(("storage-driver", _MISTRUST[observed.storage]))
    return DetectionMethod(made, CHANGE_TIME, prune, evidence, tuple(doubts))


def _without_clock(observed: LayerFacts) -> DetectionMethod:
    seen = "/ has no usable birth time, and no file of the engine's (/etc/hostname, /run/.containerenv) is there."
    if observed.handles:
        text = "It is not known when the container was made: only new entries are listed, none that were modified."
        return DetectionMethod(None, HANDLE, False, seen, (("no-clock", text),))
    text = "It cannot be told when the container was made, so neither what was changed since."
    return DetectionMethod(None, NONE, False, seen, (("no-clock", text),))


def _set_back(observed: LayerFacts, made: int) -> str | None:
    """When the clock read a time before the container was made, if it is known to have done so."""
    if observed.now + _SLACK < made:
        return "reads a time before the container was made"
    if observed.at_start is not None and observed.at_start + _SLACK < made:
        # A machine without a clock of its own (a Raspberry Pi), before it heard the time from the network.
        return "read a time before the container was made when it was last started"
    return None


def _after_set_back(observed: LayerFacts, choice: DetectionMethod, moment: str) -> DetectionMethod:
    if observed.handles:
        text = f"The clock {moment}: what was only modified while it did may be missing. New entries are not."
        choice = choice._replace(method=HANDLE, prune=False)
    else:
        text = f"The clock {moment}: what was changed while it did may be missing."
    return _doubting(choice, "clock-set-back", text)


def _doubting(choice: DetectionMethod, reason: str, text: str) -> DetectionMethod:
    return choice._replace(doubts=(*choice.doubts, (reason, text)))


def process_one_started(stat: bytes, now: int, boottime: int, ticks: int) -> int | None:
    """When process 1 was started (ns since 1970), from ``/proc/1/stat``, both clocks' readings in
    nanoseconds and the kernel's clock ticks a second. ``None`` for a text that is not of that form.
    """
    try:
        since_boot = int(stat.rpartition(b")")[2].split()[19]) * 1_000_000_000 // ticks
    except (ValueError, IndexError):
        return None
    return now - boottime + since_boot


def observe_start(made: int | None) -> int | None:
    """When this container was started, by its process 1.

    ``None`` where process 1 is older than the container: then it is the host's, or the pod's.
    """
    try:
        with open("/proc/1/stat", "rb") as file:
            stat = file.read()
    except OSError:
        return None
    boottime = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    started = process_one_started(stat, time.time_ns(), boottime, os.sysconf("SC_CLK_TCK"))
    return None if started is None or (made is not None and started + _SLACK < made) else started
