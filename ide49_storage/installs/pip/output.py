"""What pip's output means: progress, phases, sizes, and why it failed. Pure: text in, records out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...model.installs import Cause, JobProgress

_RAW = re.compile(r"Progress (\d+) of (\d+)")
_FILE = re.compile(
    r"(Downloading|Using cached) (?:\S+/)?([^/\s]+?\.(?:whl|tar\.gz|zip|tgz)) \(([\d.]+) ([kMG]?B|bytes)\)"
)
_UNITS = {"bytes": 1, "B": 1, "kB": 1000, "MB": 1000**2, "GB": 1000**3}
_PHASES = (
    ("Collecting ", "Looking for packages"),
    ("Downloading ", "Downloading"),
    ("Installing build dependencies", "Building from source"),
    ("Getting requirements to build", "Building from source"),
    ("Building wheel", "Building from source"),
    ("Installing collected packages", "Writing files"),
    ("Found existing installation", "Writing files"),
    ("Uninstalling ", "Removing files"),
)


def raw_progress(line: str) -> tuple[int, int] | None:
    """``(done, total)`` of a line of ``--progress-bar raw``."""
    found = _RAW.fullmatch(line.strip())
    return (int(found[1]), int(found[2])) if found else None


def progress(line: str, now: JobProgress | None) -> JobProgress | None:
    """The progress after a line of output."""
    amounts = raw_progress(line)
    if amounts:
        phase = now.phase if now and now.phase.startswith("Downloading") else "Downloading"
        return JobProgress(phase=phase, done=amounts[0], total=amounts[1] or None)
    text = line.strip()
    for start, phase in _PHASES:
        if text.startswith(start):
            name = text.removeprefix("Downloading ").split()[0].rpartition("/")[2] if phase == "Downloading" else ""
            return JobProgress(phase=f"{phase} {name}".strip())
    return now


def download_sizes(lines: Iterable[str]) -> dict[str, int]:
    """Bytes by file name, as exactly as pip prints them (``16.9 MB``)."""
    sizes = {}
    for line in lines:
        found = _FILE.search(line)
        if found:
            sizes[found[2]] = int(float(found[3]) * _UNITS[found[4]])
    return sizes


def yanked_names(lines: Iterable[str]) -> set[str]:
    """The normalised names of which pip says that it takes a yanked version: older reports do not."""
    text = "\n".join(lines)
    found = re.findall(r"is a yanked version: '([A-Za-z0-9._-]+)' candidate", text)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in found}


_NETWORK = (
    "Failed to establish a new connection",
    "NewConnectionError",
    "NameResolutionError",
    "Name or service not known",
    "Temporary failure in name resolution",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "Read timed out",
    "Connection refused",
    "Connection reset by peer",
    "Network is unreachable",
    "RemoteDisconnected",
    "ProxyError",
    "IncompleteRead",
    "ConnectionError",
)
#: In pip's output where a file is fetched, and in its log where the index's page is: "no match" comes of both.
_CERTIFICATE = ("problem confirming the ssl certificate", "CERTIFICATE_VERIFY_FAILED", "certificate verify failed")
_IGNORED = "is not a trusted or secure host and is being ignored"
_UNASKED = re.compile(r"Could not fetch URL \S+ (.*) - skipping")
_STATUS = re.compile(r"\b([45]\d\d) (?:Client|Server) Error|HTTP error ([45]\d\d)|too many (5)0\d error responses")
_SIMPLE: tuple[tuple[Cause, tuple[str, ...]], ...] = (
    (Cause.DISK_FULL, ("No space left on device", "Errno 28", "Disk quota exceeded", "Errno 122")),
    (Cause.HASH, ("DO NOT MATCH THE HASHES", "HashMismatch", "Expected sha256")),
    (Cause.BUILD, ("metadata-generation-failed", "Failed building wheel", "Failed to build",
                   "subprocess-exited-with-error")),
    (Cause.DAMAGED, ("RECORD file not found", "uninstall-no-record-file")),
    (Cause.PERMISSION, ("Permission denied", "Operation not permitted", "Errno 13",
                        "Read-only file system", "Errno 30")),
)  # fmt: skip


def cause(output: Iterable[str], log: str) -> tuple[Cause, str]:
    """Why pip failed, told apart by its output and its verbose log, and pip's own sentence for it.

    pip ends "no such package", "wrong processor" and "network down" with the same words; its log differs.
    """
    lines = list(output)
    text = "\n".join(lines)
    errors = [line.partition("ERROR:")[2].strip() for line in lines if line.startswith("ERROR:")]
    said = errors[0] if errors else next((line for line in reversed(lines) if line.strip()), "pip said nothing")
    for found, marks in _SIMPLE:
        if any(mark in text for mark in marks):
            return found, _sentence(lines, marks) or said
    if "No matching distribution found" in text or "Could not find a version" in text:
        return _unreached(text, log) or _no_match(text, log, said)
    if "ResolutionImpossible" in text or "conflicting dependencies" in text:
        return Cause.CONFLICT, _conflict(lines) or said
    return _unreached(text, "") or (Cause.OTHER, said)


def unasked(lines: Iterable[str], log: str) -> tuple[Cause, str] | None:
    """Why the index was not asked although pip ended well: an upgrade then keeps what is there, and says nothing."""
    return _unreached("\n".join(lines), log) if _UNASKED.search(log) else None


def _unreached(text: str, log: str) -> tuple[Cause, str] | None:
    """The cause if the index, or a file of it, was not had; ``None`` if it answered (404 is an answer)."""
    both = text + "\n" + log
    if any(mark in both for mark in _CERTIFICATE):
        why = re.search(r"certificate verify failed: ([^(\n]*[^(\s])", both)
        more = f": {why[1].rstrip('.')}" if why else ""
        return Cause.CERTIFICATE, f"The certificate of the package index is not trusted{more}."
    if any(mark in both for mark in _NETWORK):
        return Cause.NETWORK, "The package index cannot be reached."
    if _IGNORED in both:
        return (
            Cause.INDEX,
            "pip ignores an index by http: set an address by https, or name its host in PIP_TRUSTED_HOST.",
        )
    # A page that was not had may list the package, so any failure but 404 stands before "no such package".
    pages = _UNASKED.findall(log)
    failed = [found for each in pages or [text] if (found := _STATUS.search(each))]
    statuses = {next(filter(None, found.groups())) for found in failed} - ({"404"} if pages else set())
    if statuses:
        worst = max(statuses)
        refused = worst in ("401", "403", "407")
        what = "wants another password, or refuses this user" if refused else "answers with an error"
        return Cause.INDEX, f"The package index {what} (HTTP {worst.ljust(3, '0')})."
    if len(failed) < len(pages):
        return Cause.NETWORK, "The package index cannot be reached."
    return None


def _no_match(text: str, log: str, said: str) -> tuple[Cause, str]:
    both = text + "\n" + log
    skipped = (
        "none of the wheel's tags",
        "Link requires a different Python",
        "Ignored the following versions",
    )
    versions = re.search(r"from versions: ([^)]*)\)", text)
    if any(mark in both for mark in skipped) or (versions and versions[1] not in ("", "none")):
        return Cause.NO_MATCH, said
    return Cause.NO_SUCH_PACKAGE, said


def _sentence(lines: list[str], marks: tuple[str, ...]) -> str | None:
    for index, line in enumerate(lines):
        if any(mark in line for mark in marks):
            # Newer pips give a code first, and the sentence behind a sign of its own.
            marked = [
                each.strip() for each in lines[index : index + 3] if each.strip().startswith("\N{MULTIPLICATION SIGN} ")
            ]
            return marked[0][2:] if marked else line.removeprefix("ERROR:").strip()
    return None


def _conflict(lines: list[str]) -> str | None:
    """The paragraph in which pip names what excludes what."""
    for index, line in enumerate(lines):
        if line.startswith("The conflict is caused by:"):
            body: list[str] = []
            for each in lines[index + 1 : index + 12]:
                # Blank lines are not kept, so the paragraph ends where pip's advice begins.
                if each.startswith(("To fix this", "Additionally", "ERROR:")):
                    break
                if each.strip():
                    body.append(each.strip())
            return "; ".join(body)
    return None
