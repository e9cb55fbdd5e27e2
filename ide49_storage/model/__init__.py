"""The words of this project as typed records: no I/O, imported by all, imports nothing of ours.

One file for each question. Records are frozen, keyword-only ``msgspec.Struct``; the OpenAPI schemas
are generated from them, and the panel's TypeScript types from those, so a field is written down once.

Conventions in every record: sizes are bytes, times are RFC 3339 strings in UTC, a path is a string in
which undecodable bytes stand as ``surrogateescape`` code points, an absent fact is ``None``.
"""
