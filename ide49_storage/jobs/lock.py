"""One job at a time for each user base: an exclusive flock on a file beside the packages.

The file lies on the user base's own storage, so every server, container and program of this project that
shares the packages shares the lock. The kernel lets go of it when the last process that holds it is gone:
pip inherits it, so that nobody restores under a pip that outlived its supervisor.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Callable

STATE_FOLDER = ".ide49-storage"


def state_folder(user_base: str) -> str:
    """The folder below a user base in which lock and journals are."""
    return os.path.join(user_base, STATE_FOLDER)


class BaseLock:
    """The lock of one user base. Close it to let go."""

    def __init__(self, user_base: str) -> None:
        """Make the state folder and open the lock's file. Raises ``OSError``."""
        folder = state_folder(user_base)
        if os.path.islink(folder):
            raise OSError(errno.ELOOP, "It is a link, which is not followed. Remove it", folder)
        os.makedirs(folder, mode=0o700, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.open(os.path.join(folder, "lock"), flags, 0o600)

    def fileno(self) -> int:
        """The descriptor that holds the lock, for children to inherit."""
        return self._file

    def take(self) -> bool:
        """Try once; whether it is ours now. Raises ``OSError`` where a file system has no locks."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.EACCES):
                return False
            raise
        return True

    def wait(self, stop: Callable[[], bool], every: float = 0.1) -> bool:
        """Wait for it until ``stop()``; whether it is ours."""
        while not self.take():
            if stop():
                return False
            time.sleep(every)
        return True

    def close(self) -> None:
        """Let go."""
        os.close(self._file)
