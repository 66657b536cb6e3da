"""Which values of account and user a message quotes: names, and nothing that may be a key."""

import base64
import random

import pytest

from rotation.keys import pair
from rotation.rules import names
from tests.shared import keys

NAMES = [
    "MYORG-SANDBOX",
    "myorg-my_acc",
    "MyOrg-DataProd",
    "xy12345",
    "xy12345.eu-west-1",
    "XY12345.us-gov-west-1.aws",
    "xy12345.fhplus.us-gov-west-1.aws.privatelink",
    "acct.vps.us-east-2.aws.privatelink",
    "ab1234-cd56789",
    "SVC_PIPELINE",
    "svc_pipeline_2",
    "SVC__PIPELINE",
    "svcPipelineProdEu",
    "SVC_DBT_PROD_EU_WEST_1",
    "ADMIN",
    "SVC_Ü",
    "etl@my-company.com",
    "jane.doe@example.co.uk",
    "ab12cd",
    "a" * 80,
]
PEM = pair.private_key_pem(keys.key("current"))
BODY = "".join(PEM.splitlines()[1:-1])
NO_NAMES = {
    "a whole key": PEM,
    "its body": BODY,
    "a line of it": PEM.splitlines()[3],
    "its beginning": BODY[:32],
    "a piece of 24 characters": "9w0BAQEFAASCBKcwggSjAgEA",
    "a marker": "-----BEGIN PRIVATE KEY-----",
    "a marker without its ends": "BEGIN PRIVATE KEY",
    "words with spaces": "correct horse battery staple",
    "two words": "open sesame",
    "a password with signs": "Tr0ub4dor&3",
    "an at without a domain": "P@ssw0rd",
    "a dollar": "pa$$word",
    "a full stop at the end": "Hunter2.",
    "an exclamation mark": "hunter2!",
    "digits in place of letters": "c0rr3cth0rs3",
    "hexadecimal": "9f86d081884c7d659a2feaa0c55ad015",
    "a UUID": "6fa459ea-ee8a-3ca4-894e-db77e160355e",
    "a password manager's": "kJ8f3Qz9LmX2vB7nR4tY",
    "its start": "kJ8f3Qz9",
    "base64": "q83vEjRWeJq83vEjRWeJq8==",
    "base64url": "3q2-7wEjRWeJq83v_kVniavN7xI",
    "nine words": "one-two-three-four-five-six-seven-eight-nine",
    "a long one": "a" * 81,
    "nothing": "",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_shown(name: str) -> None:
    assert names.shown(name, elsewhere=()) == repr(name)


@pytest.mark.parametrize("text", NO_NAMES.values(), ids=NO_NAMES)
def test_what_looks_like_none_is_not(text: str) -> None:
    assert names.shown(text, elsewhere=()) == names.NOT_SHOWN


def test_what_another_field_holds_as_well_is_not() -> None:
    assert names.shown("sesame", elsewhere=["pem", "sesame", None, 7]) == names.NOT_SHOWN


@pytest.mark.parametrize("size", [12, 16, 24, 32, 48])
def test_random_text_is_hardly_ever_shown(size: int) -> None:
    drawn = random.Random(size)  # noqa: S311 (the same texts in each run)
    made = [base64.b64encode(drawn.randbytes(size)).decode().rstrip("=") for _ in range(500)]
    assert sum(map(names.looks_like_a_name, made)) <= 5
