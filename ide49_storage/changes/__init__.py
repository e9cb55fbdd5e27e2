"""What was changed in the container layer, which the next update throws away.

The scan runs in a helper process (``helper.py``) started without site-packages, so that it starts fast
and can be killed. Its modules (``statx``, ``handle``, ``clock``, ``rules``, ``index``, ``dpkg``,
``dists``, ``totals``, ``scan``, ``helper``) therefore use nothing but the standard library, and no
records: paths are bytes in them, times nanoseconds. The rest runs in the asking process: ``request``
says what to scan, ``scans`` runs the helper, ``spool`` keeps the listing, ``report`` and ``remedies``
make the records.
"""
