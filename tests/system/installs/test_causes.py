"""Causes that need more than the plain index: a certificate that is not trusted, and a password of the index."""

from __future__ import annotations

from pathlib import Path

from ide49_storage.model.installs import Action, Cause, InstallChange, JobVerdict
from tests.pypi.bench import Bench
from tests.pypi.index import Index, over_tls
from tests.pypi.wheels import Package


def test_a_certificate_that_is_not_trusted_is_named_and_the_remedy_works(
    bench: Bench, index: Index, tmp_path: Path
) -> None:
    index.add(Package(name="one"))
    with over_tls(index, tmp_path) as (address, certificate):
        environ = {**bench.environ, "PIP_INDEX_URL": address}
        del environ["PIP_CONFIG_FILE"]  # /dev/null means none at all
        bench.environ = environ
        bench.use(environ)
        job = bench.do("one")
        assert (job.verdict, job.cause, job.restored) == (JobVerdict.FAILED, Cause.CERTIFICATE, True), job
        assert "self-signed certificate" in job.message.replace("self signed", "self-signed")
        (step,) = job.next_steps
        command = step.partition("pip config ")[2].replace("/path/to/certificate.pem", str(certificate))
        assert bench.pip("config", *command.split()).returncode == 0
        assert bench.do("one").verdict is JobVerdict.INSTALLED


def test_a_password_of_the_index_works_and_is_in_no_file(bench: Bench, index: Index, tmp_path: Path) -> None:
    index.add(Package(name="one"))
    secret = "canary-9c41e7"
    bench.use({**bench.environ, "PIP_INDEX_URL": index.url.replace("://", f"://me:{secret}@")})
    job = bench.do("one")
    assert job.verdict is JobVerdict.INSTALLED, job
    assert any("Authorization: Basic" in each for each in index.asked)
    bench.rest()
    for folder in (tmp_path / "runtime", bench.base):
        kept = [path for path in folder.rglob("*") if path.is_file()]
        assert kept
        assert not [path for path in kept if secret.encode() in path.read_bytes()]


def test_an_upgrade_of_all_leaves_what_came_from_elsewhere_and_says_when_the_index_was_not_asked(
    bench: Bench, index: Index
) -> None:
    index.add(Package(name="one"), Package(name="ours"))
    assert bench.do("one", "ours", imports=False).verdict is JobVerdict.INSTALLED
    (bench.site / "ours-1.0.dist-info" / "direct_url.json").write_text('{"url": "https://h/ours-1.0.whl"}')
    index.fault = "500"
    job = bench.do(action=Action.UPGRADE, imports=False)
    assert (job.verdict, job.cause) == (JobVerdict.FAILED, Cause.INDEX), "pip itself says that all is there already"
    assert bench.service.preview(bench.request(action=Action.UPGRADE)).cause is Cause.INDEX
    index.fault = ""
    index.add(Package(name="one", version="2.0"), Package(name="ours", version="2.0"))
    job = bench.do(action=Action.UPGRADE, imports=False)
    assert job.verdict is JobVerdict.INSTALLED, job
    assert job.plan is not None
    assert [(each.name, each.change) for each in job.plan.changes] == [("one", InstallChange.UPGRADE)]
    assert [each.name for each in job.plan.left] == ["ours"]
    assert "ours" in job.message
