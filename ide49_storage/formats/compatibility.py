"""For which processor and Python a package was built: wheel tags as the first sieve, the ELF header as proof."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable

_MACHINES = {3: "i686", 8: "mips", 20: "ppc", 21: "ppc64le", 22: "s390x", 40: "armv7l", 62: "x86_64", 183: "aarch64"}
_MACHINES |= {243: "riscv64", 258: "loongarch64"}
_ALIASES = {
    "i386": "i686",
    "i586": "i686",
    "amd64": "x86_64",
    "arm64": "aarch64",
    "armv8l": "armv7l",
    "armv6l": "armv7l",
}
_LINUX = re.compile(r"(?:linux|manylinux[0-9]*(?:_[0-9]+_[0-9]+)?|musllinux_[0-9]+_[0-9]+)_(.+)")
_ABI = re.compile(r"(?:cp|pp)(\d)(\d+)")


def elf_machine(header: bytes) -> str | None:
    """The processor in the first 20 bytes of an ELF file; ``None`` for any other file.

    A number that is not listed is given as ``machine N``.
    """
    if len(header) < 20 or header[:4] != b"\x7fELF":
        return None
    order = ">" if header[5] == 2 else "<"
    (number,) = struct.unpack(order + "H", header[18:20])
    return _MACHINES.get(number, f"machine {number}")


def family(machine: str) -> str:
    """One name for a processor, however it is spelt."""
    return _ALIASES.get(machine.lower(), machine.lower())


def same_machine(built_for: str, wanted: str) -> bool:
    """Whether code for ``built_for`` runs where ``wanted`` is the interpreter's own."""
    return family(built_for) == family(wanted)


def wheel_tags(text: str) -> tuple[str, ...]:
    """The tags in the text of a WHEEL file."""
    return tuple(line[4:].strip() for line in text.splitlines() if line.startswith("Tag:"))


def tag_machines(tags: Iterable[str]) -> set[str] | None:
    """The processors that a wheel's tags name; ``None`` when one of them fits every machine."""
    machines = set()
    for tag in tags:
        for platform in tag.rsplit("-", 1)[-1].split("."):
            if platform == "any":
                return None
            found = _LINUX.fullmatch(platform)
            machines.add(family(found[1]) if found else platform)
    return machines or None


def tag_pythons(tags: Iterable[str]) -> set[str] | None:
    """The CPython versions (``3.8``) to which a wheel's extension modules are bound; ``None`` when to none."""
    versions = set()
    for tag in tags:
        parts = tag.split("-")
        if len(parts) != 3:
            return None
        for abi in parts[1].split("."):
            found = _ABI.match(abi)
            if found is None:  # none, abi3
                return None
            versions.add(f"{found[1]}.{found[2]}")
    return versions or None


def wrong_machine(tags: Iterable[str], wanted: str) -> str | None:
    """The processors a wheel was built for, if ``wanted`` is none of them."""
    machines = tag_machines(tuple(tags))
    if machines is None or any(same_machine(each, wanted) for each in machines):
        return None
    return ", ".join(sorted(machines))


def wrong_python(tags: Iterable[str], wanted: str) -> str | None:
    """The Python versions a wheel was built for, if ``wanted`` (``3.11``) is none of them."""
    versions = tag_pythons(tuple(tags))
    return None if versions is None or wanted in versions else ", ".join(sorted(versions))
