"""ide49's settings of every generation: read, never run; their contradictions named. All texts are synthetic."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ide49_storage.model.json import encode
from ide49_storage.model.samba import Settings
from ide49_storage.samba.ide49_settings import (
    MOST,
    TextFile,
    insecure_writes_allowed,
    parse_shell,
    password_of,
    read_settings,
)

CANARY = "CANARY-7c1e"
GOOD = {"SAMBA": "client", "SAMBA_SERVER_IP": "10.39.40.200", "SAMBA_PASSWORD": CANARY}


def file(text: str, path: str = "/service-config/iot-home/.env49rc", size: int | None = None) -> TextFile:
    return TextFile(path, text, len(text) if size is None else size)


def ids(settings: Settings) -> set[str]:
    return {problem.id for problem in settings.problems}


def test_container_variables_are_the_first_generation() -> None:
    settings = read_settings({**GOOD, "PATH": "/bin"}, [])
    assert settings.generation == "variables"
    assert (settings.client_wanted, settings.server, settings.problems) == (True, "10.39.40.200", ())
    assert "PATH" not in {value.name for value in settings.values}


def test_a_shell_file_is_the_second_and_counts_more_than_the_variables() -> None:
    settings = read_settings({"SAMBA": "off"}, [file("export SAMBA=client # yes\nSAMBA_SERVER_IP='10.0.0.1'\n")])
    assert settings.generation == "env49rc"
    assert (settings.client_wanted, settings.server) == (True, "10.0.0.1")
    assert "settings-disagree" in ids(settings)


def test_the_newest_names_are_understood_and_that_the_client_never_mounts_is_said() -> None:
    text = f"SAMBA_CLIENT_USERNAME=iot\nSAMBA_CLIENT_PASSWORD={CANARY}\nSAMBA_SERVER_IP=10.0.0.1\n"
    settings = read_settings({}, [file(text, "/service-config/config/.env")])
    assert settings.generation == "env"
    assert (settings.client_wanted, settings.user) == (True, "iot")
    assert ids(settings) == {"client-names"}


def test_the_newer_file_counts_more_than_the_older() -> None:
    newer, older = file("SAMBA_SERVER_IP=10.0.0.2", "/service-config/config/.env"), file("SAMBA_SERVER_IP=10.0.0.1")
    assert read_settings({}, [newer, older]).server == "10.0.0.2"


def test_a_server_password_means_that_this_machine_serves() -> None:
    assert read_settings({}, [file(f"SAMBA_SERVER_PASSWORD={CANARY}")]).server_wanted is True
    assert read_settings({"SAMBA": "server"}, []).server_wanted is True
    assert read_settings({}, []).server_wanted is None


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"SAMBA_SERVER_IP": ""}, "server-address-missing"),
        ({"SAMBA_SERVER_IP": "0.0.0.0"}, "server-address-missing"),
        ({"SAMBA_SERVER_IP": "//nas/iot-data"}, "server-address-malformed"),
        ({"SAMBA_PASSWORD": ""}, "password-missing"),
        ({"SAMBA_PASSWORD": f"{CANARY},b"}, "comma-in-password"),
        ({"SAMBA": "yes"}, "samba-unknown"),
    ],
)
def test_contradictions_are_named(changed: dict[str, str], problem: str) -> None:
    assert ids(read_settings({**GOOD, **changed}, [])) == {problem}


@pytest.mark.parametrize("address", ["10.0.0.1", "nas", "nas.local", "fe80::1%eth0", "[2001:db8::1]"])
def test_real_addresses_are_no_problem(address: str) -> None:
    assert ids(read_settings({**GOOD, "SAMBA_SERVER_IP": address}, [])) == set()


def test_an_unbalanced_quote_is_named_with_its_line() -> None:
    settings = read_settings({}, [file('# comment "\nSAMBA="client\nSAMBA_SERVER_IP=10.0.0.1\n')])
    (problem,) = [each for each in settings.problems if each.id == "unbalanced-quote"]
    assert "Line 2" in problem.message


def test_nothing_in_a_file_is_run(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    text = f"SAMBA_SERVER_IP=$(touch {ran}; echo x)\nSAMBA_USERNAME=`touch {ran}`\n"
    settings = read_settings({}, [file(text)])
    assert not ran.exists()
    assert settings.values == ()
    assert ids(settings) == {"value-not-plain"}


def test_a_default_of_the_shell_is_filled_in() -> None:
    values, problems = parse_shell(file("SAMBA_USERNAME=${SAMBA_USERNAME:=iot}\nSAMBA='a$b'\n"))
    assert values == {"SAMBA_USERNAME": "iot", "SAMBA": "a$b"}
    assert problems == []


def test_windows_line_ends_are_no_part_of_a_value() -> None:
    assert parse_shell(file("SAMBA=client\r\n"))[0] == {"SAMBA": "client"}


def test_a_huge_file_is_read_in_part_and_that_is_said() -> None:
    assert "settings-too-large" in ids(read_settings({}, [file("SAMBA=off\n", size=100_000_000)]))
    assert MOST < 100_000_000


def test_secrets_are_shown_as_stars_only() -> None:
    names = ("SAMBA_PASSWORD", "SAMBA_CLIENT_PASSWORD", "SAMBA_SERVER_PASSWORD")
    text = "\n".join(f"{name}='{CANARY}, {name}'" for name in names) + f"\nSAMBA_PASSWORD='{CANARY}\n"
    settings = read_settings({"SAMBA_PASSWORD": CANARY + "x"}, [file(text)])
    assert CANARY.encode() not in encode(settings)
    assert {value.value for value in settings.values} == {"***"}


def test_the_password_is_found_for_the_one_who_signs_in() -> None:
    assert password_of({"SAMBA_PASSWORD": "old"}, [file(f"SAMBA_PASSWORD={CANARY}")]) == CANARY
    assert password_of({}, []) is None


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    read_settings({}, [file("SAMBA=" + text), file(text)])


@pytest.mark.parametrize(
    ("line", "password"),
    [
        ("SAMBA_PASSWORD=ab#cd", "ab#cd"),
        ("SAMBA_PASSWORD=ab # cd", "ab"),
        ("SAMBA=client;SAMBA_PASSWORD=x;", "x"),
        ("export SAMBA=client SAMBA_PASSWORD='a b';", "a b"),
        ('declare -x SAMBA_PASSWORD="a\\$b\\x"', "a$b\\x"),
        ("SAMBA_PASSWORD='it'\\''s'", "it's"),
        ("if true; then SAMBA_PASSWORD=x; fi", "x"),
        ("echo SAMBA_PASSWORD=x", None),
        ("SAMBA_USERNAME=$(echo SAMBA_PASSWORD=x)", None),
    ],
)
def test_a_line_is_taken_apart_as_a_shell_does(line: str, password: str | None) -> None:
    assert password_of({}, [file(line)]) == password


@pytest.mark.parametrize(
    "line",
    [
        f"SAMBA=client;SAMBA_PASSWORD={CANARY}",
        f"SAMBA='client SAMBA_PASSWORD={CANARY}'",
        f"SAMBA=client SAMBA_SERVER_IP='10.0.0.1 SAMBA_PASSWORD={CANARY}'",
        f"SAMBA=client SAMBA_SERVER_IP=//iot:{CANARY}@nas/iot-data",
        f"SAMBA=client SAMBA_USERNAME=iot%{CANARY}",
        f"SAMBA_PW={CANARY} SAMBA_KEY={CANARY}",
    ],
)
def test_a_password_in_the_wrong_place_is_not_shown(line: str) -> None:
    settings = read_settings({}, [file(line)])
    assert settings.values
    assert CANARY.encode() not in encode(settings)
    names = dict(each.split("=", 1) for each in line.split() if "=" in each)
    assert CANARY.encode() not in encode(read_settings(names, []))


def test_only_the_words_that_jupyter_knows_allow_insecure_writes() -> None:
    for word in ("TRUE", "1", "yes", " true"):
        program = "from jupyter_core import paths; raise SystemExit(not paths.allow_insecure_writes)"
        done = subprocess.run([sys.executable, "-c", program], env={"JUPYTER_ALLOW_INSECURE_WRITES": word}, check=False)
        assert insecure_writes_allowed({"JUPYTER_ALLOW_INSECURE_WRITES": word}) is (done.returncode == 0), word
