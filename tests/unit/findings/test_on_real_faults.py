"""Each check on a real environment that has the fault; on a sound one, all of them are silent."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from ide49_storage.changes.report import empty
from ide49_storage.findings import inputs
from ide49_storage.findings.registry import all_checks
from ide49_storage.model.changes import ScanState
from ide49_storage.model.findings import Finding, Level
from tests.needs import need, need_root
from tests.python_world import VERSION, World, killed_upgrade, make_wheel


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A volume into which pip installed one package: copied for each test, because pip takes seconds."""
    made = World(tmp_path_factory.mktemp("prepared"))
    files = {"sound_package/__init__.py": b"", "sound_package/b.py": b"x = 1\n"}
    made.install("sound-package", files=files, script="sound")
    return made.base


@pytest.fixture
def world(tmp_path: Path, prepared: Path) -> World:
    made = World(tmp_path)
    shutil.copytree(prepared, made.base)
    made.kernel("python3")
    return made


def only(world: World, identifier: str) -> Finding:
    """The one finding of this check, which is the only thing wrong."""
    findings = world.doctor().findings
    assert [finding.id for finding in findings] == [identifier], findings
    return findings[0]


def test_a_sound_environment_has_no_findings(world: World) -> None:
    report = world.doctor()
    assert report.findings == ()
    assert {each.id for each in report.not_checked} == {
        "SM01",
        "SM03",
        "SM04",
        "JP01",
        "CH01",
        "CH02",
        "CH03",
    }  # what they read was not handed in
    assert report.checks == len(all_checks()) - 7


def test_a_scan_that_failed_is_named_and_one_that_there_is_nothing_for_counts(world: World) -> None:
    def not_checked(state: ScanState, error: str | None = None) -> dict[str, str]:
        scanned = msgspec.structs.replace(empty(state, "evidence"), error=error)
        report = inputs.findings(world.request(), world.mounts(), None, scanned)
        return {each.id: each.why for each in report.not_checked if each.id.startswith("CH")}

    assert set(not_checked(ScanState.FAILED, "the disk is full").values()) == {"the disk is full"}
    assert set(not_checked(ScanState.NEVER).values()) == {"the container layer was not scanned yet"}
    assert not_checked(ScanState.NOT_APPLICABLE) == {}


def test_a_mount_report_that_could_not_be_made_is_named_and_the_other_checks_are_made(world: World) -> None:
    report = inputs.findings(world.request(), None)
    not_checked = {each.id: each.why for each in report.not_checked}
    assert not_checked["MT01"] == "the report of the mounts could not be made"
    assert "PY01" not in not_checked


def test_py01_commands_off_path(world: World) -> None:
    world.environ["PATH"] = "/bin:/usr/local/bin:/usr/bin:/bin"
    finding = only(world, "PY01")
    assert "begins with /bin" in finding.evidence
    world.environ["PATH"] = subprocess.run(
        ["sh", "-c", f"{finding.lines[0]}; echo $PATH"], env=world.environ, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert world.doctor().findings == ()


def test_py04_user_site_off(world: World) -> None:
    world.environ["PYTHONNOUSERSITE"] = "1"
    del world.environ["PIP_USER"]
    finding = world.found("PY04")[0]
    assert "PYTHONNOUSERSITE is '1'" in finding.evidence
    assert finding.lines == ("unset PYTHONNOUSERSITE",)


def test_py05_files_of_another_user(world: World) -> None:
    need_root()
    os.chown(world.site / "sound_package", 12345, 12345)
    finding = only(world, "PY05")
    assert "1 entries" in finding.evidence
    assert "12345" in finding.evidence
    subprocess.run(["sh", "-c", finding.lines[0]], check=True)
    assert world.doctor().findings == ()


@pytest.fixture
def small_disk(world: World) -> Iterator[Path]:
    """The volume of the user base is a file system of 4 MB."""
    need_root()
    kept = world.folder / "kept"
    shutil.copytree(world.base.parent, kept, symlinks=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(world.base.parent)], check=True)
    shutil.copytree(kept, world.base.parent, dirs_exist_ok=True, symlinks=True)
    yield world.base.parent
    subprocess.run(["umount", str(world.base.parent)], check=True)


