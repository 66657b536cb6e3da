"""What may happen to one request: who dies, which way is cut, which error comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.aws.secrets_manager import AwsFailure, Callback, CutConnection
from sandbox.aws.secrets_manager import When as AwsWhen
from sandbox.snowflake import (
    LOCKED_USER,
    Call,
    CutAfter,
    CutBefore,
    Fault,
    Kind,
    Refuse,
    Unavailable,
    When,
    missing_privilege,
)
from sandbox.stack import USER
from tests.proof.wire.tap import AWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.aws.json.faults import Effect as AwsEffect
    from sandbox.snowflake.faults import Effect
    from tests.proof.wire.bench import Bench
    from tests.proof.wire.scenarios import Point

LONGEST_HANG_SECONDS = 100
AwsFault = tuple["AwsEffect", AwsWhen]
GONE = Refuse("390111", "Session no longer exists. New login required.", "08001")


@dataclass(frozen=True)
class Fate:
    """``aws`` and ``snowflake`` give the effects on a request of either service.

    ``lasts``: it strikes every later request of the kind too, the client's own retries
    included. ``kills``: the function is dead afterwards. ``waits``: somebody hangs.
    """

    name: str
    aws: Callable[[Bench], list[AwsFault]]
    snowflake: Callable[[Bench, Point], list[Effect]]
    lasts: bool = False
    kills: bool = False
    waits: bool = False

    def strike(self, bench: Bench, point: Point) -> None:
        """Prepare the servers for this fate at this point of the step that comes next."""
        times = None if self.lasts else 1
        if point.service == AWS:
            for effect, when in self.aws(bench):
                bench.aws.faults.add(point.name, effect, when=when, skip=point.nth - 1, times=times)
            return
        for one in self.snowflake(bench, point):
            kind = Kind(point.name)
            bench.snowflake.faults.add(Fault(kind, one, nth=point.nth, times=times))


def _hang(bench: Bench) -> None:
    bench.released.wait(LONGEST_HANG_SECONDS)


def _kill_before_aws(bench: Bench) -> list[AwsFault]:
    # The request has arrived: it would take effect though its sender is gone.
    kill = Callback(lambda _: bench.function.kill())
    return [(kill, AwsWhen.BEFORE), (CutConnection(), AwsWhen.BEFORE)]


def _late_aws(bench: Bench) -> list[AwsFault]:
    return [(Callback(lambda _: _hang(bench)), AwsWhen.AFTER), (CutConnection(), AwsWhen.AFTER)]


def _hang_aws(bench: Bench) -> list[AwsFault]:
    return [(Callback(lambda _: _hang(bench)), AwsWhen.BEFORE), (CutConnection(), AwsWhen.BEFORE)]


def _final(_: Bench, point: Point) -> list[Effect]:
    by_kind: dict[Kind, Effect] = {
        Kind.LOGIN: LOCKED_USER,
        Kind.STATEMENT: missing_privilege(USER),
    }
    return [by_kind.get(Kind(point.name), GONE)]


def _pair(name: str, aws: AwsFault, snowflake: Effect) -> tuple[Fate, Fate]:
    """Return the fate that strikes once, and the one that lasts."""
    return (
        Fate(f"{name}, once", lambda _: [aws], lambda *_: [snowflake]),
        Fate(f"{name}, for good", lambda _: [aws], lambda *_: [snowflake], lasts=True),
    )


FATES = (
    Fate(
        "killed before the effect",
        _kill_before_aws,
        lambda bench, _: [Call(bench.function.kill, When.BEFORE_EFFECT), CutBefore()],
        kills=True,
    ),
    Fate(
        "killed after the effect",
        lambda bench: [(Callback(lambda _: bench.function.kill()), AwsWhen.AFTER)],
        lambda bench, _: [Call(bench.function.kill)],
        kills=True,
    ),
    *_pair("reply lost", (CutConnection(), AwsWhen.AFTER), CutAfter()),
    *_pair("cut before the effect", (CutConnection(), AwsWhen.BEFORE), CutBefore()),
    *_pair(
        "a retryable error", (AwsFailure("ThrottlingException"), AwsWhen.BEFORE), Unavailable(503)
    ),
    Fate(
        "a final error",
        lambda _: [(AwsFailure("AccessDeniedException"), AwsWhen.BEFORE)],
        _final,
    ),
    Fate(
        "no reply, no effect",
        _hang_aws,
        lambda bench, _: [Call(lambda: _hang(bench), When.BEFORE_EFFECT), CutBefore()],
        lasts=True,
        waits=True,
    ),
    Fate(
        "the reply comes past the deadline",
        _late_aws,
        lambda bench, _: [Call(lambda: _hang(bench)), CutAfter()],
        lasts=True,
        waits=True,
    ),
)
QUICK = tuple(
    fate for fate in FATES if fate.name in {"killed after the effect", "reply lost, once"}
)
