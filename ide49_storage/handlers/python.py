"""``GET python``, ``packages``, ``requirements``: where an interpreter finds things, and what is installed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import Refusal, StorageHandler

if TYPE_CHECKING:
    from ..model.packages import PackageReport, Requirements
    from ..model.python import Layout
    from ..python.jupyter_home import JupyterHome
    from ..python.kernels.kernelspecs import KernelSource, Offered
    from ..python.packages_report import Filter
    from ..python.service import InterpreterRequest

T = TypeVar("T")
#: More packages than this are not sent in one answer.
MOST_LIMIT = 10_000


class InterpreterHandler(StorageHandler):
    """What the calls about an interpreter share: ``?kernel=``, and what the server knows of kernels."""

    async def ready(self) -> None:
        """Import what answers, in a thread: to import it once more then costs the event loop nothing."""
        await self.off_loop(_import)

    async def about(self) -> InterpreterRequest:
        """The request, with the server's own kernels."""
        await self.ready()
        from ..python import service

        kernel = self.get_query_argument("kernel", None) or None
        return await self.off_loop(service.request, self.root_dir, kernel, await self.kernel_source())

    async def tell(self, call: Callable[..., Any], *arguments: Any) -> None:
        """Answer what ``call`` gives for this request; 404 for a kernel that there is not."""
        self.answer(await self.result(call, *arguments))

    async def result(self, call: Callable[..., T], *arguments: Any) -> T:
        """What ``call`` gives for this request; ``Refusal`` 404 for a kernel that there is not."""
        asked = await self.about()
        from ..errors import UnknownKernel

        try:
            return await self.off_loop(call, asked, *arguments)
        except UnknownKernel as error:
            raise Refusal(404, str(error), "unknown-kernel") from None

    async def kernel_source(self) -> KernelSource:
        """The folders in which the server's manager looks, and what it offers."""
        from ..python.kernels.kernelspecs import KernelSource

        manager: Any = self.settings["kernel_spec_manager"]
        home: JupyterHome = await self.made("ide49_storage_home")
        named = home.kernels
        if not await self.off_loop(_answering, named):
            # To work out its folders the manager would look at IPython's, and even make it.
            return KernelSource(folders=named)
        folders = tuple(str(path) for path in await self.off_loop(getattr, manager, "kernel_dirs", ()))
        if not await self.off_loop(_answering, folders):
            # The manager would read them in this process, and might never come back.
            return KernelSource(folders=folders)
        if inspect.iscoroutinefunction(manager.get_all_specs):
            specs = await manager.get_all_specs()
        else:
            specs = await self.off_loop(manager.get_all_specs)
        return KernelSource(folders=folders, offered=tuple(_offered(name, each) for name, each in specs.items()))

    def switch(self, name: str) -> bool:
        """A parameter that is ``true`` or ``false`` (also ``1`` and ``0``); ``Refusal`` 400 for another word."""
        given = self.get_query_argument(name, "false").lower()
        if given not in ("true", "false", "1", "0"):
            raise Refusal(400, f"{name} is true or false, not {given!r}", "bad-parameter")
        return given in ("true", "1")


def _import() -> None:
    from ..python import service  # noqa: F401  # what it imports in turn is all there is


def _answering(folders: tuple[str, ...]) -> bool:
    from ..mounts.locator import PathLocator

    return all(map(PathLocator(folders).is_local, folders))


def _offered(name: str, found: Mapping[str, Any]) -> Offered:
    from ..python.kernels.kernelspecs import Offered

    spec = found.get("spec") or {}
    folder = found.get("resource_dir") or None
    # ipykernel's built-in kernel names a folder inside that package, which holds no kernel.json
    own = isinstance(folder, str) and folder.endswith("/ipykernel/resources")
    return Offered(
        name=str(name),
        folder=None if own else folder,
        argv=tuple(str(each) for each in spec.get("argv") or ()),
        env={str(key): str(value) for key, value in (spec.get("env") or {}).items()},
        display_name=str(spec.get("display_name") or name),
        language=spec.get("language") or None,
    )


class PythonHandler(InterpreterHandler):
    """The layout of the server's or a kernel's interpreter."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer a ``Layout``."""
        await self.tell(_layout)


class PackagesHandler(InterpreterHandler):
    """The distributions of an interpreter."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer a ``PackageReport``: filtered, sorted, one page."""
        await self.ready()
        await self.tell(_packages, self._filter(), self.switch("sizes"))

    def _filter(self) -> Filter:
        from ..model.python import PathRole
        from ..model.vocabulary import Fate
        from ..python.packages_report import SORTS, Filter

        sort = self.get_query_argument("sort", "name")
        if sort.lstrip("-") not in SORTS:
            raise Refusal(400, f"sort is one of {', '.join(SORTS)}, or one of them behind a minus", "bad-parameter")
        limit = self._number("limit", None)
        return Filter(
            text=self.get_query_argument("text", ""),
            role=self._word("role", PathRole),
            fate=self._word("fate", Fate),
            problem=self.switch("problem"),
            requested=self.switch("requested"),
            sort=sort.lstrip("-"),
            descending=sort.startswith("-"),
            offset=self._number("offset", 0) or 0,
            limit=min(limit, MOST_LIMIT) if limit is not None else None,
        )

    def _word(self, name: str, words: type[Enum]) -> str:
        given = self.get_query_argument(name, "")
        known = [word.value for word in words]
        if given and given not in known:
            raise Refusal(400, f"{name} is one of {', '.join(known)}, not {given!r}", "bad-parameter")
        return given

    def _number(self, name: str, default: int | None) -> int | None:
        given = self.get_query_argument(name, None)
        if given is None:
            return default
        if not (given.isascii() and given.isdecimal() and len(given) <= 9):
            raise Refusal(400, f"{name} is a whole number from 0 on, not {given!r}", "bad-parameter")
        return int(given)


class RequirementsHandler(InterpreterHandler):
    """What a person asked for, as a requirements file."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer ``Requirements``."""
        await self.tell(_requirements, self.switch("pinned"))


def _layout(asked: InterpreterRequest) -> Layout:
    from ..python import service

    return service.layout(asked)


def _packages(asked: InterpreterRequest, wanted: Filter, sizes: bool) -> PackageReport:
    from ..python import service

    return service.package_report(asked, wanted, sizes)


def _requirements(asked: InterpreterRequest, pinned: bool) -> Requirements:
    from ..python import service

    return service.requirements(asked, pinned)
