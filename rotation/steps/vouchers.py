"""A new key's voucher, computed with AWSCURRENT's key, and the labels of those that have served."""

from collections.abc import Iterable

from rotation.errors.base import RotationError
from rotation.keys.credential import Credential, Identity
from rotation.ports import SecretVersions
from rotation.rules import vouching
from rotation.rules.events import RotationRequest
from rotation.rules.vouching import Claim
from rotation.rules.words import Fingerprint, SecretLabels


def for_new_key(request: RotationRequest, current: Identity, made: Fingerprint) -> str | None:
    """Return the voucher for a key that was just made; None for a user's first key.

    AWSCURRENT holds no key then: nobody can vouch.
    """
    if not isinstance(current, Credential):
        return None
    claim = Claim(request.secret_id, request.version_id, made)
    return vouching.voucher(current.voucher_key, claim)


def drop(versions: SecretVersions, labels: SecretLabels, version_id: str) -> None:
    """Take the vouchers off a version that was promoted: it is not to be installed again."""
    carried = labels.vouchers.get(version_id, frozenset())
    tidy(versions, ((version_id, label) for label in sorted(carried)))


def tidy(versions: SecretVersions, unneeded: Iterable[tuple[str, str]]) -> None:
    """Take vouchers off their versions, each as version id and label; whatever fails is left.

    One that stays vouches for its own version only. createSecret tries it again, before the
    twenty labels that a secret can have are used up.
    """
    for version_id, label in unneeded:
        try:
            versions.remove_label(version_id, label)
        except RotationError:
            continue
