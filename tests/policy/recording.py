"""Which AWS calls the functions really make: whole runs on the sandbox, and what it recorded.

The sandbox answers every AWS service's calls at one address, so that a call to another service is
recorded as well, and then isn't found among Secrets Manager's actions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.snowflake import LOCKED_USER, Fault, Kind
from sandbox.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.secrets_manager import ApiCall


@dataclass(frozen=True)
class Recording:
    """IAM actions of the calls that the two functions made."""

    rotation: frozenset[str]
    watch: frozenset[str]


def record() -> Recording:
    """Rotate, rotate again after a rotation that was abandoned, and watch.

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
        watch = _watch(stack)
    return Recording(_actions(rotation, arn), _actions(watch, arn))


def _calls(stack: Stack, act: Callable[[], object]) -> list[ApiCall]:
    """Return the function's calls. The first one recorded is the sandbox's own RotateSecret."""
    stack.aws.record.clear()
    act()
    own, *calls = stack.aws.record.calls
    if own.operation != "RotateSecret":
        raise RuntimeError(f"{own.operation} was recorded before RotateSecret")
    return calls


def _watch(stack: Stack) -> list[ApiCall]:
    stack.aws.client().create_secret(Name="not/attached", SecretString="{}")
    stack.aws.record.clear()
    answer = stack.run_watch()
    if answer.function_error:
        raise RuntimeError(f"the watch failed: {answer.payload}")
    return stack.aws.record.calls


def _rotate(stack: Stack, *, succeeds: bool) -> None:
    outcome = stack.rotate()
    if outcome.succeeded is not succeeds:
        raise RuntimeError(f"the rotation ended otherwise than planned: {outcome}")


def _with_a_locked_user(stack: Stack) -> Stack:
    stack.snowflake.faults.add(Fault(Kind.LOGIN, LOCKED_USER, nth=2))
    return stack


def _abandon(stack: Stack) -> None:
    """Take AWSPENDING away: the key that was installed now belongs to a version without label."""
    client = stack.aws.client()
    versions = client.describe_secret(SecretId=stack.secret_arn)["VersionIdsToStages"]
    (pending,) = [name for name, labels in versions.items() if "AWSPENDING" in labels]
    client.update_secret_version_stage(
        SecretId=stack.secret_arn, VersionStage="AWSPENDING", RemoveFromVersionId=pending
    )


def _actions(calls: list[ApiCall], secret_arn: str) -> frozenset[str]:
    return frozenset(_each_action(calls, secret_arn))


def _each_action(calls: list[ApiCall], secret_arn: str) -> Iterator[str]:
    for call in calls:
        if call.secret_id not in (None, secret_arn):
            raise RuntimeError(f"{call.operation} was called for {call.secret_id}")
        # In Secrets Manager an action has its operation's name.
        yield f"secretsmanager:{call.operation}"
