"""Which labels let a version be rotated: a table of named cases."""

import pytest

from rotation.errors.secret import RotationNotEnabled, UnknownVersion, VersionNotPending
from rotation.rules import labels as rules
from rotation.rules.decision import Refuse
from rotation.rules.labels import AlreadyPromoted, Rotate
from rotation.rules.words import SecretLabels


@pytest.mark.parametrize(
    ("case", "enabled", "stages", "expected"),
    [
        ("pending", True, {"AWSPENDING"}, Rotate),
        ("current", True, {"AWSCURRENT"}, AlreadyPromoted),
        ("current, and AWSPENDING lingers", True, {"AWSCURRENT", "AWSPENDING"}, AlreadyPromoted),
        ("rotation is off", False, {"AWSPENDING"}, RotationNotEnabled),
        ("rotation is off, current", False, {"AWSCURRENT"}, RotationNotEnabled),
        ("previous", True, {"AWSPREVIOUS"}, VersionNotPending),
        ("a label of a person's own", True, {"mine"}, VersionNotPending),
        ("no such version", True, None, UnknownVersion),
    ],
)
def test_labels(case: str, enabled: bool, stages: set[str] | None, expected: type) -> None:  # noqa: FBT001
    versions = {"v1": frozenset({"AWSCURRENT"})} if stages is None else {"v2": frozenset(stages)}
    decision = rules.check_labels(SecretLabels(enabled, versions), "v2")
    found = type(decision.error) if isinstance(decision, Refuse) else type(decision)
    assert found is expected, case
