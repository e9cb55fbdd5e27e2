"""Answers for a request: the layout of an interpreter, its packages, and a closer look at them.

Everything here may take as long as an interpreter's deadline: never call it on an event loop.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

import msgspec

from ..errors import UnknownKernel
from ..model.packages import Examination, PackageReport, Requirements
from ..model.python import Kernel, KernelFolder, Layout, Trouble
from ..model.timestamps import now
from ..mounts.locator import PathLocator
from . import layout as pure
from .interpreter.facts import ProbeResult
from .interpreter.probe import ProbeQuestion, probe
from .kernels.command import ServerInterpreter
from .kernels.discovery import find_kernels, interpreter_of, look_everywhere
from .kernels.kernelspecs import KernelSource, Spec
from .packages_report import Filter, select
from .requirements_file import export
from .site_packages.examination import examine
from .site_packages.inventory import measured, read_sites


class InterpreterRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a report is about.

    ``kernel``: its name, ``None`` for the server's own interpreter. ``start``: the folder in which notebooks
    start. ``source``: what is known of kernels. ``environ`` and ``executable`` are the server's.
    """

    kernel: str | None = None
    start: str
    source: KernelSource = KernelSource()
    environ: Mapping[str, str]
    executable: str = sys.executable

    def own(self) -> ServerInterpreter:
        """What a kernelspec means by ``python``."""
        return ServerInterpreter(self.executable, sys.version_info[:2], sys.prefix)


def request(start: str, kernel: str | None = None, source: KernelSource | None = None) -> InterpreterRequest:
    """A request about this process and its environment."""
    return InterpreterRequest(
        kernel=kernel or None, start=start, source=source or KernelSource(), environ=dict(os.environ)
    )


def own_options() -> tuple[str, ...]:
    """The options with which this process's own interpreter was started, as far as they move a path."""
    flags = sys.flags
    if flags.isolated:
        return ("-I",)
    by_variable = "PYTHONNOUSERSITE" in os.environ and not flags.ignore_environment
    named = (("-E", flags.ignore_environment), ("-s", flags.no_user_site and not by_variable))
    return tuple(option for option, on in named if on)


def _own_question(asked: InterpreterRequest) -> ProbeQuestion:
    options = own_options() if asked.executable == sys.executable else ()
    return ProbeQuestion(executable=asked.executable, options=options, env=asked.environ)


def _subject(asked: InterpreterRequest, locator: PathLocator) -> tuple[ProbeResult, list[Spec]]:
    """The answer of the interpreter that the request is about, and all kernelspecs where Jupyter looks."""
    if asked.kernel is None:
        return probe(_own_question(asked), locator.local_subset), []
    specs = find_kernels(asked.source, locator)
    named = [spec for spec in specs if spec.name.lower() == asked.kernel.lower()]
    if not named:
        raise UnknownKernel(asked.kernel, tuple(sorted({spec.name for spec in specs})))
    named.sort(key=lambda spec: not spec.visible)
    return interpreter_of(named[0], asked.own(), asked.environ, locator), specs


def layout(asked: InterpreterRequest) -> Layout:
    """The layout of one interpreter, and every kernel. Raises ``UnknownKernel``."""
    locator = PathLocator([asked.executable, asked.start, *asked.source.folders])
    subject, _ = _subject(asked, locator)
    own = subject if asked.kernel is None else probe(_own_question(asked), locator.local_subset)
    kernels, folders = look_everywhere(asked.source, own.answer, asked.own(), asked.environ, locator)
    answer = subject.answer
    if answer is None:
        return _without_answer(asked, subject.trouble, locator, kernels, folders)
    locator.prefetch(pure.paths_in(answer, asked.start))
    return Layout(
        at=now(),
        kernel=asked.kernel,
        interpreter=pure.interpreter(answer, subject.noise),
        trouble=None,
        user=pure.user_site(answer, locator),
        path=pure.path_entries(answer, asked.start, locator),
        scripts=pure.script_folders(answer, locator),
        search_path=pure.search_entries(answer.environ.get("PATH", ""), locator),
        install=pure.install(answer, locator),
        kernels=kernels,
        kernel_folders=folders,
    )


def _without_answer(
    asked: InterpreterRequest,
    trouble: Trouble | None,
    locator: PathLocator,
    kernels: tuple[Kernel, ...],
    folders: tuple[KernelFolder, ...],
) -> Layout:
    return Layout(
        at=now(),
        kernel=asked.kernel,
        interpreter=None,
        trouble=trouble,
        user=None,
        path=(),
        scripts=(),
        search_path=pure.search_entries(asked.environ.get("PATH", ""), locator),
        install=None,
        kernels=kernels,
        kernel_folders=folders,
    )


def package_report(asked: InterpreterRequest, wanted: Filter | None = None, sizes: bool = False) -> PackageReport:
    """The packages of one interpreter. ``sizes``: also measure them (a second for 300). Raises ``UnknownKernel``."""
    locator = PathLocator([asked.executable, *asked.source.folders])
    subject, _ = _subject(asked, locator)
    report = read_sites(subject, asked.kernel, locator)
    if sizes and subject.answer is not None:
        report = measured(report, subject.answer, locator)
    return select(report, wanted or Filter())


def requirements(asked: InterpreterRequest, pinned: bool) -> Requirements:
    """A requirements file of what a person asked for. Raises ``UnknownKernel``."""
    return export(package_report(asked).packages, pinned)


def examination(asked: InterpreterRequest, report: PackageReport) -> Examination | None:
    """A closer look at the packages of ``report`` (all of them, not a page); ``None`` without an interpreter."""
    locator = PathLocator([asked.executable])
    subject, _ = _subject(asked, locator)
    return None if subject.answer is None else examine(report, subject.answer, locator)
