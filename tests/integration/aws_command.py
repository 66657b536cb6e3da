"""A stand-in for the AWS CLI that is named ``aws``: one operation through botocore.

It takes what the commands of docs/runbook.md need: text parameters, ``--no-…`` for a flag,
``--query`` and ``--output text``. The command only hands its arguments to the test's process,
which has botocore loaded: a process that loads it takes a third of a second for each command.
"""

from __future__ import annotations

import json
import socketserver
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import jmespath  # type: ignore[import-untyped,unused-ignore]
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sandbox.stack import Stack

# Arguments end with a null byte each, after their number; the first line back is the exit status.
_COMMAND = """#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/{port}
printf '%s\\0' $# "$@" >&3
read -r status <&3
if [ "$status" = 0 ]; then cat <&3; else cat <&3 >&2; fi
exit "$status"
"""


@contextmanager
def installed(folder: Path, stack: Stack) -> Iterator[None]:
    """Put the command into a folder, and answer it for the stack until the block ends."""
    with _Server(stack) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        command = folder / "aws"
        command.write_text(_COMMAND.format(port=server.server_address[1]), encoding="utf-8")
        command.chmod(0o700)
        try:
            yield
        finally:
            server.shutdown()


class _Server(socketserver.TCPServer):
    def __init__(self, stack: Stack) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.stack = stack


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        arguments = [self._word() for _ in range(int(self._word()))]
        try:
            status, text = 0, _answered(cast("_Server", self.server).stack, arguments)
        except (BotoCoreError, ClientError) as error:
            status, text = 254, str(error)
        self.wfile.write(f"{status}\n{text}\n".encode())

    def _word(self) -> str:
        found = bytearray()
        while (one := self.rfile.read(1)) != b"\0":
            found += one
        return found.decode()


def _answered(stack: Stack, arguments: list[str]) -> str:
    service, operation, *rest = arguments
    query, text, given = _read(rest)
    answer: dict[str, object]
    if (service, operation) == ("lambda", "get-function"):
        answer = {"Configuration": {"FunctionArn": stack.function.arn}}
    else:
        assert service == "secretsmanager"
        answer = _call(stack.aws.client(), operation, given)
    found = jmespath.search(query, answer) if query else answer
    return _as_text(found) if text else json.dumps(found, default=str, indent=4)


def _read(rest: list[str]) -> tuple[str | None, bool, dict[str, str | bool]]:
    given: dict[str, str | bool] = {}
    words = iter(rest)
    for word in words:
        name = word.removeprefix("--")
        if name.startswith("no-"):
            given[name.removeprefix("no-")] = False
        else:
            given[name] = next(words)
    query, output = given.pop("query", None), given.pop("output", "json")
    return (str(query) if query else None), output == "text", given


def _call(client: Any, operation: str, given: dict[str, str | bool]) -> dict[str, object]:  # noqa: ANN401
    model = client.meta.service_model
    names = {xform_name(name, "-"): name for name in model.operation_names}
    shape = model.operation_model(names[operation]).input_shape
    members = {xform_name(name, "-"): name for name in (shape.members if shape else ())}
    parameters = {members[name]: value for name, value in given.items()}
    answer: dict[str, object] = getattr(client, xform_name(names[operation]))(**parameters)
    return answer


def _as_text(found: object) -> str:
    return "\t".join(map(str, found)) if isinstance(found, list) else str(found)
