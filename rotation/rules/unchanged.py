"""May a slot still be changed? Only while nothing has moved since the change was decided on.

Finding out whose key a slot holds takes many requests, and so does the rotation admin's login.
Meanwhile this rotation may have been abandoned, and the slot may hold the key of the next one.
"""

from dataclasses import dataclass

from rotation.errors.slots import Overtaken
from rotation.rules import labels
from rotation.rules.decision import Refuse, Rule, check
from rotation.rules.words import SecretLabels, SlotFingerprints


@dataclass(frozen=True)
class Seen:
    """What a change of a slot is decided on.

    ``promoted`` is the version that the step itself has made AWSCURRENT since it read the labels.
    """

    labels: SecretLabels
    slots: SlotFingerprints
    promoted: str | None = None


@dataclass(frozen=True)
class _Twice:
    before: Seen
    labels_now: SecretLabels
    slots_now: SlotFingerprints


def _slots_changed(both: _Twice) -> Refuse | None:
    if both.slots_now == both.before.slots:
        return None
    return Refuse(Overtaken("The user's keys were changed during this step."))


def _current_moved(both: _Twice) -> Refuse | None:
    if both.before.promoted is None:
        return None
    return labels.check_still_current(both.labels_now, both.before.promoted)


def _labels_moved(both: _Twice) -> Refuse | None:
    if both.before.promoted or both.labels_now.versions == both.before.labels.versions:
        return None
    return Refuse(Overtaken("The secret's labels were moved during this step."))


def _switched(both: _Twice) -> Refuse | None:
    if both.labels_now.rotation_enabled == both.before.labels.rotation_enabled:
        return None
    return Refuse(Overtaken("Rotation was switched on or off during this step."))


RULES: tuple[Rule[_Twice, Refuse], ...] = (
    Rule("a slot was changed", _slots_changed),
    Rule("AWSCURRENT left the version that this step promoted", _current_moved),
    Rule("a label was moved", _labels_moved),
    Rule("rotation was switched on or off", _switched),
)


def check_unchanged(
    before: Seen, labels_now: SecretLabels, slots_now: SlotFingerprints
) -> Refuse | None:
    """Refuse to change a slot when anything moved since the change was decided on."""
    return check(RULES, _Twice(before, labels_now, slots_now))
