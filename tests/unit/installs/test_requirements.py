"""Which texts reach pip as names, held against pip's own parser."""

from __future__ import annotations

import contextlib
import json
import random
import string
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement
from pip._internal.req.constructors import parse_req_from_line

from ide49_storage.installs.pip.process import PipCommand, run
from ide49_storage.installs.planning.requested import install_arguments
from ide49_storage.installs.policy.requirements import MAX_COUNT, BadRequirement, check, name_only, parse, parse_all
from ide49_storage.model.installs import Action

HASH = "#sha256=" + "0" * 64


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("requests", "requests"),
        ("  requests >= 2 , < 3 ", "requests<3,>=2"),
        ("Django[bcrypt,argon2]~=4.2", "Django[argon2,bcrypt]~=4.2"),
        ("zope.interface==5.*", "zope.interface==5.*"),
        ('pywin32 ; sys_platform == "win32"', 'pywin32 ; sys_platform == "win32"'),
    ],
)
def test_what_pip_takes_as_a_name_passes_in_normal_form(text: str, normal: str) -> None:
    assert parse(text).text == normal


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-r requirements.txt",
        "--index-url=https://example.org/",
        "-e .",
        ".",
        "./here",
        "/etc/passwd",
        "a/b",
        "file:///etc/passwd",
        "https://example.org/x.whl",
        "demo @ https://example.org/x.whl",
        "demo @ https://example.org/x.whl\n--index-url=https://example.org/",
        "demo @ file:///x.whl",
        "demo\n-r other.txt",
        "demo\x00",
        "demo\u00a0",
        "dem\u043e",
        "${SAMBA_PASSWORD}",
        "demo==${SAMBA_PASSWORD}",
        "demo.zip",
        "demo.whl",
        "demo.tar.gz",
        "demo==1.0+linux.zip",
        "demo===1.0",
        "demo===../../x.whl",
        "demo=1.0",
        "a" * 201,
        "git+https://example.org/x",
        "demo --hash=sha256:00",
    ],
)
def test_what_is_more_than_a_name_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(BadRequirement) as refused:
        parse(text)
    assert len(refused.value.message) > 20


def test_an_address_passes_only_where_it_is_allowed_and_has_a_hash() -> None:
    good = f"demo @ https://example.org/packages/demo-1.0.whl{HASH}"
    with pytest.raises(BadRequirement, match="switched off"):
        parse(good)
    assert parse(good, allow_urls=True).text == good
    for bad in (
        "demo @ https://example.org/demo-1.0.whl",
        f"demo @ http://example.org/demo-1.0.whl{HASH}",
        f"demo @ https://user:secret@example.org/demo-1.0.whl{HASH}",
        f"demo @ https://example.org/../demo-1.0.whl{HASH}",
        f"demo @ https://example.org/${{HOME}}.whl{HASH}",
        f"demo @ file:///demo-1.0.whl{HASH}",
        f"demo @ https://example.org/x.whl\n{HASH}",
    ):
        with pytest.raises(BadRequirement):
            parse(bad, allow_urls=True)


def hostile(count: int) -> list[str]:
    """Texts made of what has meant something to pip, a shell or a format string, and of names."""
    rng = random.Random(49)
    parts = [
        "demo", "a", "1.0", "==", "===", ">=", "~=", "@", " @ ", ";", "[", "]", ",", "-r ", "-e ", "--", "-", "/", "./",
        "../", "\\", "~", "file:", "file://", "https://h/x.whl", "http://h/", "git+ssh://h/x", "${SAMBA_PASSWORD}",
        "$(id)",
        "`id`", "%s", "{0}", "\n", "\r", "\t", "\0", "\x0b", "\x1b[2J", "\u2028", "\u202e", "\uff0d", "#", "#egg=x",
        "&&",
        "|", ">", "<", "'", '"', " ", "  ", ".whl", ".zip", ".tar.gz", "+x.whl", "*", "!=", "python_version>'3'",
        "extra=='x'",
        "--index-url=http://h/", "--hash=sha256:00", "--config-settings=x", "%0a", "\\\n", "(", ")", "=", "os_name",
        "..",
    ]  # fmt: skip
    made = ["".join(rng.choice(parts) for _ in range(rng.randint(1, 6))) for _ in range(count)]
    made += ["demo" + "".join(rng.choice(string.printable) for _ in range(rng.randint(1, 8))) for _ in range(count)]
    return made


