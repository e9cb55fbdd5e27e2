"""Where any path lives and what becomes of it: the mount table, kinds, fates.

Pure: ``mountinfo`` (bytes to rows), ``table`` (rows to the walk), ``walk`` (a path to its mount),
``engine`` and ``classify`` with its ``rules_*`` (signs to a verdict), ``report`` (all of it to records).
The edge: ``local`` (asks this machine, but only file systems that cannot hang) and ``observation``.
"""

from __future__ import annotations

from .mountinfo import MountRow, parse
from .observation import Observation, observe
from .report import BadPath, build_report, build_where, mount_report, where
from .table import MountTable

__all__ = [
    "BadPath",
    "MountRow",
    "MountTable",
    "Observation",
    "build_report",
    "build_where",
    "mount_report",
    "observe",
    "parse",
    "where",
]
