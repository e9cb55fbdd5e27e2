"""Where any path lives and what becomes of it: the mount table, kinds, fates.

Pure: ``mountinfo`` (bytes to rows), ``table`` (rows to the walk), ``walk`` (a path to its mount),
``engine`` and ``classify`` with its ``rules_*`` (signs to a verdict), ``report`` (all of it to records).
The edge: ``local`` (asks this machine, but only file systems that cannot hang) and ``observation``.
"""
