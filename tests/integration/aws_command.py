"""A stand-in for the AWS CLI that is named ``aws``: one operation through botocore.

It takes what the commands of docs/runbook.md need: text parameters, ``--no-…`` for a flag,
``--query`` and ``--output text``. Endpoint, Region and credentials come from the environment.
"""

from __future__ import annotations

import json
import os
import sys

import botocore.session
import jmespath  # type: ignore[import-untyped,unused-ignore]
from botocore import xform_name


def main(arguments: list[str]) -> str:
    service, operation, *rest = arguments
    query, text, given = _read(rest)
    answer: dict[str, object]
    if (service, operation) == ("lambda", "get-function"):
        answer = {"Configuration": {"FunctionArn": os.environ["SANDBOX_FUNCTION_ARN"]}}
    else:
        answer = _call(service, operation, given)
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


def _call(service: str, operation: str, given: dict[str, str | bool]) -> dict[str, object]:
    client = botocore.session.get_session().create_client(service)
    model = client.meta.service_model
    names = {xform_name(name, "-"): name for name in model.operation_names}
    shape = model.operation_model(names[operation]).input_shape
    members = {xform_name(name, "-"): name for name in (shape.members if shape else ())}
    parameters = {members[name]: value for name, value in given.items()}
    answer: dict[str, object] = getattr(client, xform_name(names[operation]))(**parameters)
    return answer


def _as_text(found: object) -> str:
    return "\t".join(map(str, found)) if isinstance(found, list) else str(found)


if __name__ == "__main__":
    print(main(sys.argv[1:]))  # noqa: T201