def test_py06_little_room(world: World, small_disk: Path) -> None:
    (finding,) = world.found("PY06")
    assert finding.level is Level.WARNING
    assert finding.about == str(small_disk)


def test_py06_read_only(world: World, small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    finding = world.found("PY06")[0]
    assert finding.level is Level.ERROR
    assert "cannot be written to" in finding.evidence


def test_py07_a_killed_pip(world: World) -> None:
    killed_upgrade(world)
    (finding,) = world.found("PY07")
    assert "big 1.0" in finding.evidence
    assert finding.level is Level.ERROR
    assert any("big==1.0" in line for line in finding.lines)
    assert all(name.startswith("~") for name in world.packages().left_overs[0].entries)


def test_py08_no_record(world: World) -> None:
    (world.site / "sound_package-1.0.dist-info" / "RECORD").unlink()
    finding = only(world, "PY08")
    assert "sound-package 1.0" in finding.evidence
    assert "sound-package==1.0" in finding.lines[0]


def test_py09_two_versions_in_one_folder(world: World) -> None:
    wheel = make_wheel(world.folder / "wheels", "sound-package", "2.0")
    world.pip("install", "--no-index", "--no-deps", "--no-user", "--target", str(world.folder / "other"), str(wheel))
    shutil.copytree(world.folder / "other" / "sound_package-2.0.dist-info", world.site / "sound_package-2.0.dist-info")
    (finding,) = world.found("PY09")
    assert "sound_package-1.0.dist-info, sound_package-2.0.dist-info" in finding.evidence


def test_py10_a_file_cut_short(world: World) -> None:
    (world.site / "sound_package" / "b.py").write_text("")
    finding = only(world, "PY10")
    assert "1 have another size" in finding.evidence
    assert "sound_package/b.py" in finding.evidence


def test_py10_a_file_gone(world: World) -> None:
    (world.site / "sound_package" / "b.py").unlink()
    assert "1 files are missing" in only(world, "PY10").evidence


def test_py11_packages_of_an_older_python(world: World) -> None:
    old = world.base / "lib" / "python3.8" / "site-packages"
    asked = make_wheel(world.folder / "wheels", "asked-for", "1.0", requires="pulled-in")
    make_wheel(world.folder / "wheels", "pulled-in", "1.0")
    links = ("--no-index", "--find-links", str(world.folder / "wheels"))
    world.pip("install", *links, "--no-user", "--target", str(old), asked.name.split("-")[0].replace("_", "-"))
    finding = only(world, "PY11")
    assert "2 packages for Python 3.8" in finding.evidence
    assert "You asked for asked-for." in finding.evidence
    assert finding.level is Level.WARNING
    # What the person asked for is brought over first, and no line to paste deletes anything.
    assert finding.lines == ("jupyter storage bring-over --old 3.8",)
    assert "jupyter storage delete-old --old 3.8" in finding.remedy


def test_py11_names_no_deletion_for_packages_that_are_in_use(world: World) -> None:
    old = world.base / "lib" / "python3.8" / "site-packages"
    wheel = make_wheel(world.folder / "wheels", "asked-for", "1.0")
    world.pip("install", "--no-index", "--no-user", "--target", str(old), str(wheel))
    program = world.folder / "other" / "python3.8"
    program.parent.mkdir()
    program.symlink_to(sys.executable)
    world.environ["PATH"] += f":{program.parent}"
    finding = only(world, "PY11")
    assert finding.level is Level.ADVICE
    assert f"{program} is still here and finds them." in finding.evidence
    assert finding.lines == ("jupyter storage bring-over --old 3.8",)
    assert "delete" not in finding.remedy


def test_py12_a_wheel_of_another_processor(world: World) -> None:
    """A real aarch64 wheel from the index, unpacked by pip as one does who shares packages between machines."""
    need(os.uname().machine == "x86_64", "an x86_64 machine")
    argv = [sys.executable, "-m", "pip", "install", "--quiet", "--no-user", "--platform", "manylinux2014_aarch64"]
    argv += ["--only-binary", ":all:", "--no-deps", "--python-version", VERSION, "--target", str(world.site)]
    environ = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    subprocess.run([*argv, "markupsafe==3.0.2"], env=environ, check=True, capture_output=True)
    (finding,) = world.found("PY12")
    assert "was built for aarch64; this is x86_64" in finding.evidence


def elf(machine: int) -> bytes:
    """The head of an extension module for another processor (its number in the ELF header)."""
    head = Path(sys.executable).resolve().read_bytes()[:64]
    return head[:18] + struct.pack("<H", machine) + head[20:]


def test_py12_helpers_for_other_processors_are_no_fault(world: World) -> None:
    """debugpy's wheel for any machine, which ipykernel needs, brings one for x86_64 to every Raspberry Pi."""
    own = Path(sys.executable).resolve().read_bytes()[:64]
    world.install("helpers", files={"helpers/__init__.py": b"", "helpers/attach_linux.so": elf(22)})
    # A 32-bit Python on a 64-bit kernel names the kernel's machine in the tag of what it builds.
    files = {"mistagged/other.so": elf(22), "mistagged/x.so": own}
    make_wheel(world.folder / "wheels", "mistagged", "1.0", files, tag="py3-none-linux_s390x")
    unpacked = world.folder / "wheels" / "mistagged-1.0-py3-none-linux_s390x.whl"
    shutil.unpack_archive(unpacked, world.site, "zip")
    assert world.doctor().findings == ()
    files = {"wrong/x.so": elf(22)}
    make_wheel(world.folder / "wheels", "wrong", "1.0", files, tag=f"cp3-abi3-linux_{os.uname().machine}")
    shutil.unpack_archive(
        world.folder / "wheels" / f"wrong-1.0-cp3-abi3-linux_{os.uname().machine}.whl", world.site, "zip"
    )
    assert "wrong (wrong/x.so) was built for s390x" in only(world, "PY12").evidence


def test_py14_a_command_whose_python_is_gone(world: World) -> None:
    link = world.folder / "python3"
    link.symlink_to(world.executable)
    world.executable = str(link)
    world.install("moved", script="moved-command")
    world.executable = os.path.realpath(link)
    link.unlink()
    finding = only(world, "PY14")
    assert str(world.bin / "moved-command") in finding.evidence
    assert str(link) in finding.evidence


def test_py15_an_unmet_requirement(world: World) -> None:
    world.install("hungry", requires="sound-package>=2")
    world.install("starving", requires="nowhere-to-be-found; python_version >= '3'")
    world.install("elsewhere", requires="only-on-windows; sys_platform == 'win32'")
    finding = only(world, "PY15")
    assert "hungry requires sound-package>=2, but 1.0 is installed" in finding.evidence
    assert "starving requires nowhere-to-be-found, but nothing is installed" in finding.evidence
    assert "only-on-windows" not in finding.evidence


def test_py16_externally_managed(world: World) -> None:
    need(
        os.path.isfile("/usr/bin/python3") and list(Path("/usr/lib").glob("python3.*/EXTERNALLY-MANAGED")),
        "Debian's Python",
    )
    world.executable = os.path.realpath("/usr/bin/python3")
    (finding,) = world.found("PY16")
    assert "EXTERNALLY-MANAGED" in finding.evidence
    assert finding.level is Level.ADVICE


def test_py18_a_kernel_that_hangs_fails_or_babbles(world: World) -> None:
    for name, text in {
        "babbles": "#!/bin/sh\necho hello\n",
        "fails": "#!/bin/sh\necho broken >&2\nexit 3\n",
    }.items():
        program = world.folder / name / "python3"
        program.parent.mkdir()
        program.write_text(text)
        program.chmod(0o755)
        world.kernel(name, argv=[str(program), "-m", "ipykernel_launcher"])
    said = {finding.about: finding.evidence for finding in world.found("PY18")}
    assert said.keys() == {"babbles", "fails"}
    assert "hello" in said["babbles"]
    assert "ended with status 3: broken" in said["fails"]


@pytest.mark.parametrize("how", ["file", "loop"])
def test_py19_a_user_base_that_is_no_folder(world: World, how: str) -> None:
    shutil.rmtree(world.base)
    if how == "file":
        world.base.write_text("")
    else:
        world.base.symlink_to(world.base)
    assert {"file": "is a file", "loop": "leads in a circle"}[how] in world.found("PY19")[0].evidence


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "has no METADATA"),
        (b"Metadata-Version: 2.1\nVersion: 1\n\n", "has no name"),
        (b"Metadata-Version: 2.1\nName: caf\xe9\nVersion: 1\n\n", "no UTF-8"),
        (b"Metadata-Version: 2.1\n" + b"X-Filler: " + b"x" * 50_000_000, "too long"),
    ],
)
def test_py20_damaged_metadata(world: World, content: bytes | None, words: str) -> None:
    path = world.site / "sound_package-1.0.dist-info" / "METADATA"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert words in world.found("PY20")[0].evidence


