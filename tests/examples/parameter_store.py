"""Parameter Store on 127.0.0.1: moto's, for as long as a ``with`` block."""

from __future__ import annotations

from typing import Self

from moto.core.request import Request
from moto.ssm.models import SimpleSystemManagerBackend
from moto.ssm.responses import SimpleSystemManagerResponse

from sandbox.http import HttpReply, HttpRequest, HttpServer

JSON_1_1 = {"Content-Type": "application/x-amz-json-1.1"}


class _Response(SimpleSystemManagerResponse):
    """Handles a request on the backend it is given, not on moto's global one."""

    def __init__(self, backend: SimpleSystemManagerBackend) -> None:
        super().__init__()
        self._backend = backend

    @property
    def ssm_backend(self) -> SimpleSystemManagerBackend:
        return self._backend


class ParameterStore:
    """``operations`` are those that were asked for over HTTP."""

    def __init__(self, region: str = "eu-west-1", account_id: str = "123456789012") -> None:
        self._backend = SimpleSystemManagerBackend(region, account_id)
        self._prefix = f"arn:aws:ssm:{region}:{account_id}:parameter"
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
        self._backend.put_parameter(
            name=name,
            description="",
            value=value,
            parameter_type="SecureString",
            allowed_pattern="",
            keyid="",
            overwrite=True,
            tags=[],
            data_type="text",
            tier=None,
            policies=None,
        )
        return f"{self._prefix}{name}"

    def _answer(self, request: HttpRequest) -> HttpReply:
        self.operations.append(request.headers["x-amz-target"].rpartition(".")[2])
        response = _Response(self._backend)
        url = f"http://{request.headers['host']}{request.path}"
        response.setup_class(
            Request.from_primitives(request.method, url, dict(request.headers), request.body)
        )
        status, _, body = response.call_action()
        return HttpReply(
            int(status), str(body).encode(), {"Content-Type": "application/x-amz-json-1.1"}
        )
