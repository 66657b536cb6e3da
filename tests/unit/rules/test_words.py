"""Words of the domain, and values that must not show."""

import pickle

import pytest

from rotation.rules.words import (
    Fingerprint,
    SecretLabels,
    Sensitive,
    Slot,
    SlotFingerprints,
    Stage,
    UserDescription,
)


def test_a_sensitive_value_is_never_shown() -> None:
    value = Sensitive("hunter2")
    shown = f"{value} {value!r} {value!s} {[value]} {value:}"
    assert shown == "*** *** *** [***] ***"
    assert value.reveal() == "hunter2"
    with pytest.raises(TypeError, match=r"^a sensitive value is not pickled$"):
        pickle.dumps(value)
    with pytest.raises(TypeError, match=r"^a sensitive value has no state to show$"):
        value.__getstate__()


def test_slots_are_each_others_other() -> None:
    assert [slot.other for slot in Slot] == [Slot.TWO, Slot.ONE]


def test_labels_find_their_version() -> None:
    labels = SecretLabels(True, {"a": frozenset({"AWSCURRENT"}), "b": frozenset()})  # noqa: FBT003
    assert labels.version_with(Stage.CURRENT) == "a"
    assert labels.version_with(Stage.PENDING) is None


@pytest.mark.parametrize("user", ["SVC_APP", "svc_app", "Svc@Example.com", "SVC@EXAMPLE.COM"])
def test_a_user_answers_to_its_name_and_its_login_name_in_any_case(user: str) -> None:
    assert UserDescription("Svc_App", "svc@example.com", SlotFingerprints(None, None)).answers_to(
        user
    )


def test_a_user_answers_to_no_other_name() -> None:
    described = UserDescription("SVC_APP", "SVC_APP", SlotFingerprints(None, None))
    assert not described.answers_to("SVC_APPS")


def test_a_report_shows_what_each_slot_holds() -> None:
    slots = SlotFingerprints(None, Fingerprint("SHA256:x"))
    assert slots.by_name() == {"RSA_PUBLIC_KEY": "empty", "RSA_PUBLIC_KEY_2": "SHA256:x"}
