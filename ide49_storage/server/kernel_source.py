"""What the server's own manager of kernelspecs knows: where it looks, and what it offers."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Mapping
from typing import Any

from ..mounts.locator import PathLocator
from ..python.kernels.kernelspecs import KernelSource, Offered


async def kernel_source(manager: Any, folders: tuple[str, ...]) -> KernelSource:
    """The folders in which ``manager`` looks for kernelspecs, and what it offers.

    ``folders`` are those that Jupyter's own rules name. Where one of them may hang, the manager is not asked: it
    would read them in this process, and might never come back.
    """
    if not await asyncio.to_thread(_all_local, folders):
        # To work out its folders the manager would look at IPython's, and even make it.
        return KernelSource(folders=folders)
    listed = tuple(str(path) for path in await asyncio.to_thread(getattr, manager, "kernel_dirs", ()))
    if not await asyncio.to_thread(_all_local, listed):
        return KernelSource(folders=listed)
    if inspect.iscoroutinefunction(manager.get_all_specs):
        specs = await manager.get_all_specs()
    else:
        specs = await asyncio.to_thread(manager.get_all_specs)
    return KernelSource(folders=listed, offered=tuple(offered_kernel(name, spec) for name, spec in specs.items()))


def offered_kernel(name: str, found: Mapping[str, Any]) -> Offered:
    """One item of the manager's ``get_all_specs()`` as a record."""
    spec = found.get("spec") or {}
    folder = found.get("resource_dir") or None
    # ipykernel's built-in kernel names a folder inside that package, which holds no kernel.json
    built_in = isinstance(folder, str) and folder.endswith("/ipykernel/resources")
    return Offered(
        name=str(name),
        folder=None if built_in else folder,
        argv=tuple(str(each) for each in spec.get("argv") or ()),
        env={str(key): str(value) for key, value in (spec.get("env") or {}).items()},
        display_name=str(spec.get("display_name") or name),
        language=spec.get("language") or None,
    )


def _all_local(folders: tuple[str, ...]) -> bool:
    locator = PathLocator(folders)
    return all(locator.is_local(folder) for folder in folders)
