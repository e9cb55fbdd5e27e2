"""Random operations on the files of a container, as a person or a program does them, all from one seed."""

from __future__ import annotations

import dataclasses

from .engine import Container
from .markers import run_script

SCRIPT = r"""
import json, os, shutil, socket, stat, sys, tarfile
from random import Random
given = json.load(sys.stdin)
random = Random(given["seed"])
NEEDED = {
    "/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/nsswitch.conf", "/etc/mtab", "/etc/hosts",
    "/etc/hostname", "/etc/resolv.conf", "/etc/ld.so.cache", "/etc/ld.so.conf",
}
LAYER = os.stat("/").st_dev
moved, replaced, done = [], [], []

def in_layer(path):
    return os.path.lexists(path) and os.lstat(path).st_dev == LAYER

files, folders = [], []
for top in ("/etc", "/usr/share", "/usr/sbin", "/var/lib/systemd", "/var/lib/pam", "/var/cache"):
    for folder, below, names in os.walk(top):
        below[:] = sorted(name for name in below if name not in ("ld.so.conf.d", "alternatives", "zoneinfo"))
        below[:] = [name for name in below if in_layer(folder + "/" + name)]
        folders += [folder + "/" + name for name in below if not os.path.islink(folder + "/" + name)]
        paths = [folder + "/" + name for name in sorted(names)]
        files += [path for path in paths if path not in NEEDED and os.path.isfile(path) and not os.path.islink(path)]
files = [path for path in files if in_layer(path)]

def a_file():
    while True:
        path = random.choice(files)
        if os.path.isfile(path) and not os.path.islink(path):
            return path

def a_folder():
    while True:
        path = random.choice(folders)
        if in_layer(path) and not os.path.islink(path) and os.path.isdir(path):
            return path

def a_place():
    return random.choice([a_folder(), a_folder(), "/root", "/opt", "/srv", "/usr/local/lib", "/etc"])

def a_new_name(folder=None):
    name = random.choice(["plain", "two words", "new\nline", "no-utf8-\udcff", "été", "x" * 150, "-rf", ".hidden"])
    return "%s/%s-%d" % (folder or a_place(), name, len(done))

def fill(path, size=None):
    with open(path, "wb") as file:
        file.write(random.randbytes(random.choice((0, 1, 700, 5000, 70000)) if size is None else size))

def small_tree(top):
    os.mkdir(top)
    for number in range(random.randint(1, 12)):
        folder = random.choice([top, "%s/d%d" % (top, number % 3)])
        os.makedirs(folder, exist_ok=True)
        fill("%s/f%d" % (folder, number))

def a_small_folder():
    for _ in range(200):
        path = a_folder()
        if not any(os.path.ismount(os.path.join(folder, name))
                   for folder, below, names in os.walk(path) for name in (*below, *names)) \
                and sum(len(names) + len(below) for _, below, names in os.walk(path)) < 30:
            return path
    raise OSError("no small folder")

def append():
    path = a_file()
    with open(path, "ab") as file:
        file.write(random.randbytes(random.randint(1, 3000)))
def open_for_writing_only():
    os.close(os.open(a_file(), os.O_WRONLY))
def overwrite_a_byte():
    with open(a_file(), "r+b") as file:
        file.write(b"x")
def truncate():
    os.truncate(a_file(), random.choice((0, 10, 200000)))
def chmod():
    os.chmod(a_file(), random.choice((0o600, 0o640, 0o755)))
def chmod_a_folder():
    os.chmod(a_folder(), random.choice((0o755, 0o775, 0o1777, 0o700)))
def chown():
    os.chown(random.choice((a_file, a_folder))(), 1000, 1000)
def touch_back_to_2001():
    os.utime(a_file(), (978307200, 978307200))
def touch_into_the_future():
    os.utime(a_file(), (4102444800, 4102444800))
def rename():
    path = a_file()
    new = a_new_name(random.choice((None, os.path.dirname(path))))
    moved.append(new)
    os.rename(path, new)
def hard_link():
    path = a_file()
    new = a_new_name(os.path.dirname(path))
    moved.append(new)
    os.link(path, new)
def set_an_attribute():
    os.setxattr(a_file(), "user.note", b"x")
def copy_with_times():
    shutil.copy2(a_file(), a_new_name())
def delete():
    os.unlink(a_file())
def delete_and_write():
    path = a_file()
    os.unlink(path)
    replaced.append(path)
    fill(path)
def replace_by_rename():
    path = a_file()
    fill(path + ".new")
    replaced.append(path)
    os.replace(path + ".new", path)
def write():
    fill(a_new_name())
def write_and_delete():
    path = a_new_name()
    fill(path)
    os.unlink(path)
def write_sparse():
    path = a_new_name()
    fill(path, 1)
    os.truncate(path, 3000000)
def link():
    os.symlink(random.choice(["/nowhere", a_file()]), a_new_name())
def fifo():
    os.mkfifo(a_new_name())
def make_socket():
    folder = a_place()
    os.chdir(folder)
    socket.socket(socket.AF_UNIX).bind("socket-%d" % len(done))
    os.chdir("/")
def device():
    os.mknod(a_new_name(), 0o600 | stat.S_IFCHR, os.makedev(1, 3))
def make_a_tree():
    small_tree(a_new_name())
def untar():
    top = a_new_name("/srv")
    small_tree(top)
    with tarfile.open(top + ".tar", "w") as tar:
        for folder, below, names in os.walk(top):
            for name in (*below, *names):
                path = os.path.join(folder, name)
                os.utime(path, (978307200, 978307200))
                tar.add(path, os.path.relpath(path, top), recursive=False)
    os.mkdir(top + ".out")
    with tarfile.open(top + ".tar") as tar:
        tar.extractall(top + ".out")
def delete_a_folder():
    shutil.rmtree(a_small_folder())
def replace_a_folder():
    path = a_small_folder()
    shutil.rmtree(path)
    replaced.append(path)
    small_tree(path)
def move_a_folder():
    new = a_new_name()
    moved.append(new)
    shutil.move(a_small_folder(), new)

OPERATIONS = (
    append, open_for_writing_only, overwrite_a_byte, truncate, chmod, chmod_a_folder, chown, touch_back_to_2001,
    touch_into_the_future, rename, hard_link, set_an_attribute, copy_with_times, delete, delete_and_write,
    replace_by_rename, write, write_and_delete, write_sparse, link, fifo, make_socket, device, make_a_tree,
    untar, delete_a_folder, replace_a_folder, move_a_folder,
)
refused = 0
for _ in range(given["count"]):
    operation = random.choice(OPERATIONS)
    done.append(operation.__name__)
    try:
        operation()
    except OSError as error:
        refused += 1
json.dump({"done": done, "refused": refused, "moved": moved, "replaced": replaced}, sys.stdout)
"""


@dataclasses.dataclass(frozen=True)
class Operated:
    """What was done. ``moved`` are new names of what the image brought, ``replaced`` its names for something new."""

    done: tuple[str, ...]
    refused: int
    moved: frozenset[str]
    replaced: frozenset[str]


def operate(container: Container, seed: str, count: int) -> Operated:
    """``count`` operations, drawn by ``seed`` from what is in the container."""
    told = run_script(container, SCRIPT, {"seed": seed, "count": count})
    return Operated(tuple(told["done"]), told["refused"], frozenset(told["moved"]), frozenset(told["replaced"]))
