"""What a step reads of the secret: versions as credentials, and which keys are ours.

A credential that a step may log in with is checked here, where it is read, against what the
stack allows: nobody can use one that was not.
"""

from rotation import credential, decisions
from rotation.credential import Credential
from rotation.errors import (
    MalformedSecret,
    NoCurrentVersion,
    PendingVersionEmpty,
    SecretsManagerDenied,
)
from rotation.model import Fingerprint, SecretLabels, Sensitive, Stage
from rotation.name_patterns import AllowedIdentities
from rotation.ports import SecretVersions

# AWS refuses other data under the token of a version that has a value.
_DROP_PENDING = "Remove AWSPENDING from that version and rotate again: a new one is made."
# Their keys are known when an older version is asked for.
_EXPLAINED = {Stage.CURRENT, Stage.PENDING}


def pending(versions: SecretVersions, version_id: str, allowed: AllowedIdentities) -> Credential:
    """Read the version being rotated.

    Raises PendingVersionEmpty, MalformedSecret or IdentityNotAllowed.
    """
    value = versions.read(version_id)
    if value is None:
        raise PendingVersionEmpty(f"Version {version_id} has no value.")
    return _checked(_credential(value, Stage.PENDING, remedy=_DROP_PENDING), Stage.PENDING, allowed)


def current(
    versions: SecretVersions, labels: SecretLabels, allowed: AllowedIdentities
) -> tuple[str, Credential]:
    """Read AWSCURRENT: its version id and content.

    Raises NoCurrentVersion, MalformedSecret or IdentityNotAllowed.
    """
    version_id = labels.version_with(Stage.CURRENT)
    value = versions.read(version_id) if version_id else None
    if version_id is None or value is None:
        raise NoCurrentVersion("The secret has no AWSCURRENT version with a value.")
    found = _credential(value, Stage.CURRENT)
    return version_id, _checked(found, Stage.CURRENT, allowed)


def previous(versions: SecretVersions, labels: SecretLabels) -> Credential | None:
    """Read AWSPREVIOUS, None when there is none. Raises MalformedSecret.

    Only its fingerprint is used: nobody logs in with it.
    """
    version_id = labels.version_with(Stage.PREVIOUS)
    value = versions.read(version_id) if version_id else None
    return _credential(value, Stage.PREVIOUS) if value else None


def owned(
    versions: SecretVersions, labels: SecretLabels, wanted: frozenset[Fingerprint]
) -> frozenset[Fingerprint]:
    """Return those of the wanted fingerprints that an older version of the secret holds.

    The usual answer is AWSPREVIOUS, found without listing. A version vouches for a key by
    holding the private half, fully checked: its publicKey alone could be anybody's. One that
    can't be read vouches for nothing.
    """
    if not wanted:
        return frozenset()
    first = labels.version_with(Stage.PREVIOUS)
    found = _fingerprint(versions, first) & wanted if first else frozenset()
    seen = {first, *(v for v, stages in labels.versions.items() if stages & _EXPLAINED)}
    if found == wanted:
        return found
    for version_id in versions.every_version_id():
        if version_id not in seen:
            found |= _fingerprint(versions, version_id) & wanted
        if found == wanted:
            break
    return found


def _fingerprint(versions: SecretVersions, version_id: str) -> frozenset[Fingerprint]:
    try:
        value = versions.read(version_id)
        return frozenset({credential.read(value).fingerprint}) if value else frozenset()
    except (MalformedSecret, SecretsManagerDenied):
        # Denied: an old version may be encrypted with a KMS key that is gone.
        return frozenset()


def _credential(value: Sensitive[str], stage: Stage, *, remedy: str = "") -> Credential:
    """Read a version. The error names it; without ``remedy`` it keeps its own."""
    try:
        return credential.read(value)
    except MalformedSecret as error:
        raise type(error)(f"In the {stage} version: {error.found}", remedy=remedy) from None


def _checked(found: Credential, stage: Stage, allowed: AllowedIdentities) -> Credential:
    refusal = decisions.check_allowed(found.identity, allowed)
    if refusal is not None:
        raise type(refusal.error)(f"In the {stage} version: {refusal.error.found}")
    return found
