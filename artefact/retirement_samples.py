"""Runs of the retirement function of the built artefact, as numbers. Times in seconds.

Both functions run as on Lambda, each in a process and within a CPU share of its own: while one
waits for the other, neither has the other's. AWS and Snowflake are the sandbox: no network.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from artefact.attached import AttachedSecrets
from artefact.launcher import Launcher, launched
from artefact.metrics import metric
from artefact.samples import UNHURRIED_SECONDS, Plan, Series
from artefact.stack import RETIREMENT_HANDLER, BuiltStack
from sandbox.aws.lambda_runtime.invocation import Invocation
from sandbox.stack import CLUSTER, RETIREMENT, RETIREMENT_TIMEOUT_SECONDS, ROTATION, SIZES

ROTATION_MB, RETIREMENT_MB = SIZES[ROTATION].memory_mb, SIZES[RETIREMENT].memory_mb
TASKS = 10
AT_REST = "at rest, nothing due"
LOOKED_AT = "looked at, no old key"
RETIRED = "old key retired"
HELD = f"old key kept for {TASKS} tasks"
KINDS = (AT_REST, LOOKED_AT, RETIRED, HELD)
"""What a run with one attached secret may find."""

# A last errand may take 87 s and a last call for a key's age 58; 10 more are for reporting. Ages
# have a third of the time.
# aws_api/rotation_function.py, aws_api/secrets_list.py, hourly_handler.py of rotation/
SECONDS_OF_ERRANDS = RETIREMENT_TIMEOUT_SECONDS - 97
SECONDS_OF_AGES = RETIREMENT_TIMEOUT_SECONDS // 3 - 68
_GRACE = {"GRACE_PERIOD_HOURS": "24"}
_AFTER_THE_GRACE_DAYS = 1.1
# Old enough for ECS's lists to have settled (rotation.model.LISTS_SETTLE).
_SETTLED_DAYS = 0.5


@dataclass
class RetirementRun:
    """What was measured of one kind with one memory size; None: a whole CPU, no limit.

    ``cold`` holds the init of every function that the run starts, ``warm`` holds none. The counts
    are one run's calls to AWS (Invoke and ECS among them) and requests to Snowflake.
    """

    kind: str
    memory_mb: int | None
    cold: Series = field(default_factory=Series)
    warm: Series = field(default_factory=Series)
    aws_calls: int = 0
    snowflake_requests: int = 0
    peak_memory_mb: float = 0.0


@dataclass
class Capacity:
    """Warm runs with ``secrets`` attached ones: all at rest, or all looked at."""

    secrets: int
    limited: bool
    at_rest: Series = field(default_factory=Series)
    looked_at: Series = field(default_factory=Series)
    peak_memory_mb: float = 0.0

    def at_rest_in_time(self) -> int:
        """Return how many secrets at rest one run gets through, by the median."""
        return int(SECONDS_OF_AGES * self.secrets / self.at_rest.median)

    def looked_at_in_time(self, network_seconds: float = 0.0) -> int:
        """Return how many secrets one run looks at, by the median.

        ``network_seconds`` come on top for each.
        """
        each = self.looked_at.median / self.secrets
        return int(SECONDS_OF_ERRANDS / (each + network_seconds))


@dataclass(frozen=True)
class _Measured:
    stack: BuiltStack
    launcher: Launcher
    plan: Plan

    def run(self, expected: Mapping[str, float]) -> Invocation:
        """Run once, with nothing recorded before. Raises RuntimeError unless it found that."""
        self._forget()
        invocation = self.stack.run_hourly()
        found = {name: metric(invocation.log, name) for name in expected}
        if invocation.function_error or found != expected:
            told = f"{found} instead of {expected}"
            raise RuntimeError(f"a retirement run found {told}\n{invocation.log}")
        return invocation

    def kill(self) -> None:
        """Let the next run start both functions' processes."""
        self.stack.retirement_function.kill()
        self.stack.function.kill()

    def count(self, run: RetirementRun) -> None:
        """Note what the latest run asked for, and the peak memory so far."""
        ecs = self.stack.ecs.record.calls if self.stack.runs_tasks else []
        invoked = self.stack.lambda_api.events
        run.aws_calls = len(self.stack.aws.record.calls) + len(invoked) + len(ecs)
        run.snowflake_requests = len(self.stack.snowflake.record.calls)
        run.peak_memory_mb = self.launcher.peak_memory_mb()

    def _forget(self) -> None:
        self.stack.aws.record.clear()
        self.stack.snowflake.record.clear()
        self.stack.lambda_api.events.clear()
        if self.stack.runs_tasks:
            self.stack.ecs.record.clear()


