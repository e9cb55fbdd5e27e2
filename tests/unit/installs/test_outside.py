"""Generated RECORDs and journals, in a user base with links in it, between files that must stay as they are."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pip._internal.metadata import get_directory_distribution
from pip._internal.req.req_uninstall import UninstallPathSet, uninstallation_paths

from ide49_storage.installs import recovery
from ide49_storage.installs.claims import Claims, claims, entry_names
from ide49_storage.installs.distributions import scan
from ide49_storage.installs.pip.wheels import UserScheme, read_wheel
from ide49_storage.installs.planning import requested
from ide49_storage.jobs import journal
from ide49_storage.jobs.manifest import FORMAT, MANIFEST, Unusable, read
from ide49_storage.jobs.store import JobStore
from ide49_storage.jobs.user_base import Opened, UserBase
from tests.needs import need
from tests.pypi.wheels import Package, build_wheel

JOB = "20260101T000000-0123456789ab"
OTHER = "20260101T000000-0123456789ac"
#: Among them names that lead through the links of ``world``.
LINKED = ["pkg", "deep", "far", "near", "outside", "__pycache__", "lib", "bin", "python3.11", "site-packages"]
FILES = [
    "one.py",
    "notes.txt",
    "one.cpython-311.pyc",
    "pkg-1.0.dist-info",
    "lock",
    ".ide49-storage",
    "~ld",
    "x\n,",
    "é",
]
PARTS = st.sampled_from(["..", ".", "", "é", *LINKED, *FILES])
PATHS = st.lists(PARTS, max_size=7).map("/".join)


class World:
    """A user base between files that are not its own; ``BASE`` and ``ROOT`` in a text stand for its folders."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.base = root / "base"
        self.site = self.base / "lib/python3.11/site-packages"
        self.info = self.site / "pkg-1.0.dist-info"
        for name in ("notes.txt", "one.py", "lib/notes.txt", "outside/one.py", "outside/deep/notes.txt", "bin/far"):
            self.write(root / name)
        self.write(root / "outside/one.cpython-311.pyc")
        for name in ("pkg/one.py", "pkg/deep/one.py", "pkg/__pycache__/one.cpython-311.pyc", "one.py", "notes.txt"):
            self.write(self.site / name)
        self.write(self.base / "bin/one.py")
        self.write(self.base / "notes.txt")
        (self.site / "pkg/far").symlink_to(root / "outside")
        (self.site / "pkg/near").symlink_to("deep")
        (self.site / "pkg/deep/__pycache__").symlink_to(root / "outside")
        (self.base / "far").symlink_to(root)
        self.write(self.base / ".ide49-storage/lock")
        self.info.mkdir()
        (self.info / "METADATA").write_text("Metadata-Version: 2.1\nName: pkg\nVersion: 1.0\n")

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"precious {path.name}")

    def own(self, text: str) -> str:
        """A generated text with this world's folders."""
        return text.replace("BASE", str(self.base)).replace("ROOT", str(self.root))

    def beside(self) -> dict[str, object]:
        """Everything outside of the base, with the times of its files."""
        return {path: seen for path, seen in _tree(self.root).items() if not path.startswith(f"{self.base}/")}

    def inside(self) -> dict[str, object]:
        """Everything in the base but our own folder."""
        found = _tree(self.base)
        return {path: seen for path, seen in found.items() if "/.ide49-storage" not in path}


