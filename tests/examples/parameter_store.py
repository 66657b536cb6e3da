"""Parameter Store on 127.0.0.1, for as long as a ``with`` block: GetParameters and no other call.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
"""

from __future__ import annotations

import json
from typing import Any, Self

from sandbox.http import HttpReply, HttpRequest, HttpServer

JSON_1_1 = {"Content-Type": "application/x-amz-json-1.1"}
MOST_NAMES = 10


class ParameterStore:
    """``operations`` are those that were asked for over HTTP."""

    def __init__(self, region: str = "eu-west-1", account_id: str = "123456789012") -> None:
        self._prefix = f"arn:aws:ssm:{region}:{account_id}:parameter"
        self._values: dict[str, str] = {}
        self.operations: list[str] = []

    def __enter__(self) -> Self:
        self._http = HttpServer(self._answer)
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def environment(self) -> dict[str, str]:
        """Return the variable that wins over AWS_ENDPOINT_URL."""
        return {"AWS_ENDPOINT_URL_SSM": f"http://{self._http.address}"}

    def put(self, name: str, value: str) -> str:
        """Store a SecureString; return its ARN."""
        self._values[name] = value
        return f"{self._prefix}{name}"

    def _answer(self, request: HttpRequest) -> HttpReply:
        operation = request.headers["x-amz-target"].rpartition(".")[2]
        self.operations.append(operation)
        asked = json.loads(request.body)
        if operation != "GetParameters" or not 1 <= len(asked["Names"]) <= MOST_NAMES:
            return HttpReply(400, b'{"__type": "ValidationException"}', JSON_1_1)
        return HttpReply(200, json.dumps(self._found(asked)).encode(), JSON_1_1)

    def _found(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return those that are there, each under its name though it was asked for by its ARN."""
        names = {one: one.removeprefix(self._prefix) for one in asked["Names"]}
        return {
            "Parameters": [
                {
                    "Name": name,
                    "ARN": f"{self._prefix}{name}",
                    "Type": "SecureString",
                    "Value": self._values[name] if asked.get("WithDecryption") else "encrypted",
                }
                for name in names.values()
                if name in self._values
            ],
            "InvalidParameters": [one for one, name in names.items() if name not in self._values],
        }
