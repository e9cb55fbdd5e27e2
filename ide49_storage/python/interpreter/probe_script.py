"""Run by the interpreter that is asked (``python -c <this text> TOKEN QUESTION``), never by this project's own.

It prints facts as JSON between two lines that hold TOKEN, and decides nothing. Python 3.6 and later; only the
standard library. ``QUESTION`` is JSON: ``{"stat": [paths]}`` for all facts, ``{"pip": true}`` for pip's options.
"""

# ruff: noqa: UP006, UP031, UP035
import sys

STARTED_WITH = list(sys.path)
# python -c looks into the working folder first, and what lies there is not to be run
sys.path[:] = [each for each in sys.path if each]

import json  # noqa: E402  # sys.path is noted before anything can change it
import os  # noqa: E402
import site  # noqa: E402
import sysconfig  # noqa: E402
from typing import Any, Dict, List  # noqa: E402

MOST_PTH = 500
MOST_BYTES = 200000
PIP_KEYS = {name: name for name in ("user", "target", "prefix", "root", "require-virtualenv", "break-system-packages")}
# pip reads a setting no-user = 1 as user = 1: it takes the word for the value, not for its opposite
PIP_KEYS.update({"no-user": "user", "require-venv": "require-virtualenv"})


def attempt(call: Any, *arguments: Any) -> Any:
    """The result of a call, or None where it fails: one missing fact must not cost the others."""
    try:
        return call(*arguments)
    except Exception:
        return None


