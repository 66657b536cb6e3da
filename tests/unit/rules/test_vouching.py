"""A voucher ties secret, version and key together, and only AWSCURRENT's holder can make it."""

import hmac
from dataclasses import replace

import pytest

from rotation.errors.secret import PendingNotVouched
from rotation.rules import vouching
from rotation.rules.decision import Refuse
from rotation.rules.vouching import Claim, check_vouched, voucher
from rotation.rules.words import Fingerprint, SecretLabels, Sensitive
from tests.shared import keys
from tests.shared.dated import ARN, SECOND_ARN

OWN, OTHER = Sensitive(b"a" * 32), Sensitive(b"b" * 32)
CLAIM = Claim(ARN, "v-pending", keys.fingerprint("pending"))


def labels(*carried: str, version_id: str = "v-pending") -> SecretLabels:
    return SecretLabels(True, {}, vouchers={version_id: frozenset(carried)})  # noqa: FBT003


def test_what_it_was_made_for_is_taken() -> None:
    assert check_vouched(labels(voucher(OWN, CLAIM)), OWN, CLAIM) is None
    among = labels("vouched-v1-another", "vouched-v1-é", voucher(OWN, CLAIM))
    assert check_vouched(among, OWN, CLAIM) is None


@pytest.mark.parametrize(
    ("case", "carried", "version_id"),
    [
        ("none", (), "v-pending"),
        ("another key's holder made it", (voucher(OTHER, CLAIM),), "v-pending"),
        ("for another secret", (voucher(OWN, replace(CLAIM, secret_id=SECOND_ARN)),), "v-pending"),
        ("for another version", (voucher(OWN, replace(CLAIM, version_id="v-2")),), "v-pending"),
        (
            "for another key",
            (voucher(OWN, replace(CLAIM, fingerprint=keys.fingerprint("planted"))),),
            "v-pending",
        ),
        ("a genuine one, moved from another version", (voucher(OWN, CLAIM),), "v-2"),
        ("its beginning", (voucher(OWN, CLAIM)[:-1],), "v-pending"),
        ("a label with other letters, as AWS takes it", ("vouched-v1-é\ud800",), "v-pending"),
        ("the prefix alone", (vouching.PREFIX,), "v-pending"),
    ],
)
def test_anything_else_is_refused(case: str, carried: tuple[str, ...], version_id: str) -> None:
    found = check_vouched(labels(*carried, version_id=version_id), OWN, CLAIM)
    assert isinstance(found, Refuse), case
    assert isinstance(found.error, PendingNotVouched)
    assert "It was not installed" in str(found.error)


@pytest.mark.parametrize(
    ("carried", "what"), [((), "no voucher"), (("vouched-v1-x",), "another voucher")]
)
def test_a_refusal_tells_whether_there_is_a_voucher(carried: tuple[str, ...], what: str) -> None:
    found = check_vouched(labels(*carried), OWN, CLAIM)
    assert isinstance(found, Refuse)
    assert found.error.found == (
        f"AWSPENDING's key {CLAIM.fingerprint} has {what}: the holder of AWSCURRENT's key "
        "did not make it."
    )


def test_no_two_claims_have_one_voucher() -> None:
    """Moving a character from one part into the next gives another code."""
    first = Claim("ab", "c", Fingerprint("SHA256:x"))
    second = Claim("a", "bc", Fingerprint("SHA256:x"))
    assert voucher(OWN, first) != voucher(OWN, second)


def test_its_text_is_the_same_in_every_deployment() -> None:
    """What createSecret vouched for before a deployment, setSecret takes after it."""
    code = hmac.new(b"a" * 32, b"3:arn3:v-18:SHA256:x", "sha256").hexdigest()
    made = voucher(OWN, Claim("arn", "v-1", Fingerprint("SHA256:x")))
    assert made == f"vouched-v1-{code}"


def test_a_label_of_it_is_one_that_aws_takes() -> None:
    """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html"""
    label = voucher(OWN, CLAIM)
    assert vouching.is_voucher(label)
    assert len(label) == 75
    assert set(label) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_what_is_left_over_is_every_other_versions() -> None:
    told = SecretLabels(
        True,  # noqa: FBT003
        {},
        vouchers={"v-old": frozenset({"vouched-b", "vouched-a"}), "v-pending": frozenset({"x"})},
    )
    assert vouching.left_over(told, "v-pending") == (("v-old", "vouched-a"), ("v-old", "vouched-b"))
