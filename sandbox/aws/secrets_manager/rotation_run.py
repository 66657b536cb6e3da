"""One run through a rotation function's steps."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.aws.lambda_runtime.invocation import Invocation

__all__ = ["ROTATION_STEPS", "TEST_STEPS", "RotationOutcome", "RotationRun", "StepOutcome"]

ROTATION_STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
TEST_STEPS = ("testSecret",)


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """One invocation; the error fields are None when the function returned."""

    step: str
    seconds: float
    function_error: str | None = None
    error_type: str | None = None
    error_message: str | None = None


@dataclass(frozen=True, slots=True)
class RotationOutcome:
    """How a run ended.

    ``succeeded``: every step returned and the new version is AWSCURRENT (for
    the test of RotateImmediately=false: testSecret returned). ``stopped``: the
    rotation was abandoned by a new version from elsewhere, or cancelled.
    """

    steps: tuple[StepOutcome, ...]
    succeeded: bool
    version_id: str
    stopped: bool = False


@dataclass
class RotationRun:
    """A run under way; ``may_go_on`` and ``finish`` tie it to the secret's state."""

    secret_arn: str
    version_id: str
    step_names: tuple[str, ...]
    invoke: Callable[[Mapping[str, str]], Invocation]
    rotation_token: str = field(default_factory=lambda: str(uuid.uuid4()), repr=False)
    steps: list[StepOutcome] = field(default_factory=list)
    outcome: RotationOutcome | None = None
    failure: BaseException | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def start(
        self,
        may_go_on: Callable[[RotationRun], bool],
        finish: Callable[[RotationRun], RotationOutcome],
    ) -> threading.Thread:
        """Run in a thread of its own: RotateSecret answers before the rotation is over."""
        thread = threading.Thread(target=self._run, args=(may_go_on, finish), daemon=True)
        thread.start()
        return thread

    @property
    def all_steps_returned(self) -> bool:
        """Whether every step ran and none failed."""
        return len(self.steps) == len(self.step_names) and not self._failed

    @property
    def _failed(self) -> bool:
        return any(step.function_error is not None for step in self.steps)

    def _run(
        self,
        may_go_on: Callable[[RotationRun], bool],
        finish: Callable[[RotationRun], RotationOutcome],
    ) -> None:
        try:
            for step in self.step_names:
                if self._failed or not may_go_on(self):
                    break
                self.steps.append(self._invoke(step))
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits for the run
            self.failure = error
        finally:
            self.outcome = finish(self)
            self.done.set()

    def _invoke(self, step: str) -> StepOutcome:
        started = time.monotonic()
        answer = self.invoke(
            {
                "Step": step,
                "SecretId": self.secret_arn,
                "ClientRequestToken": self.version_id,
                "RotationToken": self.rotation_token,
            }
        )
        return StepOutcome(
            step,
            time.monotonic() - started,
            answer.function_error,
            answer.error_field("errorType"),
            answer.error_field("errorMessage"),
        )
