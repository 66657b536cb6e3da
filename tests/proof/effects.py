"""A step as a series of effects, run one at a time and without threads.

Every call that a step makes through a port is one effect. An invocation keeps what its
effects answered; to go on, the step is run again from its start, the kept answers are given
in the same order, and then so many new effects happen in the world. So an invocation can
wait between any two effects while others go on, and world and invocation can be copied
there. A step keeps no state of its own (invariant 7), else this would not work: an effect
that differs from the kept one is an error.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from rotation.errors.base import RotationError
from rotation.keys.form import AWS_FORM
from rotation.rules.events import RotationRequest
from rotation.rules.who import AllowedIdentities, NamePatterns
from rotation.rules.words import Sensitive, Step
from rotation.steps.rotation import Rotation
from tests.proof import keypool, watch
from tests.proof.cloning import changed
from tests.proof.faults import Fault
from tests.proof.invocation import Invocation, Outcome
from tests.proof.looks import Looks
from tests.proof.tape import Died, Gate, Stop, Tape
from tests.proof.world import World

if TYPE_CHECKING:
    from rotation.ports import RotationAdmin, SecretVersions, UserKeys

ROTATION_TOKEN = "rotation-token-of-thirty-six-characters"
EVERY = 1_000
# Who a secret names is not what the proof varies.
ALLOWED = AllowedIdentities(NamePatterns((keypool.ACCOUNT,)), NamePatterns(("*",)))


def begin(
    world: World,
    secret: str,
    step: Step,
    version_id: str,
    faults: Mapping[int, Fault] = MappingProxyType({}),
) -> Invocation:
    """Return an invocation that has done nothing yet."""
    version = world.secrets[secret].versions.get(version_id)
    filled = version is not None and version.value is not None
    looks = Looks().after(world, "secret", 0).after(world, "snowflake", 0)
    return Invocation(secret, step, version_id, filled, looks=looks, faults=faults)


def advance(world: World, invocation: Invocation, effects: int = EVERY) -> Invocation:
    """Let so many effects of an invocation happen in the world; return how far it has come."""
    tape = Tape(world, invocation, effects)
    outcome: Outcome = None
    try:
        with keypool.swapped(tape.draw):
            outcome = invocation.job(tape) if invocation.job else _rotation(tape).run()
    except Stop:
        return tape.invocation
    except Died:
        outcome = "died"
    except RotationError as error:
        outcome = error
    done = changed(tape.invocation, outcome=outcome)
    watch.after_step(world, done.outcome, ROTATION_TOKEN)
    watch.one_pair(world, done)
    watch.cut_off_are_named(world, done)
    return done


def _rotation(tape: Tape) -> Rotation:
    started = tape.invocation
    request = RotationRequest(
        Step(started.step), started.secret, started.version_id, Sensitive(ROTATION_TOKEN)
    )
    clock = Gate(tape, ("clock", ""))
    admin = cast("RotationAdmin", Gate(tape, ("admin", "")))
    return Rotation(
        request=request,
        versions=cast("SecretVersions", Gate(tape, ("secret", started.secret))),
        users=cast("UserKeys", Gate(tape, ("snowflake", ""))),
        allowed=ALLOWED,
        form=AWS_FORM,
        key_size_bits=2048,
        pause=cast("Callable[[float], None]", clock.pause),
        admin=admin if tape.world.account.administered else None,
        retention=tape.world.retention,
        now=tape.time(),
    )
