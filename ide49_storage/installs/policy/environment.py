"""The environment of pip and of everything else that a job starts: an allow list. Pure.

A server's environment holds secrets (Samba's password, tokens). A package's build and import run code of its
author, so what is not needed is not there. An administrator's pip settings for the index stay; settings that
send an installation elsewhere (``PIP_TARGET``, ``PIP_PREFIX``, ``PIP_ROOT``, ``PIP_REQUIREMENT``) do not.
"""

from __future__ import annotations

from collections.abc import Mapping

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
        # pip's own, as an administrator sets them
        "PIP_CONFIG_FILE", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX", "PIP_FIND_LINKS",
        "PIP_TRUSTED_HOST", "PIP_CERT", "PIP_CLIENT_CERT", "PIP_PROXY", "PIP_TIMEOUT", "PIP_DEFAULT_TIMEOUT",
        "PIP_RETRIES", "PIP_CACHE_DIR", "PIP_NO_CACHE_DIR", "PIP_ONLY_BINARY", "PIP_NO_BINARY", "PIP_PREFER_BINARY",
        "PIP_CONSTRAINT", "PIP_KEYRING_PROVIDER",
        # compilers
        "CC", "CXX", "CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS", "MAKEFLAGS", "PKG_CONFIG_PATH", "ARCHFLAGS",
    )
)  # fmt: skip
#: What leads to kernels, and so to their Pythons.
_KERNELS = ("JUPYTER_PATH", "JUPYTER_DATA_DIR", "JUPYTER_PREFER_ENV_PATH", "IPYTHONDIR")


def supervisor_environment(own: Mapping[str, str]) -> dict[str, str]:
    """What a job's own process gets: nothing of a kernel's, which may be made for another Python."""
    return {**child_environment(own), **{name: own[name] for name in _KERNELS if name in own}}


def child_environment(own: Mapping[str, str], kernel: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a child gets of ``own``, under what the kernel's spec sets (held against the same list)."""
    merged = {**own, **(kernel or {})}
    return {name: value for name, value in merged.items() if name in _NAMES or name.startswith("LC_")}


def pip_environment(child: Mapping[str, str], temp: str) -> dict[str, str]:
    """``child`` with what a pip without a person needs. ``temp``: a folder on the user base's own storage.

    pip moves the old version's scripts to its temp folder: on the same storage that is one rename.
    """
    return {
        **child,
        "TMPDIR": temp,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_NO_COLOR": "1",
        "PYTHONIOENCODING": "utf-8:backslashreplace",
        "PYTHONUNBUFFERED": "1",
    }
