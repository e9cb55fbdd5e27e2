"""Everything that can be done to a container's files: a script of operations, a Debian package and a wheel.

All is made inside the container, without a network.
"""

from __future__ import annotations

from tests.lab.engine import Container

BY_HAND = r"""
set -e
echo more >> /etc/passwd-                       # append
: >> /etc/profile                               # open for writing, write nothing
printf x | dd of=/etc/services conv=notrunc status=none 2>/dev/null || printf x > /etc/services
chmod 600 /etc/shells
chown 1000:1000 /etc/motd
touch -d 2001-01-01 /etc/issue                  # a time before the container
mv /etc/debian_version /etc/debian_version.old  # rename a file
ln /etc/bash.bashrc /etc/bashrc.second          # a second name
rm -f /usr/share/doc/tar/copyright              # delete
mkdir -p /root/project/a/b && echo text > /root/project/a/b/file
cp -p /etc/hostname /root/kept-times; cp -p /etc/os-release /root/project/os-release
mkfifo /root/fifo
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/root/socket")'
mknod /root/null c 1 3 || true
ln -s /nowhere /root/link; ln -sf /etc/os-release /etc/localtime
truncate -s 3M /root/sparse; head -c 2000000 /dev/zero > /opt/big
mkdir /root/many && (cd /root/many && seq 1 300 | xargs touch)
rm -rf /usr/share/bash-completion && mkdir /usr/share/bash-completion && echo new > /usr/share/bash-completion/new
rm /usr/share/doc/gzip/copyright && echo mine > /usr/share/doc/gzip/copyright   # replaced
mkdir -p /srv/tree/x && echo 1 > /srv/tree/x/1 && tar -C /srv -cf /srv/tree.tar tree && mkdir /srv/untar \
    && tar -C /srv/untar -xpf /srv/tree.tar
echo x > "/root/with
newline"; echo x > "/root/with space"; printf x > "$(printf '/root/no-utf8-\377')"
rmdir /mnt && mkdir /mnt                        # a folder replaced by another
echo a > /usr/local/bin/mine && chmod 755 /usr/local/bin/mine
python3 -c 'import os; os.setxattr("/etc/host.conf", "user.note", b"x")' || true
"""
"""Operations by a person, as a shell script."""

MAKE_PACKAGE = r"""
set -e
rm -rf /dev/shm/deb && mkdir /dev/shm/deb && cd /dev/shm/deb
mkdir -p DEBIAN usr/bin usr/share/lab-tool etc
for n in $(seq 1 200); do head -c $((n * 100)) /dev/zero > usr/share/lab-tool/$n; done
printf '#!/bin/sh\necho tool\n' > usr/bin/lab-tool && chmod 755 usr/bin/lab-tool
echo setting > etc/lab-tool.conf && echo other > etc/lab-tool-edited.conf
printf '/etc/lab-tool.conf\n/etc/lab-tool-edited.conf\n' > DEBIAN/conffiles
printf 'Package: lab-tool\nVersion: 1.2-3\nArchitecture: all\n' > DEBIAN/control
printf 'Maintainer: lab <lab@example.org>\nDescription: a tool\n' >> DEBIAN/control
printf '#!/bin/sh\nset -e\nupdate-alternatives --install /usr/bin/lab lab /usr/bin/lab-tool 10\n' > DEBIAN/postinst
echo 'useradd --system lab-user' >> DEBIAN/postinst
chmod 755 DEBIAN/postinst
dpkg-deb --build --root-owner-group /dev/shm/deb /dev/shm/lab-tool.deb >/dev/null
dpkg --install /dev/shm/lab-tool.deb
rm -rf /dev/shm/deb /dev/shm/lab-tool.deb
"""
"""Makes a Debian package in memory and installs it, as apt would: lists, log, triggers, alternatives, a user."""

MAKE_WHEEL = r"""
import os, subprocess, sys, zipfile
path = "/dev/shm/wheels/lab_dist-4.5-py3-none-any.whl"
os.makedirs("/dev/shm/wheels", exist_ok=True)
files = {
    "lab_dist/__init__.py": "VALUE = 1\n",
    "lab_dist/data.txt": "x" * 5000,
    "lab_dist-4.5.dist-info/METADATA": "Metadata-Version: 2.1\nName: lab-dist\nVersion: 4.5\n",
    "lab_dist-4.5.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: lab\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "lab_dist-4.5.dist-info/entry_points.txt": "[console_scripts]\nlab-dist = lab_dist:main\n",
}
with zipfile.ZipFile(path, "w") as wheel:
    for name, text in files.items():
        wheel.writestr(name, text)
    record = "lab_dist-4.5.dist-info/RECORD"
    wheel.writestr(record, "".join(f"{name},,\n" for name in (*files, record)))
pip = [sys.executable, "-m", "pip", "install", "--no-index", "--find-links", "/dev/shm/wheels"]
subprocess.run([*pip, "--root-user-action=ignore", "lab-dist"], check=True)
"""
"""Makes a wheel in memory and lets pip install it for everybody, as root."""


def by_hand(container: Container) -> None:
    """All operations by a person."""
    container.exec(["sh", "-c", BY_HAND])


def install_package(container: Container) -> None:
    """The package ``lab-tool``, whose file ``/etc/lab-tool-edited.conf`` is edited a while later."""
    container.exec(["sh", "-c", MAKE_PACKAGE])


def install_wheel(container: Container) -> None:
    """The distribution ``lab-dist``."""
    container.python(MAKE_WHEEL)
