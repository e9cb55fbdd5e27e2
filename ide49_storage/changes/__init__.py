"""What was changed in the container layer, which the next update throws away.

The scan runs in a child process (``scan_process``) started without site-packages, so that it starts fast and can be
killed. Its modules (``statx``, ``overlay_handle``, ``detection``, ``groups``, ``path_index``, ``package_owners``,
``totals``, ``walk``, ``scan_process``, and the parsers in ``formats``) therefore use nothing but the standard library,
and no records: paths are bytes in them, times nanoseconds. The rest runs in the asking process: ``scan_plan`` says what
to scan, ``scanner`` runs the child through ``scan_client``, ``listing`` keeps what it found, ``report`` and
``remedies`` make the records.
"""