def measure(plan: Plan, memory_mb: int | None) -> list[RetirementRun]:
    """Run with one attached secret, in the order of KINDS.

    ``memory_mb`` is the retirement function's; the rotation function has the template's, or a
    whole CPU as well. Raises RuntimeError when a run does not find what it should.
    """
    runs = {kind: RetirementRun(kind, memory_mb) for kind in KINDS}
    with _measured(plan, memory_mb, _GRACE) as measured:
        stack = measured.stack
        stack.attach()
        secrets = AttachedSecrets(stack)
        _sample(measured, runs[LOOKED_AT], {"SecretsLookedAt": 1, "OldKeysKept": 0})
        _sample(measured, runs[RETIRED], {"OldKeysRetired": 1}, lambda: _make_due(stack))
        _sample(measured, runs[AT_REST], {"SecretsLookedAt": 0}, secrets.rest)
    with _measured(plan, memory_mb, {}, runs_tasks=True) as measured:
        measured.stack.attach()
        _start_tasks(measured.stack)
        _rotate(measured.stack)
        measured.stack.aws.wait_for_events()
        measured.stack.let_pass(_SETTLED_DAYS)
        _sample(measured, runs[HELD], {"SecretsLookedAt": 1, "OldKeysKept": 1})
    return list(runs.values())


def capacity(plan: Plan, numbers: list[int], *, limited: bool) -> list[Capacity]:
    """Run with so many attached secrets, for each of ``numbers``, which grow.

    ``limited``: both functions have the CPU shares of the template's memory sizes. Each number
    has ``plan.warm`` runs of both kinds.
    """
    found = [Capacity(number, limited) for number in numbers]
    with _measured(plan, RETIREMENT_MB if limited else None, _GRACE) as measured:
        measured.stack.attach()
        secrets = AttachedSecrets(measured.stack)
        measured.run({"SecretsLookedAt": 1})
        for one in found:
            secrets.have(one.secrets)
            expected = {"SecretsLookedAt": one.secrets, "NotReached": 0}
            one.looked_at.values.extend(_warm(measured, plan.warm, expected))
            one.peak_memory_mb = measured.launcher.peak_memory_mb()
        for one in reversed(found):
            secrets.have(one.secrets)
            resting = {"SecretsLookedAt": 0, "NotReached": 0}
            one.at_rest.values.extend(_warm(measured, plan.warm, resting, secrets.rest))
    return found


def _nothing() -> None:
    """Prepare nothing."""


def _sample(
    measured: _Measured,
    run: RetirementRun,
    expected: Mapping[str, float],
    prepare: Callable[[], None] = _nothing,
) -> None:
    for _ in range(measured.plan.cold):
        prepare()
        measured.kill()
        run.cold.values.append(measured.run(expected).seconds)
    run.warm.values.extend(_warm(measured, measured.plan.warm, expected, prepare))
    measured.count(run)


def _warm(
    measured: _Measured,
    count: int,
    expected: Mapping[str, float],
    prepare: Callable[[], None] = _nothing,
) -> Iterator[float]:
    for _ in range(count):
        prepare()
        yield measured.run(expected).seconds


def _make_due(stack: BuiltStack) -> None:
    _rotate(stack)
    stack.aws.grow_older(stack.secret_arn, _AFTER_THE_GRACE_DAYS)


def _rotate(stack: BuiltStack) -> None:
    outcome = stack.rotate()
    if not outcome.succeeded:
        raise RuntimeError(f"a rotation failed: {outcome}")


def _start_tasks(stack: BuiltStack) -> None:
    """Run standalone tasks that got the key at their start and do nothing with it."""
    client = stack.ecs.client()
    defined = client.register_task_definition(
        family="measured",
        executionRoleArn="arn:aws:iam::123456789012:role/execution",
        containerDefinitions=[
            {
                "name": "app",
                "image": "app",
                "command": ["/bin/sleep", "36000"],
                "secrets": [{"name": "KEY", "valueFrom": f"{stack.secret_arn}:privateKey::"}],
            }
        ],
    )
    definition = defined["taskDefinition"]["taskDefinitionArn"]
    started = client.run_task(cluster=CLUSTER, taskDefinition=definition, count=TASKS)
    arns = [task["taskArn"] for task in started["tasks"]]

    def all_run() -> bool:
        tasks = client.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"]
        return all(task["lastStatus"] == "RUNNING" for task in tasks)

    stack.ecs.wait_for(all_run)


@contextmanager
def _measured(
    plan: Plan, memory_mb: int | None, retention: Mapping[str, str], *, runs_tasks: bool = False
) -> Iterator[_Measured]:
    rotation_mb = None if memory_mb is None else ROTATION_MB
    with (
        launched(plan.python, rotation_mb) as rotating,
        launched(plan.python, memory_mb) as retiring,
        BuiltStack(
            functions=plan.functions,
            python=rotating.write(),
            pythons={RETIREMENT_HANDLER: retiring.write()},
            retention=retention,
            runs_tasks=runs_tasks,
            timeout_seconds=UNHURRIED_SECONDS,
        ) as stack,
    ):
        if not stack.has_retirement:
            raise ValueError("the build has no retirement function")
        yield _Measured(stack, retiring, plan)
