"""Records and logs as files: whole, bounded, readable from any cursor."""

from __future__ import annotations

import os
import resource
import signal
from pathlib import Path

import msgspec
import pytest

from ide49_storage.jobs import store as stores
from ide49_storage.jobs.lock import BaseLock
from ide49_storage.jobs.store import START, BadLogCursor, JobStore, Log, NoSuchJob, read_log
from ide49_storage.model.installs import Action, Job, JobState
from ide49_storage.model.timestamps import now
from ide49_storage.mounts import temporary


def job(store: JobStore, state: JobState = JobState.ENDED) -> Job:
    return Job(
        id=store.new_id(), action=Action.INSTALL, requirements=("a",), kernel=None, state=state, verdict=None,
        cause=None,
        message="", target=None, plan=None, progress=None, problems=(), restart=None, restored=False, overrides=(),
        next_steps=(), created=now(), started=None, ended=None, kept="", cursor=START,
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> JobStore:
    return JobStore.made(str(tmp_path / "ide49-storage" / "installs"), "here")


def test_a_log_is_read_from_every_cursor(tmp_path: Path) -> None:
    log = Log(str(tmp_path))
    cursors = [START]
    for text in ("one", "t\N{LATIN SMALL LETTER U WITH DIAERESIS}", "three"):
        log.write(text)
        cursors.append(read_log(str(tmp_path / "log.jsonl"), START)[1])
    for seen, cursor in enumerate(cursors):
        lines, end = read_log(str(tmp_path / "log.jsonl"), cursor)
        assert [line.number for line in lines] == [1, 2, 3][seen:]
        assert end == cursors[-1]
    for cursor in ("4-9999", "1-5", "2-0", "a", "0-1"):
        with pytest.raises(BadLogCursor):
            read_log(str(tmp_path / "log.jsonl"), cursor)


def test_a_log_is_bounded_and_its_end_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "MAX_LOG", 5_000)
    log = Log(str(tmp_path))
    for number in range(1_000):
        log.write(f"line {number}")
    log.finish()
    lines, _ = read_log(str(tmp_path / "log.jsonl"), START)
    assert lines[-1].text == "line 999"
    assert log.left_out > 0
    assert any("left out" in line.text for line in lines)
    assert len(lines) + log.left_out == 1_001


def test_a_full_disk_leaves_no_half_line(tmp_path: Path) -> None:
    """A limit on the file's size stands for the full disk: write() takes a part, then fails."""
    log = Log(str(tmp_path))
    log.write("whole")
    size = os.path.getsize(tmp_path / "log.jsonl")
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, before[1]))
    try:
        log.write("does not fit")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert os.path.getsize(tmp_path / "log.jsonl") == size
    log.write("fits again")
    assert [line.text for line in read_log(str(tmp_path / "log.jsonl"), START)[0]] == ["whole", "fits again"]
    assert log.left_out == 1


def test_an_id_is_never_a_path(store: JobStore) -> None:
    for identifier in ("..", "../x", "/etc", "", ".", "20200101T000000-00000000000g", "20200101T000000-000000000000/x"):
        with pytest.raises(NoSuchJob):
            store.read(identifier)


def test_old_jobs_are_forgotten_and_running_ones_never(store: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "MAX_JOBS", 5)
    running = job(store, JobState.RUNNING)
    alive = store.create(running)
    for _ in range(12):
        os.close(store.create(job(store)))
    assert running.id in store.ids()
    assert len(store.ids()) <= 6
    assert not store.lost(running.id)
    os.close(alive)
    assert store.lost(running.id)


def test_a_record_that_cannot_be_written_leaves_the_old_one(store: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    made = job(store)
    os.close(store.create(made))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "rename", full)
    with pytest.raises(OSError, match="space"):
        store.save(made)
    monkeypatch.undo()
    assert store.read(made.id).id == made.id
    assert sorted(os.listdir(store.folder(made.id))) == ["alive", "record.json"]


def test_a_line_that_a_power_cut_left_without_content_ends_the_log_and_nothing_else(store: JobStore) -> None:
    made = job(store)
    os.close(store.create(made))
    Log(store.folder(made.id)).write("whole")
    with open(os.path.join(store.folder(made.id), "log.jsonl"), "ab") as file:
        file.write(b"\0" * 90 + b"\n")
    assert [line.text for line in store.read(made.id, START).lines] == ["whole"]


def test_a_record_is_read_again_only_when_it_changed(store: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    made = job(store, JobState.RUNNING)
    os.close(store.create(made))
    assert store.read(made.id).state is JobState.RUNNING
    store.save(msgspec.structs.replace(made, state=JobState.ENDED))
    assert store.read(made.id).state is JobState.ENDED

    def no_more(*_: object, **__: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr("builtins.open", no_more)
    assert [each.id for each in store.jobs()] == [made.id]


def test_without_any_folder_on_a_disk_jobs_are_kept_in_memory_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "memory").mkdir()
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "file"))
    for name in temporary.VARIABLES:
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setattr(temporary, "_USUAL", (str(tmp_path / "memory"),))
    monkeypatch.setattr(stores, "IN_MEMORY", str(tmp_path / "memory"))
    kept = stores.open_store()
    assert kept.kept == "in memory until the container stops: the Jupyter runtime directory is not writable"
    monkeypatch.setattr(temporary, "_USUAL", (str(tmp_path / "none"),))
    with pytest.raises(OSError, match="temporary files"):
        stores.open_store()


def test_a_folder_of_another_user_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").mkdir()
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    with pytest.raises(PermissionError):
        JobStore(str(tmp_path / "taken" / "installs"), "here")


def test_a_lock_is_held_by_one_and_inherited_by_children(tmp_path: Path) -> None:
    first, second = BaseLock(str(tmp_path)), BaseLock(str(tmp_path))
    assert first.take()
    assert not second.take()
    inherited = os.dup(first.fileno())
    first.close()
    assert not second.take(), "a child of the first holds it still"
    os.close(inherited)
    assert second.take()
    second.close()
