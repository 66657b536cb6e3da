"""Which AWS calls the functions really make: whole runs on the sandbox, and what it recorded.

The sandbox answers every AWS service's calls at one address, so that a call to another service is
recorded as well, and then isn't found among Secrets Manager's actions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.snowflake import LOCKED_USER, Kind
from sandbox.stack import Stack
from tests.integration import retirement_tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.aws.lambda_runtime.invocation import Invocation
    from sandbox.record import Call


@dataclass(frozen=True)
class Recording:
    """IAM actions of the calls that both functions made.

    ``retirement`` without ECS; its calls of ECS are ``rolling``. ``rotate_parameters`` are those
    with which it called RotateSecret.
    """

    rotation: frozenset[str]
    retirement: frozenset[str]
    rolling: frozenset[str]
    rotate_parameters: frozenset[str]


def record() -> Recording:
    """Rotate, rotate again after a rotation that was abandoned, run by the hour and roll.

    Raises RuntimeError when one of these doesn't end as it should.
    """
    with Stack() as stack:
        rotation = [
            *_calls(stack, stack.attach),
            *_calls(stack, lambda: _rotate(stack, succeeds=True)),
            *_calls(stack, lambda: _rotate(_with_a_locked_user(stack), succeeds=False)),
        ]
        _abandon(stack)
        rotation += _calls(stack, lambda: _rotate(stack, succeeds=True))
        arn = stack.secret_arn
    with Stack(retention={"GRACE_PERIOD_HOURS": "1"}) as stack:
        stack.attach()
        retirement, errands = _retire(stack)
        (started,) = _replace_a_leaked_key(stack)
        own = _actions([*retirement, started], stack.secret_arn)
        asked = _actions(errands, stack.secret_arn)
    return Recording(
        _actions(rotation, arn) | asked,
        own | {"lambda:InvokeFunction"},
        _roll(),
        # boto3 makes the token up.
        frozenset(started.parameters) - {"ClientRequestToken"},
    )


def _retire(stack: Stack) -> tuple[list[Call], list[Call]]:
    """Run by the hour, and retire on command. Returns its own calls and the errands'.

    While the rotation function runs, the retirement function waits for its answer.
    """
    _rotate(stack, succeeds=True)
    stack.aws.client().create_secret(Name="not/attached", SecretString="{}")
    stack.aws.record.clear()
    calls, errands = stack.aws.record, []

    def errand(event: object) -> Invocation:
        before = len(calls.calls)
        invocation = stack.function.invoke(event)
        errands.extend(calls.calls[before:])
        return invocation

    stack.lambda_api.add(stack.function.arn, errand)
    for answer in (stack.run_hourly(), stack.command("end-grace")):
        if answer.function_error:
            raise RuntimeError(f"the retirement failed: {answer.payload}")
    if len(stack.lambda_api.events) != 2:
        raise RuntimeError(f"other errands than planned: {stack.lambda_api.events}")
    return [call for call in calls.calls if call not in errands], errands


def _replace_a_leaked_key(stack: Stack) -> list[Call]:
    """Return the calls of RotateSecret. All others run beside the rotation function's."""
    stack.aws.record.clear()
    answer = stack.command("replace-leaked-key")
    if answer.function_error:
        raise RuntimeError(f"the command failed: {answer.payload}")
    return [call for call in stack.aws.record.calls if call.operation == "RotateSecret"]


def _roll() -> frozenset[str]:
    """Return the actions of the calls of ECS after a promotion, and an hour later."""
    with Stack(runs_tasks=True) as stack:
        stack.attach()
        retirement_tasks.start_service(stack)
        stack.ecs.record.clear()
        _rotate(stack, succeeds=True)
        stack.ecs.wait_for(lambda: bool(stack.events_answered))
        answers = [*stack.events_answered, stack.run_hourly()]
        if failed := [one.payload for one in answers if one.function_error]:
            raise RuntimeError(f"rolling failed: {failed}")
        return frozenset(f"ecs:{call.operation}" for call in stack.ecs.record.calls)


def _calls(stack: Stack, act: Callable[[], object]) -> list[Call]:
    """Return the function's calls. The first one recorded is the sandbox's own RotateSecret."""
    stack.aws.record.clear()
    act()
    own, *calls = stack.aws.record.calls
    if own.operation != "RotateSecret":
        raise RuntimeError(f"{own.operation} was recorded before RotateSecret")
    return calls


def _rotate(stack: Stack, *, succeeds: bool) -> None:
    outcome = stack.rotate()
    if outcome.succeeded is not succeeds:
        raise RuntimeError(f"the rotation ended otherwise than planned: {outcome}")


def _with_a_locked_user(stack: Stack) -> Stack:
    stack.snowflake.faults.add(Kind.LOGIN, LOCKED_USER, skip=1)
    return stack


def _abandon(stack: Stack) -> None:
    """Take AWSPENDING away: the key that was installed now belongs to a version without label."""
    client = stack.aws.client()
    versions = client.describe_secret(SecretId=stack.secret_arn)["VersionIdsToStages"]
    (pending,) = [name for name, labels in versions.items() if "AWSPENDING" in labels]
    client.update_secret_version_stage(
        SecretId=stack.secret_arn, VersionStage="AWSPENDING", RemoveFromVersionId=pending
    )


def _actions(calls: list[Call], secret_arn: str) -> frozenset[str]:
    return frozenset(_each_action(calls, secret_arn))


def _each_action(calls: list[Call], secret_arn: str) -> Iterator[str]:
    for call in calls:
        if call.subject not in (None, secret_arn):
            raise RuntimeError(f"{call.operation} was called for {call.subject}")
        # In Secrets Manager an action has its operation's name.
        yield f"secretsmanager:{call.operation}"
