"""Each way a JWT can be wrong has its code; the tokens are really signed."""

from __future__ import annotations

import math
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA512

from sandbox.snowflake import Account, SnowflakeError
from sandbox.snowflake.login.key_pair_jwt import decode, verify
from tests.sandbox.snowflake.helpers import NOW, KeyPair, base64url, claims_of, sign

MALFORMED = "390144"


def outcome(account: Account, jwt: str, now: float = NOW) -> str | int | None:
    """Return the slot of a JWT that is accepted, or the code of its refusal."""
    try:
        return verify(decode(jwt), account, now)[1]
    except SnowflakeError as error:
        return error.refusal.code


CHANGED_CLAIMS: list[tuple[str, dict[str, Any], str | int]] = [
    ("times in seconds are accepted", {}, 1),
    ("times in milliseconds are accepted", {"iat": NOW * 1000, "exp": NOW * 1000 + 60_000}, 1),
    ("fractions of a second are accepted", {"iat": NOW + 0.25}, 1),
    ("issued 60 seconds ago is accepted", {"iat": NOW - 60}, 1),
    ("issued 61 seconds ago is too late", {"iat": NOW - 61}, "394302"),
    ("issued 61 seconds ago in milliseconds too", {"iat": (NOW - 61) * 1000}, "394302"),
    ("issued 61 seconds ahead is refused", {"iat": NOW + 61, "exp": NOW + 100}, "394302"),
    ("expired a second ago", {"exp": NOW - 1}, "394303"),
    ("expiring now has expired", {"exp": NOW}, "394303"),
    ("a lifetime over an hour is cut short, not refused", {"exp": NOW + 7200}, 1),
    ("no iat", {"iat": None}, "394301"),
    ("no exp", {"exp": None}, "394301"),
    ("iat as text", {"iat": str(int(NOW))}, "394301"),
    ("iat as a boolean", {"iat": True}, "394301"),
    ("exp that is no number", {"exp": math.nan}, "394301"),
    ("no issuer", {"iss": None}, MALFORMED),
    ("no subject", {"sub": None}, MALFORMED),
    ("issuer without fingerprint", {"iss": "SANDBOX.SVC_APP"}, MALFORMED),
    ("subject of another user", {"sub": "SANDBOX.OTHER"}, MALFORMED),
]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [case[1:] for case in CHANGED_CLAIMS],
    ids=[case[0] for case in CHANGED_CLAIMS],
)
def test_claims(
    account: Account, key: KeyPair, changes: dict[str, Any], expected: str | int
) -> None:
    claims = {**claims_of(key), **changes}
    claims = {name: value for name, value in claims.items() if value is not None}

    assert outcome(account, sign(key, claims)) == expected


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS512", "PS256", "rs256", None])
def test_any_algorithm_but_rs256_is_refused(
    account: Account, key: KeyPair, algorithm: str | None
) -> None:
    jwt = sign(key, claims_of(key), {"alg": algorithm, "typ": "JWT"})
    unsigned = jwt.rpartition(".")[0] + "."

    assert outcome(account, jwt) == "394305"
    assert outcome(account, unsigned) == "394305"


@pytest.mark.parametrize(
    ("account_part", "user_part", "code"),
    [
        ("ELSEWHERE", "SVC_APP", "394307"),
        ("sandbox", "SVC_APP", "394307"),
        ("SANDBOX", "NOBODY", "394300"),
        ("SANDBOX", "svc_app", "394300"),
        ("SANDBOX", "OTHER", "394304"),
    ],
    ids=["another account", "account in lower case", "unknown", "user in lower case", "no key"],
)
def test_whom_it_names(
    account: Account, key: KeyPair, account_part: str, user_part: str, code: str
) -> None:
    jwt = sign(key, claims_of(key, account=account_part, user=user_part))

    assert outcome(account, jwt) == code


def test_a_key_in_neither_slot_is_a_fingerprint_mismatch(
    account: Account, foreign_key: KeyPair
) -> None:
    assert outcome(account, sign(foreign_key, claims_of(foreign_key))) == "394304"


def test_a_foreign_key_that_claims_an_installed_fingerprint_has_a_wrong_signature(
    account: Account, key: KeyPair, foreign_key: KeyPair
) -> None:
    assert outcome(account, sign(foreign_key, claims_of(key))) == "394306"


def test_claims_changed_after_signing_have_a_wrong_signature(
    account: Account, key: KeyPair
) -> None:
    header, _, signature = sign(key, claims_of(key)).split(".")
    later = sign(key, {**claims_of(key), "exp": int(NOW) + 61}).split(".")[1]

    assert outcome(account, f"{header}.{later}.{signature}") == "394306"


def test_rs256_named_but_sha512_signed_has_a_wrong_signature(
    account: Account, key: KeyPair
) -> None:
    signed = sign(key, claims_of(key)).rpartition(".")[0]
    signature = key.private_key.sign(signed.encode(), PKCS1v15(), SHA512())

    assert outcome(account, f"{signed}.{base64url(signature)}") == "394306"


def test_a_missing_signature_is_a_wrong_one(account: Account, key: KeyPair) -> None:
    assert outcome(account, sign(key, claims_of(key)).rpartition(".")[0] + ".") == "394306"


def test_a_key_in_slot_two_signs_for_slot_two(
    account: Account, key: KeyPair, second_key: KeyPair
) -> None:
    account.user("SVC_APP").set_key(2, second_key.body)

    assert outcome(account, sign(second_key, claims_of(second_key))) == 2
    assert outcome(account, sign(key, claims_of(key))) == 1


def test_a_key_in_both_slots_signs_for_slot_one(account: Account, key: KeyPair) -> None:
    account.user("SVC_APP").set_key(2, key.body)

    assert outcome(account, sign(key, claims_of(key))) == 1


def test_an_unset_key_is_a_fingerprint_mismatch(account: Account, key: KeyPair) -> None:
    account.user("SVC_APP").unset_key(1)

    assert outcome(account, sign(key, claims_of(key))) == "394304"


def test_a_login_name_may_hold_periods(account: Account, key: KeyPair) -> None:
    account.create_user("DOTTED", login_name="a.b@example.com", rsa_public_key=key.body)

    assert outcome(account, sign(key, claims_of(key, user="A.B@EXAMPLE.COM"))) == 1


@pytest.mark.parametrize(
    "text",
    ["", "a", "a.b", "a.b.c", "a.b.c.d", "é.é.é", "e30.e30.", "W10.W10.YQ", "a!.b.c", "eyJ.eyJ.YQ"],
)
def test_what_is_no_jwt_is_malformed(account: Account, text: str) -> None:
    assert outcome(account, text) == MALFORMED
