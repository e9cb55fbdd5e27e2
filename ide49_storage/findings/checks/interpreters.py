"""Checks of the interpreters themselves: the server's and those of the kernels."""

from __future__ import annotations

from collections.abc import Iterator

from ...model.findings import Level
from ...model.python import Layout, Trouble, TroubleReason
from ..registry import Observation, check
from ._shared import quoted


@check("PY18", Level.ERROR, "A Python gives no answer")
def no_answer(layout: Layout) -> Iterator[Observation]:
    """An interpreter (the server's, or that of a kernel which Jupyter offers) hangs at its start, fails, or
    prints something else than it was asked.

    The usual causes are a start file (`sitecustomize.py`, a `.pth` file with an `import` line) and a
    library folder on a share that does not answer. The evidence names the files that run at each start.
    """
    # One Python may be the server's and that of several kernels: that is one fault.
    found: dict[str, tuple[Trouble, list[str]]] = {}
    if layout.trouble is not None:
        found[layout.trouble.message] = (layout.trouble, ["server"])
    for kernel in layout.kernels:
        trouble = kernel.trouble
        if kernel.visible and trouble is not None and trouble.reason.value in ("hangs", "garbage", "fails"):
            found.setdefault(trouble.message, (trouble, []))[1].append(kernel.name)
    for trouble, users in found.values():
        yield _no_answer(trouble, users)


def _no_answer(trouble: Trouble, users: list[str]) -> Observation:
    kernels = [name for name in users if name != "server"]
    evidence = trouble.message
    if kernels:
        evidence += f" It is the Python of {'the kernels' if len(kernels) > 1 else 'the kernel'} {', '.join(kernels)}."
    lines: tuple[str, ...] = ()
    remedy = "Mend or remove what it names, or install that Python again."
    if trouble.reason is TroubleReason.HANGS:
        remedy = "See whether the storage it looks into answers, or start Jupyter with these folders elsewhere."
    if trouble.start_file is not None:
        remedy = f"Move {trouble.start_file} out of the way, then start the kernel again."
        lines = (f"mv {quoted(trouble.start_file)} {quoted(trouble.start_file + '.aside')}",)
    elif "server" not in users and trouble.reason is not TroubleReason.HANGS:
        remedy = "Mend what is named, or remove the kernel."
        lines = tuple(f"jupyter kernelspec remove -f {quoted(name)}" for name in kernels)
    return Observation(evidence, remedy, about=users[0], lines=lines)


@check("PY24", Level.ADVICE, "Python prints something at every start")
def noise(layout: Layout) -> Iterator[Observation]:
    """A start file of the interpreter prints text. Programs that read Python's output can stumble over it."""
    if layout.interpreter is not None and layout.interpreter.noise:
        yield Observation(
            f"{layout.interpreter.executable} prints {layout.interpreter.noise!r} before it does anything.",
            "Find the print in sitecustomize.py, usercustomize.py or a .pth file, and remove it.",
        )
