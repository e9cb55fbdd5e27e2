"""The contract: every call, its parameters and answers, and the OpenAPI 3.1 document made of them.

``python -m ide49_storage.openapi`` writes ``openapi.json`` beside this file; ``--check`` only compares
and exits with 1 if it is stale. A handler that is not described here fails the tests, and so does a
description without a handler.
"""

from __future__ import annotations

import argparse
import inspect
import json
import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from .model.changes import ChangesEnded, ChangesProgressed, ChangesReport, Group
from .model.engines import EngineReport
from .model.findings import FindingPage, FindingReport
from .model.installs import (
    InstallProgressed,
    InstallRequest,
    Job,
    Jobs,
    NamesReport,
    NamesRequest,
    Preview,
    UserPackages,
)
from .model.mounts import MountReport, Where, WhereRequest
from .model.packages import PackageReport, Requirements
from .model.python import Layout
from .model.samba import Check, CheckRequest, SambaReport
from .model.vocabulary import CONTRACT_VERSION, ErrorBody, Record
from .model.watch import Hello, MountsChanged, SambaChanged

FILE = Path(__file__).with_name("openapi.json")
_REF = "#/components/schemas/{name}"


class Parameter(NamedTuple):
    """A parameter of the query. ``repeated`` ones may stand several times."""

    name: str
    description: str
    required: bool = False
    repeated: bool = False
    type: str = "string"


class Operation(NamedTuple):
    """One method on one address below ``{base_url}ide49-storage/``.

    ``result`` is the record type of the answer (``None``: the document itself, or a websocket, whose
    message types are in ``messages``). ``sample_query`` makes a valid request, for the tests that try
    every call. ``errors`` are statuses beyond 403, which every call can answer. ``resource`` is what an
    authorizer is asked about; with ``only_looks`` it is asked for "read" although the method is POST.
    ``sample_path`` fills in ``{id}``, ``sample_status`` is what the sample is answered with if not ``status``.
    """

    method: str
    path: str
    summary: str
    result: Any = None
    status: int = 200
    parameters: tuple[Parameter, ...] = ()
    body: Any = None
    errors: tuple[int, ...] = ()
    resource: str = "ide49_storage"
    only_looks: bool = False
    messages: tuple[Any, ...] = ()
    sample_query: str = ""
    sample_body: str | None = None
    sample_path: str = ""
    sample_status: int = 0

    @property
    def action(self) -> str:
        """What an authorizer is asked to allow."""
        return "read" if self.only_looks or self.method == "GET" else "write"

    @property
    def tag(self) -> str:
        """The part of the contract that it belongs to, one of ``TAGS``."""
        head = self.path.partition("/")[0]
        return _TAG_OF.get(head, head)


#: What the calls are grouped by, each with what its calls answer.
TAGS = {
    "mounts": "Where a path lives and what becomes of it",
    "changes": "What the next update throws away",
    "python": "Where Python finds things, and which packages stay",
    "installs": "Packages installed where they stay",
    "samba": "The share as client and as server",
    "engine": "What the container engine itself tells",
    "findings": "What is wrong, and what mends it",
    "contract": "This document, and the messages of the websocket",
}
_TAG_OF = {
    "where": "mounts",
    "packages": "python",
    "requirements": "python",
    "openapi.json": "contract",
    "watch": "contract",
}
#: Statuses that every call can answer: who asks is not known, is not allowed, or the address is not served.
ERRORS_OF_ALL = frozenset({401, 403, 404})


