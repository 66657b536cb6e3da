"""What every step of a rotation found and left: both slots and the three labels."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from sandbox.snowflake.account.keys import fingerprint, parse_public_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sandbox.aws.lambda_runtime.invocation import Invocation
    from sandbox.stack import Stack

__all__ = ["LANES", "Change", "History", "State", "StepEntry"]

SLOT_LANES = ("RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2")
LABEL_LANES = ("AWSCURRENT", "AWSPENDING", "AWSPREVIOUS")
LANES = (*SLOT_LANES, *LABEL_LANES)

State = dict[str, str | None]
"""A lane's name to the fingerprint there; None where there is no key."""


@dataclass(frozen=True, slots=True)
class StepEntry:
    """One invocation: its rotation (from 1), times in Unix seconds, the state around it.

    ``step`` is the rotation's step, or what the retirement function did.
    """

    rotation: int
    step: str
    started: float
    ended: float
    before: State
    after: State
    error: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """From this time on, the lane holds this key."""

    time: float
    lane: str
    fingerprint: str | None


class History:
    """Invokes the function for Secrets Manager and notes the state around every step."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._client = stack.aws.client()
        self._keys: dict[str, str] = {}
        self.rotation = 0
        self.steps: list[StepEntry] = []
        self.beginning = self._state()
        self.started = time.time()
        stack.aws.register_function(stack.function.arn, self._invoke)

    def run_retirement(self, name: str) -> None:
        """Run the retirement function as its schedule does; ``name`` is the entry's."""
        self._noted(name, self._stack.run_hourly)

    def _invoke(self, event: Mapping[str, str]) -> Invocation:
        return self._noted(event["Step"], lambda: self._stack.invoke(event))

    def _noted(self, name: str, invoke: Callable[[], Invocation]) -> Invocation:
        before, started = self._state(), time.time()
        invocation = invoke()
        ended = time.time()
        error = invocation.error_field("errorType")
        self.steps.append(
            StepEntry(self.rotation, name, started, ended, before, self._state(), error)
        )
        return invocation

    def changes(self) -> Iterator[Change]:
        """Return every change of a lane, at the moment of the request that made it."""
        for lane in LANES:
            yield Change(self.started, lane, self.beginning[lane])
        for step in self.steps:
            for lane in LANES:
                if step.before[lane] != step.after[lane]:
                    yield Change(self._time_of(lane, step), lane, step.after[lane])

    def _time_of(self, lane: str, step: StepEntry) -> float:
        """Find the request within the step that changed the lane."""
        if lane in SLOT_LANES:
            times = [
                s.time for s in self._stack.snowflake.record.statements if s.kind[:5] == "ALTER"
            ]
        else:
            causes = ("PutSecretValue", "UpdateSecretVersionStage")
            times = [c.time for c in self._stack.aws.record.calls if c.operation in causes]
        within = [when for when in times if step.started <= when <= step.ended]
        return within[-1] if within else step.ended

    def _state(self) -> State:
        one, two = self._stack.user.slots
        labels = self._client.describe_secret(SecretId=self._stack.secret_arn)
        versions = labels["VersionIdsToStages"].items()
        held = {stage: self._key_of(version) for version, stages in versions for stage in stages}
        return {SLOT_LANES[0]: one, SLOT_LANES[1]: two} | {
            label: held.get(label) for label in LABEL_LANES
        }

    def _key_of(self, version_id: str) -> str | None:
        """Read a version's key, once: it stays what it is."""
        if version_id not in self._keys:
            try:
                answer = self._client.get_secret_value(
                    SecretId=self._stack.secret_arn, VersionId=version_id
                )
            except ClientError:
                return None  # the pending version before createSecret
            public_key = json.loads(answer["SecretString"])["publicKey"]
            self._keys[version_id] = fingerprint(parse_public_key(public_key))
        return self._keys[version_id]
