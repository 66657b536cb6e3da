"""What a step reads of the secret: versions as credentials, and which keys are ours.

A credential that a step may log in with is checked here, where it is read, against what the
stack allows: nobody can use one that was not.
"""

from dataclasses import dataclass

from rotation.errors.aws_answers import SecretsManagerDenied
from rotation.errors.secret import (
    IdentityNotAllowed,
    MalformedSecret,
    NoCurrentVersion,
    PendingVersionEmpty,
)
from rotation.keys import credential
from rotation.keys.credential import Credential, Identity
from rotation.keys.form import SecretForm
from rotation.ports import SecretVersions
from rotation.rules import vouching, who
from rotation.rules.decision import or_raise
from rotation.rules.vouching import Claim
from rotation.rules.who import AllowedIdentities
from rotation.rules.words import (
    Fingerprint,
    SecretLabels,
    Sensitive,
    Stage,
)
from rotation.steps import version
from rotation.steps.context import StepContext

# AWS refuses other data under the token of a version that has a value.
_DROP_PENDING = "Remove AWSPENDING from that version and rotate again: a new one is made."
# Their keys are known when an older version is asked for.
_EXPLAINED = {Stage.CURRENT, Stage.PENDING}


@dataclass(frozen=True)
class Renewal:
    """Both versions of a rotation. ``current`` is a Credential, unless it waits for a first key.

    ``current_key`` is its fingerprint, None then.
    """

    current_id: str
    current: Identity
    current_key: Fingerprint | None
    pending: Credential


def renewal(context: StepContext, labels: SecretLabels) -> Renewal:
    """Read AWSPENDING and AWSCURRENT: one user, and two keys, the new one vouched for.

    Raises what ``pending`` and ``current`` do, IdentityChanged, KeyNotRenewed, PendingNotVouched.
    """
    new = pending(context)
    current_id, old = current(context.versions, labels, context.allowed, context.form)
    held = old.fingerprint if isinstance(old, Credential) else None
    or_raise(who.check_renewal(old.identity, new.identity, old=held, new=new.fingerprint))
    if isinstance(old, Credential):
        _require_voucher(context, labels, old, new)
    return Renewal(current_id, old, held, new)


def _require_voucher(
    context: StepContext, labels: SecretLabels, old: Credential, new: Credential
) -> None:
    """Raise PendingNotVouched for a key that AWSCURRENT's holder did not vouch for.

    Right after createSecret's write DescribeSecret may still answer from before it: a refusal is
    looked at once more. A stale answer never has a voucher that was not there.
    """
    claim = Claim(context.request.secret_id, context.request.version_id, new.fingerprint)
    if vouching.check_vouched(labels, old.voucher_key, claim) is not None:
        again = vouching.check_vouched(context.versions.labels(), old.voucher_key, claim)
        or_raise(again)


def pending(context: StepContext) -> Credential:
    """Read the version being rotated.

    Raises PendingVersionEmpty, MalformedSecret or IdentityNotAllowed.
    """
    value = _pending_value(context)
    found = version.credential(value, Stage.PENDING, context.form, remedy=_DROP_PENDING)
    version.check_allowed(found, Stage.PENDING, context.allowed)
    return found


def under_test(context: StepContext, labels: SecretLabels) -> Identity:
    """Read the version that testSecret is about, which may be a copy of a secret without a key.

    Of what is wrong with a copy, AWSCURRENT is named: Secrets Manager takes the copy away.
    Raises PendingVersionEmpty, MalformedSecret or IdentityNotAllowed.
    """
    try:
        value = _pending_value(context)
        found = version.identity(value, Stage.PENDING, context.form, remedy=_DROP_PENDING)
        version.check_allowed(found, Stage.PENDING, context.allowed)
    except (MalformedSecret, IdentityNotAllowed):
        if not is_copy(context, labels):
            raise
    else:
        return found
    return current(context.versions, labels, context.allowed, context.form)[1]


def is_copy(context: StepContext, labels: SecretLabels) -> bool:
    """Tell whether the version being tested holds AWSCURRENT's value.

    Secrets Manager makes such a version for RotateImmediately=false. Raises MalformedSecret when
    AWSCURRENT has no text.
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
    """
    version_id = labels.version_with(Stage.CURRENT)
    if version_id is None:
        return False
    held = version.value(context.versions, version_id, Stage.CURRENT)
    return held is not None and held.reveal() == _pending_value(context).reveal()


def current(
    versions: SecretVersions, labels: SecretLabels, allowed: AllowedIdentities, form: SecretForm
) -> tuple[str, Identity]:
    """Read AWSCURRENT: its version id and content, a Credential unless it waits for a first key.

    Raises NoCurrentVersion, MalformedSecret or IdentityNotAllowed.
    """
    version_id = labels.version_with(Stage.CURRENT)
    value = version.value(versions, version_id, Stage.CURRENT) if version_id else None
    if version_id is None or value is None:
        raise NoCurrentVersion("The secret has no AWSCURRENT version with a value.")
    found = version.identity(value, Stage.CURRENT, form)
    version.check_allowed(found, Stage.CURRENT, allowed)
    return version_id, found


def previous(versions: SecretVersions, labels: SecretLabels, form: SecretForm) -> Identity | None:
    """Read AWSPREVIOUS, None when there is none. Raises MalformedSecret.

    Only its fingerprint is used: nobody logs in with it.
    """
    version_id = labels.version_with(Stage.PREVIOUS)
    value = version.value(versions, version_id, Stage.PREVIOUS) if version_id else None
    return version.identity(value, Stage.PREVIOUS, form) if value else None


def owned(
    versions: SecretVersions,
    labels: SecretLabels,
    wanted: frozenset[Fingerprint],
    form: SecretForm,
) -> dict[Fingerprint, str]:
    """Return those of the wanted fingerprints that an older version of the secret holds.

    Each comes with the id of that version. The usual answer is AWSPREVIOUS, found without
    listing. A version vouches for a key by holding the private half, fully checked: its publicKey
    alone could be anybody's. One that can't be read vouches for nothing.
    """
    if not wanted:
        return {}
    first = labels.version_with(Stage.PREVIOUS)
    found = _vouched(versions, first, wanted, form) if first else {}
    seen = {first, *(v for v, stages in labels.versions.items() if stages & _EXPLAINED)}
    if found.keys() == wanted:
        return found
    for version_id in versions.version_dates():
        if version_id not in seen:
            found = _vouched(versions, version_id, wanted, form) | found
        if found.keys() == wanted:
            break
    return found


def _vouched(
    versions: SecretVersions,
    version_id: str,
    wanted: frozenset[Fingerprint],
    form: SecretForm,
) -> dict[Fingerprint, str]:
    try:
        value = versions.read(version_id)
        vouched = credential.vouched(value, wanted, form) if value else frozenset()
    except (MalformedSecret, SecretsManagerDenied):
        # Denied: an old version may be encrypted with a KMS key that is gone.
        return {}
    return dict.fromkeys(vouched, version_id)


def _pending_value(context: StepContext) -> Sensitive[str]:
    version_id = context.request.version_id
    value = version.value(context.versions, version_id, Stage.PENDING, remedy=_DROP_PENDING)
    if value is None:
        raise PendingVersionEmpty(f"Version {version_id} has no value.")
    return value
