"""Is the Samba share there, what does it hide, and what must not live on it?

Decided from text and records: ``ide49_settings`` (ide49's variables, by ``shell``), ``mount_options``, ``debug_data``
(``/proc/fs/cifs``), ``state``, ``state_locations``, ``report`` (the records). Observed: ``share_observer`` (this
machine's shares, through worker processes), ``negotiate`` (a server), ``sign_in_worker`` (the optional extra).
``service`` asks for all of it at the same time; ``background_searches`` keeps what takes long to find.
"""
