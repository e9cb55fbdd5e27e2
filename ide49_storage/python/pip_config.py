"""What a plain ``pip install`` does, decided as pip itself decides it (pip 23 to 26, ``commands/install.py``)."""

from __future__ import annotations

from ..model.python import Folder, InstallMode, PathState, PipSetting, PlainInstall
from .interpreter.facts import InterpreterFacts

_TRUE = ("y", "yes", "t", "true", "on", "1")
_SWITCHES = ("user", "require-virtualenv", "break-system-packages")
#: Since this version pip refuses ``--user`` where the user site is off; before, it installs what no import finds.
_REFUSES_USER = (25, 3)
_FALSE = ("n", "no", "f", "false", "off", "0")


class _Settings:
    """The settings that have a say, later sources over earlier ones, as pip reads them."""

    def __init__(self, answer: InterpreterFacts) -> None:
        self.all = tuple(PipSetting(name=n, value=v, source=s) for n, v, s in answer.pip_settings)
        self._last = {setting.name: setting for setting in self.all}

    def switch(self, name: str) -> PipSetting | None:
        """The setting, if it is on."""
        setting = self._last.get(name)
        return setting if setting is not None and setting.value.strip().lower() in _TRUE else None

    def off(self, name: str) -> PipSetting | None:
        """The setting, if it is there and off."""
        setting = self._last.get(name)
        return setting if setting is not None and setting.value.strip().lower() in _FALSE else None

    def wrong(self) -> str | None:
        """Why pip stops as soon as it reads its settings."""
        for setting in self.all:
            if setting.name == "unreadable":
                return f"pip cannot read {setting.source} ({setting.value}) and stops."
            # pip looks at each of them, also at one that another overrides
            if setting.name in _SWITCHES and setting.value.lower() not in _TRUE + _FALSE:
                return f"{_named(setting)} is neither yes nor no, so pip stops."
        return None

    def text(self, name: str) -> PipSetting | None:
        """The setting, if it is not empty."""
        setting = self._last.get(name)
        return setting if setting is not None and setting.value.strip() else None


class Decision:
    """Where a plain install goes: a mode, the path that gets the packages, and the reasons."""

    def __init__(self, mode: InstallMode, path: str | None, *why: str) -> None:
        self.mode = mode
        self.path = path
        self.why = why


def decide(answer: InterpreterFacts) -> Decision:
    """The outcome of pip's own rules. ``path`` is ``None`` when pip refuses."""
    settings = _Settings(answer)
    refusal = _refused(answer, settings)
    if refusal is not None:
        return Decision(InstallMode.REFUSED, None, refusal)
    elsewhere = _elsewhere(answer, settings)
    if elsewhere is not None:
        return elsewhere
    asked = settings.switch("user")
    if asked is not None:
        return _user(answer, f"{_named(asked)} asks for the user base.")
    purelib = str(answer.schemes.get("purelib") or "")
    if _own(answer) is not None and not _unwritable(answer):
        return _into_environment(answer, purelib)
    if _unwritable(answer):
        denied = f"{purelib} is not writable for {answer.user}"
        no_user = settings.off("user")
        if no_user is not None:
            return Decision(InstallMode.REFUSED, None, f"{denied}, and {_named(no_user)} forbids the user base.")
        if not answer.user_site_enabled:
            return Decision(InstallMode.REFUSED, None, f"{denied}, and the user site is off: pip ends with an error.")
        return _user(answer, f"{denied}, so pip falls back to the user base.")
    return _into_environment(answer, purelib)


