"""Verification of what an AWS workload proves itself with. No I/O; the clock is an argument.

The client signs a request for STS's GetCallerIdentity and hands it over unsent, as base64 of
JSON with url, method and headers ([L] what connectors 4.8.1 and 5.2.0 send). Snowflake sends
it to STS, which verifies the signature and answers with the caller's ARN ([D]
user-guide/workload-identity-federation). Here the signature is computed again, which works for
credentials that this account was told of (``Account.aws_workloads``) and for no others: that
STS would accept real ones is not shown.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import parse_qsl, quote, urlsplit

from sandbox.snowflake.answers.refusals import SnowflakeError, attestation_refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.snowflake.account.workloads import AwsWorkload

AUDIENCE = "snowflakecomputing.com"
# How long Snowflake and STS take such a request is not documented; AWS's longest is 15 minutes.
LIFETIME_SECONDS = 15 * 60
_STS = re.compile(r"sts(?:\.(?P<region>[a-z]{2}(?:-[a-z]+)+-[0-9]))?\.amazonaws\.com")
_WANTED_QUERY = {"Action": "GetCallerIdentity", "Version": "2011-06-15"}
_MUST_BE_SIGNED = {"host", "x-amz-date", "x-snowflake-audience"}
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[A-Z0-9]+)/(?P<date>[0-9]{8})/(?P<region>[a-z0-9-]+)"
    r"/sts/aws4_request, ?SignedHeaders=(?P<signed>[a-z0-9;-]+)"
    r", ?Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class _Attestation:
    """The signed request; ``headers`` have names in lower case."""

    method: str
    host: str
    query: dict[str, str]
    headers: dict[str, str]
    authorization: re.Match[str]


def role_arn(token: str, workloads: Mapping[str, AwsWorkload], now: float) -> str:
    """Return the ARN of the role whose credentials signed; ``workloads`` is by access key id.

    Raises:
        SnowflakeError: 390100, for the first thing that is wrong.

    """
    attestation = _decode(token)
    _expect_sts(attestation)
    if attestation.headers.get("x-snowflake-audience") != AUDIENCE:
        _refuse("it is meant for another audience")
    signed_at = _signed_at(attestation)
    if abs(now - signed_at) > LIFETIME_SECONDS:
        _refuse("it is too old, or from the future")
    workload = workloads.get(attestation.authorization["key"])
    if workload is None:
        _refuse("its access key is unknown here")
    if attestation.headers.get("x-amz-security-token") != workload.session_token:
        _refuse("its session token does not belong to its access key")
    if not hmac.compare_digest(_signature(attestation, workload), _given(attestation)):
        _refuse("its signature is wrong")
    return workload.role_arn


def _decode(token: str) -> _Attestation:
    try:
        content = json.loads(base64.b64decode(token, validate=True))
        headers = {name.lower(): str(value) for name, value in content["headers"].items()}
        url = urlsplit(content["url"])
        method = str(content["method"])
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError):
        _refuse("it can't be read")
    authorization = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if authorization is None or url.scheme != "https" or url.path not in ("", "/"):
        _refuse("it is no signed request")
    return _Attestation(method, url.netloc, dict(parse_qsl(url.query)), headers, authorization)


def _expect_sts(attestation: _Attestation) -> None:
    host = _STS.fullmatch(attestation.host)
    if host is None or attestation.headers.get("host") != attestation.host:
        _refuse("it is not for STS")
    if host["region"] not in (None, attestation.authorization["region"]):
        _refuse("it is signed for another Region")
    if attestation.method != "POST" or attestation.query != _WANTED_QUERY:
        _refuse("it is not GetCallerIdentity")
    if not set(attestation.authorization["signed"].split(";")) >= _MUST_BE_SIGNED:
        _refuse("a header that matters is not signed")


def _signed_at(attestation: _Attestation) -> float:
    try:
        text = attestation.headers["x-amz-date"]
        moment = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except (KeyError, ValueError):
        _refuse("it has no date")
    if not text.startswith(attestation.authorization["date"]):
        _refuse("it has two dates")
    return moment.timestamp()


def _given(attestation: _Attestation) -> str:
    return attestation.authorization["signature"]


def _signature(attestation: _Attestation, workload: AwsWorkload) -> str:
    """Compute the signature ([D] IAM user guide, "Create a signed AWS API request")."""
    authorization = attestation.authorization
    names = authorization["signed"].split(";")
    query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in sorted(attestation.query.items())
    )
    headers = "".join(f"{n}:{' '.join(attestation.headers.get(n, '').split())}\n" for n in names)
    request = "\n".join(
        [attestation.method, "/", query, headers, authorization["signed"], _sha256(b"")]
    )
    scope = f"{authorization['date']}/{authorization['region']}/sts/aws4_request"
    signed = "\n".join(
        ["AWS4-HMAC-SHA256", attestation.headers["x-amz-date"], scope, _sha256(request.encode())]
    )
    key = b"AWS4" + workload.secret_access_key.encode()
    for part in (*scope.split("/"), signed):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _refuse(why: str) -> NoReturn:
    raise SnowflakeError(attestation_refused(why))
