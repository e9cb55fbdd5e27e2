"""Where a plain ``pip install`` goes is what the real pip decides, for every way to set it."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from ide49_storage.model.python import InstallMode
from ide49_storage.python.interpreter.probe import ProbeQuestion, probe
from ide49_storage.python.pip_config import decide, plain_install
from tests.needs import need_outside_python
from tests.python_world import World

#: Run by the person's Python: for each environment of variables, what pip makes of it.
PIPS_OWN = """
import json, os, sys
from pip._internal.commands import create_command
from pip._internal.commands.install import decide_user_install
from pip._internal.utils.virtualenv import running_under_virtualenv

def decide():
    try:
        options, _ = create_command("install").parse_args(["x"])
    except SystemExit:
        return "refused"
    if options.require_venv and not running_under_virtualenv():
        return "refused"
    if options.use_user_site and options.target_dir:
        return "refused"
    try:
        user = decide_user_install(options.use_user_site, options.prefix_path, options.target_dir, options.root_path)
    except Exception:
        return "refused"
    for name in ("target_dir", "prefix_path", "root_path"):
        if getattr(options, name):
            return name.partition("_")[0] + " " + getattr(options, name)
    return "user" if user else "own"

clean = dict(os.environ)
answers = []
for variables in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update({**clean, **variables})
    answers.append(decide())
print(json.dumps(answers))
"""


def environments(world: World) -> Iterator[dict[str, str]]:
    """Ways to set pip, each by variables that lead to files."""
    site, other = world.folder / "site", world.folder / "other"
    texts = {
        "user": "[global]\nuser = yes\n",
        "not-user": "[install]\nuser = off\n",
        "general": "[global]\nuser = no\ntarget = /from-general\n",
        "own-section": "[install]\ntarget = /from-install\n[global]\nno_user = 1\n",
        "emptied": "[install]\ntarget =\nuser = 1\n",
        "dashes": "[global]\n--user = 1\nPrefix = /dashed\n",
        "no-boolean": "[global]\nuser = perhaps\n",
        "broken": "user = yes\n",
        "virtual": "[global]\nrequire-venv = true\n",
    }
    for name, text in texts.items():
        for folder in (site, other):
            (folder / name / "pip").mkdir(parents=True)
            (folder / name / "pip" / "pip.conf").write_text(text)
    for shared, mine in itertools.product(texts, ("not-user", "emptied")):
        yield {
            "XDG_CONFIG_DIRS": str(site / shared),
            "XDG_CONFIG_HOME": str(other / mine),
        }
    for name in texts:
        given = str(site / name / "pip" / "pip.conf")
        yield {"PIP_CONFIG_FILE": given, "XDG_CONFIG_HOME": str(other / "user")}
    yield {"PIP_CONFIG_FILE": os.devnull, "XDG_CONFIG_HOME": str(other / "user")}
    yield {"PIP_CONFIG_FILE": "/nowhere/pip.conf", "XDG_CONFIG_HOME": str(other / "user")}
    yield from (
        {"PIP_USER": "1"},
        {"PIP_USER": ""},
        {"PIP_NO_USER": "1"},
        {"PIP_USER": "maybe"},
        {"PIP_TARGET": "/t"},
        {"PIP_TARGET": "/t", "PIP_USER": "1"},
        {"PIP_PREFIX": "/p", "PIP_USER": "yes"},
        {"PIP_PREFIX": "/p"},
        {"PIP_ROOT": "/r"},
        {"PIP_REQUIRE_VIRTUALENV": "on"},
        {"PIP_REQUIRE_VENV": "1"},
    )


def short(world: World) -> str:
    told = probe(ProbeQuestion(executable=world.executable, env=world.environ), set).answer
    assert told is not None, world.environ
    decision = decide(told)
    install = plain_install(told, decision, None)
    if install.mode in (InstallMode.TARGET, InstallMode.PREFIX, InstallMode.ROOT):
        last = {setting.name: setting.value for setting in install.settings}
        return f"{install.mode.value} {last[install.mode.value]}"
    return install.mode.value if install.mode in (InstallMode.USER, InstallMode.REFUSED) else "own"


def test_the_decision_is_pips(tmp_path: Path) -> None:
    need_outside_python()
    world = World(tmp_path)
    for name in ("PIP_USER", "PIP_CONFIG_FILE"):
        del world.environ[name]
    tried = list(environments(world))
    argv = [world.executable, "-c", PIPS_OWN]
    done = subprocess.run(argv, input=json.dumps(tried), env=world.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    theirs = json.loads(done.stdout.splitlines()[-1])
    clean = world.environ
    ours = []
    for variables in tried:
        world.environ = {**clean, **variables}
        ours.append(short(world))
    differ = [each for each in zip(tried, theirs, ours, strict=True) if each[1] != each[2]]
    assert not differ, "\n".join(map(str, differ))
