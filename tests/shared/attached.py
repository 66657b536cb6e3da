"""Many secrets that name the rotation function, all with the credential of the stack's own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.stack import Stack

# Longer than the retirement function's hourly looks last after a grace of a day.
DAYS_AT_REST = 4
_TRIES = 20


class AttachedSecrets:
    """The secrets of a stack whose own one is attached. They share its user and its key.

    So the stack must not rotate any more once there are others.
    """

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._client = stack.aws.client()
        self._value = ""
        self._made = 0
        self.arns = [stack.secret_arn]

    def have(self, count: int) -> None:
        """Create or delete secrets until there are ``count``, which is 1 at least."""
        while len(self.arns) < count:
            self.arns.append(self._create())
        while len(self.arns) > count:
            self._delete(self.arns[-1])

    def rest(self) -> None:
        """Make all so old that a run looks at none, and replace those in whose hour it is.

        Which hour of the day is a secret's own follows from its ARN. Raises RuntimeError when
        some are looked at for ever.
        """
        count = len(self.arns)
        for arn in self.arns:
            self._stack.aws.grow_older(arn, DAYS_AT_REST)
        for _ in range(_TRIES):
            looked_at = self._looked_at()
            if not looked_at:
                return
            self.have(count + len(looked_at))
            for arn in self.arns[count:]:
                self._stack.aws.grow_older(arn, DAYS_AT_REST)
            for arn in looked_at:
                self._delete(arn)
        raise RuntimeError(f"secrets that should rest are looked at: {looked_at}")

    def _looked_at(self) -> set[str]:
        self._stack.aws.record.clear()
        self._stack.run_hourly()
        # The keys' ages are asked for of all; labels only of those that are looked at.
        calls = self._stack.aws.record.calls
        looked_at = {call.subject for call in calls if call.operation == "DescribeSecret"}
        return {arn for arn in self.arns if arn in looked_at}

    def _create(self) -> str:
        self._made += 1
        name = f"measured/{self._made}"
        self._value = self._value or json.dumps(self._stack.read_current())
        arn = self._client.create_secret(Name=name, SecretString=self._value)["ARN"]
        self._client.rotate_secret(
            SecretId=arn,
            RotationLambdaARN=self._stack.function.arn,
            RotationRules={"ScheduleExpression": "rate(30 days)"},
            RotateImmediately=False,
        )
        outcome = self._stack.aws.wait_for_rotation(arn, self._stack.timeout_seconds)
        if not outcome.succeeded:
            raise RuntimeError(f"attaching the function to {name} failed: {outcome}")
        return arn

    def _delete(self, arn: str) -> None:
        self._client.delete_secret(SecretId=arn)
        self.arns.remove(arn)
