"""The page of every check, from its docstring: at run time, and as ``docs/findings/ID.md`` with their list.

``python -m ide49_storage.findings.docs`` writes; ``--check`` only compares and exits with 1 if a page is stale,
missing, or left over from a check that is gone.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..model.findings import FindingPage
from .registry import ORDER, FindingCheck, all_checks

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "findings"
_LEVELS = {
    "error": "Error: something is broken or will be lost.",
    "warning": "Warning: it may break or be lost.",
    "advice": "Advice: it could be better.",
}
_GENERATED = "<!-- Written by `make contract` from the check itself: change its docstring, not this page. -->"


def page_text(check: FindingCheck) -> str:
    """What a check sees, why it matters and what to do, as Markdown without a heading."""
    return f"{_LEVELS[check.level.value]}\n\n{check.docs}\n"


def page_record(identifier: str) -> FindingPage | None:
    """The page of the check ``identifier``; ``None`` if there is no such check."""
    check = all_checks().get(identifier)
    if check is None:
        return None
    return FindingPage(id=check.id, title=check.title, level=check.level, text=page_text(check))


def page(check: FindingCheck) -> str:
    """The file of one check's page."""
    return f"{_GENERATED}\n\n# {check.id}: {check.title}\n\n{page_text(check)}"


def index(checks: list[FindingCheck]) -> str:
    """The list of all checks, worst first."""
    ordered = sorted(checks, key=lambda each: (ORDER[each.level], each.id))
    rows = "".join(f"| [{each.id}]({each.id}.md) | {each.level.value} | {each.title} |\n" for each in ordered)
    return f"{_GENERATED}\n\n# What the doctor looks for\n\n| id | level | what |\n| --- | --- | --- |\n{rows}"


def pages() -> dict[str, str]:
    """Every file's name and content."""
    checks = list(all_checks().values())
    return {"README.md": index(checks), **{f"{each.id}.md": page(each) for each in checks}}


def stale(folder: Path) -> list[str]:
    """The names of files that are not as the registry has them."""
    wanted = pages()
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    return sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))


def main(argv: list[str] | None = None) -> int:
    """Write the pages, or with ``--check`` say which are stale."""
    parser = argparse.ArgumentParser(prog="python -m ide49_storage.findings.docs", description=main.__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args(argv).check:
        names = stale(FOLDER)
        if names:
            print(f"docs/findings is stale ({', '.join(names)}): run `make contract` and commit it", file=sys.stderr)
        return 1 if names else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in stale(FOLDER):
        (FOLDER / name).unlink(missing_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
