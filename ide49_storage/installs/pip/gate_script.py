"""Runs pip inside the target interpreter (``python -c <this text> ...``), and holds it at a gate.

pip resolves, downloads and builds first and changes packages last. Just before its first change below the
user base this stops it, tells the supervisor which wheels it opened, and waits until a journal of all that
they touch is taken. If nobody answers (the supervisor is gone), pip ends here and nothing was changed.

Arguments: GATE_OUT GATE_IN REPORT BASE OWN, then pip's. Python 3.8 and later; only the standard library.
"""

import json
import os
import runpy
import sys
from typing import Any

REFUSED = 97
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CHANGES = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.link", "os.truncate", "os.chmod")


class WriteGate:
    """The audit hook. It sees every file operation of this process before it happens."""

    def __init__(self, out: int, answer: int, report: str, base: str, own: str) -> None:
        self.out = out
        self.answer = answer
        self.report = report
        self.bases = sorted({base, os.path.realpath(base)})
        self.owns = tuple(each.rstrip("/") + "/" for each in {own, os.path.realpath(own)})
        self.armed = False
        self.passed = False
        self.wheels = set()  # type: set[str]

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note wheels that are read; hold the first change."""
        if self.passed or event not in CHANGES:
            return
        if event == "open":
            path, flags = text(arguments[0]), arguments[2] if len(arguments) > 2 else 0
            if path is None:
                return
            if not isinstance(flags, int) or not flags & WRITES:
                if path.endswith(".whl"):
                    self.wheels.add(os.path.abspath(path))
                return
            if path == self.report:
                self.armed = True
                return
        if self.armed and (any(self.inside(text(each)) for each in arguments[:2]) or self.takes_away(event, arguments)):
            self.hold()

    def takes_away(self, event: str, arguments: tuple[Any, ...]) -> bool:
        """Whether pip begins to remove an old version, wherever a RECORD says that its files are: it moves files to its
        temporary folder, and folders to one beside them that begins with ``~``.
        """
        source, target = (os.path.abspath(text(each) or "/") for each in (*arguments, "", "")[:2])
        if event == "os.rename":
            return target.startswith(self.owns) and not source.startswith(self.owns)
        return event == "os.mkdir" and os.path.basename(source).startswith("~")

    def inside(self, path: Any) -> bool:
        """Whether a path is below the user base and not the supervisor's own. Byte code of imports does not count."""
        if path is None:
            return False
        path = os.path.abspath(path)
        if (path + "/").startswith(self.owns) or "/__pycache__/" in path:
            return False
        return any(path == base or path.startswith(base.rstrip("/") + "/") for base in self.bases)

    def hold(self) -> None:
        """Say which wheels there are, and go on only when told."""
        self.passed = True
        line = json.dumps({"wheels": sorted(self.wheels)}) + "\n"
        try:
            os.write(self.out, line.encode("ascii"))
            go = os.read(self.answer, 1)
        except OSError:
            go = b""
        if go != b"g":
            os._exit(REFUSED)
        os.close(self.out)
        os.close(self.answer)


def text(path: Any) -> Any:
    """A path as text; None for a descriptor."""
    if isinstance(path, bytes):
        return os.fsdecode(path)
    return path if isinstance(path, str) else None


def main() -> None:
    """Install the hook and become pip."""
    out, answer, report, base, own = sys.argv[1:6]
    sys.argv = ["pip", *sys.argv[6:]]
    if sys.path and sys.path[0] == "":
        del sys.path[0]  # the working directory, as `python -c` puts it there
    gate = WriteGate(int(out), int(answer), report, base, own)
    if report:
        sys.addaudithook(gate)
    runpy.run_module("pip", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
