"""What pip's words mean. The outputs are those of pip 22.2.2, 23.2.1, 24.2 and 26.3
on CPython 3.11 and 3.13, shortened.
"""

from __future__ import annotations

import pytest

from ide49_storage.installs.pip.output import cause, download_sizes, progress, raw_progress, yanked_names
from ide49_storage.jobs.log_text import clean
from ide49_storage.model.installs import Cause, JobProgress

NONE = "ERROR: Could not find a version that satisfies the requirement {0} (from versions: none)"
NO_MATCH = "ERROR: No matching distribution found for {0}"
REFUSED = (
    "WARNING: Retrying (Retry(total=4, connect=None, read=None, redirect=None, status=None)) after connection broken by"
    " 'NewConnectionError('<pip._vendor.urllib3.connection.HTTPConnection object at 0x7f>: Failed to establish a new"
    " connection: [Errno 111] Connection refused')': /simple/one/"
)
UNTRUSTED_22 = (
    "Could not fetch URL https://h/simple/one/: There was a problem confirming the ssl certificate:"
    " HTTPSConnectionPool(host='h', port=443): Max retries exceeded with url: /simple/one/ (Caused by"
    " SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate is"
    " not yet valid (_ssl.c:1006)'))) - skipping"
)
UNTRUSTED_26 = (
    "Could not fetch URL https://h/simple/one/: There was a problem confirming the ssl certificate: [SSL:"
    " CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006) - skipping"
)
LOGGED_500 = (
    "2026-11-29T15:00:53,511 Could not fetch URL http://h/simple/one/: 500 Server Error: Internal Server Error for url:"
    " http://h/simple/one/ - skipping"
)
LOGGED_404 = LOGGED_500.replace("500 Server Error: Internal Server Error", "404 Client Error: Not Found")
LOGGED_403 = LOGGED_500.replace("500 Server Error: Internal Server Error", "403 Client Error: Forbidden")
LOGGED_TIMEOUT = "Could not fetch URL http://h/simple/one/: timed out - skipping"
IGNORED = (
    "WARNING: The repository located at h is not a trusted or secure host and is being ignored. If this repository is"
    " available via HTTPS we recommend you use HTTPS instead"
)


@pytest.mark.parametrize(
    ("lines", "log", "expected"),
    [
        ([NONE.format("nonesuch"), NO_MATCH.format("nonesuch")], LOGGED_404, Cause.NO_SUCH_PACKAGE),
        ([NONE.format("alien"), NO_MATCH.format("alien")], "Skipping link: none of the wheel's tags", Cause.NO_MATCH),
        ([NONE.replace("none)", "1.0, 2.0)"), NO_MATCH], "", Cause.NO_MATCH),
        ([REFUSED, NONE.format("one"), NO_MATCH.format("one")], "", Cause.NETWORK),
        ([NONE.format("one"), NO_MATCH.format("one")], LOGGED_500, Cause.INDEX),
        ([NONE.format("one"), NO_MATCH.format("one")], f"{LOGGED_404}\n{LOGGED_403}", Cause.INDEX),
        ([NONE.format("one"), NO_MATCH.format("one")], f"{LOGGED_404}\n{LOGGED_TIMEOUT}", Cause.NETWORK),
        ([IGNORED, NONE.format("one"), NO_MATCH.format("one")], "", Cause.INDEX),
        ([UNTRUSTED_22, NONE.format("one"), NO_MATCH.format("one")], "", Cause.CERTIFICATE),
        ([UNTRUSTED_26, NONE.format("one"), NO_MATCH.format("one")], "", Cause.CERTIFICATE),
        (["ERROR: HTTP error 404 while getting http://h/files/one-1.0-py3-none-any.whl"], "", Cause.INDEX),
        (["error: uninstall-no-record-file", "\u00d7 Cannot uninstall one 0.5"], "", Cause.DAMAGED),
        (["ERROR: Cannot uninstall one 0.5, RECORD file not found."], "", Cause.DAMAGED),
        (
            ["ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"],
            "",
            Cause.DISK_FULL,
        ),
        (["ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."], "", Cause.HASH),
        (["error: subprocess-exited-with-error", "ERROR: Failed building wheel for x"], "", Cause.BUILD),
        (["ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied"], "", Cause.PERMISSION),
        (["ERROR: ResolutionImpossible: for help visit"], "", Cause.CONFLICT),
        (["something else"], "", Cause.OTHER),
        ([], "", Cause.OTHER),
    ],
)
def test_causes_are_told_apart(lines: list[str], log: str, expected: Cause) -> None:
    found, said = cause(lines, log)
    assert found is expected
    assert said


def test_the_reason_is_told_as_a_person_can_use_it() -> None:
    none = [NONE.format("one"), NO_MATCH.format("one")]
    assert cause([UNTRUSTED_22, *none], "")[1].endswith("not trusted: certificate is not yet valid.")
    assert cause([UNTRUSTED_26, *none], "")[1].endswith("not trusted: certificate has expired.")
    assert cause(none, LOGGED_403)[1] == "The package index wants another password, or refuses this user (HTTP 403)."
    newest = ["error: subprocess-exited-with-error", "\u00d7 Building wheel for x did not run successfully."]
    assert cause(newest, "") == (Cause.BUILD, "Building wheel for x did not run successfully.")


def test_a_conflict_names_what_excludes_what() -> None:
    lines = [
        "ERROR: Cannot install six==1.16.0 because these package versions have conflicting dependencies.",
        "The conflict is caused by:",
        "    The user requested six==1.16.0",
        "    The user requested (constraint) six==1.17.0",
        "Additionally, some packages in these conflicts have no matching distributions available for your environment:",
        "To fix this you could try to:",
        "ERROR: ResolutionImpossible: for help visit",
    ]
    assert cause(lines, "")[1] == "The user requested six==1.16.0; The user requested (constraint) six==1.17.0"


def test_progress_follows_the_phases() -> None:
    now = progress("Collecting requests", None)
    assert now == JobProgress(phase="Looking for packages")
    now = progress("  Downloading https://h/packages/big-1.0-py3-none-any.whl (16.9 MB)", now)
    assert now == JobProgress(phase="Downloading big-1.0-py3-none-any.whl")
    now = progress("Progress 262144 of 16918164", now)
    assert now == JobProgress(phase="Downloading big-1.0-py3-none-any.whl", done=262144, total=16918164)
    assert progress("some other words", now) == now
    assert raw_progress("Progress x of 3") is None


def test_lines_are_clean_bounded_and_without_passwords() -> None:
    line = clean(b"\x1b[31mLooking in indexes: https://me:secret@h/simple\x1b[0m \x07\xff\r\n")
    assert "secret" not in line
    assert line.isprintable()
    assert "31m" not in line
    assert len(clean(b"x" * 100_000)) < 2_100
    assert clean(b"http://me:s@cr@t@h/simple, file /a@b") == "http://****@h/simple, file /a@b"


def test_sizes_and_yanked_versions_are_read_from_the_output() -> None:
    lines = [
        "  Downloading numpy-2.0-cp311.whl (16.9 MB)",
        "Using cached six-1.17.0-py2.py3-none-any.whl (11 kB)",
        "  Downloading http://h/files/x-1.tar.gz (512 bytes)",
        "WARNING: The candidate selected for download or install is a yanked version: 'Pulled_One' candidate (",
    ]
    assert download_sizes(lines) == {
        "numpy-2.0-cp311.whl": 16_900_000,
        "six-1.17.0-py2.py3-none-any.whl": 11_000,
        "x-1.tar.gz": 512,
    }
    assert yanked_names(lines) == {"pulled-one"}
