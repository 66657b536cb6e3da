"""The requests of the protocol: their kinds, and how one is read."""

from __future__ import annotations

import enum
import gzip
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from sandbox.http import HttpRequest

Json = dict[str, Any]


class Kind(enum.StrEnum):
    """The kinds of request, which are the operations of the record and of faults."""

    LOGIN = "login"
    STATEMENT = "statement"
    CLOSE = "close"
    TELEMETRY = "telemetry"
    TOKEN_RENEWAL = "token renewal"  # noqa: S105 - no password
    HEARTBEAT = "heartbeat"
    ABORT = "abort"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request, decoded; ``authorization`` is its header, '' if there is none."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    authorization: str = field(default="", repr=False)
    body: Json = field(default_factory=dict, repr=False)

    @classmethod
    def from_http(cls, request: HttpRequest) -> Request:
        """Decode a request.

        Raises:
            ValueError: its body is no JSON object.

        """
        url = urlsplit(request.path)
        return cls(
            method=request.method,
            path=url.path,
            query={name: values[0] for name, values in parse_qs(url.query).items()},
            authorization=request.headers.get("authorization") or "",
            body=_decoded(request),
        )

    @property
    def kind(self) -> Kind:
        """Which request of the protocol this is."""
        if self.method != "POST":
            return Kind.UNKNOWN
        if self.path == "/session":
            return Kind.CLOSE if self.query.get("delete") == "true" else Kind.UNKNOWN
        return _KINDS.get(self.path, Kind.UNKNOWN)

    @property
    def sql(self) -> str | None:
        """The SQL it carries, None if it carries none."""
        return self.body.get("sqlText") if self.kind is Kind.STATEMENT else None


_KINDS = {
    "/session/v1/login-request": Kind.LOGIN,
    "/queries/v1/query-request": Kind.STATEMENT,
    "/queries/v1/abort-request": Kind.ABORT,
    "/session/token-request": Kind.TOKEN_RENEWAL,
    "/session/heartbeat": Kind.HEARTBEAT,
    "/telemetry/send": Kind.TELEMETRY,
}


def _decoded(request: HttpRequest) -> Json:
    raw = request.body
    if request.headers.get("content-encoding") == "gzip":
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError) as error:
            raise ValueError("the body is no gzip") from error
    body = json.loads(raw) if raw.strip() else {}
    if not isinstance(body, dict | None):
        raise ValueError("the body is no JSON object")  # noqa: TRY004 - as for what is no JSON
    return body or {}