def _tree(top: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for folder, folders, names in os.walk(top):
        for name in (*folders, *names):
            path = os.path.join(folder, name)
            if os.path.islink(path):
                found[path] = os.readlink(path)
            elif os.path.isfile(path):
                found[path] = (os.stat(path).st_mtime_ns, Path(path).read_bytes())
            else:
                found[path] = None
    return found


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def claimed(world: World) -> Claims:
    (found,) = (each for each in scan(str(world.site)) if each.name == "pkg")
    return claims(found, UserBase(str(world.base)))


def pips(world: World) -> set[str]:
    """What pip itself would remove by the RECORD, whether or not it is in the virtual environment of the tests."""
    distribution = get_directory_distribution(str(world.info))
    found = UninstallPathSet(distribution)
    for path in uninstallation_paths(distribution):
        found.add(path)
    return found._paths | found._refuse


ROWS = st.lists(
    st.one_of(PATHS, PATHS.map("BASE/{}".format), PATHS.map("ROOT/{}".format), st.text(max_size=5)), max_size=6
)


@settings(max_examples=100, deadline=None)
@given(rows=ROWS, commands=st.lists(PATHS, max_size=2))
@example(rows=["../../../../notes.txt"], commands=[])
@example(rows=["pkg/one.py", "../../../bin/one.py"], commands=["one.py"])
@example(rows=["ROOT/notes.txt", "BASE/../notes.txt"], commands=[])
@example(rows=["pkg/far/one.py"], commands=["../../notes.txt"])
@example(rows=["pkg/deep/one.py"], commands=[])
@example(rows=["."], commands=[])
@example(rows=["../.."], commands=[])
@example(rows=["pkg"], commands=[])
@example(rows=["../../../.ide49-storage/lock"], commands=[])
def test_no_record_leads_out_of_the_base_and_all_that_pip_would_remove_is_taken(
    rows: list[str], commands: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        write_metadata(world, rows, commands)
        before, inside = world.beside(), world.inside()
        found = claimed(world)
        assert world.beside() == before
        try:
            by_pip = pips(world)
        except (ValueError, IndexError, OSError):  # pip gives up before it removes anything
            by_pip = set()
        files = {each for path in by_pip for each in ([path] if os.path.islink(path) else below(path))}
        base = os.path.realpath(world.base)
        if not found.outside:
            assert all(path.startswith(f"{base}/") and "/.ide49-storage" not in path for path in by_pip)
            assert not {os.path.join(base, os.path.relpath(path, base)) for path in files} - set(found.paths)
        manifest = journal.take(str(world.base / ".ide49-storage/j"), JOB, str(world.base), found.paths, [])
        requested.remove(found.paths, manifest, str(world.base), str(world.site))
        assert world.beside() == before
        assert os.path.exists(world.base / ".ide49-storage/lock")
        assert journal.restore(str(world.base / ".ide49-storage/j"), str(world.base)) == ()
        assert world.inside() == inside
        assert world.beside() == before


def below(path: str) -> list[str]:
    """A file, or all files and links below a folder."""
    if not os.path.isdir(path):
        return [path]
    found = []
    for folder, folders, names in os.walk(path):
        found += [os.path.join(folder, name) for name in names]
        found += [os.path.join(folder, name) for name in folders if os.path.islink(os.path.join(folder, name))]
    return found


def write_metadata(world: World, rows: list[str], commands: list[str]) -> None:
    quoted = ['"{}"'.format(world.own(row).replace('"', '""')) for row in rows]
    (world.info / "RECORD").write_text("".join(f"{row},,\n" for row in quoted), encoding="utf-8", errors="replace")
    (world.info / "entry_points.txt").write_text(
        "[console_scripts]\n" + "".join(f"{each} = pkg:main\n" for each in commands)
    )


@pytest.mark.parametrize(
    "row",
    [
        "../../../../notes.txt",
        "ROOT/notes.txt",
        "/etc/hostname",
        "pkg/far/one.py",
        "pkg/../../../../../notes.txt",
        "../../../far/notes.txt",
        "../../../.ide49-storage/lock",
        "..",
        ".",
        "",
        "BASE",
        "pkg/deep/one.py",
    ],
)
def test_a_row_that_leads_outside_is_named(world: World, row: str) -> None:
    write_metadata(world, [row, "pkg/one.py"], [])
    assert claimed(world).outside == (world.own(row),)


@pytest.mark.parametrize("row", ["pkg/one.py", "../../../bin/one.py", "BASE/notes.txt", "pkg/near/", "./pkg//one.py"])
def test_a_row_within_the_base_is_not_called_outside(world: World, row: str) -> None:
    (world.site / "pkg/deep/__pycache__").unlink()
    write_metadata(world, [row], [])
    assert claimed(world).outside == ()


@pytest.mark.parametrize("name", ["top_level.txt", "installed-files.txt"])
def test_what_an_old_format_names_outside_is_named_too(world: World, name: str) -> None:
    (world.info / "METADATA").rename(world.info / "PKG-INFO")
    world.info.rename(world.site / "pkg-1.0.egg-info")
    up = "../../../../notes" if name == "top_level.txt" else "../../../../../notes.txt"
    (world.site / "pkg-1.0.egg-info" / name).write_text(f"{up}\n")
    assert any("notes" in row for row in claimed(world).outside)


def test_a_base_behind_a_link_is_the_same_base(world: World) -> None:
    (world.root / "alias").symlink_to(world.base)
    write_metadata(world, ["pkg/one.py", f"{world.root}/alias/notes.txt"], [])
    alias = world.root / "alias"
    (found,) = (each for each in scan(str(alias / "lib/python3.11/site-packages")) if each.name == "pkg")
    assert claims(found, UserBase(str(alias))).outside == ()


def test_commands_are_found_in_whatever_any_pip_reads() -> None:
    text = "junk\n[[console_scripts]]\na = b:c\n  d=e\n# f = g\n[other]\nh = i\n[DEFAULT]\nj = k\n"
    assert list(entry_names(text)) == ["a", "d", "j"]


def test_what_a_wheel_names_outside_is_told_before_it_is_unpacked(tmp_path: Path) -> None:
    rows = ["../../../../notes.txt", "/etc/x", "lib/fine.txt", "", "../../bin/tool"]
    package = Package(name="big", rows=rows, scripts=["../../up", "ok"], data={"../../member": "1"})
    layout = UserScheme(
        base="/b", site="/b/l/p/s", scripts="/b/bin", headers="/b/include", cache_tag="cpython-311", python="3.11"
    )
    wheel = read_wheel(str(build_wheel(package, tmp_path)), layout)
    assert set(wheel.outside) == {"../../../../notes.txt", "/etc/x", "", "../../up", "big-1.0.data/data/../../member"}
    assert all(path.startswith("/b/") and ".." not in path for path in wheel.paths)


# -- journals


def manifest(world: World, **fields: Any) -> dict[str, Any]:
    whole = {"job": JOB, "base": str(world.base), "saved": [], "appear": [], "new_folders": [], "tildes": {}}
    return {**whole, **fields}


def plant(world: World, content: object, job: str = JOB) -> Path:
    folder = Path(recovery.work_folder(str(world.base), job)) / "journal"
    (folder / "files").mkdir(parents=True)
    (folder / "files" / "0").write_text("planted")
    (folder / "files" / "1").symlink_to(world.root / "notes.txt")
    (folder / MANIFEST).write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


def recover(world: World) -> recovery.Recovered:
    (world.root / "runtime/installs").mkdir(parents=True, exist_ok=True)
    found = recovery.recover(str(world.base), JobStore(str(world.root / "runtime/installs"), ""), lambda _: None)
    assert recovery.pending(str(world.base)) == ()
    return found


def aside(world: World, job: str = JOB) -> Path:
    return world.base / ".ide49-storage/jobs" / f"set-aside-{job}"


SAVED = st.tuples(
    st.one_of(PATHS, st.text(max_size=4)),
    st.sampled_from([0, 1, 2, -1, None]),
    st.one_of(st.none(), PATHS, PATHS.map("ROOT/{}".format), st.text(max_size=3)),
    st.booleans(),
    st.integers(0, 9),
    st.integers(0, 9),
    st.integers(0, 9),
)
GENERATED = st.one_of(PATHS, PATHS.map("ROOT/{}".format), st.sampled_from(["far/notes.txt", "lib", "x" * 300]))
JOURNALS = st.fixed_dictionaries(
    {
        "base": st.sampled_from(["BASE", "BASE", "BASE/", "BASE/lib", "ROOT", "/", "BASE/far"]),
        "saved": st.lists(SAVED, max_size=4),
        "appear": st.lists(GENERATED, max_size=4),
        "new_folders": st.lists(GENERATED, max_size=3),
        "tildes": st.dictionaries(GENERATED, st.lists(st.text(max_size=3), max_size=2), max_size=3),
    },
    optional={"format": st.integers(-1, 2)},
)


@settings(max_examples=100, deadline=None)
@given(planted=JOURNALS)
@example(planted={"base": "ROOT", "saved": [], "appear": ["notes.txt"], "new_folders": [], "tildes": {}})
@example(planted={"base": "BASE", "saved": [], "appear": ["../notes.txt"], "new_folders": [], "tildes": {}})
@example(planted={"base": "BASE", "saved": [], "appear": ["far/notes.txt"], "new_folders": ["far/lib"], "tildes": {}})
@example(
    planted={
        "base": "BASE",
        "saved": [["far/notes.txt", 0, None, False, 0, 0, 0]],
        "appear": [],
        "new_folders": [],
        "tildes": {},
    }
)
@example(
    planted={
        "base": "BASE",
        "saved": [["notes.txt", 1, None, False, 0, 0, 0]],
        "appear": [],
        "new_folders": [],
        "tildes": {},
    }
)
@example(planted={"base": "BASE", "saved": [], "appear": [], "new_folders": [], "tildes": {"far": []}})
def test_no_journal_changes_anything_outside_and_none_stands_in_the_way(planted: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        (world.root / "~ld").mkdir()
        (world.root / "~ld/notes.txt").write_text("precious")
        (world.root / "runtime/installs").mkdir(parents=True)
        journal_folder = plant(world, world.own(json.dumps(manifest(world, **planted))))
        secret = (world.root / "notes.txt").read_bytes()
        before = world.beside()
        recover(world)
        assert world.beside() == before
        assert not journal_folder.exists()
        if planted["base"] not in ("BASE", "BASE/"):
            assert (aside(world) / "journal" / MANIFEST).exists()
        restored = (path for path in world.base.rglob("notes.txt") if not path.is_symlink() and path.is_file())
        assert secret == b"precious notes.txt"
        assert all(path.stat().st_ino != (world.root / "notes.txt").stat().st_ino for path in restored)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "no whole journal"),
        ('{"job": "x", "base"', "no whole journal"),
        ("[" * 100_000, "no whole journal"),
        ('{"hello": 1}', "no whole journal"),
        ("[1]", "no whole journal"),
        (json.dumps({"format": FORMAT + 1, "more": []}), "newer version"),
        ({"base": "/"}, "another user base"),
        ({"appear": ["../notes.txt"]}, "leads out"),
        ({"appear": ["/etc/hostname"]}, "leads out"),
        ({"new_folders": [".ide49-storage/jobs"]}, "leads out"),
        ({"tildes": {"a/../..": []}}, "leads out"),
        ({"saved": [["a\0b", None, "x", False, 0, 0, 0]]}, "leads out"),
        ({"saved": [["a", None, "x\0", False, 0, 0, 0]]}, "no link"),
        ({"saved": [["lib/a", 7, None, True, 0, 0, 0]]}, "could not be put back"),
        ({"saved": [["far/notes.txt", 0, None, True, 0, 0, 0]]}, "could not be put back: far/notes.txt"),
    ],
)
def test_a_journal_that_cannot_be_obeyed_is_set_aside_with_a_note_and_the_next_is_done(
    world: World, content: object, why: str
) -> None:
    planted = plant(world, manifest(world, **content) if isinstance(content, dict) else content)
    as_it_was = (planted / MANIFEST).read_text()
    plant(world, manifest(world, appear=["notes.txt"]), OTHER)
    before = world.beside()
    found = recover(world)
    assert found.count == 1
    assert not (world.base / "notes.txt").exists()
    (said,) = found.aside
    assert why in said
    assert why in Path(f"{aside(world)}.why.txt").read_text()
    assert (aside(world) / "journal" / MANIFEST).read_text() == as_it_was
    assert {path: seen for path, seen in world.beside().items() if "/runtime" not in path} == before
    assert recover(world) == recovery.Recovered(0, ())


