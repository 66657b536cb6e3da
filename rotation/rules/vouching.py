"""Whose key is in AWSPENDING? Only what the holder of AWSCURRENT's key vouched for is installed.

Whoever may write a secret without reading it could otherwise store a key pair of their own as
AWSPENDING, and have it installed and promoted.

- createSecret ties secret, version and public key together with a code that only the holder of
  AWSCURRENT's private key can compute: an HMAC.
- The code stands in a staging label, put in the same call as the value: both or neither.
- setSecret and finishSecret compute it again. Without it they refuse.
- After the promotion the label goes: a version that was promoted once is not vouched for again.

Why a label, and what a first key can't have, is in docs/adr/0016-who-vouches-for-a-new-key.md.
"""

import hashlib
import hmac
from dataclasses import dataclass

from rotation.errors.secret import PendingNotVouched
from rotation.rules.decision import Refuse
from rotation.rules.words import Fingerprint, SecretLabels, Sensitive

# A staging label may have 256 characters. This one has 75, letters, digits and hyphens.
PREFIX = "vouched-v1-"


@dataclass(frozen=True)
class Claim:
    """What is vouched for. ``secret_id`` is the secret's ARN, as the event has it."""

    secret_id: str
    version_id: str
    fingerprint: Fingerprint


def voucher(secret_key: Sensitive[bytes], claim: Claim) -> str:
    """Return the label that vouches for a claim. ``secret_key`` comes from AWSCURRENT's key."""
    parts = (claim.secret_id, claim.version_id, claim.fingerprint)
    # The length before each part: no two claims have one text.
    message = "".join(f"{len(part)}:{part}" for part in parts)
    code = hmac.new(secret_key.reveal(), message.encode(), hashlib.sha256)
    return f"{PREFIX}{code.hexdigest()}"


def check_vouched(
    labels: SecretLabels, secret_key: Sensitive[bytes], claim: Claim
) -> Refuse | None:
    """Refuse a version that does not carry the label which AWSCURRENT's key gives it."""
    carried = labels.vouchers.get(claim.version_id, frozenset())
    # A set compares hashes first: the time it takes tells nothing of a near guess. And a label
    # may have any character, which compare_digest does not take.
    if voucher(secret_key, claim) in carried:
        return None
    found = "another voucher" if carried else "no voucher"
    return Refuse(
        PendingNotVouched(
            f"AWSPENDING's key {claim.fingerprint} has {found}: the holder of AWSCURRENT's key "
            "did not make it."
        )
    )


def is_voucher(label: str) -> bool:
    """Tell whether a staging label is one of these, genuine or not."""
    return label.startswith(PREFIX)


def left_over(labels: SecretLabels, version_id: str) -> tuple[tuple[str, str], ...]:
    """Return the vouchers of all other versions, as version id and label: they serve no more."""
    return tuple(
        (other, label)
        for other, carried in labels.vouchers.items()
        if other != version_id
        for label in sorted(carried)
    )
