"""Is the Samba share there, what does it hide, and what must not live on it?

Decided from text and records: ``ide49_settings`` (ide49's variables), ``mount_options``, ``debug_data``
(``/proc/fs/cifs``), ``state``, ``state_locations``. Observed at the edge: ``negotiate`` (the server), ``monitor``
(this machine's shares, through worker processes), ``sign_in_worker`` (the optional extra). ``service`` puts them
together.
"""
