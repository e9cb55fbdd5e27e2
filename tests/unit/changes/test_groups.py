"""What a change is to a person: the groups, and what the engine made itself."""

from __future__ import annotations

import pytest

from ide49_storage.changes import groups
from ide49_storage.changes.groups import (
    CACHES,
    CONFIGURATION,
    HOME,
    PYTHON,
    START,
    SYSTEM,
    ChangedEntry,
    TimeSpans,
    group_of,
)

NEVER = TimeSpans(())
INSTALLS = TimeSpans([(1000, 2000)])
STARTS = TimeSpans([(0, 10)])


@pytest.mark.parametrize(
    ("path", "group"),
    [
        (b"/etc/nginx/nginx.conf", CONFIGURATION),
        (b"/etc", CONFIGURATION),
        (b"/usr/local/etc/tool.conf", CONFIGURATION),
        (b"/etcetera/file", HOME),
        (b"/root/thesis.ipynb", HOME),
        (b"/opt/tool/bin/tool", HOME),
        (b"/usr/local/bin/mine", HOME),
        (b"/var/lib/mysql/data", HOME),
        (b"/var/log/app.log", CACHES),
        (b"/var/logbook", HOME),
        (b"/var/cache/apt/pkgcache.bin", CACHES),
        (b"/var/lib/apt/lists/index", CACHES),
        (b"/tmp/x", CACHES),
        (b"/home/iot/tmp/x", HOME),
        (b"/home/iot/.cache/pip/x", CACHES),
        (b"/home/iot/proj/__pycache__/a.pyc", CACHES),
        (b"/home/iot/.ipynb_checkpoints/a.ipynb", CACHES),
        (b"/usr/local/lib/python3.11/site-packages/requests/api.py", PYTHON),
        (b"/usr/local/lib/python3.11/site-packages/requests/__pycache__/api.pyc", PYTHON),
        (b"/usr/lib/python3/dist-packages/x.py", PYTHON),
        (b"/var/lib/dpkg/status", SYSTEM),
        (b"/var/lib/apt/extended_states", SYSTEM),
        (b"/home/io\nt/.cache/x", CACHES),
        (b"/caf\xe9/\xff\n", HOME),
    ],
)
def test_a_path_alone_has_its_group(path: bytes, group: str) -> None:
    assert group_of(ChangedEntry(path, 5000, False, None), NEVER, STARTS) == group


def test_what_a_package_lists_is_its_own_unless_edited_afterwards() -> None:
    path = b"/etc/nginx/nginx.conf"
    assert group_of(ChangedEntry(path, 1500, False, SYSTEM), INSTALLS, NEVER) == SYSTEM
    assert group_of(ChangedEntry(path, 3000, False, SYSTEM), INSTALLS, NEVER) == CONFIGURATION
    assert group_of(ChangedEntry(b"/usr/bin", 3000, True, SYSTEM), INSTALLS, NEVER) == SYSTEM


def test_without_a_log_what_a_package_lists_is_its_own() -> None:
    assert group_of(ChangedEntry(b"/etc/nginx/nginx.conf", 3000, False, SYSTEM), NEVER, NEVER) == SYSTEM


@pytest.mark.parametrize("path", [b"/etc/ld.so.cache", b"/etc/alternatives/editor", b"/usr/bin/editor", b"/etc/passwd"])
def test_what_packages_scripts_wrote_while_dpkg_ran_is_theirs(path: bytes) -> None:
    assert group_of(ChangedEntry(path, 1500, False, None), INSTALLS, NEVER) == SYSTEM
    assert group_of(ChangedEntry(path, 2500, False, None), INSTALLS, NEVER) != SYSTEM


@pytest.mark.parametrize("path", [b"/root/notes", b"/usr/local/bin/mine", b"/home/iot/x", b"/srv/x"])
def test_a_persons_file_written_while_dpkg_ran_stays_theirs(path: bytes) -> None:
    assert group_of(ChangedEntry(path, 1500, False, None), INSTALLS, NEVER) == HOME


def test_bytecode_that_dpkg_compiled_is_the_packages() -> None:
    entry = ChangedEntry(b"/usr/lib/python3/dist-packages/__pycache__/x.pyc", 1500, False, None)
    assert group_of(entry, INSTALLS, NEVER) == SYSTEM


def test_a_script_that_pip_installed_is_pythons() -> None:
    assert group_of(ChangedEntry(b"/usr/local/bin/http", 5000, False, PYTHON), NEVER, NEVER) == PYTHON


def test_what_is_written_at_each_start_is_apart() -> None:
    starts = groups.start_windows(100 * 10**9, None, 900 * 10**9)
    for moment in (101 * 10**9, 905 * 10**9):
        assert group_of(ChangedEntry(b"/etc/generated.conf", moment, False, None), NEVER, starts) == START
    for moment in (150 * 10**9, 950 * 10**9):
        assert group_of(ChangedEntry(b"/etc/generated.conf", moment, False, None), NEVER, starts) == CONFIGURATION


@pytest.mark.parametrize("path", [b"/tmp/x", b"/var/log/app.log", b"/root/.cache/x"])
def test_a_cache_stays_one_however_soon_after_a_start_it_was_written(path: bytes) -> None:
    assert group_of(ChangedEntry(path, 5, False, None), NEVER, STARTS) == CACHES


def test_a_package_stays_one_however_soon_after_a_start_it_was_installed() -> None:
    path = b"/usr/local/lib/python3.11/site-packages/tool.py"
    assert group_of(ChangedEntry(path, 5, False, PYTHON), NEVER, STARTS) == PYTHON
    assert group_of(ChangedEntry(b"/usr/bin/tool", 5, False, SYSTEM), NEVER, STARTS) == SYSTEM


def test_the_engine_touches_the_folders_above_its_mount_points() -> None:
    folders = groups.engine_folders([b"/service-config/iot-home", b"/data"])
    assert {b"/service-config", b"/etc", b"/run"} <= folders
    assert b"/service-config/iot-home" not in folders
    assert b"/data" not in folders