def test_what_is_no_job_in_the_folder_of_jobs_is_set_aside_and_never_opened(world: World) -> None:
    jobs = world.base / ".ide49-storage/jobs"
    jobs.mkdir()
    os.mkfifo(jobs / JOB)
    os.mkfifo(jobs / "pipe")
    (jobs / "stray.txt").write_text("stray")
    (jobs / "link").symlink_to(world.root / "outside")
    (jobs / OTHER / "journal" / "files").mkdir(parents=True)
    os.mkfifo(jobs / OTHER / "journal" / MANIFEST)
    third = "20260101T000000-0123456789ad"
    (jobs / third).mkdir()
    (world.root / "elsewhere").mkdir()
    (world.root / "elsewhere" / MANIFEST).write_text(json.dumps(manifest(world, appear=["notes.txt"])))
    (jobs / third / "journal").symlink_to(world.root / "elsewhere")
    before = world.beside()
    assert len(recover(world).aside) == 6
    assert sorted(name for name in os.listdir(jobs) if not name.endswith(".why.txt")) == sorted(
        f"set-aside-{name}" for name in (JOB, OTHER, third, "link", "pipe", "stray.txt")
    )
    assert (world.base / "notes.txt").exists()
    assert {path: seen for path, seen in world.beside().items() if "/runtime" not in path} == before
    assert recover(world).aside == ()


