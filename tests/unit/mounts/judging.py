"""The verdict on one synthetic line, and the words that the tests of the rules share."""

from __future__ import annotations

from ide49_storage.model.mounts import EngineName
from ide49_storage.model.vocabulary import Fate
from ide49_storage.mounts.classify.context import Classification
from ide49_storage.mounts.classify.rules import classify, context_of

from .lines import HEX, OVERLAY_ROOT, line, table_of

KEPT, LOST, RISK, UNKNOWN = Fate.KEPT, Fate.LOST, Fate.AT_RISK, Fate.UNKNOWN
DOCKER, PODMAN, BALENA, K8S = EngineName.DOCKER, EngineName.PODMAN, EngineName.BALENA, EngineName.KUBERNETES
NERDCTL, LXC, NSPAWN, NONE = EngineName.CONTAINERD, EngineName.LXC, EngineName.NSPAWN, EngineName.NONE
VOLATILE = OVERLAY_ROOT + ",volatile"
VOLUMES = "/var/lib/docker/volumes"
PODS = "/var/lib/kubelet/pods/1-2-3"
HOSTS = line(9, 1, "/etc/hosts", device="8:2", root=f"/c/containers/{HEX}/hosts", fs="ext4", source="/dev/sda2")


def judge(
    text: str, engine: EngineName = DOCKER, *, root: str = OVERLAY_ROOT, removable: dict[str, bool] | None = None
) -> Classification:
    """The verdict on one line beside a root and the engine's own file."""
    lines = [text] if text == root else [root, text]
    table = table_of(*lines, HOSTS)
    around = context_of(table, engine, removable or {})
    return classify(table.rows[len(lines) - 1], around)


def fates(verdict: Classification) -> tuple[Fate, Fate, Fate]:
    return verdict.fate.stop, verdict.fate.update, verdict.fate.device


def bind(root: str, point: str = "/x", *, device: str = "8:2", source: str = "/dev/sda2", fs: str = "ext4") -> str:
    """A folder of a disk of the machine."""
    return line(20, 1, point, device=device, root=root, fs=fs, source=source)
