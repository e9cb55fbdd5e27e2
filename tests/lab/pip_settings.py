"""This machine's way to the package index, handed to a container that has to install something.

Read at run time and mounted, so that no address, certificate or password stays in an image.
"""

from __future__ import annotations

import ast
import os
import shutil
import sys
from pathlib import Path

from .shell import run

MOUNT_POINT = "/mnt"
HANDED_ON = ("index-url", "extra-index-url", "trusted-host", "proxy", "timeout", "default-timeout", "retries")
PROXY_VARIABLES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
CERTIFICATE_VARIABLES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


def parse_pip_config(listing: str) -> dict[str, str]:
    """The settings in the output of ``pip config list``, later sections over earlier ones."""
    settings = {}
    for line in listing.splitlines():
        key, equals, value = line.partition("=")
        if equals:
            settings[key.rpartition(".")[2]] = str(ast.literal_eval(value))
    return settings


def reachable_elsewhere(value: str) -> str:
    """``value`` without the addresses that mean a folder of this machine."""
    return " ".join(part for part in value.split() if not part.startswith(("file:", "/")))


def prepare(folder: Path) -> dict[str, str]:
    """Write settings and certificates into ``folder``; gives the environment that uses it at `MOUNT_POINT`."""
    settings = parse_pip_config(run([sys.executable, "-m", "pip", "config", "list"]).stdout)
    handed_on = {key: reachable_elsewhere(settings[key]) for key in HANDED_ON if key in settings}
    lines = [f"{key} = {value}" for key, value in handed_on.items() if value]
    env = {name: os.environ[name] for name in PROXY_VARIABLES if name in os.environ}
    certificate = settings.get("cert") or os.environ.get("SSL_CERT_FILE")
    if certificate and Path(certificate).is_file():
        shutil.copyfile(certificate, folder / "ca.pem")
        env.update(dict.fromkeys(CERTIFICATE_VARIABLES, f"{MOUNT_POINT}/ca.pem"))
    (folder / "pip.conf").write_text("\n".join(["[global]", *lines, ""]))
    return {**env, "PIP_CONFIG_FILE": f"{MOUNT_POINT}/pip.conf", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