_KERNEL = Parameter("kernel", "A kernel's name; without it, the server's own interpreter.")
_NO_JOB: dict[str, Any] = {"sample_path": "installs/20000101T000000-000000000000", "sample_status": 404}
_PIP: dict[str, Any] = {"errors": (400, 404, 409, 413), "resource": "ide49_storage:installs"}
INSTALLS: tuple[Operation, ...] = (
    Operation("GET", "installs", "All jobs, newest first, without their logs", result=Jobs, errors=(409,)),
    Operation(
        "POST",
        "installs",
        "Start a job: install, upgrade, uninstall, repair, bring-over, delete-old or restore",
        result=Job,
        status=202,
        body=InstallRequest,
        sample_body='{"requirements": []}',
        sample_status=400,
        **_PIP,
    ),
    Operation(
        "POST",
        "installs/preview",
        "Where an install would go and what it would do (pip's dry run)",
        result=Preview,
        body=InstallRequest,
        sample_body='{"requirements": []}',
        sample_status=400,
        **_PIP,
    ),
    Operation(
        "POST",
        "installs/check",
        "What is wrong with names as they are typed or pasted, line by line",
        result=NamesReport,
        body=NamesRequest,
        errors=(400, 413),
        only_looks=True,
        sample_body='{"text": "requests<3"}',
    ),
    Operation(
        "GET",
        "installs/packages",
        "The user's own packages of a target, damaged ones among them, and packages of other Pythons",
        result=UserPackages,
        parameters=(Parameter("kernel", "A kernelspec's name; without it, the server's own interpreter."),),
        errors=(404, 409),
    ),
    Operation(
        "GET",
        "installs/{id}",
        "One job, with the lines of its log behind a cursor",
        result=Job,
        parameters=(Parameter("after", "The cursor of the answer before; without it, all lines."),),
        errors=(400, 404, 409),
        **_NO_JOB,
    ),
    Operation(
        "DELETE",
        "installs/{id}",
        "Cancel a job: its whole process group ends, and the packages are as they were before",
        result=Job,
        **_PIP,
        **_NO_JOB,
    ),
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "GET",
        "mounts",
        "The mount table, with the kind, name and fate of every storage, and the evidence",
        result=MountReport,
    ),
    Operation(
        "GET",
        "where",
        "Where each of these paths lives and what becomes of it",
        result=tuple[Where, ...],
        parameters=(
            Parameter(
                "path",
                "Absolute, or relative to the server's root directory. Undecodable bytes percent-encoded."
                " An address holds about 60 kB, or 1,000 paths: POST takes more.",
                required=True,
                repeated=True,
            ),
        ),
        errors=(400, 413),
        sample_query="path=/",
    ),
    Operation(
        "POST",
        "where",
        "The same for more paths than an address can hold",
        result=tuple[Where, ...],
        body=WhereRequest,
        errors=(400, 413),
        only_looks=True,
        sample_body='{"paths": ["/"]}',
    ),
    Operation(
        "GET",
        "changes",
        "What the next update throws away: the last scan of the container layer, and a page of its listing",
        result=ChangesReport,
        parameters=(
            Parameter("after", "The cursor `next` of the page before."),
            Parameter("limit", "How many changes to list: 0 to 10000, 100 unless told.", type="integer"),
            Parameter("group", f"Only one group: {', '.join(group.value for group in Group)}."),
        ),
        errors=(400,),
        sample_query="limit=10",
    ),
    Operation(
        "POST",
        "changes",
        "Start a scan in the background; one that runs already goes on, and is the answer",
        result=ChangesReport,
        status=202,
        sample_body="",
    ),
    Operation("DELETE", "changes", "Cancel the scan that runs, if one does", result=ChangesReport),
    Operation(
        "GET",
        "engine",
        "What the container engine itself tells, where its socket can be reached: who else mounts each volume",
        result=EngineReport,
    ),
    Operation(
        "GET",
        "python",
        "Where the server's or a kernel's interpreter finds things, what pip does there, and every kernel",
        result=Layout,
        parameters=(_KERNEL,),
        errors=(404,),
    ),
    Operation(
        "GET",
        "packages",
        "Its distributions: where each lives, whether it stays, and which copy wins",
        result=PackageReport,
        parameters=(
            _KERNEL,
            Parameter("text", "Only packages with this in their name."),
            Parameter("role", "Only those of site directories with this role: user, packages, project, pth."),
            Parameter("fate", "Only those with this fate at an update: kept, lost, at-risk, unknown."),
            Parameter("problem", "Only those with a problem.", type="boolean"),
            Parameter("requested", "Only those that a person asked for.", type="boolean"),
            Parameter("sort", "name (default), version, location, kind, fate or size; behind a minus: descending."),
            Parameter("offset", "The first one of the page, from 0.", type="integer"),
            Parameter("limit", "How many at most.", type="integer"),
            Parameter("sizes", "Measure them too: about a second for 300 packages.", type="boolean"),
        ),
        errors=(400, 404),
        sample_query="limit=3",
    ),
    Operation(
        "GET",
        "requirements",
        "A requirements file of what a person asked for",
        result=Requirements,
        parameters=(_KERNEL, Parameter("pinned", "With the installed versions.", type="boolean")),
        errors=(400, 404),
    ),
    Operation(
        "GET",
        "findings",
        "What is wrong, worst first, each with its evidence and its remedy",
        result=FindingReport,
    ),
    Operation(
        "GET",
        "findings/{id}",
        "What a check looks for, why it matters and what to do, as Markdown",
        result=FindingPage,
        errors=(404,),
        sample_path="findings/PY11",
    ),
    *INSTALLS,
    Operation("GET", "openapi.json", "This document"),
    Operation(
        "GET",
        "watch",
        "A websocket that says what changed, so that nothing has to be polled",
        status=101,
        parameters=(Parameter("after", "The cursor of the last message seen, to resume behind it."),),
        errors=(400,),
        messages=(Hello, MountsChanged, ChangesProgressed, ChangesEnded, SambaChanged, InstallProgressed),
    ),
    Operation(
        "GET",
        "samba",
        "The share as client and as server, what it hides, and what must not live on it",
        result=SambaReport,
    ),
    Operation(
        "POST",
        "samba/check",
        "Signs in at the share once, with the password that the settings name; 403 for a server that they do not name",
        result=Check,
        body=CheckRequest,
        errors=(400,),
        sample_body='{"guest": true}',
        resource="ide49_storage:samba",
    ),
)