def _refused(answer: InterpreterFacts, settings: _Settings) -> str | None:
    wrong = settings.wrong()
    if wrong is not None:
        return wrong
    wanted = settings.switch("require-virtualenv")
    if wanted is not None and not answer.in_venv:
        return f"{_named(wanted)} lets pip work in a virtual environment only, and this is none."
    redirected = any(settings.text(name) for name in ("target", "prefix", "root"))
    if answer.managed and not answer.in_venv and not redirected and not settings.switch("break-system-packages"):
        return f"{answer.managed} says that the system's package manager owns this Python; pip obeys (PEP 668)."
    if settings.switch("user"):
        for name in ("target", "prefix"):
            other = settings.text(name)
            if other is not None:
                return f"{_named(other)} cannot be combined with the setting 'user'."
        if answer.in_venv and not answer.user_site_enabled:
            return "The setting 'user' is on, but the user site is not visible in this virtual environment."
        if not answer.user_site_enabled and _version(answer.pip) >= _REFUSES_USER:
            return "The setting 'user' is on, but the user site is off."
    return None


def _elsewhere(answer: InterpreterFacts, settings: _Settings) -> Decision | None:
    target, prefix, root = (settings.text(name) for name in ("target", "prefix", "root"))
    if target is not None:
        return Decision(InstallMode.TARGET, target.value, f"{_named(target)} sends packages to {target.value}.")
    folder = f"lib/python{answer.major_minor}/site-packages"
    if prefix is not None:
        path = f"{prefix.value.rstrip('/')}/{folder}"
        return Decision(InstallMode.PREFIX, path, f"{_named(prefix)} sends packages below {prefix.value}.")
    if root is not None:
        below = answer.user_site if settings.switch("user") else answer.schemes.get("purelib")
        path = root.value.rstrip("/") + str(below or "")
        return Decision(InstallMode.ROOT, path, f"{_named(root)} sends packages below {root.value}.")
    return None


def _version(pip: str | None) -> tuple[int, ...]:
    return tuple(int(part) for part in (pip or "").split(".")[:2] if part.isdecimal())


def _user(answer: InterpreterFacts, why: str) -> Decision:
    if answer.user_site is None:
        return Decision(InstallMode.REFUSED, None, why, "But this interpreter has no user site.")
    return Decision(InstallMode.USER, answer.user_site, why)


def _own(answer: InterpreterFacts) -> InstallMode | None:
    if answer.in_venv:
        return InstallMode.VENV
    return InstallMode.CONDA if answer.conda else None


def _into_environment(answer: InterpreterFacts, purelib: str) -> Decision:
    mode = _own(answer)
    if mode is InstallMode.VENV:
        return Decision(mode, purelib, f"{answer.executable} runs in the virtual environment {answer.prefix}.")
    if mode is InstallMode.CONDA:
        return Decision(mode, purelib, f"{answer.prefix} is a conda environment.")
    return Decision(InstallMode.SYSTEM, purelib, f"{purelib} is writable for {answer.user}.")


def _unwritable(answer: InterpreterFacts) -> bool:
    folders = {answer.schemes.get("purelib"), answer.schemes.get("platlib")}
    return any(answer.seen(path).writable is False for path in folders if path)


def _named(setting: PipSetting) -> str:
    return f"{setting.name} = {setting.value} ({setting.source})"


def plain_install(answer: InterpreterFacts, decision: Decision, target: Folder | None) -> PlainInstall:
    """The record of a decision, once it is known where its target lives."""
    importable = decision.path is None or decision.path in answer.path or _first_user_install(answer, decision)
    why = list(decision.why)
    if target is not None and target.writable is False:
        why.append(f"But {target.path} is not writable for {answer.user}: pip will fail.")
    elif target is not None and target.state is PathState.FILE:
        why.append(f"But {target.path} is a file: pip will fail.")
    return PlainInstall(
        mode=decision.mode,
        target=target,
        why=tuple(why),
        stays=_stays(decision, target),
        hidden=not importable,
        settings=_Settings(answer).all,
    )


def _stays(decision: Decision, target: Folder | None) -> str:
    if target is not None:
        return f"{target.where.fate.update.value}: {target.where.evidence.update}"
    if decision.path is None:
        return "Nothing is installed."
    return f"unknown: {decision.path} is meant below the folder in which pip is run."


def _first_user_install(answer: InterpreterFacts, decision: Decision) -> bool:
    # A user site that did not exist at the start is on no sys.path, but will be at the next start.
    return decision.mode is InstallMode.USER and bool(answer.user_site_enabled)
