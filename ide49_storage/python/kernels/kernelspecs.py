"""Kernelspecs: what lies in which folder, what each starts, and whether Jupyter looks there."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from ...model.python import Trouble, TroubleReason

#: More kernels than this in one folder are not read.
MOST_KERNELS = 500
MOST_BYTES = 1_000_000
_SITE = re.compile(r"(/.+)/lib(?:64)?/(?:python|pypy)[0-9.]+/(?:site|dist)-packages")


class RawSpec(msgspec.Struct, frozen=True):
    """A ``kernel.json`` as it lies there: ``text``, or why it could not be read."""

    name: str
    folder: str
    text: str | None = None
    problem: str | None = None


class Listing(msgspec.Struct, frozen=True):
    """What a folder of kernelspecs holds."""

    path: str
    exists: bool
    specs: tuple[RawSpec, ...] = ()


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """A kernel that the server's own manager offers."""

    name: str
    folder: str | None
    argv: tuple[str, ...]
    env: Mapping[str, str] = {}
    display_name: str = ""
    language: str | None = None


class KernelSource(msgspec.Struct, frozen=True, kw_only=True):
    """What the handler (or the command line) knows about kernels.

    ``folders`` are those in which Jupyter looks, in its order. ``offered``: what the server's manager gives;
    ``None`` where no manager was asked, then whatever is readable in ``folders`` counts as visible, and so does
    ``built_in`` (the server's own kernel without a folder) unless a folder has one of its name.
    ``provisioners``: those that are installed, by name; ``None`` where nobody looked.
    """

    folders: tuple[str, ...] = ()
    built_in: Offered | None = None
    offered: tuple[Offered, ...] | None = None
    provisioners: tuple[str, ...] | None = None


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """A kernelspec that was read, with ``trouble`` if it makes no sense.

    ``provisioner`` is what shall start it, if that is not jupyter_client itself.
    """

    name: str
    folder: str | None
    argv: tuple[str, ...] = ()
    env: Mapping[str, str] = {}
    display_name: str = ""
    language: str | None = None
    provisioner: str | None = None
    visible: bool
    why: str
    trouble: Trouble | None = None


def read_folder(path: str) -> Listing:
    """Every ``NAME/kernel.json`` below ``path``. Touches the file system; never raises."""
    try:
        names = sorted(os.listdir(path))[:MOST_KERNELS]
    except OSError:
        return Listing(path, os.path.lexists(path))
    found = []
    for name in names:
        file = os.path.join(path, name, "kernel.json")
        if os.path.isdir(os.path.join(path, name)) and os.path.lexists(file):
            found.append(_read(name, file))
    return Listing(path, True, tuple(found))


