"""createSecret: a new key pair for the AWSPENDING version. Nobody logs in."""

from rotation.keys import pair, renewal
from rotation.keys.credential import Credential
from rotation.rules import vouching
from rotation.rules.words import SecretLabels
from rotation.steps import first_key, observation, vouchers
from rotation.steps.context import StepContext
from rotation.steps.report import StepReport


def run(context: StepContext, labels: SecretLabels) -> StepReport:
    """Fill the AWSPENDING version with a new key pair, unless it has a value."""
    request, versions = context.request, context.versions
    if versions.read(request.version_id) is not None:
        return StepReport(decided="the pending version has a value already")
    _, current = observation.current(versions, labels, context.allowed, context.form)
    if not isinstance(current, Credential):
        first_key.required(context.admin)
    key = pair.generate(context.key_size_bits)
    value = renewal.renewed(current, key)
    vouchers.tidy(versions, vouching.left_over(labels, request.version_id))
    made = pair.fingerprint(key.public_key())
    voucher = vouchers.for_new_key(request, current, made)
    if not versions.fill_pending(request.version_id, value, request.rotation_token, voucher):
        return StepReport(decided="another invocation has filled the pending version")
    held = current.fingerprint if isinstance(current, Credential) else "no key"
    return StepReport(
        observed={"current": held, "pending": "empty"},
        decided="generate a key pair",
        done=f"pending version holds {made}",
    )
