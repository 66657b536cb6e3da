"""The rotations that are interrupted, and the points that a recorded run of each has.

A point is one request of the function: a call of Secrets Manager or a request to Snowflake.
Nothing here lists them: a new call of the function is a new point.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.stack import rotation_admin
from tests.proof.wire.bench import STEPS, State
from tests.proof.wire.tap import AWS, SNOWFLAKE
from tests.shared import keys

if TYPE_CHECKING:
    from tests.proof.wire.bench import Bench

Act = Callable[["Bench"], None]


@dataclass(frozen=True)
class Point:
    """The ``nth`` request of this kind (from 1) within a step, ``place`` in the order of all.

    ``name`` is the operation at AWS, the value of sandbox.snowflake.Kind at Snowflake.
    """

    step: str
    place: int
    service: str
    name: str
    nth: int

    def __str__(self) -> str:
        """Say where it is, for a story."""
        return f"{self.step}, request {self.place}: {self.service} {self.name} ({self.nth})"


@dataclass(frozen=True)
class Scenario:
    """``arrange`` makes the state in which the rotation begins, or goes on.

    ``before`` is what other people do right before a step, in the recorded run and in every
    case. ``ends_with`` names the refusal with which the rotation must end, None for success.
    ``stack`` are options of sandbox.stack.Stack, for a stack of the scenario's own.
    """

    name: str
    arrange: Act
    before: Mapping[str, Act] = field(default_factory=dict)
    ends_with: str | None = None
    stack: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Course:
    """A scenario as recorded: its points, and the state right before each step."""

    scenario: Scenario
    points: tuple[Point, ...]
    states: Mapping[str, State]


def record(bench: Bench, scenario: Scenario, beginning: State) -> Course:
    """Run a scenario once without faults and note every request."""
    bench.restore(beginning)
    scenario.arrange(bench)
    points: list[Point] = []
    states: dict[str, State] = {}
    for step in STEPS:
        scenario.before.get(step, _nothing)(bench)
        states[step] = bench.state()
        bench.forget()
        answer = bench.step(step)
        points += _points(bench, step)
        if answer.function_error:
            break
    return Course(scenario, tuple(points), states)


def _points(bench: Bench, step: str) -> list[Point]:
    calls = [(call.time, AWS, call.operation) for call in bench.aws.record.calls]
    requests = [(r.time, SNOWFLAKE, r.operation) for r in bench.snowflake.record.calls]
    counted: Counter[tuple[str, str]] = Counter()
    points = []
    for place, (_, service, name) in enumerate(sorted(calls + requests), start=1):
        counted[service, name] += 1
        points.append(Point(step, place, service, name, counted[service, name]))
    return points


def _nothing(_: Bench) -> None:
    return


def _lingering(bench: Bench) -> None:
    """Leave AWSPREVIOUS's key in its slot, as a rotation without the right to unset does."""
    bench.begin()
    before = bench.user.key_slot(1).text
    bench.run()
    bench.user.set_key(1, str(before))
    bench.begin()


def _abandoned(bench: Bench) -> None:
    """Leave the key of a version that has lost its label in a slot."""
    bench.begin()
    for step in STEPS[:2]:
        bench.step(step)
    bench.secret.versions[bench.version_id]["version_stages"].clear()
    bench.begin()


def _died_after_promotion(bench: Bench) -> None:
    """Leave finishSecret between its two effects."""
    bench.begin()
    for step in STEPS[:3]:
        bench.step(step)
    bench.aws.client().update_secret_version_stage(
        SecretId=bench.secret_arn,
        VersionStage="AWSCURRENT",
        MoveToVersionId=bench.version_id,
        RemoveFromVersionId=bench.watch.current(),
    )


def _foreign(bench: Bench) -> None:
    bench.user.set_key(2, FOREIGN_KEY)
    bench.begin()


FOREIGN_KEY = keys.key_pair("foreign")[1]
BYSTANDER_KEYS = (keys.key_pair("previous")[1], keys.key_pair("another")[1])
SCENARIOS = (
    Scenario("a rotation", lambda bench: bench.begin()),
    Scenario("the previous key lingers", _lingering),
    Scenario("an abandoned key is in the slot", _abandoned),
    Scenario("finishSecret resumes", _died_after_promotion),
    Scenario("a foreign key is in the slot", _foreign, ends_with="ForeignKey"),
    Scenario(
        "the new key is taken away before finishSecret",
        lambda bench: bench.begin(),
        before={"finishSecret": lambda bench: bench.user.unset_key(2)},
    ),
    # Once is enough: a key derivation costs 0.1 s of CPU, and every step makes two.
    Scenario(
        "a key with a passphrase",
        lambda bench: bench.begin(),
        stack={"encrypted": True},
    ),
    Scenario(
        "a rotation admin from a secret",
        lambda bench: bench.begin(),
        stack={"admin": rotation_admin.from_secret},
    ),
    Scenario(
        "the user's first key, by workload identity",
        lambda bench: bench.begin(),
        stack={"admin": rotation_admin.workload_identity, "first_key": True},
    ),
)


def beginning(bench: Bench) -> State:
    """Return the state of a fresh stack, beside a user with two keys who is nobody's business."""
    one, two = BYSTANDER_KEYS
    if "BYSTANDER" not in bench.account.users:
        bench.account.create_user("BYSTANDER", rsa_public_key=one, rsa_public_key_2=two)
    return bench.state()