def read(path: str) -> str:
    """The first part of a text file, or nothing."""
    try:
        with open(path, "rb") as file:
            return file.read(MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def owner(uid: int) -> str:
    """The user's name, or the uid as digits where it has none."""
    import pwd

    entry = attempt(pwd.getpwuid, uid)
    return entry.pw_name if entry else str(uid)


def nearest(path: str) -> str:
    """The deepest parent that exists: whoever may write there can make the rest."""
    while not os.path.exists(path) and os.path.dirname(path) != path:
        path = os.path.dirname(path)
    return path


def state(path: str) -> Dict[str, Any]:
    """What is at a path, following links."""
    found: Dict[str, Any] = {"state": "missing", "owner": None, "writable": None}
    try:
        seen = os.stat(path)
    except OSError as error:
        if error.errno == 40:
            found["state"] = "loop"
        elif error.errno == 13:
            found["state"] = "unreadable"
        else:
            found["writable"] = os.access(nearest(path), os.W_OK)
        return found
    folder = (seen.st_mode & 0o170000) == 0o040000
    found.update(owner=owner(seen.st_uid), writable=os.access(path, os.W_OK), state="folder" if folder else "file")
    if not os.access(path, os.R_OK | (os.X_OK if folder else 0)):
        found["state"] = "unreadable"
    return found


def pth_files(folders: List[str]) -> List[Dict[str, Any]]:
    """The .pth files of the site directories, with the paths they add and whether they run code."""
    found: List[Any] = []
    for folder in folders:
        for name in sorted(attempt(os.listdir, folder) or [])[:20000]:
            if not name.endswith(".pth") or len(found) >= MOST_PTH:
                continue
            path = os.path.join(folder, name)
            lines = [line.rstrip() for line in read(path).splitlines()]
            adds = [line for line in lines if line and not line.startswith(("#", "import ", "import\t"))]
            runs = any(line.startswith(("import ", "import\t")) for line in lines)
            adds = [os.path.abspath(os.path.join(folder, line)) for line in adds[:200]]
            found.append({"path": path, "adds": adds, "runs": runs})
    return found


def pip_files() -> List[str]:
    """Pip's configuration files, later over earlier. Its own file counts last, and then the user's do not."""
    home = os.path.expanduser("~")
    given = os.environ.get("PIP_CONFIG_FILE")
    if given == os.devnull:
        return []
    shared = (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
    mine = os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    files = [os.path.join(folder, "pip", "pip.conf") for folder in shared if folder] + ["/etc/pip.conf"]
    if not (given and os.path.exists(given)):
        files += [os.path.join(home, ".pip", "pip.conf"), os.path.join(mine, "pip", "pip.conf")]
    return files + [os.path.join(sys.prefix, "pip.conf")] + ([given] if given else [])


def pip_options(files: List[str]) -> List[List[str]]:
    """``[name, value, file]`` of all that pip's files set for an installation, later over earlier.

    As pip has it: a command's own section counts more than the general one, whichever file they are in; empty values
    are none. A file that pip cannot read is named ``unreadable``, before all others.
    """
    import configparser

    groups: Dict[str, Dict[str, List[str]]] = {"global": {}, "install": {}}
    broken = []
    for path in files:
        parser = configparser.RawConfigParser()
        try:
            parser.read_string(read(path))
        except configparser.Error as error:
            broken.append(["unreadable", str(error).splitlines()[0], path])
        for section, group in groups.items():
            for option, value in parser.items(section) if parser.has_section(section) else ():
                name = option.lower().replace("_", "-")
                name = name[2:] if name.startswith("--") else name
                group[name] = [name, value, path]
    found = [each for group in groups.values() for each in group.values()]
    return broken + [each for each in found if each[1] and each[0] != "unreadable"]


def pip_settings(files: List[str]) -> List[List[str]]:
    """``[name, value, source]`` of the settings that decide where an install goes, later over earlier.

    As pip has it: the environment counts more than every file; empty values are none.
    """
    found = [[PIP_KEYS.get(name, name), value, path] for name, value, path in pip_options(files)]
    for name, value in os.environ.items():
        key = PIP_KEYS.get(name[4:].lower().replace("_", "-")) if name.startswith("PIP_") else None
        if key and value:
            found.append([key, value, name])
    return [each for each in found if each[0] == "unreadable" or each[0] in PIP_KEYS]


def platform_facts() -> Dict[str, Any]:
    """What wheels' tags and requirements' markers are compared with."""
    system = os.uname()
    version = sys.version_info
    implementation = sys.implementation
    release = "%d.%d.%d" % tuple(implementation.version[:3])
    if implementation.version[3] != "final":
        release += implementation.version[3][0] + str(implementation.version[4])
    return {
        "platform": sysconfig.get_platform(),
        "abiflags": getattr(sys, "abiflags", ""),
        "libc": attempt(os.confstr, "CS_GNU_LIBC_VERSION"),
        "bits": 64 if sys.maxsize > 2**32 else 32,
        "markers": {
            "implementation_name": implementation.name,
            "implementation_version": release,
            "os_name": os.name,
            "platform_machine": system[4],
            "platform_python_implementation": {"cpython": "CPython", "pypy": "PyPy"}.get(implementation.name, ""),
            "platform_release": system[2],
            "platform_system": system[0],
            "platform_version": system[3],
            "python_full_version": sys.version.split()[0].rstrip("+"),
            "python_version": "%d.%d" % version[:2],
            "sys_platform": sys.platform,
        },
    }


def pip_version() -> Any:
    """The version of the pip that this interpreter would run, without running it."""
    import importlib.util

    spec = importlib.util.find_spec("pip")
    for line in read(spec.origin).splitlines() if spec and spec.origin else ():
        if line.startswith("__version__"):
            return line.split("=")[1].strip().strip("'\"")
    return None


def start_files(folders: List[str]) -> List[str]:
    """The files that customise every start: those that were imported, else those that would be."""
    found: List[Any] = []
    for name in ("sitecustomize", "usercustomize"):
        imported = getattr(sys.modules.get(name), "__file__", None)
        lying = [os.path.join(folder, name + ".py") for folder in folders if folder]
        found += [imported] if imported else [path for path in lying if os.path.isfile(path)][:1]
    return found


def venv_sites(home: str) -> List[str]:
    """The site directory of a virtual environment that -S did not let site find."""
    parent = os.path.dirname(home)
    if not os.path.isfile(os.path.join(parent, "pyvenv.cfg")):
        return []
    return [os.path.join(parent, "lib", "python%d.%d" % sys.version_info[:2], "site-packages")]


def schemes() -> Dict[str, Any]:
    """The folders into which installers put things: of the interpreter, and of its user."""
    paths = sysconfig.get_paths()
    user = attempt(sysconfig.get_paths, "posix_user") or {}
    return {
        "purelib": paths["purelib"],
        "platlib": paths["platlib"],
        "scripts": paths["scripts"],
        "stdlib": paths["stdlib"],
        "platstdlib": paths["platstdlib"],
        "user_scripts": user.get("scripts"),
    }


def facts(question: Dict[str, Any]) -> Dict[str, Any]:
    """Everything."""
    base, user_site = attempt(site.getuserbase), attempt(site.getusersitepackages)
    folders = list(attempt(site.getsitepackages) or [])
    where = schemes()
    sites = [path for path in STARTED_WITH if path in folders or path == user_site or path.endswith("-packages")]
    home = os.path.dirname(sys.executable or "")
    if sys.flags.no_site:
        sites = venv_sites(home) + folders + [user_site]
    files = pip_files()
    marker = os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")
    cfg = [os.path.join(folder, "pyvenv.cfg") for folder in (home, os.path.dirname(home))]
    asked = [path or "." for path in STARTED_WITH] + folders + [base, user_site] + list(where.values())
    settings = pip_settings(files)
    asked += list(question.get("stat") or []) + [each[1] for each in settings if each[1].startswith("/")]
    pth = pth_files(sorted(set(sites), key=sites.index))
    starts = start_files(STARTED_WITH + sites)
    changed = [each["path"] for each in pth] + starts
    return {
        "executable": sys.executable or "",
        "version": sys.version.split()[0].rstrip("+"),
        "implementation": sys.implementation.name,
        "cache_tag": sys.implementation.cache_tag or "",
        "prefix": sys.prefix,
        "base_prefix": sys.base_prefix,
        "flags": {name: int(getattr(sys.flags, name, 0)) for name in FLAGS},
        "path": STARTED_WITH,
        "site_packages": folders,
        "user_base": base,
        "user_site": user_site,
        "user_site_enabled": site.ENABLE_USER_SITE,
        "same_user": os.getuid() == os.geteuid() and os.getgid() == os.getegid(),
        "schemes": where,
        "environ": {name: value for name, value in os.environ.items() if name in VARIABLES},
        "pth": pth,
        "start_files": starts,
        "pip": attempt(pip_version),
        "pip_files": files,
        "pip_settings": settings,
        "managed": marker if os.path.isfile(marker) else None,
        "conda": os.path.isdir(os.path.join(sys.prefix, "conda-meta")),
        "uid": os.geteuid(),
        "user": owner(os.geteuid()),
        "states": {path: state(path) for path in asked if path},
        "watched": STARTED_WITH + sites + folders + [user_site, where["stdlib"], marker] + files + cfg + changed,
        **platform_facts(),
    }


FLAGS = ("isolated", "no_user_site", "no_site", "ignore_environment", "safe_path")
VARIABLES = (
    "HOME",
    "PATH",
    "PYTHONUSERBASE",
    "PYTHONNOUSERSITE",
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONSAFEPATH",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "PIP_CONFIG_FILE",
)


def main() -> None:
    """Print the frame, then leave at once: threads and exit hooks of start files must not hold us up."""
    token = sys.argv[1]
    question = json.loads(sys.argv[2])
    said: Any = pip_options(pip_files()) if question.get("pip") else facts(question)
    text = "\n%s\n%s\n%s\n" % (token, json.dumps(said), token)
    attempt(sys.stdout.flush)  # what start files printed: else _exit would swallow it
    rest = text.encode("ascii")
    while rest:
        rest = rest[os.write(1, rest) :]
    os._exit(0)


if __name__ == "__main__":
    main()
