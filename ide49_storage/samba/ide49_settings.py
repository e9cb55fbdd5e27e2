"""ide49's Samba settings, of every generation: read as text, never run. Pure.

Generations, by age (public repository ``iot49/ide49``): container variables; a shell file ``.env49rc`` with
the same names; ``.env`` files, the newest with names of their own for client and server.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from ..model.samba import Problem, Setting, Settings
from ..mounts.redact import HIDDEN
from .shell import Assignment, UnbalancedError, assignments

FILES = (
    "/service-config/config/.env",
    "/service-config/iot-home/.env",
    "/service-config/iot-home/config/.env",
    "/service-config/iot-home/.env49rc",
)
"""Where the files lie, the newest generation first."""
MOST = 65536
"""So much of a settings file is read, in bytes: real ones have some hundred."""
ENVIRONMENT = "environment"
_NAME = re.compile(r"(?:SAMBA[A-Z_]*|JUPYTER_ALLOW_INSECURE_WRITES)")
_DEFAULT = re.compile(r"\$\{([A-Za-z_]\w*):?[-=]([^${}`]*)\}")
_CLIENT_NAMES = ("SAMBA_CLIENT_USERNAME", "SAMBA_CLIENT_PASSWORD")
_HOST = re.compile(r"[A-Za-z0-9_.:%\-\[\]]+")
_SERVER = "SAMBA_SERVER_IP"
_USERS = ("SAMBA_CLIENT_USERNAME", "SAMBA_USERNAME")
_WORD, _USER = re.compile(r"\w{1,20}"), re.compile(r"[^=:%;&|'\"`$/]{1,64}")
_FORMS = {
    "SAMBA": _WORD,
    "JUPYTER_ALLOW_INSECURE_WRITES": _WORD,
    _SERVER: re.compile(r"[\w.:%\-\[\]/\\]{1,255}"),
    **dict.fromkeys((*_USERS, "SAMBA_SERVER_USERNAME"), _USER),
}
"""What may be shown of each variable. One that is not here is not shown."""


class TextFile(msgspec.Struct, frozen=True):
    """A settings file: the first ``MOST`` bytes, and how large it is."""

    path: str
    text: str
    size: int


def read_settings(environment: Mapping[str, str], files: Sequence[TextFile]) -> Settings:
    """What the variables of this process and the files say. A file is sourced at the start, so it counts more."""
    found: dict[str, tuple[str, str]] = {
        name: (value, ENVIRONMENT) for name, value in environment.items() if _NAME.fullmatch(name)
    }
    problems: list[Problem] = []
    for file in reversed(files):
        values, wrong = parse_shell(file)
        problems += wrong
        for name, value in values.items():
            before = found.get(name)
            if before is not None and before[0] != value and before[1] == ENVIRONMENT:
                problems.append(_disagree(name, file.path))
            found[name] = (value, file.path)
    values = {name: value for name, (value, _) in found.items()}
    problems += _contradictions(values)
    server = values.get("SAMBA_SERVER_IP", "")
    return Settings(
        generation=_generation(found),
        read=tuple(file.path for file in files),
        values=tuple(
            Setting(name=name, value=_shown(name, value), source=source)
            for name, (value, source) in sorted(found.items())
        ),
        client_wanted=_client_wanted(values),
        server_wanted=_server_wanted(values),
        server=server if _HOST.fullmatch(server) else None,
        user=next((values[name] for name in _USERS if values.get(name) and _shown(name, values[name]) != HIDDEN), None),
        problems=tuple(problems),
    )


def password_of(environment: Mapping[str, str], files: Sequence[TextFile]) -> str | None:
    """The client's password, for the one who signs in with it and for nobody else."""
    values = {name: value for name, value in environment.items() if _NAME.fullmatch(name)}
    for file in reversed(files):
        values.update(parse_shell(file)[0])
    return values.get("SAMBA_CLIENT_PASSWORD") or values.get("SAMBA_PASSWORD") or None


def parse_shell(file: TextFile) -> tuple[dict[str, str], list[Problem]]:
    """The assignments of a shell or ``.env`` file that concern this project, and what is wrong with it."""
    values: dict[str, str] = {}
    problems: list[Problem] = []
    if file.size > MOST:
        message = f"{file.path} has {file.size} bytes, which no settings file has. Only the first {MOST} were read."
        problems.append(Problem(id="settings-too-large", message=message, remedy=f"Look what {file.path} is."))
    for number, line in enumerate(file.text.replace("\r\n", "\n").split("\n"), 1):
        if "SAMBA" not in line and "JUPYTER_ALLOW" not in line:
            continue
        if line.lstrip().startswith("#"):
            continue
        try:
            for found in assignments(line):
                if _NAME.fullmatch(found.name) is None:
                    continue
                plain = _plain(found, values)
                if plain is None:
                    problems.append(_not_run(file.path, number, found.name))
                else:
                    values[found.name] = plain
        except UnbalancedError:
            problems.append(_unbalanced(file.path, number))
    return values, problems


