"""Every request of the function as it comes off the wire, less the secrets that belong there.

Where a secret belongs: a JWT in the login's TOKEN, session tokens in the Authorization header
(and, for a renewal, in oldSessionToken), the new value in PutSecretValue's SecretString and
the rotation token in its RotationToken. Anything else that was sent is kept, to be searched.
"""

from __future__ import annotations

import gzip
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.http import Handler, HttpReply, HttpRequest, HttpServer

AWS, SNOWFLAKE, RUNTIME = "Secrets Manager", "Snowflake", "the Runtime API"
DRIP_SECONDS = 0.4
_BELONG = {"PutSecretValue": ("SecretString", "RotationToken")}


@dataclass
class Tap:
    """Listens at the embedded servers. ``look`` runs after every request's effect.

    ``jwts`` are the login tokens that were seen. Replies of the service named in ``dripping``
    leave one byte at a time.
    """

    look: Callable[[], None]
    sent: list[str] = field(default_factory=list)
    jwts: set[str] = field(default_factory=set)
    dripping: str = ""

    def forget(self) -> None:
        """Drop what was heard so far."""
        self.sent.clear()
        self.jwts.clear()

    def listen_to(self, server: HttpServer, service: str) -> None:
        """Stand between a service, or a Runtime API, and its clients."""
        answer = server.answer

        def answered(request: HttpRequest) -> HttpReply | None:
            self._hear(request.headers, request.path, request.body)
            try:
                return answer(request)
            finally:
                # A Runtime API changes nothing, and it ends after the rest.
                if service != RUNTIME:
                    self.look()

        server.answer = answered
        server.handler = _dripping(server.handler, self, service)

    def _hear(self, headers: Mapping[str, str], path: str, raw: bytes) -> None:
        lower = dict(headers)
        body = gzip.decompress(raw) if lower.get("content-encoding") == "gzip" else raw
        operation = lower.get("x-amz-target", "").rpartition(".")[2]
        if 'Snowflake Token="' in lower.get("authorization", "") and "login" not in path:
            del lower["authorization"]
        self.sent += [path, json.dumps(lower), self._rest(path, operation, body)]

    def _rest(self, path: str, operation: str, body: bytes) -> str:
        """Return the body without what belongs in it."""
        text = body.decode("utf-8", "replace")
        try:
            content: Any = json.loads(text)
        except ValueError:
            return text
        if not isinstance(content, dict):
            return text
        for name in _BELONG.get(operation, ()):
            content.pop(name, None)
        if path.startswith("/session/v1/login-request"):
            self.jwts.add(str(content.get("data", {}).pop("TOKEN", "")))
        if path.startswith("/session/token-request"):
            content.pop("oldSessionToken", None)
        return json.dumps(content)


def _dripping(base: type[Handler], tap: Tap, service: str) -> type[Handler]:
    class DrippingHandler(base):  # type: ignore[misc,valid-type]
        wfile: Any

        def setup(self) -> None:
            super().setup()
            self.wfile = _Dripping(self.wfile, tap, service)

    return DrippingHandler


class _Dripping:
    """Passes on what is written; while the tap drips, one byte at a time."""

    def __init__(self, target: Any, tap: Tap, service: str) -> None:  # noqa: ANN401
        self._target, self._tap, self._service = target, tap, service

    def write(self, content: Any) -> int:  # noqa: ANN401
        if self._tap.dripping != self._service:
            return int(self._target.write(content))
        for byte in bytes(content):
            self._target.write(bytes([byte]))
            self._target.flush()
            time.sleep(DRIP_SECONDS)
        return len(content)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - flush, close, closed
        return getattr(self._target, name)
