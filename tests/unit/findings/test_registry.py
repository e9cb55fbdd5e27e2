"""The registry: complete, documented, robust against its own checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from ide49_storage.findings import docs, registry
from ide49_storage.findings.inputs import CheckInputs
from ide49_storage.findings.registry import FindingCheck, Observation, all_checks, check, run_checks
from ide49_storage.findings.start_script import here_document_faults
from ide49_storage.model.findings import Level
from ide49_storage.model.python import Layout

ASKED_FOR = {*(f"PY{number:02}" for number in range(1, 17)), "MT01", "MT02", "MT03", "SM01", "SM02", "SM03"}
ASKED_FOR |= {"JP01", "JP02"}


def missing(each: FindingCheck) -> bool:
    """Whether the check is not made when no report is there."""
    return any(getattr(CheckInputs(), name) is None for name in each.required)


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    all_checks()
    before = dict(registry.CHECKS)
    yield
    registry.CHECKS.clear()
    registry.CHECKS.update(before)


def test_every_check_that_was_asked_for_is_there() -> None:
    assert all_checks().keys() >= ASKED_FOR


def test_without_reports_every_check_that_needs_one_says_why() -> None:
    made = run_checks(CheckInputs(failed={"layout": "the interpreter gave no answer"}), "now")
    assert made.findings == ()
    assert {each.id for each in made.not_checked} == {each.id for each in all_checks().values() if missing(each)}
    assert "the interpreter gave no answer" in {each.why for each in made.not_checked}


def test_checks_read_only_inputs_that_there_are() -> None:
    inputs = set(CheckInputs.__struct_fields__)
    for each in all_checks().values():
        assert inputs.issuperset((*each.required, *each.optional)), each.id


def test_a_check_gets_the_inputs_that_its_parameters_name_and_is_made_without_optional_ones() -> None:
    seen = []

    @check("XX04", Level.ADVICE, "Looks")
    def looks(
        environ: Mapping[str, str], kept_folders: tuple[str, ...], layout: Layout | None = None
    ) -> list[Observation]:
        """Looks."""
        seen.append((environ, kept_folders, layout))
        return []

    run_checks(CheckInputs(environ={"HOME": "/h"}, kept_folders=("/k",)), "now")
    assert seen == [({"HOME": "/h"}, ("/k",), None)]


def test_a_check_that_fails_is_named_and_the_others_are_made() -> None:
    @check("XX01", Level.ERROR, "Fails")
    def fails() -> list[Observation]:
        """Fails."""
        raise KeyError("oh")

    @check("XX02", Level.ADVICE, "Works")
    def works() -> Iterator[Observation]:
        """Works."""
        yield Observation("Seen.", "Do.", level=Level.WARNING)
        yield Observation("Seen.", "Do.", about="b")

    made = run_checks(CheckInputs(), "now")
    assert [(each.key, each.level) for each in made.findings] == [("XX02", Level.WARNING), ("XX02:b", Level.ADVICE)]
    assert any(each.id == "XX01" and "KeyError" in each.why for each in made.not_checked)


def test_an_id_is_given_once_and_docs_are_asked_for() -> None:
    def silent() -> list[Observation]:
        return []

    with pytest.raises(ValueError, match="has no docs"):
        check("XX03", Level.ADVICE, "Silent")(silent)
    silent.__doc__ = "Says nothing."
    with pytest.raises(ValueError, match="two checks"):
        check("PY01", Level.ADVICE, "Again")(silent)


def test_the_pages_are_what_the_registry_gives() -> None:
    assert docs.stale(docs.FOLDER) == []


def test_a_page_of_a_check_that_is_gone_is_stale(tmp_path: Path) -> None:
    for name, text in docs.pages().items():
        (tmp_path / name).write_text(text)
    (tmp_path / "OLD1.md").write_text("")
    (tmp_path / "PY01.md").write_text("edited")
    assert docs.stale(tmp_path) == ["OLD1.md", "PY01.md"]


START = """#!/bin/bash
cat > /tmp/start.sh <<{word}
export PYTHONUSERBASE=/service-config/iot-home/.local
export PATH={path}:$PATH
exec jupyter lab
EOF
"""


def test_the_line_in_the_here_document_is_found() -> None:
    (fault,) = here_document_faults("/start", START.format(word="EOF", path="$PYTHONUSERBASE/bin"))
    assert (fault.line, fault.opened, fault.word) == (4, 2, "EOF")
    assert fault.text == "export PATH=$PYTHONUSERBASE/bin:$PATH"


@pytest.mark.parametrize(
    ("word", "path"),
    [
        ("'EOF'", "$PYTHONUSERBASE/bin"),
        ('"EOF"', "$PYTHONUSERBASE/bin"),
        ("EOF", r"\$PYTHONUSERBASE/bin"),
        ("EOF", "/x/bin"),
    ],
)
def test_a_quoted_here_document_is_none(word: str, path: str) -> None:
    assert here_document_faults("/start", START.format(word=word, path=path)) == []
