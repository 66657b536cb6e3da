"""Words of the domain, and values that must not show."""

import pickle

import pytest

from rotation.rules.words import SecretLabels, Sensitive, Slot, Stage


def test_a_sensitive_value_is_never_shown() -> None:
    value = Sensitive("hunter2")
    shown = f"{value} {value!r} {value!s} {[value]} {value:}"
    assert "hunter2" not in shown
    assert value.reveal() == "hunter2"
    with pytest.raises(TypeError):
        pickle.dumps(value)


def test_slots_are_each_others_other() -> None:
    assert [slot.other for slot in Slot] == [Slot.TWO, Slot.ONE]


def test_labels_find_their_version() -> None:
    labels = SecretLabels(True, {"a": frozenset({"AWSCURRENT"}), "b": frozenset()})  # noqa: FBT003
    assert labels.version_with(Stage.CURRENT) == "a"
    assert labels.version_with(Stage.PENDING) is None
