"""One case: a rotation is struck at one point, then repeated until it is done."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import snowflake.connector
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from rotation.errors.base import RotationError
from tests.proof.wire import leaks
from tests.proof.wire.watch import (
    FOREIGN,
    LEAK,
    LOCKOUT,
    STUCK,
    Violation,
    fingerprint_of,
    holds_key,
    private_key_of,
)

if TYPE_CHECKING:
    from sandbox.aws.lambda_runtime.invocation import Invocation
    from tests.proof.wire.bench import Bench
    from tests.proof.wire.fates import Fate
    from tests.proof.wire.scenarios import Course, Point

REPEATS = 2


def _names_below(kind: type[RotationError]) -> set[str]:
    return {kind.__name__}.union(*(_names_below(below) for below in kind.__subclasses__()))


KILLED = frozenset({"Runtime.ExitError"})
NAMED = _names_below(RotationError) - {"RotationError", "UnexpectedError"}


@dataclass(frozen=True)
class Case:
    """One point of a recorded course, and what happens there."""

    course: Course
    point: Point
    fate: Fate

    def __str__(self) -> str:
        """Tell the case in one line."""
        return f"{self.course.scenario.name}; {self.point}; {self.fate.name}"


def run_case(bench: Bench, case: Case, until: str | None = None) -> list[Violation]:
    """Strike, repeat, and return every violation; none is what is hoped for.

    A kind of violation that is waited for ends the case: what comes after a lockout is slow.
    """
    bench.restore(case.course.states[case.point.step])
    before = bench.user.slots
    case.fate.strike(bench, case.point)
    bench.step(case.point.step)
    bench.calm()
    require_answers(bench, KILLED if case.fate.kills else frozenset())
    if until not in {violation.kind for violation in bench.watch.found}:
        recover(bench, case.course.scenario.ends_with, before)
    return list(bench.watch.found)


def recover(
    bench: Bench, ends_with: str | None = None, before: tuple[str | None, str | None] = (None, None)
) -> None:
    """Repeat the steps without faults; check how that ends, a login, and all that was sent."""
    _repeat(bench, ends_with, before)
    _require_login(bench)
    search_for_leaks(bench)


def require_answers(bench: Bench, allowed: frozenset[str] = frozenset()) -> None:
    """Blame any answer that is neither success nor a named error before the deadline.

    ``allowed`` are names that the first answer may have besides: it was killed on purpose.
    """
    for place, answer in enumerate(bench.invocations):
        name = answer.error_field("errorType")
        expected = NAMED | (allowed if place == 0 else set())
        if name is not None and name not in expected:
            bench.watch.blame(STUCK, f"{shown(answer)}, after {answer.seconds:.1f} s")


def _repeat(bench: Bench, wanted: str | None, before: tuple[str | None, str | None]) -> None:
    """Repeat all steps as Secrets Manager's retry does; finishSecret is among them."""
    first = len(bench.invocations)
    for _ in range(REPEATS):
        answer = bench.run()
        if answer.error_field("errorType") == wanted:
            break
    for answer in bench.invocations[first:]:
        if answer.function_error and answer.error_field("errorType") != wanted:
            bench.watch.blame(STUCK, f"the repetition ended with {shown(answer)}")
    bench.watch.look()
    if wanted is None:
        _require_converged(bench)
    elif bench.user.slots != before:
        bench.watch.blame(FOREIGN, f"slots changed from {before} to {bench.user.slots}")


def _require_converged(bench: Bench) -> None:
    key = fingerprint_of(bench.watch.stored()[bench.watch.current()])
    if bench.watch.current() != bench.version_id:
        bench.watch.blame(STUCK, "the new version did not become AWSCURRENT")
    if sorted(bench.user.slots, key=str) != sorted((key, None), key=str):
        bench.watch.blame(STUCK, f"not one slot with AWSCURRENT's key: {bench.user.slots}")


def _require_login(bench: Bench) -> None:
    """Log in as a consumer does, over the wire."""
    key = private_key_of(bench.watch.stored()[bench.watch.current()])
    arguments = {
        **bench.snowflake.connect_arguments(bench.user.name),
        "private_key": key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        "session_parameters": {"CLIENT_TELEMETRY_ENABLED": False},
        "enable_server_session_keep_alive_auto_detection": False,
    }
    try:
        snowflake.connector.connect(**arguments).close()
    except snowflake.connector.errors.Error as error:
        bench.watch.blame(LOCKOUT, f"a login with AWSCURRENT's key fails: {error}")


def search_for_leaks(bench: Bench) -> None:
    """Search all that left the process for all that must not."""
    hidden = secrets_of(bench)
    left = {
        "log": "\n".join(answer.log for answer in bench.invocations),
        "answer": "\n".join(json.dumps(answer.payload) for answer in bench.invocations),
        "request": "\n".join(bench.tap.sent),
    }
    for where, text in left.items():
        for name in leaks.Text(text).holds(hidden):
            bench.watch.blame(LEAK, f"{name} in the {where}")


def secrets_of(bench: Bench) -> list[leaks.Secret]:
    """Return every secret that the function has had in its hands in this case."""
    found = []
    values = [*bench.watch.stored().values(), *bench.admin_secret()]
    for content in map(json.loads, filter(holds_key, values)):
        passphrase = content.get("passphrase")
        found.append(leaks.private_key(content["privateKey"], passphrase))
        if passphrase:
            found.append(leaks.text("the passphrase", passphrase))
    sessions = bench.snowflake.sessions
    # Their common beginning is no secret: it is in the names of this sandbox.
    tokens = {t.removeprefix("sandbox-") for t in (*sessions._by_token, *sessions._by_master_token)}
    found += [leaks.text("a session token", token) for token in sorted(tokens)]
    found += [leaks.text("a login token", jwt) for jwt in sorted(bench.tap.jwts) if jwt]
    for workload in bench.account.aws_workloads.values():
        found.append(leaks.text("the role's secret access key", workload.secret_access_key))
    found += [leaks.text("the rotation token", token) for token in sorted(bench.tokens)]
    return found


def shown(answer: Invocation) -> str:
    """Return the error in words: of a process that ended, with its exit status or signal."""
    return f"{answer.error_field('errorType')}: {answer.error_field('errorMessage')}"
