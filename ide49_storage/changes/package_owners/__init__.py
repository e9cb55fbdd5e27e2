"""Which package manager owns a path of the container layer, and the lines that install the same again.

One file a package manager, each a `PackageOwner`. A new one is a file and a name in ``OWNERS``; what an earlier one
claims is not a later one's.
"""

from __future__ import annotations

from .dpkg import Dpkg
from .owner import PackageOwner
from .python import LayerDistributions

OWNERS: tuple[type[PackageOwner], ...] = (Dpkg, LayerDistributions)