def _plain(found: Assignment, values: Mapping[str, str]) -> str | None:
    """The value with a default filled in; ``None`` when only a shell could tell."""
    if found.plain:
        return found.value
    default = _DEFAULT.fullmatch(found.value)
    return None if default is None else values.get(default[1]) or default[2]


def _shown(name: str, value: str) -> str:
    """The value, if it is of the form that this name has: anything else may have a password in it by mistake."""
    form = _FORMS.get(name)
    return value if not value or (form is not None and form.fullmatch(value)) else HIDDEN


def _client_wanted(values: Mapping[str, str]) -> bool | None:
    if values.get("SAMBA"):
        return values["SAMBA"].strip().lower() == "client"
    if any(values.get(name) for name in _CLIENT_NAMES):
        return True
    return False if "SAMBA" in values else None


def _server_wanted(values: Mapping[str, str]) -> bool | None:
    if values.get("SAMBA_SERVER_PASSWORD"):
        return True
    if values.get("SAMBA"):
        return values["SAMBA"].strip().lower() == "server"
    return False if "SAMBA_SERVER_PASSWORD" in values else None


def _generation(found: Mapping[str, tuple[str, str]]) -> str | None:
    sources = {source for name, (_, source) in found.items() if name.startswith("SAMBA")}
    if any(source.endswith("/.env") for source in sources):
        return "env"
    if any(source.endswith("/.env49rc") for source in sources):
        return "env49rc"
    return "variables" if sources else None


def _contradictions(values: Mapping[str, str]) -> list[Problem]:
    problems = []
    mode = values.get("SAMBA", "").strip().lower()
    if mode not in ("", "off", "client", "server"):
        message = f"SAMBA is {_shown('SAMBA', values['SAMBA'])!r}. Only off, client and server have an effect."
        problems.append(Problem(id="samba-unknown", message=message, remedy="SAMBA=client"))
    if _client_wanted(values):
        problems += _client_problems(values, mode)
    return problems


def _client_problems(values: Mapping[str, str], mode: str) -> list[Problem]:
    problems = []
    server = values.get("SAMBA_SERVER_IP", "")
    if not server or server == "0.0.0.0":  # noqa: S104  # compared, and never listened on
        problems.append(
            Problem(
                id="server-address-missing",
                message="The settings ask for the share, but SAMBA_SERVER_IP names no server, so the mount fails.",
                remedy="SAMBA_SERVER_IP=192.0.2.10",
            )
        )
    elif _HOST.fullmatch(server) is None:
        problems.append(
            Problem(
                id="server-address-malformed",
                message=f"SAMBA_SERVER_IP is {_shown(_SERVER, server)!r}, which is neither an address nor a host name.",
                remedy="SAMBA_SERVER_IP=192.0.2.10",
            )
        )
    if mode != "client" and any(values.get(name) for name in _CLIENT_NAMES):
        problems.append(
            Problem(
                id="client-names",
                message=(
                    "SAMBA_CLIENT_USERNAME and SAMBA_CLIENT_PASSWORD are set, but the script that mounts reads "
                    "SAMBA, SAMBA_USERNAME and SAMBA_PASSWORD: the share is never mounted."
                ),
                remedy="SAMBA=client\nSAMBA_USERNAME=iot\nSAMBA_PASSWORD=...",
            )
        )
    password = values.get("SAMBA_PASSWORD") or values.get("SAMBA_CLIENT_PASSWORD") or ""
    if not password:
        message = "The settings ask for the share, but no password is set: the server accepts guests at most."
        problems.append(Problem(id="password-missing", message=message, remedy="SAMBA_PASSWORD=..."))
    if "," in password:
        problems.append(
            Problem(
                id="comma-in-password",
                message=(
                    "The password has a comma in it. In `mount -o` a comma ends an option, so the mount fails, "
                    "and the kernel's log shows what comes after it."
                ),
                remedy="Choose a password without a comma.",
            )
        )
    return problems


def insecure_writes_allowed(environment: Mapping[str, str]) -> bool:
    """Whether Jupyter may write its secrets where chmod does nothing."""
    # As jupyter_core reads it: "yes" is no word that it knows.
    return environment.get("JUPYTER_ALLOW_INSECURE_WRITES", "").lower() in ("true", "1")


def _disagree(name: str, path: str) -> Problem:
    message = f"{name} is set in the container's variables and, with another value, in {path}. The file counts."
    return Problem(id="settings-disagree", message=message, remedy=f"Remove {name} from one of them.")


def _unbalanced(path: str, line: int) -> Problem:
    message = (
        f"Line {line} of {path} opens a quote that the line does not close: a shell takes all that follows "
        "into the value, or stops there."
    )
    return Problem(id="unbalanced-quote", message=message, remedy=f"Close the quote in line {line} of {path}.")


def _not_run(path: str, line: int, name: str) -> Problem:
    message = (
        f"Line {line} of {path} gives {name} a value that only a shell can work out."
        " This file is only read here, never run."
    )
    return Problem(id="value-not-plain", message=message, remedy=f"Write the value of {name} itself.")