@pytest.mark.parametrize("kind", ["link", "file"])
def test_a_folder_of_jobs_that_is_none_is_set_aside(world: World, kind: str) -> None:
    jobs = world.base / ".ide49-storage/jobs"
    away = world.root / "away"
    planted = away / JOB / "journal"
    (planted / "files").mkdir(parents=True)
    (planted / MANIFEST).write_text(json.dumps(manifest(world, appear=["notes.txt"])))
    jobs.symlink_to(away) if kind == "link" else jobs.write_text("no folder")
    assert len(recover(world).aside) == 1
    assert (world.base / "notes.txt").exists()
    assert (planted / MANIFEST).exists()
    assert not os.path.lexists(jobs)


def test_what_another_user_left_is_passed_over_for_that_user_to_put_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    need(os.geteuid() == 0, "root")
    folder = plant(world, manifest(world, appear=["notes.txt"]))
    own = os.lstat(folder).st_uid
    monkeypatch.setattr(os, "geteuid", lambda: own + 1000)
    assert recover(world) == recovery.Recovered(0, ())
    assert (folder / MANIFEST).exists()
    assert (world.base / "notes.txt").exists()


def test_a_journal_without_a_format_is_read_and_one_of_a_base_that_was_mounted_elsewhere_too(world: World) -> None:
    folder = plant(world, manifest(world))
    assert read(str(folder), str(world.base)) is not None
    inode = os.stat(world.base).st_ino
    (folder / MANIFEST).write_text(json.dumps(manifest(world, base="/somewhere/else", base_inode=inode)))
    assert read(str(folder), str(world.base)) is not None
    (folder / MANIFEST).write_text(json.dumps(manifest(world, base="/somewhere/else", base_inode=inode + 1)))
    with pytest.raises(Unusable, match="another user base"):
        read(str(folder), str(world.base))


