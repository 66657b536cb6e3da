"""What a person reads of a decision, whole: these words are the log, the error and the runbook."""

import pytest

from rotation.errors.base import RotationError
from rotation.errors.secret import KeyTooShort, MalformedSecret
from rotation.errors.slots import CurrentKeyNotInstalled
from rotation.keys import pair
from rotation.rules import labels, old_key
from rotation.rules import slots as slot_rules
from rotation.rules.decision import Refuse
from rotation.rules.old_key import NothingToRetire
from rotation.rules.unchanged import Seen, check_unchanged
from rotation.rules.words import (
    Fingerprint,
    SecretLabels,
    Sensitive,
    Slot,
    SlotFingerprints,
    Stage,
    Step,
)
from rotation.steps.report import StepReport
from tests.shared import keys, steps
from tests.shared.fakes import FakeVersions
from tests.shared.steps import OLD, PENDING, World

CURRENT, PREVIOUS, FOREIGN = (
    Fingerprint(f"SHA256:{name}") for name in ("current", "previous", "foreign")
)
LABELS = SecretLabels(rotation_enabled=True, versions={"v1": frozenset({Stage.CURRENT})})
MOVED = SecretLabels(rotation_enabled=True, versions={"v2": frozenset({Stage.CURRENT})})
NO_SLOTS = SlotFingerprints(None, None)


def found(decision: object) -> str:
    assert isinstance(decision, Refuse)
    return decision.error.found


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (
            SecretLabels(rotation_enabled=False, versions=LABELS.versions),
            "Rotation is not enabled for this secret.",
        ),
        (LABELS, "The secret has no labelled version v9."),
        (
            SecretLabels(
                rotation_enabled=True, versions={"v9": frozenset({"mine", "AWSPREVIOUS"})}
            ),
            "Version v9 has AWSPREVIOUS, mine, not AWSPENDING.",
        ),
        (
            SecretLabels(rotation_enabled=True, versions={"v9": frozenset()}),
            "Version v9 has no label, not AWSPENDING.",
        ),
    ],
)
def test_of_labels_that_forbid_the_step(held: SecretLabels, expected: str) -> None:
    assert found(labels.check_labels(held, "v9")) == expected


def test_of_a_change_during_the_step() -> None:
    taken = SlotFingerprints(CURRENT, None)
    labels_moved = "The secret's labels were moved during this step."
    assert found(check_unchanged(Seen(LABELS, taken), MOVED, taken)) == labels_moved
    assert (
        found(check_unchanged(Seen(LABELS, taken), LABELS, NO_SLOTS))
        == "The user's keys were changed during this step."
    )


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        (
            NO_SLOTS,
            (
                "AWSCURRENT's key SHA256:current is in neither slot "
                "(RSA_PUBLIC_KEY: empty; RSA_PUBLIC_KEY_2: empty)."
            ),
        ),
        (
            SlotFingerprints(FOREIGN, PREVIOUS),
            (
                "AWSCURRENT's key SHA256:current is in neither slot "
                "(RSA_PUBLIC_KEY: SHA256:foreign; RSA_PUBLIC_KEY_2: SHA256:previous)."
            ),
        ),
        (
            SlotFingerprints(FOREIGN, CURRENT, {Slot.ONE: "2026-02-02"}),
            (
                "RSA_PUBLIC_KEY holds SHA256:foreign, set 2026-02-02, "
                "which is in no version of this secret."
            ),
        ),
        (
            SlotFingerprints(FOREIGN, CURRENT),
            "RSA_PUBLIC_KEY holds SHA256:foreign, which is in no version of this secret.",
        ),
    ],
)
def test_of_slots_that_leave_no_room(slots: SlotFingerprints, expected: str) -> None:
    pending = Fingerprint("SHA256:pending")
    sight = slot_rules.Sight(slots, CURRENT, by_current=False, pending=pending, owned=frozenset())
    choice = slot_rules.choose_slot(sight)
    assert found(choice) == expected


def test_of_a_named_key_pair_that_finds_no_room() -> None:
    slots, pending = SlotFingerprints(FOREIGN, PREVIOUS), Fingerprint("SHA256:pending")
    sight = slot_rules.Sight(slots, CURRENT, by_current=True, pending=pending, owned=frozenset())
    assert found(slot_rules.choose_slot(sight)) == (
        "AWSCURRENT's key SHA256:current is a named key pair, and no slot is free: RSA_PUBLIC_KEY "
        "holds SHA256:foreign and RSA_PUBLIC_KEY_2 holds SHA256:previous, which are in no version "
        "of this secret."
    )


@pytest.mark.parametrize(
    ("slots", "previous", "expected"),
    [
        (NO_SLOTS, CURRENT, "AWSPREVIOUS holds the same key as AWSCURRENT"),
        (SlotFingerprints(CURRENT, None), PREVIOUS, "no slot holds AWSPREVIOUS's key"),
        (
            SlotFingerprints(PREVIOUS, FOREIGN),
            PREVIOUS,
            "AWSCURRENT's key is not in the other slot",
        ),
    ],
)
def test_of_a_retirement_that_is_not_due(
    slots: SlotFingerprints, previous: Fingerprint, expected: str
) -> None:
    decision = old_key.choose_retirement(slots, current=CURRENT, previous=previous)
    assert decision == NothingToRetire(expected)


