"""Deliberately broken rules and steps, for sabotage.py."""

from dataclasses import replace

from rotation.errors.slots import KeyNotStored
from rotation.keys import pair, renewal
from rotation.keys.credential import Credential
from rotation.ports import SecretVersions
from rotation.rules import old_key
from rotation.rules import slots as decisions
from rotation.rules.decision import Refuse
from rotation.rules.old_key import Retire
from rotation.rules.slots import AlreadyInstalled, Install
from rotation.rules.words import (
    Fingerprint,
    SecretLabels,
    Slot,
    SlotFingerprints,
)
from rotation.steps import finish_secret, observation
from rotation.steps.context import StepContext
from rotation.steps.report import StepReport

# --- broken rules -------------------------------------------------------------------------------

_choose, _retirement = decisions.choose_slot, old_key.choose_retirement
_Choice = AlreadyInstalled | Install | Refuse


def over_the_current_key(seen: decisions.Sight) -> _Choice:
    choice = _choose(seen)
    if isinstance(choice, Install):
        return Install(choice.slot.other, replaces=seen.slots[choice.slot.other])
    return choice


def over_any_key(seen: decisions.Sight) -> _Choice:
    return _choose(replace(seen, owned=seen.owned | seen.slots.occupied))


def always_slot_two(seen: decisions.Sight) -> _Choice:
    if seen.slots.two == seen.pending:
        return AlreadyInstalled(Slot.TWO)
    return Install(Slot.TWO, replaces=seen.slots.two)


def never_retire(
    slots: SlotFingerprints,
    *,
    current: Fingerprint,  # noqa: ARG001
    previous: Fingerprint,  # noqa: ARG001
) -> old_key.NothingToRetire:
    return old_key.NothingToRetire(f"sabotage: {slots}")


def retire_the_other_slot(
    slots: SlotFingerprints, *, current: Fingerprint, previous: Fingerprint
) -> Retire | old_key.NothingToRetire:
    choice = _retirement(slots, current=current, previous=previous)
    return Retire(choice.slot.other) if isinstance(choice, Retire) else choice


def retire_whatever_is_beside(
    slots: SlotFingerprints,
    *,
    current: Fingerprint,
    previous: Fingerprint,  # noqa: ARG001
) -> Retire | old_key.NothingToRetire:
    held = slots.holding(current)
    return Retire(held[0].other) if held else old_key.NothingToRetire("sabotage")


def unchanged(*_: object) -> None:
    return None


# --- broken steps -------------------------------------------------------------------------------

_finish = finish_secret.run


def retires_before_it_promotes(context: StepContext, labels: SecretLabels) -> StepReport:
    found = observation.renewal(context, labels)
    current = found.current
    session = context.users.log_in(found.pending)
    user = session.describe()
    key = current.fingerprint if isinstance(current, Credential) else Fingerprint("none")
    if held := user.slots.holding(key):
        session.retire_key(user.name, held[0])
    return _finish(context, labels)


def generates_each_time(context: StepContext, labels: SecretLabels) -> StepReport:
    _, current = observation.current(context.versions, labels, context.allowed, context.form)
    value = renewal.renewed(current, pair.generate(2048))
    token = context.request.rotation_token
    context.versions.fill_pending(context.request.version_id, value, token, None)
    return StepReport("generate a key pair")


def promotes_without_a_login(context: StepContext, labels: SecretLabels) -> StepReport:
    current_id, _ = observation.current(context.versions, labels, context.allowed, context.form)
    context.versions.promote(context.request.version_id, instead_of=current_id)
    return StepReport("promote")


def sets_nothing(context: StepContext, labels: SecretLabels) -> StepReport:  # noqa: ARG001
    return StepReport("nothing")


def reports_the_key(context: StepContext, labels: SecretLabels) -> StepReport:  # noqa: ARG001
    value = context.versions.read(context.request.version_id)
    return StepReport(value.reveal() if value else "empty")


def fails_with_the_key(context: StepContext, labels: SecretLabels) -> StepReport:
    raise KeyNotStored(reports_the_key(context, labels).decided)


def first_key_over_any(
    slots: SlotFingerprints,
    *,
    pending: Fingerprint | None,  # noqa: ARG001
) -> Install:
    return Install(Slot.TWO, replaces=slots.two)


def always_current(*_: object) -> None:
    return None


def owns_everything(
    versions: SecretVersions,  # noqa: ARG001
    labels: SecretLabels,  # noqa: ARG001
    wanted: frozenset[Fingerprint],
    *_: object,
) -> dict[Fingerprint, str]:
    return dict.fromkeys(wanted, "v-first")
