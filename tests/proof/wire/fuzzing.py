"""Throws bad events and bad secrets at the handler and checks what must not happen."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from rotation.errors.base import RotationError
from rotation.errors.function import UnexpectedError
from tests.proof.wire import leaks
from tests.proof.wire.bad_input import PEM, bad_events, bad_secrets
from tests.proof.wire.bench import STEPS
from tests.proof.wire.in_process import Handler, Outcome, handler_on
from tests.proof.wire.watch import FOREIGN, LEAK, STUCK, Violation

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.proof.wire.bench import Bench, State

WRITES = {"PutSecretValue", "UpdateSecretVersionStage"}
LONGEST_SECONDS = 20
# Shorter texts may stand in a log line by chance.
LONG = 16
Story = tuple[str, Violation]
PLACES = ("AWSCURRENT", "AWSPENDING")


class BrokenError(Exception):
    """An example broke the property: Hypothesis looks for a smaller one."""


class Fuzz:
    """Tries examples and keeps what went wrong, which Hypothesis makes smaller and smaller."""

    def __init__(self, bench: Bench, state: State, handler: Handler) -> None:
        self._bench, self._state, self._handler = bench, state, handler
        self.stories: list[Story] = []

    def event(self, event: object) -> None:
        """Try an event."""
        self._bench.restore(self._state)
        outcome = self._handler(event)
        self._judge(f"event {event!r:.300}", outcome, _rotation_token(event))

    def secret(self, value: str, place: str, step: str) -> None:
        """Try a value as AWSCURRENT's or AWSPENDING's, at a step that reads it."""
        bench = self._bench
        bench.restore(self._state)
        held = bench.secret.versions
        version_id = bench.watch.current() if place == "AWSCURRENT" else bench.version_id
        held[version_id]["secret_string"] = value
        bench._looking = False
        outcome = self._handler(bench.event(step))
        bench._looking = True
        hidden = [leaks.text("the rotation token", token) for token in bench.tokens]
        self._judge(f"{place} {value!r:.300} at {step}", outcome, [*hidden, *_passphrase(value)])

    def smallest_of(self, test: Callable[[], None]) -> list[Story]:
        """Run a property; return the smallest example that broke it, if one did.

        Any other error goes on: a search that ended early must not pass for one that found nothing.
        """
        self.stories.clear()
        with contextlib.suppress(BrokenError):
            test()
        return self.stories[-1:]

    def _judge(self, story: str, outcome: Outcome, hidden: list[leaks.Secret]) -> None:
        found: list[Violation] = []
        error = outcome.error
        if not isinstance(error, RotationError) or isinstance(error, UnexpectedError):
            found.append(Violation(STUCK, f"ended with {error!r:.300}"))
        if "Logging error" in outcome.texts or outcome.seconds > LONGEST_SECONDS:
            found.append(Violation(STUCK, f"log lost, or {outcome.seconds:.1f} s"))
        if error is not None and self._effects():
            found.append(Violation(FOREIGN, f"had effects: {self._effects()}"))
        texts = leaks.Text("\n".join([outcome.texts, *self._bench.tap.sent]))
        # What the event itself holds may be a marker or a JWT; a key of ours it is not.
        keys = [leaks.private_key(PEM, None), *hidden]
        found += [Violation(LEAK, name) for name in texts.holds(keys)]
        self.stories += [(story, violation) for violation in found]
        if found:
            raise BrokenError(story, found)

    def _effects(self) -> list[str]:
        """Return what was changed anywhere."""
        calls = [c.operation for c in self._bench.aws.record.calls if c.operation in WRITES]
        statements = self._bench.snowflake.record.statements
        return calls + [s.sql for s in statements if s.kind not in ("SELECT", "DESC USER")]


def _rotation_token(event: object) -> list[leaks.Secret]:
    """Return the event's token, unless it stands in a field that may be shown."""
    if not isinstance(event, dict):
        return []
    token = event.get("RotationToken")
    shown = json.dumps({name: event[name] for name in event if name != "RotationToken"})
    if not isinstance(token, str) or len(token) < LONG or json.dumps(token)[1:-1] in shown:
        return []
    return [leaks.text("the rotation token", token)]


def _passphrase(value: str) -> list[leaks.Secret]:
    with contextlib.suppress(ValueError, TypeError, AttributeError, RecursionError):
        passphrase = json.loads(value).get("passphrase")
        if isinstance(passphrase, str) and len(passphrase) >= LONG:
            return [leaks.text("the passphrase", passphrase)]
    return []


def fuzz(bench: Bench, state: State, examples: int, done: Callable[[], None]) -> list[Story]:
    """Try so many events, and so many secrets."""
    relaxed = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    with handler_on(bench) as handler:
        tried = Fuzz(bench, state, handler)

        @relaxed
        @given(bad_events)
        def events(event: object) -> None:
            done()
            tried.event(event)

        @relaxed
        @given(bad_secrets, st.sampled_from(PLACES), st.sampled_from(STEPS[1:3]))
        def secrets(value: str, place: str, step: str) -> None:
            done()
            tried.secret(value, place, step if place == "AWSPENDING" else "setSecret")

        found = [tried.smallest_of(test) for test in (events, secrets)]
    bench.restore(state)
    return [story for stories in found for story in stories]
