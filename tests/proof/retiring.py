"""Runs of the retirement function, on a tape as a step's are.

The rotation function that it invokes runs on the same tape: each of its effects may be
struck too, and it may die alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from rotation.errors.base import RotationError
from rotation.errors.retirement import RotationFunctionFailed
from rotation.keys.form import AWS_FORM
from rotation.retirement.commands import Commands
from rotation.retirement.reconcile import Retirement
from rotation.rules import hourly
from rotation.rules.errand import KeyReport, KeyRequest
from rotation.steps.errand import Errand
from tests.proof import ecs
from tests.proof.effects import ALLOWED
from tests.proof.faults import Fault
from tests.proof.invocation import Done, Invocation
from tests.proof.looks import Looks
from tests.proof.tape import ErrandDied, Gate, Tape
from tests.proof.world import APP, World

if TYPE_CHECKING:
    from rotation.ports import Clusters, RotatingSecrets, RotationAdmin, SecretVersions, UserKeys

_SECONDS_TO_WAIT = 8.0


@dataclass(frozen=True)
class TapedErrands:
    """Implements ``ports.Errands``: the rotation function, as far as the answer finds its way."""

    tape: Tape

    def run(self, request: KeyRequest) -> KeyReport:
        gate = Gate(self.tape, ("keys", ""))
        gate.invoke(request)
        try:
            with self.tape.errand(on_command=request.end_grace):
                report = errand(self.tape, request)
        except RotationError as error:
            raise RotationFunctionFailed(f"It failed: {error}", code=error.reason) from None
        except ErrandDied:
            raise RotationFunctionFailed("It was killed.", code=None) from None
        return cast("KeyReport", gate.answer(report))


def errand(tape: Tape, request: KeyRequest) -> KeyReport:
    """Do what the rotation function does for such a request."""
    admin = cast("RotationAdmin", Gate(tape, ("admin", "")))
    return Errand(
        request=request,
        versions=cast("SecretVersions", Gate(tape, ("secret", APP))),
        users=cast("UserKeys", Gate(tape, ("snowflake", ""))),
        allowed=ALLOWED,
        form=AWS_FORM,
        retention=tape.world.retention,
        now=tape.time(),
        admin=admin if tape.world.account.administered else None,
    ).run()


def retirement(tape: Tape) -> Retirement:
    return Retirement(
        secrets=cast("RotatingSecrets", Gate(tape, ("secrets", ""))),
        errands=TapedErrands(tape),
        clusters=cast("Clusters", Gate(tape, ("ecs", ""))),
        retention=tape.world.retention,
    )


def _commands(tape: Tape) -> Commands:
    return Commands(retirement(tape), _pause(tape), _SECONDS_TO_WAIT, tape.time())


def _pause(tape: Tape) -> Callable[[float], None]:
    return cast("Callable[[float], None]", Gate(tape, ("clock", "")).pause)


# What the handler does: rotation/hourly_handler.py.


def scheduled(tape: Tape) -> Done:
    """Look at every secret."""
    run = retirement(tape)
    due = hourly.due(tuple(run.secrets.every_secret()), run.retention, tape.time())
    return Done(tuple(run.look_at(secret, tape.time()) for secret in due))


def label_moved(tape: Tape) -> Done:
    """Roll what AWSCURRENT's move makes due."""
    run = retirement(tape)
    secret = run.secrets.find(ecs.SECRET_ARN) if run.retention.clusters else None
    if secret is None:
        return Done(())
    run.wait_for_completion(secret, _pause(tape))
    return Done(run.after_promotion(secret, tape.time()))


def end_grace(tape: Tape) -> Done:
    """Do as a person commands."""
    return Done(_commands(tape).end_grace(APP))


def replace_leaked_key(tape: Tape) -> Done:
    """Do as a person commands."""
    return Done(_commands(tape).replace_leaked_key(APP))


JOBS: Mapping[str, Callable[[Tape], Done]] = {
    "scheduled run": scheduled,
    "AWSCURRENT's event": label_moved,
    "end-grace": end_grace,
    "replace-leaked-key": replace_leaked_key,
}
COMMANDS = ("end-grace", "replace-leaked-key")


def begin(world: World, job: str, faults: Mapping[int, Fault] = MappingProxyType({})) -> Invocation:
    """Return a run that has done nothing yet."""
    looks = Looks().after(world, "secret", 0).after(world, "snowflake", 0)
    return Invocation(APP, job, "", looks=looks, faults=faults, job=JOBS[job])
