"""Who may hold an old key, and by which list of tasks: every rule as a named case."""

from datetime import timedelta

import pytest

from rotation.rules import tasks
from rotation.rules.tasks import SecretReference, Task
from rotation.rules.words import SecretLabels
from tests.shared.dated import (
    ARN,
    CLUSTER,
    DAY,
    MINUTE,
    NOW,
    SECOND,
    SECOND_ARN,
    ago,
    labelled,
    task,
)

PROMOTED = ago(DAY)
CHINA = ARN.replace("arn:aws:", "arn:aws-cn:")
PARAMETER = "arn:aws:ssm:eu-west-1:123456789012:parameter/app"


@pytest.mark.parametrize(
    ("case", "value_from", "expected"),
    [
        ("the whole secret", ARN, SecretReference(ARN)),
        ("one field", f"{ARN}:privateKey::", SecretReference(ARN)),
        ("one field, nothing kept open", f"{ARN}:privateKey", SecretReference(ARN)),
        ("no field", f"{ARN}:::", SecretReference(ARN)),
        ("a label", f"{ARN}::AWSPREVIOUS:", SecretReference(ARN, "AWSPREVIOUS")),
        ("a field of a label", f"{ARN}:k:mine", SecretReference(ARN, "mine")),
        ("a version", f"{ARN}:::v1", SecretReference(ARN, "", "v1")),
        ("all of them", f"{ARN}:k:AWSCURRENT:v1", SecretReference(ARN, "AWSCURRENT", "v1")),
        (
            "more than there is",
            f"{ARN}:k:AWSCURRENT:v1:x",
            SecretReference(ARN, "AWSCURRENT", "v1"),
        ),
        ("another partition", f"{CHINA}:k::", SecretReference(CHINA)),
        ("a name with a slash", f"{ARN}/x-AbCdEf:k::", SecretReference(f"{ARN}/x-AbCdEf")),
        ("a parameter", PARAMETER, None),
        ("a parameter with as many colons", f"{PARAMETER}:1:2", None),
        ("a name", "app", None),
        ("a name with colons", "a:b:c:d:e:f:g", None),
        ("another resource", ARN.replace("secretsmanager", "kms"), None),
        ("an ARN that breaks off", ARN.rpartition(":")[0], None),
        ("nothing", "", None),
        ("colons", ":::::::", None),
    ],
)
def test_value_from(case: str, value_from: str, expected: SecretReference | None) -> None:
    assert SecretReference.read(value_from) == expected, case


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        (SecretReference(ARN), True),
        (SecretReference(ARN, "AWSCURRENT"), True),
        (SecretReference(ARN, "AWSPREVIOUS"), False),
        (SecretReference(ARN, "mine"), False),
        (SecretReference(ARN, "", "new"), False),
        (SecretReference(ARN, "AWSCURRENT", "new"), False),
    ],
)
def test_a_new_task_gets_awscurrent(*, reference: SecretReference, expected: bool) -> None:
    assert reference.follows_current is expected


LABELS = labelled(old="AWSPREVIOUS theirs", new="AWSCURRENT mine")
FIRST = labelled(new="AWSCURRENT mine")
BEFORE, AFTER = True, False


@pytest.mark.parametrize(
    ("case", "reference", "labels", "before", "after"),
    [
        ("the default label", SecretReference(ARN), LABELS, True, False),
        ("AWSCURRENT", SecretReference(ARN, "AWSCURRENT"), LABELS, True, False),
        ("AWSPREVIOUS", SecretReference(ARN, "AWSPREVIOUS"), LABELS, True, True),
        ("a label on the previous version", SecretReference(ARN, "theirs"), LABELS, True, True),
        ("a label on the current version", SecretReference(ARN, "mine"), LABELS, True, False),
        ("a label that is nowhere", SecretReference(ARN, "gone"), LABELS, True, False),
        ("the previous version", SecretReference(ARN, "", "old"), LABELS, True, True),
        ("the current version", SecretReference(ARN, "", "new"), LABELS, False, False),
        (
            "the version counts, not its label",
            SecretReference(ARN, "x", "new"),
            LABELS,
            False,
            False,
        ),
        (
            "an older version: docs/limits.md",
            SecretReference(ARN, "", "older"),
            LABELS,
            False,
            False,
        ),
        ("no previous: the default label", SecretReference(ARN), FIRST, True, False),
        ("no previous: its label", SecretReference(ARN, "AWSPREVIOUS"), FIRST, True, False),
        ("no previous: the current version", SecretReference(ARN, "", "new"), FIRST, False, False),
    ],
)
def test_what_a_task_may_hold(
    *, case: str, reference: SecretReference, labels: SecretLabels, before: bool, after: bool
) -> None:
    assert reference.holds_older(labels, created_before=BEFORE) is before, case
    assert reference.holds_older(labels, created_before=AFTER) is after, case


