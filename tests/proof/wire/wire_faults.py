"""What networks and servers do: every trouble, met by every step that talks to that side.

Wherever it strikes, the function has to answer before Lambda's deadline, with success or with
a named error, and the next rotation has to be a success.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.aws.json.failures import AwsFailure
from sandbox.faults import (
    ANY,
    Callback,
    Cut,
    Delay,
    Garbage,
    Unavailable,
    When,
)
from sandbox.snowflake import Kind, Refuse
from tests.proof.wire.tap import AWS, SNOWFLAKE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.faults import Effect
    from tests.proof.wire.bench import Bench

SKEW_SECONDS = 3600
HANG_SECONDS = 100
EXPIRED = Refuse("390112", "Your session has expired. Please login again.", "08001")
GONE = Refuse("390111", "Session no longer exists. New login required.", "08001")
UNKNOWN = Refuse("390104", "Session does not exist. Please login again.", "08001")
REJECTED = Refuse("390144", "JWT token is invalid.", "08001")
JSON = "application/json"


@dataclass(frozen=True)
class Trouble:
    """``begin`` makes it, at servers; ``environment`` makes it, at the function's settings.

    ``errors`` are the names that the function may answer with; an empty set: it succeeds.
    """

    name: str
    begin: Callable[[Bench], None]
    errors: frozenset[str]
    environment: Mapping[str, str] = field(default_factory=dict)


KEY_REJECTED = frozenset({"CurrentKeyNotInstalled", "PendingKeyNotInstalled", "OutOfTime"})
UNREACHABLE = frozenset({"SnowflakeUnreachable", "OutOfTime"})


def _hang(bench: Bench) -> tuple[Effect, Effect]:
    released = bench.released
    return Callback(lambda _: released.wait(HANG_SECONDS)), Cut()


def _at(
    kind: str, *effects: Effect, times: int | None = None, when: When = When.BEFORE
) -> Callable[[Bench], None]:
    def begin(bench: Bench) -> None:
        for effect in effects:
            bench.snowflake.faults.add(kind, effect, times=times, when=when)

    return begin


def _hanging(kind: Kind) -> Callable[[Bench], None]:
    return lambda bench: _at(kind, *_hang(bench))(bench)


def _skew(bench: Bench) -> None:
    clock = bench.account.clock
    bench.account.clock = lambda: clock() + SKEW_SECONDS


def _drip(service: str) -> Callable[[Bench], None]:
    def begin(bench: Bench) -> None:
        bench.tap.dripping = service

    return begin


def _nothing(_: Bench) -> None:
    return


def _both(
    name: str, effect: Effect, errors: frozenset[str], when: When = When.BEFORE
) -> list[Trouble]:
    kinds = (Kind.LOGIN, Kind.STATEMENT)
    return [Trouble(f"{name} at a {kind}", _at(kind, effect, when=when), errors) for kind in kinds]


def _sessions() -> list[Trouble]:
    """Return a session's ends in mid-step; one that expired is renewed, the others are not."""
    ends = {"expired": EXPIRED, "gone": GONE, "unknown": UNKNOWN}
    failed = UNREACHABLE | {"StatementFailed"}
    once = [
        Trouble(f"session {name}, once", _at(Kind.STATEMENT, end, times=1), failed)
        for name, end in ends.items()
    ]
    lasting = [
        Trouble(f"session {name}, for good", _at(Kind.STATEMENT, end), failed)
        for name, end in ends.items()
    ]
    return once + lasting


AT_SNOWFLAKE = (
    *_both("503", Unavailable(503), UNREACHABLE),
    *_both("429", Unavailable(429), UNREACHABLE),
    *_both("cut before", Cut(), UNREACHABLE),
    *_both("cut after", Cut(), UNREACHABLE, When.AFTER),
    *_both("a guest network's page", Garbage(), UNREACHABLE),
    *_both("broken JSON", Garbage(b'{"data": {"tok', JSON), UNREACHABLE),
    *_both("JSON that is no object", Garbage(b"[1, 2]", JSON), UNREACHABLE),
    *_both("JSON without fields", Garbage(b"{}", JSON), UNREACHABLE),
    *_both("an empty body", Garbage(b"", JSON), UNREACHABLE),
    *_both("bytes that are no text", Garbage(b"\xff\xfe\x00\x80" * 50, JSON), UNREACHABLE),
    Trouble("a login hangs", _hanging(Kind.LOGIN), UNREACHABLE),
    Trouble("a statement hangs", _hanging(Kind.STATEMENT), UNREACHABLE),
    Trouble("the close hangs", _hanging(Kind.CLOSE), frozenset()),
    Trouble("the close is refused", _at(Kind.CLOSE, GONE), frozenset()),
    Trouble("every reply takes a second", _at(ANY, Delay(1)), UNREACHABLE),
    Trouble("replies drip", _drip(SNOWFLAKE), UNREACHABLE),
    # 390144, as for a key that is in no slot.
    Trouble("the clocks differ by an hour", _skew, KEY_REJECTED),
    Trouble("every login token is invalid", _at(Kind.LOGIN, REJECTED), KEY_REJECTED),
    *_sessions(),
    Trouble(
        "no such host",
        _nothing,
        UNREACHABLE,
        {"SNOWFLAKE_HOST": "something.invalid", "SNOWFLAKE_PROTOCOL": "https"},
    ),
    Trouble("connection refused", _nothing, UNREACHABLE, {"SNOWFLAKE_PORT": "1"}),
)
SILENT = frozenset({"SecretsManagerUnreachable", "OutOfTime"})
OPERATIONS = (
    "DescribeSecret",
    "GetSecretValue",
    "PutSecretValue",
    "UpdateSecretVersionStage",
)


def _aws(effect: Effect) -> Callable[[Bench], None]:
    def begin(bench: Bench) -> None:
        for operation in OPERATIONS:
            bench.aws.faults.add(operation, effect, times=None)

    return begin


def _aws_hangs(bench: Bench) -> None:
    for effect in _hang(bench):
        _aws(effect)(bench)


AT_AWS = (
    Trouble(
        "AWS throttles", _aws(AwsFailure("ThrottlingException")), frozenset({"SecretsManagerError"})
    ),
    Trouble(
        "AWS has an error",
        _aws(AwsFailure("InternalServiceError")),
        frozenset({"SecretsManagerError"}),
    ),
    Trouble(
        "AWS denies", _aws(AwsFailure("AccessDeniedException")), frozenset({"SecretsManagerDenied"})
    ),
    Trouble(
        "the key may not be used",
        _aws(AwsFailure("DecryptionFailure")),
        frozenset({"SecretsManagerDenied"}),
    ),
    Trouble("AWS drips", _drip(AWS), SILENT),
    Trouble("AWS cuts", _aws(Cut()), SILENT),
    Trouble("AWS hangs", _aws_hangs, SILENT),
    Trouble(
        "AWS refuses connections", _nothing, SILENT, {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    ),
    Trouble("AWS has no such host", _nothing, SILENT, {"AWS_ENDPOINT_URL": "https://aws.invalid"}),
)