def _type_names() -> list[Any]:
    types: list[Any] = [ErrorBody]
    for operation in OPERATIONS:
        types += [each for each in (operation.result, operation.body) if each is not None]
        types += operation.messages
    return types


def _always_sent() -> set[str]:
    """The names of the records whose every field stands in an answer, defaults too."""
    sent: set[str] = set()
    kinds = list(Record.__subclasses__())
    bodies = {operation.body for operation in OPERATIONS}
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if kind not in bodies and not kind.__struct_config__.omit_defaults:
            sent.add(kind.__name__)
    return sent


def document() -> dict[str, Any]:
    """The whole OpenAPI document as plain JSON values."""
    types = _type_names()
    # Defaults that are tuples must stand as arrays, as they do in the file.
    schemas, components = json.loads(json.dumps(msgspec.json.schema_components(types, ref_template=_REF)))
    for component in components.values():
        if "description" in component:  # a docstring, which Python before 3.13 leaves indented
            component["description"] = inspect.cleandoc(component["description"])
    for name in _always_sent() & components.keys():
        # msgspec requires only what has no default: right for what is read, too little for what is sent.
        components[name]["required"] = list(components[name]["properties"])
    schema_of = dict(zip(map(repr, types), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(f"/ide49-storage/{operation.path}", {})[operation.method.lower()] = _describe(
            operation, schema_of
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ide49_storage",
            "version": CONTRACT_VERSION,
            "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
            "description": (
                "Where every path of a (containerised) Jupyter lives, and what becomes of it. All addresses are"
                " below the server's base_url; every call needs the server's own authentication. Sizes are bytes,"
                " times RFC 3339 in UTC; undecodable bytes in paths stand as surrogate escapes."
            ),
        },
        "tags": [{"name": name, "description": description} for name, description in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "Authorization"}},
        },
        "security": [{"token": []}],
    }


def _describe(operation: Operation, schema_of: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": f"{operation.method.lower()}_{re.sub(r'[^a-z]+', '_', operation.path).strip('_')}",
        "summary": operation.summary,
        "tags": [operation.tag],
        "x-authorised-as": operation.resource,
        "x-authorised-to": operation.action,
    }
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", operation.path)
    ]
    if operation.parameters or in_path:
        described["parameters"] = [*in_path, *map(_describe_parameter, operation.parameters)]
    if operation.body is not None:
        content = {"application/json": {"schema": schema_of[repr(operation.body)]}}
        described["requestBody"] = {"required": True, "content": content}
    described["responses"] = {str(operation.status): _success(operation, schema_of)}
    error = {"application/json": {"schema": schema_of[repr(ErrorBody)]}}
    for status in sorted(ERRORS_OF_ALL.union(operation.errors)):
        described["responses"][str(status)] = {"description": _ERRORS[status], "content": error}
    if operation.messages:
        described["x-messages"] = {"oneOf": [schema_of[repr(each)] for each in operation.messages]}
    return described


_ERRORS = {
    400: "The request is not understood: the message says what to change",
    401: "Not signed in, where the server's identity provider says so",
    403: "Not signed in, or not allowed",
    404: "There is no such thing: the message names what there is",
    409: "It cannot be done now: the message says why",
    413: "Too much at once: the message says how much is allowed",
}


def _describe_parameter(parameter: Parameter) -> dict[str, Any]:
    one = {"type": parameter.type}
    schema = {"type": "array", "items": one} if parameter.repeated else one
    described = {"name": parameter.name, "in": "query", "required": parameter.required, "schema": schema}
    return {**described, "description": parameter.description}


def _success(operation: Operation, schema_of: dict[str, Any]) -> dict[str, Any]:
    if operation.status == 101:
        return {"description": "The websocket is open; its messages are described by x-messages"}
    schema = {"type": "object"} if operation.result is None else schema_of[repr(operation.result)]
    return {"description": "The answer", "content": {"application/json": {"schema": schema}}}


def text() -> str:
    """The document as it is checked in: indented, ending in a newline."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def main(argv: list[str] | None = None) -> int:
    """Write the file, or with ``--check`` say whether it is stale."""
    parser = argparse.ArgumentParser(prog="python -m ide49_storage.openapi", description=main.__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args(argv).check:
        if FILE.is_file() and FILE.read_text(encoding="utf-8") == text():
            return 0
        print(f"{FILE.name} is stale: run `make contract` and commit what it changes", file=sys.stderr)
        return 1
    FILE.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