@pytest.mark.parametrize(
    ("case", "one", "expected"),
    [
        ("created before", task(created=PROMOTED - SECOND), True),
        ("created at that instant", task(created=PROMOTED), True),
        ("created after", task(created=PROMOTED + SECOND), False),
        ("it reads another secret", task(arn=SECOND_ARN), False),
        ("an ARN without its last six characters", task(arn=ARN.removesuffix("-AbCdEf")), True),
        ("created after, with AWSPREVIOUS", task(created=NOW, stage="AWSPREVIOUS"), True),
    ],
)
def test_a_task_holds_the_key_it_started_with(*, case: str, one: Task, expected: bool) -> None:
    assert one.may_hold_older(ARN, LABELS, PROMOTED) is expected, case
    assert tasks.holders([one], ARN, LABELS, PROMOTED) == ((one,) if expected else ()), case


def test_a_task_without_a_date_may_hold_it_and_one_without_secrets_does_not() -> None:
    undated = Task("t", CLUSTER, "", None, (SecretReference(ARN),))
    assert undated.may_hold_older(ARN, LABELS, PROMOTED)
    assert not Task("t", CLUSTER, "", None, ()).may_hold_older(ARN, LABELS, PROMOTED)


def test_one_container_of_several_is_enough() -> None:
    references = (SecretReference(SECOND_ARN), SecretReference(ARN, "", "new"))
    several = Task("t", CLUSTER, "", ago(9 * DAY), references)
    assert not several.may_hold_older(ARN, LABELS, PROMOTED)
    more = Task("t", CLUSTER, "", ago(9 * DAY), (*references, SecretReference(ARN)))
    assert more.may_hold_older(ARN, LABELS, PROMOTED)


@pytest.mark.parametrize(
    ("case", "since", "expected"),
    [
        ("just promoted: a minute later, clocks differ", 0 * SECOND, MINUTE),
        ("ECS's lists have not settled", 10 * MINUTE - SECOND, MINUTE),
        ("they have at this instant: since then", 10 * MINUTE, 10 * MINUTE),
        ("long ago: since then", 30 * DAY, 10 * MINUTE),
    ],
)
def test_a_list_of_tasks_is_late_enough(case: str, since: timedelta, expected: timedelta) -> None:
    promoted = ago(since)
    assert tasks.listed_late_enough(promoted, NOW) == promoted + expected, case


class TestTasksBySecret:
    SHORT = ARN.removesuffix("-AbCdEf")
    LISTED = (
        task("by its ARN"),
        task("of another", arn=SECOND_ARN),
        task("by a part of it", arn=SHORT),
        Task("of any", CLUSTER, "", None, (tasks.ANY_SECRET,)),
        Task("twice", CLUSTER, "", None, (SecretReference(SHORT), SecretReference(ARN))),
        Task("of none", CLUSTER, "", None, ()),
    )

    def test_are_those_that_name_it_each_once_and_in_order(self) -> None:
        found = tasks.TasksBySecret(self.LISTED).naming(ARN)
        assert found == tuple(self.LISTED[n] for n in (0, 2, 3, 4))

    def test_are_the_same_as_looking_at_each(self) -> None:
        index = tasks.TasksBySecret(self.LISTED)
        for arn in (ARN, SECOND_ARN, CHINA):
            named = [one for one in self.LISTED if any(r.names(arn) for r in one.references)]
            assert list(index.naming(arn)) == named


@pytest.mark.parametrize(
    ("case", "since", "expected"),
    [
        ("from after the promotion, as clocks differ", 2 * MINUTE, MINUTE),
        ("and no older than five minutes", 8 * MINUTE, 3 * MINUTE),
        ("also where lists have settled", 30 * MINUTE, 25 * MINUTE),
        ("which they had to have", 12 * MINUTE, 10 * MINUTE),
    ],
)
def test_another_run_s_list_will_do_to_roll(
    case: str, since: timedelta, expected: timedelta
) -> None:
    promoted = ago(since)
    assert tasks.listed_late_enough_to_roll(promoted, NOW) == promoted + expected, case
