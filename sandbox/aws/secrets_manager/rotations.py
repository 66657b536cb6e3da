"""RotateSecret: when a rotation starts, is refused, is reattempted, ends.

Sources: the RotateSecret and CancelRotateSecret API references, "Rotation by
Lambda function" in the user guide, and for RotationAbandoned "Log Secrets
Manager events with CloudTrail". Methods expect the caller to hold ``lock``,
except ``wait``, ``retry`` and ``stop``, which are the test's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.aws.secrets_manager import errors, versions
from sandbox.aws.secrets_manager.rotation import Rotation
from sandbox.aws.secrets_manager.rotation_run import (
    ROTATION_STEPS,
    TEST_STEPS,
    RotationOutcome,
    RotationRun,
)

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping

    from moto.secretsmanager.models import FakeSecret

    from sandbox.aws.lambda_runtime.invocation import Invocation

__all__ = ["Rotations"]

STOP_SECONDS = 5.0


class Rotations:
    """All rotations of one server."""

    after_promotion = versions.AfterPromotion.STAYS

    def __init__(self, lock: threading.RLock) -> None:
        self._lock = lock
        self.by_secret: dict[str, Rotation] = {}
        self._threads: list[threading.Thread] = []
        self.functions: dict[str, Callable[[Mapping[str, str]], Invocation]] = {}

    def of(self, secret: FakeSecret) -> Rotation:
        """Return the secret's rotation, a never configured one at first."""
        return self.by_secret.setdefault(secret.arn, Rotation(secret))

    def function_for(self, rotation: Rotation, function_arn: str | None) -> str:
        """Return the ARN of the function to call, the stored one if none is given.

        Raises InvalidRequestException without any, and AccessDeniedException
        for one that was not registered: nobody allowed invoking it.
        """
        chosen = function_arn or rotation.function_arn
        if not chosen:
            raise errors.no_rotation_function()
        if chosen not in self.functions:
            raise errors.function_not_invokable()
        return chosen

    def refuse_if_incomplete(self, rotation: Rotation) -> None:
        """Raise InvalidRequestException while AWSPENDING waits on another version.

        The error announces that the previous rotation is reattempted, and so it
        is here: at once, with its own version id, unless it is still running
        or rotation was turned off.
        """
        version_id = rotation.incomplete_version_id
        if version_id is None:
            return
        if rotation.enabled and not rotation.is_running:
            self.begin(rotation, version_id, ROTATION_STEPS)
        raise errors.previous_rotation_incomplete()

    def begin(self, rotation: Rotation, version_id: str, steps: tuple[str, ...]) -> None:
        """Start calling the function in a thread."""
        invoke = self.functions[str(rotation.function_arn)]
        run = RotationRun(rotation.secret.arn, version_id, steps, invoke)
        rotation.run = run
        rotation.version_ids.add(version_id)
        self._threads.append(run.start(self._may_go_on, self._finish))

    def check_rotation_token(
        self, rotation: Rotation, version_id: str, rotation_token: str | None
    ) -> None:
        """Refuse a put into the rotating version without this run's RotationToken."""
        run = rotation.run
        rotating = run is not None and rotation.is_running and run.version_id == version_id
        if rotating and run is not None and rotation_token != run.rotation_token:
            raise errors.rotation_token_refused()

    def retry(self, secret: FakeSecret) -> None:
        """Run all steps again with the latest version id, as the service does by itself.

        Raises RuntimeError when there is nothing to retry: no failed rotation,
        one still running, or rotation turned off.
        """
        with self._lock:
            rotation = self.of(secret)
            run = rotation.run
            if run is None or run.outcome is None or run.outcome.succeeded or not rotation.enabled:
                raise RuntimeError(f"nothing to retry: {run}, enabled: {rotation.enabled}")
            self.begin(rotation, run.version_id, ROTATION_STEPS)

    def wait(self, secret: FakeSecret, timeout_seconds: float) -> RotationOutcome:
        """Wait for the latest run to end.

        Raises LookupError if there was none, TimeoutError, or whatever the
        registered invoke function raised.
        """
        run = self.of(secret).run
        if run is None:
            raise LookupError(f"no rotation of {secret.name} was ever started")
        if not run.done.wait(timeout_seconds):
            raise TimeoutError(f"rotation of {secret.name} still runs: {run.steps}")
        if run.failure is not None:
            raise run.failure
        if run.outcome is None:
            raise AssertionError("a run that is done has an outcome")
        return run.outcome

    def stop(self) -> None:
        """Turn all rotations off and wait for the runs under way to notice."""
        with self._lock:
            for rotation in self.by_secret.values():
                rotation.enabled = False
        for thread in self._threads:
            thread.join(STOP_SECONDS)

    @property
    def is_running(self) -> bool:
        """Whether any run goes on."""
        return any(thread.is_alive() for thread in self._threads)

    def _may_go_on(self, run: RotationRun) -> bool:
        with self._lock:
            rotation = self.by_secret[run.secret_arn]
            version = rotation.secret.versions.get(run.version_id)
            wanted = {versions.PENDING, versions.CURRENT}
            labelled = version is not None and wanted & set(version["version_stages"])
            return bool(rotation.enabled and labelled)

    def _finish(self, run: RotationRun) -> RotationOutcome:
        with self._lock:
            stopped = not self._may_go_on(run)
            rotation = self.by_secret[run.secret_arn]
            held = rotation.secret.versions
            if run.step_names == TEST_STEPS:
                succeeded = run.all_steps_returned
                self._drop_pending(rotation, run.version_id)
            else:
                current = versions.holder(held, versions.CURRENT)
                succeeded = run.all_steps_returned and current == run.version_id
                if succeeded:
                    rotation.last_rotated = versions.now()
                    if self.after_promotion is versions.AfterPromotion.GONE_WHEN_COMPLETE:
                        self._drop_pending(rotation, run.version_id)
            return RotationOutcome(tuple(run.steps), succeeded, run.version_id, stopped)

    @staticmethod
    def _drop_pending(rotation: Rotation, version_id: str) -> None:
        if versions.holder(rotation.secret.versions, versions.PENDING) == version_id:
            versions.detach(rotation.secret.versions, versions.PENDING)
            versions.touch(rotation.secret)