def test_py21_files_without_a_package(world: World) -> None:
    world.install("half", files={"half/__init__.py": b"", "half/b.py": b""})
    shutil.rmtree(world.site / "half-1.0.dist-info")
    finding = only(world, "PY21")
    assert finding.evidence.startswith("half in ")


def test_py22_a_record_that_leads_outside(world: World) -> None:
    with (world.site / "sound_package-1.0.dist-info" / "RECORD").open("a") as record:
        record.write("../../../../../../../../../../../../etc/passwd,sha256=x,3\n/etc/shadow,sha256=x,3\n")
    finding = only(world, "PY22")
    assert "lists 2 files outside" in finding.evidence


def test_py23_a_target_that_python_does_not_know(world: World) -> None:
    del world.environ["PIP_USER"]
    world.environ["PIP_TARGET"] = str(world.folder / "elsewhere")
    finding = only(world, "PY23")
    assert finding.lines == ("unset PIP_TARGET",)


def test_py24_a_start_file_that_prints(world: World) -> None:
    (world.site / "usercustomize.py").write_text("print('good morning')\n")
    assert "good morning" in only(world, "PY24").evidence


def test_jp02_jupyter_path_names_the_folder_above(world: World) -> None:
    world.environ["JUPYTER_PATH"] = str(world.base)
    world.kernel("mine", folder=world.base / "share" / "jupyter" / "kernels")
    finding = only(world, "JP02")
    assert finding.lines == (f"export JUPYTER_PATH={world.base}/share/jupyter",)


