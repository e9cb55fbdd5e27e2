"""The laboratory with the kernel's own CIFS."""

from __future__ import annotations


def inside_canary() -> str:
    """The password that must be found nowhere."""
    return "CANARY-inside"
