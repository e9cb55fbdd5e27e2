"""What pip's own files set: what says how packages are found still counts, what sends them elsewhere does not."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from ide49_storage.model.installs import Action, Cause, JobVerdict
from tests.pypi.bench import Bench
from tests.pypi.index import Index, over_tls
from tests.pypi.wheels import Package, build_wheel


def told_by_file(bench: Bench, text: str, **more: str) -> None:
    """A person's own pip.conf instead of the bench's variables. ``more`` are variables besides."""
    place = Path(bench.environ["HOME"]) / ".config" / "pip"
    place.mkdir(parents=True)
    (place / "pip.conf").write_text(text)
    kept = {name: value for name, value in bench.environ.items() if not name.startswith("PIP_")}
    bench.environ = {**kept, **more}
    bench.use(bench.environ)


@pytest.mark.parametrize(
    "setting",
    [
        "[install]\nroot = {elsewhere}",
        "[install]\ndry-run = true",
        "[install]\ntarget = {elsewhere}",
        "[install]\nprefix = {elsewhere}",
        "[install]\nuser = false",
        "[install]\nreport = {elsewhere}",
        "[install]\nrequirement = {elsewhere}",
        "[global]\nrequire-virtualenv = true",
        "[global]\npython = {elsewhere}",
        "[global]\nquiet = 3",
        "[global]\nlog = {elsewhere}",
    ],
)
def test_a_setting_of_a_file_that_redirects_pip_has_no_say_in_a_job(
    bench: Bench, index: Index, tmp_path: Path, setting: str
) -> None:
    index.add(Package(name="one"))
    elsewhere = tmp_path / "elsewhere"
    told_by_file(bench, f"{setting.format(elsewhere=elsewhere)}\nindex-url = {index.url}\n")
    preview = bench.service.preview(bench.request("one"))
    assert preview.plan is not None, preview
    assert [each.name for each in preview.plan.changes] == ["one"]
    job = bench.do("one")
    assert job.verdict is JobVerdict.INSTALLED, (job.message, [each.text for each in job.lines])
    assert (bench.site / "one" / "__init__.py").is_file()
    assert not elsewhere.exists()
    assert bench.do("one").verdict is JobVerdict.NOTHING
    assert bench.do("one", action=Action.UNINSTALL).verdict is JobVerdict.REMOVED


@pytest.mark.parametrize("variable", ["PIP_ROOT", "PIP_DRY_RUN"])
def test_an_install_that_pip_reports_and_that_is_not_there_is_never_called_nothing_to_do(
    bench: Bench, index: Index, tmp_path: Path, variable: str
) -> None:
    index.add(Package(name="one"))
    (tmp_path / "start").mkdir()
    value = str(tmp_path / "root") if variable == "PIP_ROOT" else "1"
    (tmp_path / "start" / "sitecustomize.py").write_text(f"import os\nos.environ[{variable!r}] = {value!r}\n")
    bench.use({**bench.environ, "PYTHONPATH": str(tmp_path / "start")})
    job = bench.do("one")
    assert (job.verdict, job.cause) == (JobVerdict.FAILED, Cause.OTHER)
    assert "one 1.0" in job.message
    assert bench.files() == {}


def test_the_index_the_proxy_and_the_trusted_host_of_a_file_are_used(bench: Bench, index: Index) -> None:
    index.add(Package(name="one"))
    proxy = index.url.removesuffix("/simple/")
    told_by_file(
        bench,
        "[global]\nindex-url = http://index.invalid/simple/\nretries = 0\n"
        f"[install]\nproxy = {proxy}\ntrusted_host =\n  other.invalid\n  index.invalid\n",
    )
    assert bench.do("one").verdict is JobVerdict.INSTALLED
    assert index.asked
    assert all(each.startswith("GET http://index.invalid/") for each in index.asked)


def test_the_certificate_of_a_file_is_used(bench: Bench, index: Index, tmp_path: Path) -> None:
    index.add(Package(name="one"))
    with over_tls(index, tmp_path) as (url, certificate):
        told_by_file(bench, f"[global]\nindex-url = {url}\ncert = {certificate}\nretries = 0\n")
        job = bench.do("one")
        assert job.verdict is JobVerdict.INSTALLED, job.message


def test_links_limits_and_further_indexes_of_a_file_are_used(bench: Bench, index: Index, tmp_path: Path) -> None:
    index.add(Package(name="one"), Package(name="one", version="2.0"))
    (tmp_path / "links").mkdir()
    build_wheel(Package(name="linked"), tmp_path / "links")
    (tmp_path / "limits.txt").write_text("one<2\n")
    told_by_file(
        bench,
        f"[global]\nindex-url = file://{tmp_path}/empty\nextra-index-url = {index.url}\nretries = 0\n"
        f"[install]\nfind-links = {tmp_path}/links\nconstraint = {tmp_path}/limits.txt\n",
    )
    job = bench.do("one", "linked")
    assert job.verdict is JobVerdict.INSTALLED, job.message
    assert (bench.site / "one-1.0.dist-info").is_dir()
    assert (bench.site / "linked-1.0.dist-info").is_dir()


def test_a_variable_stands_before_a_file(bench: Bench, index: Index) -> None:
    index.add(Package(name="one"))
    told_by_file(bench, "[install]\nindex-url = http://127.0.0.1:9/simple/\nretries = 0\n", PIP_INDEX_URL=index.url)
    assert bench.do("one").verdict is JobVerdict.INSTALLED


def test_a_password_for_the_index_in_a_file_reaches_the_index_and_nothing_that_is_kept(
    bench: Bench, index: Index, tmp_path: Path
) -> None:
    index.add(Package(name="one"))
    told_by_file(bench, f"[global]\nindex-url = {index.url.replace('//', '//person:canary-41b7@')}\nretries = 0\n")
    assert bench.do("one").verdict is JobVerdict.INSTALLED
    assert base64.b64encode(b"person:canary-41b7").decode() in "".join(index.asked)
    index.fault = "401"
    job = bench.do("two")
    assert (job.verdict, job.cause) == (JobVerdict.FAILED, Cause.INDEX)
    kept = [Path(folder) / name for top in (tmp_path / "runtime", bench.base) for folder, _, names in os.walk(top)
            for name in names]  # fmt: skip
    assert [path for path in kept if path.name == "record.json"]
    assert not [path for path in kept if b"canary-41b7" in path.read_bytes()]
    assert "canary-41b7" not in repr(job)


def test_a_file_that_pip_cannot_read_is_named_and_no_other_index_is_asked(bench: Bench, index: Index) -> None:
    index.add(Package(name="one"))
    told_by_file(bench, "index-url = https://canary.invalid/simple/\n", PIP_INDEX_URL=index.url)
    preview = bench.service.preview(bench.request("one"))
    assert (preview.plan, preview.cause) == (None, Cause.TARGET)
    job = bench.do("one")
    assert (job.verdict, job.cause, job.restored) == (JobVerdict.FAILED, Cause.TARGET, True)
    for message in (preview.message, job.message):
        assert f"{bench.environ['HOME']}/.config/pip/pip.conf" in message
        assert "canary" not in message
    assert index.asked == []
