"""The environment of pip and of everything else that a job starts: an allow list. Pure.

A server's environment holds secrets (Samba's password, tokens). A package's build and import run code of its
author, so what is not needed is not there. Of pip's own settings, from variables and from files, those stay that say
where packages come from and which; settings that send an installation elsewhere (``target``, ``prefix``, ``root``,
``dry-run``, ``python``) or hide what it does (``quiet``, ``log``, ``report``) do not.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

_NAMES = frozenset(
    (
        # who and where
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "LD_LIBRARY_PATH", "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS",
        # what the interpreter looks at
        "PYTHONUSERBASE", "PYTHONNOUSERSITE", "PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE",
        "PYTHONPYCACHEPREFIX",
        # how the index is reached
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
        # where pip's files are: what they set is asked of the interpreter and handed on like the variables
        "PIP_CONFIG_FILE",
        # compilers
        "CC", "CXX", "CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS", "MAKEFLAGS", "PKG_CONFIG_PATH", "ARCHFLAGS",
    )
)  # fmt: skip
#: pip's options that a person or an administrator may set for a job, by variable or file.
_PIP = frozenset(
    (
        # where packages come from, and how that is reached
        "index-url", "pypi-url", "extra-index-url", "no-index", "find-links", "trusted-host", "keyring-provider",
        "proxy", "cert", "client-cert", "timeout", "default-timeout", "retries", "resume-retries", "cache-dir",
        "no-cache-dir", "use-feature", "use-deprecated",
        # which of them: a policy that makes an installation fail is a policy all the same
        "only-binary", "no-binary", "prefer-binary", "pre", "all-releases", "only-final", "uploaded-prior-to",
        "constraint", "build-constraint", "require-hashes",
    )
)  # fmt: skip
_ALIASES = {"pypi-url": "index-url", "default-timeout": "timeout"}
#: Of these only what says which certificates are trusted: the others change how pip works.
_WORDS = {"use-feature": frozenset(("truststore",)), "use-deprecated": frozenset(("legacy-certs",))}
#: What pip adds up over its sources; everywhere else the last one counts.
_ADDED_UP = ("only-binary", "no-binary", "all-releases", "only-final")
#: What leads to kernels, and so to their Pythons.
_KERNELS = ("JUPYTER_PATH", "JUPYTER_DATA_DIR", "JUPYTER_PREFER_ENV_PATH", "IPYTHONDIR")


def supervisor_environment(own: Mapping[str, str]) -> dict[str, str]:
    """What a job's own process gets: nothing of a kernel's, which may be made for another Python."""
    return {**child_environment(own), **{name: own[name] for name in _KERNELS if name in own}}


def child_environment(own: Mapping[str, str], kernel: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a child gets of ``own``, under what the kernel's spec sets (held against the same list)."""
    merged = {**own, **(kernel or {})}
    return {
        name: value
        for name, value in merged.items()
        if name in _NAMES or name.startswith("LC_") or _option(name) in _PIP
    }


def pip_environment(child: Mapping[str, str], temp: str, options: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
    """``child`` with what a pip without a person needs. ``temp``: a folder on the user base's own storage.
    ``options``: what pip's files set. pip itself reads no file any more, so none can redirect it.

    pip moves the old version's scripts to its temp folder: on the same storage that is one rename.
    """
    variables = [(_option(name), value) for name, value in child.items() if name.startswith("PIP_")]
    return {
        **{name: value for name, value in child.items() if not name.startswith("PIP_")},
        **_pip_variables([*options, *variables]),
        "PIP_CONFIG_FILE": os.devnull,
        "TMPDIR": temp,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_NO_COLOR": "1",
        "PYTHONIOENCODING": "utf-8:backslashreplace",
        "PYTHONUNBUFFERED": "1",
    }


def _option(variable: str) -> str:
    """The option of pip's that a variable sets; empty if it is not one of pip's."""
    return variable[4:].lower().replace("_", "-") if variable.startswith("PIP_") else ""


def _pip_variables(options: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The settings that stay, as variables. ``options`` are in pip's order, later over earlier; empty ones are none."""
    found: dict[str, str] = {}
    for name, said in options:
        value = " ".join(word for word in said.split() if word in _WORDS[name]) if name in _WORDS else said
        if name in _PIP and value:
            variable = "PIP_" + _ALIASES.get(name, name).upper().replace("-", "_")
            found[variable] = f"{found[variable]},{value}" if name in _ADDED_UP and variable in found else value
    return found