def test_of_a_slot_that_took_nothing_or_another_key() -> None:
    world = World()
    world.user.stores = False
    fingerprint = keys.fingerprint("pending")
    said = f"RSA_PUBLIC_KEY_2 was set to {fingerprint} but holds "
    with pytest.raises(RotationError) as caught:
        world.run(Step.SET_SECRET)
    assert caught.value.found == f"{said}nothing."

    world.add_version(OLD, "previous", Stage.PREVIOUS)
    world.user.two = keys.fingerprint("previous")
    with pytest.raises(RotationError) as caught:
        world.run(Step.SET_SECRET)
    assert caught.value.found == f"{said}{keys.fingerprint('previous')}."


def test_of_a_promoted_key_that_is_gone() -> None:
    class Taken(FakeVersions):
        def promote(self, version_id: str, *, instead_of: str) -> None:
            super().promote(version_id, instead_of=instead_of)
            world.user.two = None

    world = World()
    world.user.two = keys.fingerprint("pending")
    world.versions = Taken(world.versions.values, world.versions.stages)
    lingering = world.run(Step.FINISH_SECRET).lingering
    assert lingering is not None
    pending = keys.fingerprint("pending")
    assert lingering.found == f"The key that was just promoted, {pending}, is in neither slot."


def test_of_a_pending_version_that_somebody_else_filled() -> None:
    class Faster(FakeVersions):
        def read(self, version_id: str) -> Sensitive[str] | None:
            return None if version_id == PENDING else super().read(version_id)

    world = World()
    world.versions = Faster(world.versions.values, world.versions.stages)
    assert world.run(Step.CREATE_SECRET) == StepReport(
        "another invocation has filled the pending version"
    )


def test_of_a_current_key_that_is_too_short_has_its_own_remedy() -> None:
    world = World()
    short = pair.private_key_pem(keys.key("short", 1024))
    value = keys.secret_text("short", privateKey=short, publicKey=None)
    world.versions.values[steps.CURRENT] = value
    said = r"In the AWSCURRENT version: .* Install a key of at least"
    with pytest.raises(KeyTooShort, match=said):
        world.run(Step.SET_SECRET)


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (steps.CURRENT, "Correct the secret's value and rotate again."),
        (PENDING, "Remove AWSPENDING from that version and rotate again: a new one is made."),
    ],
)
def test_of_a_version_that_can_not_be_used(broken: str, expected: str) -> None:
    world = World()
    world.versions.values[broken] = "{}"
    with pytest.raises(RotationError) as caught:
        world.run(Step.SET_SECRET)
    assert str(caught.value).endswith(expected)


def test_of_a_version_that_can_not_be_tested() -> None:
    world = World()
    world.versions.values[PENDING] = "{}"
    with pytest.raises(RotationError) as caught:
        world.run(Step.TEST_SECRET)
    assert caught.value.found.startswith("In the AWSPENDING version: ")
    assert str(caught.value).endswith(
        "Remove AWSPENDING from that version and rotate again: a new one is made."
    )


def test_of_an_old_version_that_can_not_be_used_when_a_dead_finish_is_resumed() -> None:
    world = World()
    world.versions.stages = {steps.CURRENT: {Stage.PREVIOUS}, PENDING: {Stage.CURRENT}}
    world.versions.values[steps.CURRENT] = "{}"
    lingering = world.run(Step.FINISH_SECRET).lingering
    assert lingering is not None
    assert lingering.found.startswith("In the AWSPREVIOUS version: ")
    assert str(lingering).endswith("Correct the secret's value and rotate again.")


class TestMessages:
    """What the operator reads, where a step itself words it."""

    def test_name_the_version_that_is_malformed_and_its_remedy(self, world: World) -> None:
        world.versions.values[PENDING] = "{}"
        with pytest.raises(
            MalformedSecret, match=r"In the AWSPENDING version: .* Remove AWSPENDING"
        ):
            world.run(Step.SET_SECRET)
        world.versions.values[PENDING] = keys.secret_text("pending")
        world.versions.values[steps.CURRENT] = "{}"
        with pytest.raises(MalformedSecret, match=r"In the AWSCURRENT version: .* Correct"):
            world.run(Step.SET_SECRET)

    def test_name_the_user_when_no_key_logs_in(self, world: World) -> None:
        world.user.one = None
        with pytest.raises(CurrentKeyNotInstalled) as caught:
            world.run(Step.SET_SECRET)
        for part in (
            keys.USER,
            keys.ACCOUNT,
            keys.fingerprint("current"),
            "Make sure that account and user",
            "in a slot",
            "LOGIN_NAME",
            "another form",
            "clock is wrong",
        ):
            assert part in str(caught.value)
        assert "installs" not in str(caught.value), "nobody has seen the slots"

    @pytest.mark.parametrize(
        ("prepare", "step", "expected"),
        [
            ("empty", Step.SET_SECRET, "Version v-pending has no value."),
            ("no current", Step.SET_SECRET, "The secret has no AWSCURRENT version with a value."),
            ("not stored", Step.SET_SECRET, "RSA_PUBLIC_KEY_2 was set to SHA256:"),
            ("not installed", Step.FINISH_SECRET, "Snowflake rejects AWSPENDING's key SHA256:"),
            ("another user", Step.TEST_SECRET, "The login as 'SVC_APP' became user 'ADMIN'."),
        ],
    )
    def test_say_what_was_found(
        self, world: World, prepare: str, step: Step, expected: str
    ) -> None:
        if prepare == "empty":
            world.versions.values[PENDING] = None
        if prepare == "no current":
            del world.versions.stages[steps.CURRENT]
        if prepare == "not stored":
            world.user.stores = False
        if prepare == "another user":
            world.user.two = keys.fingerprint("pending")
            world.user.name = world.user.login_name = "ADMIN"
        with pytest.raises(RotationError) as caught:
            world.run(step)
        assert caught.value.found.startswith(expected)
