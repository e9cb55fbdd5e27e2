"""Where any path lives and what becomes of it: the mount table, kinds, fates.

Pure: ``mountinfo`` (bytes to rows), ``table`` (rows to the mount of a path), ``path_walk`` (a path to its mount),
``engine_detection`` and ``classify`` (signs to a classification), ``report`` (all of it to records).
The edge: ``local`` (asks this machine, but only file systems that cannot hang), ``snapshot``, and
``remote_filesystems`` (asks what may hang, through ``processes``). ``service`` has the answers.
"""