def test_a_link_that_came_after_the_journal_is_not_followed_and_the_rest_is_put_back(world: World) -> None:
    site = world.site / "pkg"
    folder = Path(recovery.work_folder(str(world.base), JOB)) / "journal"
    saves = [str(site / "one.py"), str(site / "deep/one.py")]
    journal.take(str(folder), JOB, str(world.base), saves, [str(site / "deep/notes.txt")])
    (site / "one.py").unlink()
    (site / "one.py").write_text("new")
    (site / "deep").rename(world.root / "moved")
    (site / "deep").symlink_to(world.root / "outside/deep")
    before = world.beside()
    (said,) = recover(world).aside
    assert "deep/one.py" in said
    assert (site / "one.py").read_text() == "precious one.py"
    assert {path: seen for path, seen in world.beside().items() if "/runtime" not in path} == before
    kept = aside(world) / "journal" / "files"
    assert {path.read_text() for path in kept.iterdir()} == {"precious one.py"}


def test_a_folder_is_reached_from_its_descriptor_and_no_link_is_followed(world: World) -> None:
    with Opened(str(world.base)) as opened:
        opened.unlink("far/notes.txt")
        opened.remove_empty("far")
        assert opened.stat("far/notes.txt") is None
        assert opened.names("far") == []
        with pytest.raises(NotADirectoryError), opened.folder("far/new", make=True):
            pass
    assert (world.root / "notes.txt").exists()
    assert not (world.root / "new").exists()
