"""Who may hold an old key, and which services are rolled: every rule as a named case."""

from dataclasses import replace
from datetime import datetime
from itertools import product
from typing import Any

import botocore.session
import pytest

from rotation.rules import tasks
from rotation.rules.promotion import Promotion
from rotation.rules.tasks import (
    BAD,
    Deployment,
    Rollout,
    SecretReference,
    Service,
    Task,
)
from rotation.rules.words import SecretLabels
from tests.shared.retirement import (
    ARN,
    CLUSTER,
    DAY,
    HOUR,
    NOW,
    OTHER_CLUSTER,
    SECOND,
    SECOND_ARN,
    ago,
    deployment,
    labelled,
    service,
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
    ("case", "one", "expected"),
    [
        ("its own", task(), True),
        ("another service's", task(group="service:web2"), False),
        ("a standalone one of the same name", task(group="web"), False),
        ("a family's", task(group="family:web"), False),
        ("one in another cluster", task(cluster=OTHER_CLUSTER), False),
    ],
)
def test_a_service_knows_its_tasks(*, case: str, one: Task, expected: bool) -> None:
    assert service().runs(one) is expected, case


WEB, FIXED = service("web"), service("fixed", stage="AWSPREVIOUS")
WORKER, OTHERS = service("worker"), service("others", arn=SECOND_ARN)
ALL = (WEB, FIXED, WORKER, OTHERS)


@pytest.mark.parametrize(
    ("case", "held", "expected"),
    [
        ("nobody holds it", [], ()),
        ("one task does", [task()], (WEB,)),
        ("two tasks of one service", [task("a"), task("b")], (WEB,)),
        ("tasks of two services", [task(group="service:worker"), task()], (WEB, WORKER)),
        ("a standalone task", [task(group="family:job")], ()),
        ("a new task would read AWSPREVIOUS again", [task(group="service:fixed")], ()),
        ("a new task would not read the secret", [task(group="service:others")], ()),
        ("a task in a cluster of the same service name", [task(cluster=OTHER_CLUSTER)], ()),
    ],
)
def test_what_is_rolled(case: str, held: list[Task], expected: tuple[Service, ...]) -> None:
    assert tasks.to_roll(ALL, ARN, held) == expected, case


def statuses() -> list[str]:
    """Return every status that the installed botocore knows."""
    model = botocore.session.get_session().get_service_model("ecs")
    shape: Any = model.shape_for("ServiceDeploymentStatus")
    return list(shape.enum)


MEANINGS = {
    "PENDING": Rollout.UNDER_WAY,
    "IN_PROGRESS": Rollout.UNDER_WAY,
    "SUCCESSFUL": Rollout.DONE,
    **dict.fromkeys(
        (
            *("STOPPED", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"),
            *("ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"),
        ),
        Rollout.FAILED,
    ),
}


def test_every_status_of_ecs_has_a_meaning() -> None:
    assert set(statuses()) == MEANINGS.keys()


@pytest.mark.parametrize("status", MEANINGS)
def test_one_deployment(status: str) -> None:
    assert tasks.rollout_of([deployment(HOUR, status)], NOW) is MEANINGS[status]


@pytest.mark.parametrize(
    ("case", "deployments", "expected"),
    [
        ("none since the promotion", [], Rollout.DUE),
        ("one succeeded, a later one failed", [(5, "SUCCESSFUL"), (1, "STOPPED")], Rollout.DONE),
        ("one failed, a later one succeeded", [(5, "STOPPED"), (1, "SUCCESSFUL")], Rollout.DONE),
        ("one succeeded, a later one runs", [(5, "SUCCESSFUL"), (1, "PENDING")], Rollout.DONE),
        ("one failed, a later one runs", [(5, "STOPPED"), (1, "PENDING")], Rollout.UNDER_WAY),
        ("the same, in the other order", [(1, "PENDING"), (5, "STOPPED")], Rollout.UNDER_WAY),
        ("a running one was replaced", [(5, "PENDING"), (1, "STOPPED")], Rollout.FAILED),
        ("it runs for two hours", [(2, "IN_PROGRESS")], Rollout.UNDER_WAY),
        ("it runs for longer", [(2.001, "IN_PROGRESS")], Rollout.STUCK),
        ("it waits for longer", [(3, "PENDING")], Rollout.STUCK),
        ("a word that ECS may add", [(1, "BLUE_GREEN_BAKING")], Rollout.FAILED),
    ],
)
def test_several_deployments(
    case: str, deployments: list[tuple[float, str]], expected: Rollout
) -> None:
    found = [deployment(hours * HOUR, status) for hours, status in deployments]
    assert tasks.rollout_of(found, NOW) is expected, case


@pytest.mark.parametrize("pair", list(product(MEANINGS, MEANINGS)), ids=str)
def test_a_second_deployment_is_never_due(pair: tuple[str, str]) -> None:
    found = [Deployment(ago(n * HOUR), status) for n, status in enumerate(pair, 1)]
    assert tasks.rollout_of(found, NOW) is not Rollout.DUE


@pytest.mark.parametrize(
    ("case", "created", "freed"),
    [
        ("long before", ago(2 * DAY), True),
        ("at the instant of the promotion: before, to be sure", PROMOTED, True),
        ("after: its definition names an old key", PROMOTED + SECOND, False),
        ("nobody knows", None, True),
    ],
)
def test_a_rollout_frees_tasks_from_before_the_promotion(
    *, case: str, created: datetime | None, freed: bool
) -> None:
    promoted = Promotion(ago(9 * DAY), PROMOTED, by_rotation=True)
    held = replace(task(), created=created)
    assert tasks.from_before([held], promoted) == ((held,) if freed else ()), case


@pytest.mark.parametrize("by_rotation", [True, False])
def test_a_service_with_no_such_task_counts_from_the_earliest_promotion(
    *, by_rotation: bool
) -> None:
    promoted = Promotion(ago(9 * DAY), PROMOTED, by_rotation=by_rotation)
    others = [task(group="service:worker")]
    assert tasks.counts_since(service("web"), others, promoted, NOW) == ago(9 * DAY)


def test_what_needs_a_person_is_bad() -> None:
    assert set(Rollout) - BAD == {Rollout.DUE, Rollout.UNDER_WAY, Rollout.DONE}
