"""Verification of the JWT a key-pair login carries. No I/O; the clock is an argument.

Source: [D] developer-guide/sql-api/authenticating for the claims, [D]
user-guide/key-pair-auth-troubleshooting for the codes. The order of the checks is ours: where
two things are wrong, Snowflake may name the other one.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from sandbox.snowflake.answers import refusals

if TYPE_CHECKING:
    from sandbox.snowflake.account.accounts import Account
    from sandbox.snowflake.account.users import Slot, User

ARRIVAL_LIMIT_SECONDS = 60
LIFETIME_LIMIT_SECONDS = 3600
# Epoch seconds reach this number in the year 5138, epoch milliseconds did in 1973.
MILLISECONDS_FROM = 100_000_000_000

_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_ISSUER = re.compile(r"(?P<account>[^.]+)\.(?P<user>.+)\.(?P<fingerprint>SHA256:[A-Za-z0-9+/]+=*)")


@dataclass(frozen=True, slots=True)
class Jwt:
    """A decoded, not yet verified JWT; account, user and fingerprint as its issuer claims."""

    header: dict[str, Any]
    claims: dict[str, Any]
    account: str
    login_name: str
    fingerprint: str
    signed: bytes
    signature: bytes


def decode(text: str) -> Jwt:
    """Take a JWT apart.

    Raises:
        SnowflakeError: 390144, it is no JWT or its issuer and subject do not fit each other.

    """
    parts = text.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
        _refuse(refusals.JWT_INVALID)
    header, claims = _json_object(parts[0]), _json_object(parts[1])
    issuer = _ISSUER.fullmatch(str(claims.get("iss")))
    if issuer is None or claims.get("sub") != f"{issuer['account']}.{issuer['user']}":
        _refuse(refusals.JWT_INVALID)
    return Jwt(
        header=header,
        claims=claims,
        account=issuer["account"],
        login_name=issuer["user"],
        fingerprint=issuer["fingerprint"],
        signed=f"{parts[0]}.{parts[1]}".encode("ascii"),
        # "alg": "none" has an empty signature: let the algorithm check name it
        signature=_base64url(parts[2]) if parts[2] else b"",
    )


def claimed_user(text: str) -> str:
    """Return the login name that a JWT claims, unverified; empty when it is no JWT."""
    try:
        return decode(text).login_name
    except refusals.SnowflakeError:
        return ""


def verify(jwt: Jwt, account: Account, now: float) -> tuple[User, Slot | None]:
    """Verify a JWT against the slots and named key pairs of the user that its issuer names.

    Returns the user and the slot whose key signed it: slot one if both hold that key, None if it
    is a named key pair's.

    Raises:
        SnowflakeError: 394300 to 394307, for the first thing that is wrong.

    """
    if jwt.header.get("alg") != "RS256":
        _refuse(refusals.JWT_ALGORITHM)
    _check_times(jwt.claims, now)
    # [D]: account and user are upper case in a JWT, so case counts here
    if jwt.account != account.name:
        _refuse(refusals.JWT_ACCOUNT_MISMATCH)
    user = account.user_logging_in_as(jwt.login_name)
    if user is None or user.login_name != jwt.login_name:
        _refuse(refusals.JWT_ISSUER_UNKNOWN)
    key = user.key_with(jwt.fingerprint)
    if key is None:
        _refuse(refusals.JWT_FINGERPRINT_MISMATCH)
    try:
        key.verify(jwt.signature, jwt.signed, PKCS1v15(), SHA256())
    except InvalidSignature:
        _refuse(refusals.JWT_SIGNATURE)
    return user, user.slot_with(jwt.fingerprint)


def _check_times(claims: dict[str, Any], now: float) -> None:
    issued_at, expires_at = _epoch_seconds(claims.get("iat")), _epoch_seconds(claims.get("exp"))
    if issued_at is None or expires_at is None:
        _refuse(refusals.JWT_TIMES_MISSING)
    # the documentation names only tokens that are late; the same limit for early ones is ours
    if abs(now - issued_at) > ARRIVAL_LIMIT_SECONDS:
        _refuse(refusals.JWT_ISSUED_TOO_LONG_AGO)
    # [D]: valid for an hour at most, "even if you specify a longer expiration time": a longer
    # lifetime is cut short, not refused
    if now >= min(expires_at, issued_at + LIFETIME_LIMIT_SECONDS):
        _refuse(refusals.JWT_EXPIRED)


def _epoch_seconds(claim: object) -> float | None:
    """Read a time claim, which may be in seconds (Python) or milliseconds (npm)."""
    if isinstance(claim, bool) or not isinstance(claim, int | float) or not math.isfinite(claim):
        return None
    return claim / 1000 if claim >= MILLISECONDS_FROM else float(claim)


def _json_object(part: str) -> dict[str, Any]:
    try:
        value = json.loads(_base64url(part))
    except ValueError:
        _refuse(refusals.JWT_INVALID)
    if not isinstance(value, dict):
        _refuse(refusals.JWT_INVALID)
    return value


def _base64url(part: str) -> bytes:
    if not _BASE64URL.fullmatch(part):
        _refuse(refusals.JWT_INVALID)
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error:
        _refuse(refusals.JWT_INVALID)


def _refuse(code: str) -> NoReturn:
    raise refusals.SnowflakeError(refusals.jwt_invalid(code))
