"""The `COPY` lines, whatever the names are: a real engine builds them, and every file is where it was."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from ide49_storage.changes.remedies import Known, remedies
from ide49_storage.model.changes import EntryType, Group, Largest
from tests.lab.images import Images
from tests.lab.shell import run

# Each that can be named is a layer: so few, with all signs in them.
NAMEABLE = ["plain", "#1", "$HOME", "--opt", " \u00e4 ;&|!~^%=,@:+<<EOF {x,y} `tick` $(id) ${X} ... "]
ODD = ["it's", 'say "hi"', "a\\$b", "back\\slash", "back\\", "star*", "a\\*b", "q?", "br[ack]et", "["]
ODD += ["tab\there", "new\nline", "\u00a0nbsp", "\udcff\udcfe"]


@pytest.fixture(params=["podman", "docker"])
def images(request: pytest.FixtureRequest) -> Images:
    """The images of each engine."""
    found: Images = request.getfixturevalue(f"{request.param}_images")
    return found


def test_an_image_that_is_built_from_the_lines_has_every_file(images: Images, tmp_path: Path) -> None:
    context = tmp_path / "context"
    items: list[Largest] = []
    for name in [*NAMEABLE, *ODD]:
        for path, kind in ((f"/etc/odd/{name}", EntryType.FILE), (f"/srv/d-{name}", EntryType.FOLDER)):
            file = context / path[1:] / ("f" if kind is EntryType.FOLDER else "")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"of {len(items)}")
            items.append(Largest(path=path, type=kind, files=1, size=1))
    (context / "--from=x").write_text("of the root")
    items.append(Largest(path="/--from=x", type=EntryType.FILE, files=1, size=1))
    (remedy,) = remedies(Group.CONFIGURATION, len(items), items, Known())
    assert remedy.left_out == 0
    assert len([line for line in remedy.lines if line.startswith("COPY ")]) == 2 * (len(NAMEABLE) + 1) + 1
    true = files_of(context)
    (context / "Dockerfile").write_text("\n".join(["FROM scratch", *remedy.lines, ""]))
    assert built(images, context, tmp_path / "image.tar") == true


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def built(images: Images, context: Path, tar: Path) -> dict[str, bytes]:
    """The files of the image that the engine builds."""
    engine, tag = images.engine, "lab/copied:1"
    layers = ["--layers=false"] if engine.name == "podman" else []
    run(engine.argv("build", *layers, "--tag", tag, str(context)), env=engine.environment(), timeout=600)
    container = engine.cli("create", tag, "nothing").stdout.strip()
    try:
        engine.cli("export", "--output", str(tar), container)
    finally:
        engine.cli(*engine.remove_at_once, container)
        engine.cli("rmi", "--force", tag)
    with tarfile.open(tar) as archive:
        files = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
        found = {name: file.read() for name, file in files.items() if file is not None}
    # Docker makes these in every container
    return {name: data for name, data in found.items() if name.startswith(("etc/odd/", "srv/", "--"))}