def test_jp03_a_kernel_where_jupyter_does_not_look(world: World) -> None:
    place = world.kernel("iot-kernel", folder=world.base / "share" / "jupyter" / "kernels")
    finding = only(world, "JP03")
    assert finding.about == str(place)
    for line in finding.lines:
        subprocess.run(["sh", "-ec", line], check=True)
    assert world.doctor().findings == ()
    assert {kernel.name for kernel in world.layout().kernels if kernel.visible} == {"python3", "iot-kernel"}


def test_jp04_a_kernel_whose_python_is_gone(world: World) -> None:
    world.kernel("old", argv=["/opt/removed/bin/python", "-m", "ipykernel_launcher"])
    world.kernel("other-language", argv=["no-such-program-anywhere"], language="none")
    assert {finding.about for finding in world.found("JP04")} == {"old", "other-language"}


def test_jp05_a_kernelspec_that_is_no_json(world: World) -> None:
    place = world.kernel("broken")
    (place / "kernel.json").write_text('{"argv": ["python"')
    assert "no JSON" in only(world, "JP05").evidence


def test_only_asking_does_not_change_anything(world: World) -> None:
    def everything() -> set[tuple[str, int, int]]:
        paths = [path for path in world.folder.rglob("*") if "__pycache__" not in path.parts]
        return {(str(path), path.lstat().st_size, path.lstat().st_mtime_ns) for path in paths}

    before = everything()
    world.doctor()
    assert everything() == before
