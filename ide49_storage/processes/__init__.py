"""Asks file systems and servers that may never answer, in processes that can be killed.

``worker_script.py`` is the program of such a process, ``worker.py`` holds one of them, ``pool.py`` decides when
one is started, killed, spared or given up, ``replies.py`` has what comes back. Nothing here knows what a
mount is: whoever asks says by a ``Target`` which questions may hang together.
"""