def assert_only_a_name_to_pip(text: str) -> None:
    """pip's own parser of arguments sees a name with versions: no address, no file, no option."""
    assert not text.startswith("-")
    assert text.isascii()
    assert text.isprintable()
    seen = parse_req_from_line(text, None)
    assert seen.link is None, text
    assert seen.requirement is not None
    assert seen.requirement.url is None
    assert "${" not in text.partition(";")[0]


def test_of_30_000_hostile_texts_none_reaches_pip_as_more_than_a_name() -> None:
    texts = hostile(15_000)
    assert len(set(texts)) >= 20_000
    passed = 0
    for text in texts:
        try:
            normal = parse(text).text
        except BadRequirement:
            continue
        passed += 1
        assert_only_a_name_to_pip(normal)
    assert 0 < passed < len(texts) / 2
    # The same texts pasted as lines.
    for checked in check("\n".join(texts[:150])).checked:
        if checked.requirement is not None:
            assert_only_a_name_to_pip(checked.requirement)


def test_what_passes_reaches_pip_as_it_is_and_behind_two_dashes(tmp_path: Path) -> None:
    """A recorder in the place of the interpreter gets what the runner really passes on."""
    recorder, told = tmp_path / "python", tmp_path / "argv.json"
    recorder.write_text(f"#!{sys.executable}\nimport json, sys\njson.dump(sys.argv[1:], open({str(told)!r}, 'w'))\n")
    recorder.chmod(0o755)
    passed: list[str] = []
    for text in hostile(15_000):
        with contextlib.suppress(BadRequirement):
            passed.append(parse(text).text)
    assert len(passed) > 500
    arguments = install_arguments(Action.INSTALL, passed, pip="26.3", report="r", log="l")
    what = PipCommand(python=str(recorder), arguments=arguments, env={}, cwd=str(tmp_path), base="/b", own="/b/o")
    assert run(what, lambda _: None, lambda: False).status == 0
    seen = json.loads(told.read_text())
    assert seen[seen.index("--") + 1 :] == passed


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_refused_or_a_name(text: str) -> None:
    try:
        normal = parse(text).text
    except BadRequirement:
        return
    assert_only_a_name_to_pip(normal)
    assert str(Requirement(normal)) == str(Requirement(parse(normal).text))


def test_a_pasted_requirements_file_is_read_line_by_line() -> None:
    report = check("# mine\nrequests>=2 # why\n\nnumpy < 2 pandas\n-r other.txt\nbad=1\n")
    assert [(each.line, each.requirement) for each in report.checked] == [
        (2, "requests>=2"),
        (4, "numpy<2"),
        (4, "pandas"),
        (5, None),
        (6, None),
    ]
    assert not report.ok
    assert check("requests").ok
    assert not check("").ok


def test_too_much_is_refused_without_reading_it() -> None:
    assert not check("x" * 10_000_000).ok
    assert not check("a " * (MAX_COUNT + 1)).ok
    with pytest.raises(BadRequirement) as refused:
        parse_all(["a"] * (MAX_COUNT + 1))
    assert refused.value.code == "too-many"


def test_a_name_stands_once_and_a_bare_name_has_no_version() -> None:
    assert [each.text for each in parse_all(["a", "a ", "b"])] == ["a", "b"]
    assert name_only("Zope.Interface").text == "zope-interface"
    with pytest.raises(BadRequirement, match="without versions"):
        name_only("a==1")
