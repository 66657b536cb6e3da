"""What may happen to one request: who dies, which way is cut, which error comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.aws.json.failures import AwsFailure
from sandbox.faults import Callback, Cut, Unavailable, When
from sandbox.snowflake import LOCKED_USER, Kind, Refuse, missing_privilege
from sandbox.stack import USER
from tests.proof.wire.tap import AWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.faults import Effect
    from tests.proof.wire.bench import Bench
    from tests.proof.wire.scenarios import Point

LONGEST_HANG_SECONDS = 100
Strike = tuple["Effect", When]
GONE = Refuse("390111", "Session no longer exists. New login required.", "08001")


@dataclass(frozen=True)
class Fate:
    """``aws`` and ``snowflake`` give the effects on a request of either service.

    ``lasts``: it strikes every later request of the kind too, the client's own retries
    included. ``kills``: the function is dead afterwards. ``waits``: somebody hangs.
    """

    name: str
    aws: Callable[[Bench], list[Strike]]
    snowflake: Callable[[Bench, Point], list[Strike]]
    lasts: bool = False
    kills: bool = False
    waits: bool = False

    def strike(self, bench: Bench, point: Point) -> None:
        """Prepare the servers for this fate at this point of the step that comes next."""
        times = None if self.lasts else 1
        at_aws = point.service == AWS
        faults = bench.aws.faults if at_aws else bench.snowflake.faults
        for effect, when in self.aws(bench) if at_aws else self.snowflake(bench, point):
            faults.add(point.name, effect, when=when, skip=point.nth - 1, times=times)


def _hang(bench: Bench) -> None:
    bench.released.wait(LONGEST_HANG_SECONDS)


def _kill_before(bench: Bench) -> list[Strike]:
    # The request has arrived: it would take effect though its sender is gone.
    kill = Callback(lambda _: bench.function.kill())
    return [(kill, When.BEFORE), (Cut(), When.BEFORE)]


def _kill_after(bench: Bench) -> list[Strike]:
    return [(Callback(lambda _: bench.function.kill()), When.AFTER)]


def _late(bench: Bench) -> list[Strike]:
    return [(Callback(lambda _: _hang(bench)), When.AFTER), (Cut(), When.AFTER)]


def _no_reply(bench: Bench) -> list[Strike]:
    return [(Callback(lambda _: _hang(bench)), When.BEFORE), (Cut(), When.BEFORE)]


def _final(_: Bench, point: Point) -> list[Strike]:
    by_kind: dict[Kind, Effect] = {
        Kind.LOGIN: LOCKED_USER,
        Kind.STATEMENT: missing_privilege(USER),
    }
    return [(by_kind.get(Kind(point.name), GONE), When.BEFORE)]


def _pair(name: str, aws: Strike, snowflake: Strike | None = None) -> tuple[Fate, Fate]:
    """Return the fate that strikes once, and the one that lasts; without a second, both alike."""
    other = snowflake or aws
    return (
        Fate(f"{name}, once", lambda _: [aws], lambda *_: [other]),
        Fate(f"{name}, for good", lambda _: [aws], lambda *_: [other], lasts=True),
    )


def _alike(strikes: Callable[[Bench], list[Strike]]) -> Callable[[Bench, Point], list[Strike]]:
    return lambda bench, _: strikes(bench)


FATES = (
    Fate(
        "killed before the effect",
        _kill_before,
        _alike(_kill_before),
        kills=True,
    ),
    Fate(
        "killed after the effect",
        _kill_after,
        _alike(_kill_after),
        kills=True,
    ),
    *_pair("reply lost", (Cut(), When.AFTER)),
    *_pair("cut before the effect", (Cut(), When.BEFORE)),
    *_pair(
        "a retryable error",
        (AwsFailure("ThrottlingException"), When.BEFORE),
        (Unavailable(503), When.BEFORE),
    ),
    Fate(
        "a final error",
        lambda _: [(AwsFailure("AccessDeniedException"), When.BEFORE)],
        _final,
    ),
    Fate(
        "no reply, no effect",
        _no_reply,
        _alike(_no_reply),
        lasts=True,
        waits=True,
    ),
    Fate(
        "the reply comes past the deadline",
        _late,
        _alike(_late),
        lasts=True,
        waits=True,
    ),
)
QUICK = tuple(
    fate for fate in FATES if fate.name in {"killed after the effect", "reply lost, once"}
)
