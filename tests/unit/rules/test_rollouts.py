"""Which services are rolled, and how a rollout stands: every rule as a named case."""

from dataclasses import replace
from datetime import datetime
from itertools import product
from typing import Any

import botocore.session
import pytest

from rotation.rules import rollouts
from rotation.rules.promotion import Promotion
from rotation.rules.rollouts import (
    BAD,
    Deployment,
    Rollout,
    Service,
    rollout_of,
    to_roll,
)
from rotation.rules.tasks import ANY_SECRET, Task
from tests.shared.dated import (
    ARN,
    DAY,
    HOUR,
    NOW,
    OTHER_CLUSTER,
    SECOND,
    SECOND_ARN,
    ago,
    deployment,
    rotated_ago,
    service,
    task,
)

PROMOTED = ago(DAY)


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
    assert rollouts.to_roll(ALL, ARN, held) == expected, case


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
    assert rollouts.rollout_of([deployment(HOUR, status)], NOW) is MEANINGS[status]


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
    assert rollouts.rollout_of(found, NOW) is expected, case


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("IN_PROGRESS", Rollout.UNDER_WAY),
        ("SUCCESSFUL", Rollout.DONE),
        ("STOPPED", Rollout.FAILED),
    ],
)
def test_a_deployment_without_a_date_counts_and_is_never_called_stuck(
    status: str, expected: Rollout
) -> None:
    found = [deployment(3 * HOUR, "STOPPED"), Deployment(None, status)]
    assert rollouts.rollout_of(found, NOW) is expected


def test_one_without_a_date_counts_as_later_than_any_other_whatever_the_clocks_say() -> None:
    found = [Deployment(NOW + HOUR, "STOPPED"), Deployment(None, "PENDING")]
    assert rollouts.rollout_of(found, NOW) is Rollout.UNDER_WAY


@pytest.mark.parametrize("pair", list(product(MEANINGS, MEANINGS)), ids=str)
def test_a_second_deployment_is_never_due(pair: tuple[str, str]) -> None:
    found = [Deployment(ago(n * HOUR), status) for n, status in enumerate(pair, 1)]
    assert rollouts.rollout_of(found, NOW) is not Rollout.DUE


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
    assert rollouts.from_before([held], promoted) == ((held,) if freed else ()), case


@pytest.mark.parametrize("by_rotation", [True, False])
def test_a_service_with_no_such_task_counts_from_the_earliest_promotion(
    *, by_rotation: bool
) -> None:
    promoted = Promotion(ago(9 * DAY), PROMOTED, by_rotation=by_rotation)
    others = [task(group="service:worker")]
    assert rollouts.counts_since(service("web"), others, promoted, NOW) == ago(9 * DAY)


def test_what_needs_a_person_is_bad() -> None:
    assert set(Rollout) - BAD == {Rollout.DUE, Rollout.UNDER_WAY, Rollout.DONE}


def test_after_a_rotation_no_service_is_rolled_twice_however_old_its_deployment() -> None:
    assert rollout_of([deployment(30 * DAY, "SUCCESSFUL")], NOW) is Rollout.DONE


def test_a_service_that_others_deploy_is_told_of_though_it_names_no_definition() -> None:
    external = replace(service("web"), rolls=False, references=())
    assert to_roll([external], ARN, [task()]) == (external,)
    assert to_roll([external], ARN, []) == ()


def test_a_task_whose_definition_is_not_shown_holds_every_key_and_is_not_rolled() -> None:
    hidden = replace(task(), references=(ANY_SECRET,))
    labels = rotated_ago(HOUR).labels
    assert hidden.may_hold_older(ARN, labels, ago(HOUR))
    assert not hidden.may_hold_older(ARN, labels, ago(90 * DAY))
    assert not replace(service("web"), references=(ANY_SECRET,)).starts_with(ARN)
