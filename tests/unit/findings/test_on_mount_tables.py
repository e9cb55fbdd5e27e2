"""The checks of mounts, shares and Jupyter's state, on mount tables of real and synthetic containers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from ide49_storage.findings.inputs import CheckInputs, JupyterPathEntry
from ide49_storage.findings.registry import run_checks
from ide49_storage.model.changes import (
    ChangesReport,
    Doubt,
    Group,
    GroupTotals,
    Remedy,
    RemedyKind,
    ScanState,
    SystemPackage,
)
from ide49_storage.model.findings import Finding, Level
from ide49_storage.model.mounts import MountReport, Where
from ide49_storage.model.samba import (
    Client,
    ClientState,
    Problem,
    Risk,
    SambaReport,
    SambaServer,
    Settings,
    Share,
    StateFile,
)
from ide49_storage.model.vocabulary import Kind
from ide49_storage.mounts.engine_detection import Signs, recognise
from ide49_storage.mounts.locator import locate
from ide49_storage.mounts.mountinfo import MountRow, parse
from ide49_storage.mounts.path_walk import Answer, DirEntry, EntryKind, Lstat
from ide49_storage.mounts.report import build_report
from ide49_storage.mounts.snapshot import MountSnapshot
from ide49_storage.mounts.table import MountTable

FIXTURES = Path(__file__).parents[2] / "fixtures" / "mountinfo"


class AllThere:
    """Every path is a folder: these tests are about the table, not about files."""

    def look(self, request: Lstat) -> Answer:
        return DirEntry(EntryKind.FOLDER)

    def writable(self, path: str, crossed: tuple[MountRow, ...]) -> bool | None:
        return True


class Machine:
    """What a container with this mount table would report."""

    def __init__(self, name: str, **replaced: str) -> None:
        fixture = json.loads((FIXTURES / f"{name}.json").read_text())
        text = fixture["mountinfo"]
        for old, new in replaced.items():
            text = text.replace(old, new)
        rows, problems = parse(text.encode("utf-8", "surrogateescape"))
        table = MountTable(rows)
        files = fixture["signs"]["files"]
        signs = Signs(
            env=fixture["signs"]["env"],
            dockerenv=files["/.dockerenv"] is not None,
            containerenv=files["/run/.containerenv"],
            systemd_container=files["/run/systemd/container"],
            container_manager=files["/run/host/container-manager"],
            cgroup=files["/proc/self/cgroup"],
            init_container=fixture["signs"].get("init_container"),
        )
        engine = recognise(signs, table)
        self._snapshot = MountSnapshot(at="now", table=table, engine=engine, problems=tuple(problems))
        self.mounts: MountReport = build_report(self._snapshot)

    def where(self, path: str) -> Where:
        return locate(self._snapshot, [path], AllThere())[0].where

    def found(self, identifier: str, **reports: object) -> list[Finding]:
        made = run_checks(msgspec.structs.replace(CheckInputs(mounts=self.mounts), **reports), "now")
        return [finding for finding in made.findings if finding.id == identifier]


def environ(**variables: str) -> Mapping[str, object]:
    return {"environ": variables}


@pytest.fixture
def samba_home() -> Machine:
    return Machine("docker-synthetic-samba-home")


@pytest.mark.parametrize("name", sorted(path.stem for path in FIXTURES.glob("*.json") if "synthetic" not in path.stem))
def test_real_containers_without_a_share_have_no_finding_about_mounts(name: str) -> None:
    made = run_checks(CheckInputs(mounts=Machine(name).mounts), "now")
    assert made.findings == ()


def test_mt01_the_hidden_home_is_named_with_its_other_place(samba_home: Machine) -> None:
    (finding,) = samba_home.found("MT01")
    assert finding.level is Level.ADVICE
    assert finding.about == "/home/iot"
    assert "/service-config/iot-home" in finding.remedy


def test_mt01_without_another_place_it_is_a_warning() -> None:
    machine = Machine("docker-synthetic-samba-home")
    rows = tuple(
        msgspec.structs.replace(mount, also_at=()) if mount.mount_point == "/home/iot" else mount
        for mount in machine.mounts.mounts
        if mount.mount_point != "/service-config/iot-home"
    )
    machine.mounts = msgspec.structs.replace(machine.mounts, mounts=rows)
    (finding,) = machine.found("MT01")
    assert finding.level is Level.WARNING


def test_mt02_the_volume_that_settings_count_on_is_not_mounted() -> None:
    bare = Machine("podman-4.3.1-bare")
    path = "/service-config/iot-home/.local"
    (finding,) = bare.found("MT02", named_paths={"PYTHONUSERBASE": bare.where(path)})
    assert finding.lines == ("- iot-home:/service-config/iot-home",)
    sound = Machine("podman-4.3.1-ide49")
    assert sound.found("MT02", named_paths={"PYTHONUSERBASE": sound.where(path)}) == []


def test_mt02_a_share_in_place_of_the_volume() -> None:
    machine = Machine(
        "docker-synthetic-samba-home", **{"612 610 0:71 / /home/iot": "612 611 0:71 / /service-config/iot-home"}
    )
    named = {"PYTHONUSERBASE": machine.where("/service-config/iot-home/.local")}
    (finding,) = machine.found("MT02", named_paths=named)
    assert "samba" in finding.evidence


def test_mt03_a_file_system_that_turned_read_only() -> None:
    after_errors = Machine("docker-20.10.24-ide49")
    (mount,) = (each for each in after_errors.mounts.mounts if each.mount_point == "/service-config/iot-home")
    options = msgspec.structs.replace(mount.options, super=("ro", "errors=remount-ro"), read_only=True)
    broken = msgspec.structs.replace(mount, options=options)
    rows = tuple(broken if each is mount else each for each in after_errors.mounts.mounts)
    after_errors.mounts = msgspec.structs.replace(after_errors.mounts, mounts=rows)
    (finding,) = after_errors.found("MT03")
    assert finding.about == "/service-config/iot-home"


def test_sm02_with_nobrl() -> None:
    (finding,) = Machine("docker-synthetic-samba-home", mapposix="mapposix,nobrl").found("SM02")
    assert finding.level is Level.ADVICE


def test_sm02_is_silent_without_nobrl(samba_home: Machine) -> None:
    assert samba_home.found("SM02") == []


def test_jp02_only_where_the_data_is_below() -> None:
    machine = Machine("podman-4.3.1-ide49")
    entries = (
        JupyterPathEntry(path="/a", kernels=False, data=True),
        JupyterPathEntry(path="/b", kernels=True, data=False),
        JupyterPathEntry(path="/c", kernels=None, data=None),
    )
    (finding,) = machine.found("JP02", jupyter_path=entries, **environ(JUPYTER_PATH="/a:/b:/c"))
    assert finding.lines == ("export JUPYTER_PATH=/a/share/jupyter:/b:/c",)


def scan_with(
    *groups: GroupTotals, packages: tuple[SystemPackage, ...] = (), doubts: tuple[Doubt, ...] = ()
) -> ChangesReport:
    """A scan that ended, with these groups."""
    return ChangesReport(
        state=ScanState.ENDED,
        started_at="then",
        ended_at="now",
        seconds=1.0,
        progress=None,
        error=None,
        evidence="",
        clock=None,
        nothing_to_lose=not groups and not doubts,
        files=0,
        folders=0,
        size=0,
        groups=groups,
        system_packages=packages,
        python_packages=(),
        missing=(),
        missing_count=0,
        unreadable=(),
        unreadable_count=0,
        dockerfile=(),
        doubts=doubts,
        changes=(),
        next=None,
    )


def totals(group: Group) -> GroupTotals:
    remedy = Remedy(kind=RemedyKind.DOCKERFILE, sentence="Do this.", lines=("RUN this",), left_out=0)
    return GroupTotals(group=group, missed=True, files=3, folders=1, size=2_000_000, largest=(), remedies=(remedy,))


def test_ch03_says_that_something_may_be_lost_and_why() -> None:
    machine = Machine("podman-4.3.1-ide49")
    near = Doubt(reason="near-start", message="One file was written near a start.", may_be_loss=True)
    blind = Doubt(reason="deletions", message="Deletions cannot be seen.", may_be_loss=False)
    (finding,) = machine.found("CH03", changes=scan_with(totals(Group.MADE_AT_START), doubts=(near, blind)))
    assert finding.level is Level.ADVICE
    assert "One file was written near a start." in finding.evidence
    assert "Deletions" not in finding.evidence
    assert machine.found("CH03", changes=scan_with(doubts=(blind,))) == []


def test_ch01_and_ch02_say_what_the_last_scan_found() -> None:
    machine = Machine("podman-4.3.1-ide49")
    package = SystemPackage(name="jq", version="1.6", automatic=False, files=3, size=1)
    scan = scan_with(totals(Group.SYSTEM_PACKAGES), totals(Group.HOME_AND_DATA), packages=(package,))
    (system,) = machine.found("CH01", changes=scan)
    assert system.title == "1 system package will be lost at the next update"
    assert system.lines == ("RUN this",)
    assert system.evidence.startswith("jq was installed here. ")
    (own,) = machine.found("CH02", changes=scan)
    assert "3 files (2.0 MB)" in own.evidence
    move = Remedy(kind=RemedyKind.MOVE, sentence="Move.", lines=("mv this",), left_out=0)
    both = totals(Group.HOME_AND_DATA)
    both = msgspec.structs.replace(both, remedies=(move, *both.remedies))
    (own,) = machine.found("CH02", changes=scan_with(both))
    assert own.lines == ("mv this", "# and in the Dockerfile of the image:", "RUN this")
    assert machine.found("CH01", changes=scan_with(totals(Group.CACHES_AND_LOGS))) == []
    assert machine.found("CH02", changes=scan_with(totals(Group.CACHES_AND_LOGS))) == []


def share(state: ClientState) -> Share:
    return Share(
        mount_id=1,
        mount_point="/home/iot",
        kind=Kind.SAMBA,
        fs_type="cifs",
        source="//192.0.2.20/iot-data",
        server="192.0.2.20",
        share="iot-data",
        user="iot",
        state=state,
        since=None,
        evidence=("No answer for 3 s.",),
        blocked=None,
        dialect=None,
        security=None,
        signing=None,
        encryption=None,
        soft=True,
        cache=None,
        locks=None,
        guest=None,
        options=(),
        connection=None,
        latency=None,
        capacity=None,
        capacity_at=None,
    )


def state_file(risk: Risk) -> StateFile:
    return StateFile(
        what="IPython's history",
        path="/home/iot/.ipython",
        mount_point="/home/iot",
        risk=risk,
        effect="What will happen.",
        setting="IPYTHONDIR",
        remedy=("export IPYTHONDIR=/service-config/iot-home/.ipython",),
        remedy_for=None,
    )


def samba_report(*shares: Share, files: tuple[StateFile, ...] = (), problems: tuple[Problem, ...] = ()) -> SambaReport:
    return SambaReport(
        at="now",
        client=Client(
            state=ClientState.MOUNTED,
            since=None,
            evidence=(),
            blocked=None,
            mount_point=None,
            server=None,
            share=None,
            user=None,
        ),
        shares=shares,
        negotiation=None,
        hidden=(),
        state_files=files,
        state_files_doubt=None,
        settings=Settings(
            generation=None,
            read=(),
            values=(),
            client_wanted=None,
            server_wanted=None,
            server=None,
            user=None,
            problems=problems,
        ),
        server=SambaServer(wanted=None, listening=None, exports=None, evidence=()),
    )


@pytest.mark.parametrize("state", list(ClientState))
def test_sm04_a_share_that_does_not_answer(samba_home: Machine, state: ClientState) -> None:
    found = samba_home.found("SM04", samba=samba_report(share(state)))
    assert bool(found) is (state in (ClientState.STALLED, ClientState.DISCONNECTED))


@pytest.mark.parametrize("risk", list(Risk))
def test_state_on_the_share_is_told_once_with_the_lines_of_its_report(samba_home: Machine, risk: Risk) -> None:
    report = samba_report(files=(state_file(risk),))
    databases, others = samba_home.found("SM01", samba=report), samba_home.found("JP01", samba=report)
    assert (len(databases), len(others)) == ((1, 0) if risk in (Risk.LOCKED, Risk.SILENT_LOSS) else (0, 1))
    assert (databases + others)[0].lines == ("export IPYTHONDIR=/service-config/iot-home/.ipython",)


def test_sm03_tells_that_the_share_which_the_settings_ask_for_is_not_mounted(samba_home: Machine) -> None:
    report = samba_report()
    evidence = "The settings ask for the share, but it is not mounted."
    client = msgspec.structs.replace(report.client, state=ClientState.CONFIGURED, evidence=(evidence,))
    (finding,) = samba_home.found("SM03", samba=msgspec.structs.replace(report, client=client))
    assert (finding.about, finding.evidence) == ("client", evidence)


def test_sm03_tells_the_problems_of_the_settings(samba_home: Machine) -> None:
    problem = Problem(id="comma", message="A comma.", remedy="Remove it.")
    (finding,) = samba_home.found("SM03", samba=samba_report(problems=(problem,)))
    assert (finding.evidence, finding.remedy) == ("A comma.", "Remove it.")
    assert samba_home.found("SM03", samba=samba_report()) == []