def _read(name: str, file: str) -> RawSpec:
    folder = os.path.dirname(file)
    try:
        if not os.path.isfile(file):
            return RawSpec(name, folder, None, "kernel.json is no file")
        with open(file, "rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except OSError as error:
        return RawSpec(name, folder, None, f"kernel.json cannot be read: {error.strerror}")
    if len(data) > MOST_BYTES:
        return RawSpec(name, folder, None, f"kernel.json has more than {MOST_BYTES} bytes")
    try:
        return RawSpec(name, folder, data.decode("utf-8"))
    except UnicodeDecodeError as error:
        return RawSpec(name, folder, None, f"kernel.json is no UTF-8: {error.reason}")


def merge(listings: Sequence[Listing], source: KernelSource) -> list[Spec]:
    """All kernels: those that the server offers, those it does not although it looks there, and those elsewhere.

    ``listings`` are in Jupyter's order, folders where it does not look behind the others.
    """
    specs = [_offered(each) for each in source.offered or ()]
    shown = {(each.name, each.folder) for each in source.offered or ()}
    taken: dict[str, str] = {}
    for listing in listings:
        for raw in listing.specs:
            name = raw.name.lower()
            listed = listing.path in source.folders
            # the same folder in another spelling, or a name that the manager spells as it likes
            if any(name == other.lower() and folder == raw.folder for other, folder in shown):
                taken.setdefault(name, raw.folder)
                continue
            specs.append(_judged(raw, name, listed, taken.get(name), source))
            if listed:
                taken.setdefault(name, raw.folder)
    if source.offered is None and source.built_in is not None and source.built_in.name not in taken:
        specs.insert(0, _offered(source.built_in))
    return specs


def _offered(each: Offered) -> Spec:
    place = f"found in {each.folder}" if each.folder else "the server's built-in kernel"
    return Spec(
        name=each.name,
        folder=each.folder,
        argv=each.argv,
        env=each.env,
        display_name=each.display_name or each.name,
        language=each.language,
        visible=True,
        why=f"The server offers it: {place}.",
    )


def _judged(raw: RawSpec, name: str, listed: bool, first: str | None, source: KernelSource) -> Spec:
    spec = parse(raw, name)
    if not listed:
        why, visible = f"Jupyter does not look in {os.path.dirname(raw.folder)}.", False
    elif spec.trouble is not None:
        why, visible = "Jupyter leaves out a kernelspec that it cannot read.", False
    elif first is not None:
        why, visible = f"Another kernel of this name comes first: {first}.", False
    elif spec.provisioner is not None and spec.provisioner not in (source.provisioners or (spec.provisioner,)):
        why, visible = f"It is to be started by {spec.provisioner}, and no such provisioner is installed.", False
    elif source.offered is not None and name not in {each.name for each in source.offered}:
        other = f", or it has no provisioner {spec.provisioner}" if spec.provisioner else ""
        why, visible = f"The server leaves it out: its settings allow only some kernels{other}.", False
    else:
        why, visible = f"Found in {raw.folder}.", True
    return msgspec.structs.replace(spec, visible=visible, why=why)


def parse(raw: RawSpec, name: str) -> Spec:
    """A ``kernel.json`` as a spec; what is wrong with it as its ``trouble``."""
    blank = Spec(name=name, folder=raw.folder, display_name=name, visible=False, why="")
    if raw.text is None:
        return _bad(blank, TroubleReason.BAD_SPEC, raw.problem or "kernel.json cannot be read")
    try:
        content = json.loads(raw.text)
    except (ValueError, RecursionError) as error:
        return _bad(blank, TroubleReason.BAD_JSON, f"kernel.json is no JSON: {error}")
    if not isinstance(content, dict):
        return _bad(blank, TroubleReason.BAD_SPEC, "kernel.json holds no object")
    argv, env = content.get("argv", []), content.get("env", {})
    wrong = _wrong_field(content)
    if wrong is not None:
        return _bad(blank, TroubleReason.BAD_SPEC, wrong)
    return msgspec.structs.replace(
        blank,
        argv=tuple(argv),
        env={key: value for key, value in env.items() if isinstance(value, str)},
        display_name=content.get("display_name") or name,
        language=content.get("language") or None,
        provisioner=_provisioner(content.get("metadata", {})),
    )


def _provisioner(metadata: Mapping[str, object]) -> str | None:
    named = metadata.get("kernel_provisioner")
    name = named.get("provisioner_name") if isinstance(named, dict) else None
    return name if isinstance(name, str) and name != "local-provisioner" else None


def _wrong_field(content: Mapping[str, object]) -> str | None:
    """Why jupyter_client's ``KernelSpec`` would not take it."""
    argv = content.get("argv")
    if not isinstance(argv, list) or not all(isinstance(each, str) for each in argv):
        return "argv is no list of texts"
    for field in ("display_name", "language", "mimetype", "kernel_protocol_version"):
        if not isinstance(content.get(field, ""), str):
            return f"{field} is no text"
    for field in ("env", "metadata"):
        if not isinstance(content.get(field, {}), dict):
            return f"{field} is no object"
    mode = content.get("interrupt_mode", "signal")
    if not isinstance(mode, str) or mode.lower() not in ("signal", "message"):
        return "interrupt_mode is neither signal nor message"
    if "resource_dir" in content:
        return "resource_dir is not for kernel.json: Jupyter sets it"
    return None


def _bad(blank: Spec, reason: TroubleReason, message: str) -> Spec:
    return msgspec.structs.replace(blank, trouble=Trouble(reason=reason, message=f"{blank.folder}: {message}"))


def places_to_look(
    listed: Sequence[str], environ: Mapping[str, str], prefixes: Sequence[str], mount_points: Sequence[str]
) -> dict[str, str]:
    """Folders in which a kernelspec may have been put although Jupyter does not look there, each with the reason."""
    places: dict[str, str] = {}
    for parent, reason, endings in _parents(environ, prefixes, mount_points):
        for ending in endings:
            path = os.path.normpath(f"{parent}/{ending}")
            if path not in listed:
                places.setdefault(path, reason)
    return places


_DATA = ("share/jupyter/kernels",)
_HOME = (".local/share/jupyter/kernels", "share/jupyter/kernels", ".jupyter/kernels")


def _parents(
    environ: Mapping[str, str], prefixes: Sequence[str], mount_points: Sequence[str]
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for entry in environ.get("JUPYTER_PATH", "").split(":"):
        if entry.startswith("/"):
            reason = f"JUPYTER_PATH has {entry}, and data folders usually end in share/jupyter"
            yield entry, reason, (*_DATA, "jupyter/kernels")
    for prefix in prefixes:
        yield prefix, f"{prefix} is the prefix of an interpreter or of packages here", _DATA
    for path in environ.get("PYTHONPATH", "").split(":"):
        found = _SITE.fullmatch(path.rstrip("/"))
        if found:
            yield found[1], f"PYTHONPATH has {path}", _DATA
    home = environ.get("HOME", "")
    if home.startswith("/"):
        yield home, "the home folder", _HOME
    for point in mount_points:
        yield point, f"{point} is mounted here", _HOME
