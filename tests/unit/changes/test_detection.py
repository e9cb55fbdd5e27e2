"""Which clock is trusted, chosen from what was observed."""

from __future__ import annotations

import time
from typing import Any

import pytest

from ide49_storage.changes import detection
from ide49_storage.changes.detection import (
    BIRTH,
    BTRFS,
    CHANGE_TIME,
    FUSE_OVERLAYFS,
    HANDLE,
    NONE,
    OTHER,
    OVERLAY,
    VFS,
    LayerFacts,
    choose_method,
)

S = 1_000_000_000
HOSTNAME = ("/etc/hostname", 1000 * S + 28_000_000, 5000 * S)
NO_BIRTH = ("/etc/hostname", None, 1001 * S)


def seen(storage: str, **other: Any) -> LayerFacts:
    usual = LayerFacts(storage, 1000 * S, (HOSTNAME,), True, 9000 * S)
    return usual._replace(**other)


def reasons(observed: LayerFacts) -> list[str]:
    return [reason for reason, _ in choose_method(observed).doubts]


def test_on_overlay_the_birth_of_the_root_decides_without_a_doubt() -> None:
    assert choose_method(seen(OVERLAY))[:3] == (1000 * S, BIRTH, True)
    assert reasons(seen(OVERLAY)) == []


@pytest.mark.parametrize(("storage", "prune"), [(FUSE_OVERLAYFS, True), (VFS, False), (BTRFS, False), (OTHER, False)])
def test_elsewhere_an_engine_file_is_the_clock_and_the_last_change_decides(storage: str, prune: bool) -> None:
    chosen = choose_method(seen(storage, root_birth=7 * S if storage == BTRFS else None))
    assert chosen[:3] == (HOSTNAME[1], CHANGE_TIME, prune)
    assert "/etc/hostname" in chosen.evidence


def test_an_overlay_without_births_falls_back_to_the_engine_file() -> None:
    assert choose_method(seen(OVERLAY, root_birth=None))[:3] == (HOSTNAME[1], CHANGE_TIME, True)


def test_of_several_engine_files_the_oldest_counts() -> None:
    older = ("/etc/hosts", 999 * S, 999 * S)
    assert choose_method(seen(VFS, engine_files=(HOSTNAME, older))).made == 999 * S


def test_an_engine_file_without_birth_may_be_of_the_last_start_and_that_is_said() -> None:
    observed = seen(FUSE_OVERLAYFS, engine_files=(NO_BIRTH,))
    assert choose_method(observed).made == 1001 * S
    assert "clock-of-last-start" in reasons(observed)


def test_a_driver_that_keeps_times_of_renamed_folders_is_named() -> None:
    assert "storage-driver" in reasons(seen(BTRFS))
    assert "storage-driver" in reasons(seen(OTHER))
    assert "storage-driver" not in reasons(seen(VFS))


def test_without_any_clock_only_new_entries_are_looked_for() -> None:
    chosen = choose_method(seen(OVERLAY, root_birth=None, engine_files=()))
    assert chosen[:3] == (None, HANDLE, False)
    assert [reason for reason, _ in chosen.doubts] == ["no-clock"]


def test_without_clock_and_handles_nothing_is_claimed() -> None:
    chosen = choose_method(seen(VFS, root_birth=None, engine_files=(), handles=False))
    assert chosen.method == NONE
    assert [reason for reason, _ in chosen.doubts] == ["no-clock"]


def test_a_clock_that_was_set_back_is_noticed() -> None:
    chosen = choose_method(seen(OVERLAY, now=500 * S))
    assert (chosen.method, chosen.prune) == (HANDLE, False)
    assert [reason for reason, _ in chosen.doubts] == ["clock-set-back"]


def test_a_clock_set_back_without_handles_is_a_named_doubt() -> None:
    chosen = choose_method(seen(OVERLAY, now=500 * S, handles=False))
    assert chosen.method == BIRTH
    assert [reason for reason, _ in chosen.doubts] == ["clock-set-back", "new-or-modified"]


def test_a_clock_that_was_behind_at_the_last_start_is_noticed_after_it_caught_up() -> None:
    """As on a Raspberry Pi, which has none of its own and hears the time from the network."""
    chosen = choose_method(seen(OVERLAY, at_start=500 * S))
    assert (chosen.method, chosen.prune, chosen.made, chosen.on_birth) == (HANDLE, False, 1000 * S, True)
    assert [reason for reason, _ in chosen.doubts] == ["clock-set-back"]
    assert reasons(seen(OVERLAY, at_start=1001 * S)) == []


def test_a_clock_that_is_slewed_a_little_is_no_set_back() -> None:
    assert reasons(seen(OVERLAY, now=1000 * S - S // 100)) == []


def test_without_handles_new_and_modified_cannot_be_told_apart() -> None:
    assert reasons(seen(OVERLAY, handles=False)) == ["new-or-modified"]


def test_the_engines_own_word_replaces_every_estimate() -> None:
    chosen = detection.by_diff(choose_method(seen(BTRFS, handles=False)))
    assert chosen.prune
    assert chosen.doubts == ()


def test_the_start_of_process_one_is_counted_from_boot() -> None:
    stat = b"1 (a (strange) name) S 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 12345 100 200"
    assert (
        detection.process_one_started(stat, now=1000 * S, boottime=200 * S, ticks=100)
        == 1000 * S - 200 * S + 12345 * S // 100
    )


@pytest.mark.parametrize("stat", [b"", b"1 (x) S", b"1 (x) S " + b"y " * 40])
def test_a_stat_of_another_form_gives_no_start(stat: bytes) -> None:
    assert detection.process_one_started(stat, 1, 1, 100) is None


def test_this_machines_process_one_started_in_the_past() -> None:
    started = detection.observe_start(None)
    assert started is not None
    assert 0 < started <= time.time_ns()


def test_a_process_one_that_is_older_than_the_container_is_not_its_own() -> None:
    """It is the host's (``--pid=host``) or the pod's."""
    assert detection.observe_start(time.time_ns() + 10 * S) is None
