"""Where any path lives and what becomes of it: the mount table, kinds, fates.

Pure: ``mountinfo`` (bytes to rows), ``table`` (rows to the mount of a path), ``path_walk`` (a path to its mount),
``engine_detection`` and ``classify`` (signs to a classification), ``report`` (all of it to records).
This machine: ``snapshot`` reads the table and the signs; ``local_files`` looks at paths on file systems that cannot
hang; ``remote_filesystems`` asks every storage in helper processes.
Answers: ``service`` (asynchronous, everything asked) and ``locator`` (blocking, nothing asked that may hang).
"""
