"""Is the Samba share there, what does it hide, and what must not live on it?

Decided from text and records: ``settings.py`` (ide49's variables), ``options.py`` (mount options),
``kernel.py`` (``/proc/fs/cifs``), ``conf.py`` (``smb.conf``), ``state.py``, ``state_files.py``. Observed at
the edge: ``negotiate.py`` (the server), ``observe.py`` (this machine, through the probes),
``credentials.py`` (the optional extra). ``report.py`` puts them together.
"""
