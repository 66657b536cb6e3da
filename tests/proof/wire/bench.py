"""A stack to break: tapped, watched, and put back to any state it was in.

The four steps are called here one by one as Secrets Manager calls them, so that a case can
start at any of them. RotateSecret itself is exercised in tests/integration.
"""

from __future__ import annotations

import copy
import json
import sys
import threading
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Self

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from sandbox.aws.lambda_runtime import LambdaFunction
from sandbox.aws.secrets_manager import versions
from sandbox.stack import ROTATION, Stack
from sandbox.stack.functions import HANDLER
from tests.proof.wire.tap import AWS, SNOWFLAKE, Tap
from tests.proof.wire.tapped_function import TappedFunction
from tests.proof.wire.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sandbox.aws.lambda_runtime.invocation import Invocation
    from sandbox.snowflake.account.users import KeySlot, Slot

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
PASSPHRASE = "a passphrase of 34 characters, once"
LOUD = {
    "POWERTOOLS_LOG_LEVEL": "DEBUG",
    "AWS_LAMBDA_LOG_LEVEL": "DEBUG",
    "AWS_LAMBDA_LOG_FORMAT": "JSON",
    # The stack's pins would stop hostile names; what guards behind them is to be tried.
    "ALLOWED_SNOWFLAKE_ACCOUNTS": "*",
    "ALLOWED_USERS": "*",
}


@dataclass(frozen=True)
class State:
    """Both models at one instant."""

    version_id: str
    versions: dict[str, Any]
    slots: dict[Slot, KeySlot]


@dataclass(kw_only=True)
class Bench(Stack):
    """The stack with its taps. ``handler`` and ``python`` are the function's.

    ``encrypted`` gives the secret's key a passphrase, so that there is one to be leaked.
    ``released`` ends what hangs; ``tokens`` are the rotation tokens handed out.
    """

    handler: str = HANDLER
    python: str = sys.executable
    encrypted: bool = False
    released: threading.Event = field(default_factory=threading.Event)
    tokens: set[str] = field(default_factory=set)

    def __enter__(self) -> Self:
        """Start the servers, listen to them, and switch rotation on."""
        self.watch = Watch(self)
        self.tap = Tap(self._look)
        self._looking = False
        self._sabotage: dict[str, str] = {}
        super().__enter__()
        self.tap.listen_to(self.snowflake.http, SNOWFLAKE)
        self.tap.listen_to(self.aws.http, AWS)
        self.secret = self.aws._backend.live_secret(self.secret_arn)
        rotation = self.aws._backend.rotations.of(self.secret)
        rotation.configure(self.function.arn, {"AutomaticallyAfterDays": 30})
        self.version_id = ""
        if self.encrypted:
            self._encrypt()
        return self

    def __exit__(self, *error: object) -> None:
        """Release what hangs and stop everything."""
        self.released.set()
        super().__exit__(*error)

    def begin(self) -> None:
        """Make the empty pending version with which a rotation begins."""
        self.version_id = str(uuid.uuid4())
        backend = self.aws._backend
        with backend.lock:
            held = self.secret.versions
            held[self.version_id] = versions.new_version(self.version_id)
            versions.attach(held, versions.PENDING, self.version_id)
            backend.rotations.of(self.secret).version_ids.add(self.version_id)

    def step(self, name: str) -> Invocation:
        """Invoke one step of the rotation that was begun."""
        return self.invoke(self.event(name))

    def event(self, step: str) -> dict[str, str]:
        """Return the event of a step, with a rotation token of its own."""
        token = str(uuid.uuid4())
        self.tokens.add(token)
        return {
            "Step": step,
            "SecretId": self.secret_arn,
            "ClientRequestToken": self.version_id,
            "RotationToken": token,
            **self._sabotage,
        }

    def another_function(self, environment: Mapping[str, str]) -> LambdaFunction:
        """Return one more function on the same servers, with other settings."""
        return replace(self.function, environment={**self.function.environment, **environment})

    @contextmanager
    def working_wrongly(self, sabotage: str) -> Iterator[None]:
        """Let the handler of tests.proof.wire.sabotage work as it says, for a while."""
        self._sabotage = {"Sabotage": sabotage}
        try:
            yield
        finally:
            self._sabotage = {}

    def run(self) -> Invocation:
        """Invoke the steps in turn up to the first that fails; return the last answer."""
        for name in STEPS:
            answer = self.step(name)
            if answer.function_error:
                break
        return answer

    def state(self) -> State:
        """Return a copy of both models."""
        with self.aws._backend.lock:
            held = copy.deepcopy(self.secret.versions)
            return State(self.version_id, held, dict(self.user._key_slots))

    def restore(self, state: State) -> None:
        """Put both models back, and forget what happened since."""
        self.version_id = state.version_id
        with self.aws._backend.lock:
            self.secret.versions.clear()
            self.secret.versions.update(copy.deepcopy(state.versions))
            current = versions.holder(self.secret.versions, versions.CURRENT)
            self.secret.set_default_version_id(current)
            self.user._key_slots = dict(state.slots)
            for user in self.account.users.values():
                user.failed_logins, user.locked_until = 0, None
        self.forget()

    def forget(self) -> None:
        """Take every fault away and empty every record; from here on the watch looks."""
        self.calm()
        self.aws.record.clear()
        self.snowflake.record.clear()
        self.invocations.clear()
        self.tap.forget()
        self.tokens.clear()
        self.watch.start()
        self._looking = True

    def calm(self) -> None:
        """Take every fault away and let go of what hangs."""
        self.tap.dripping = ""
        self.aws.faults.clear()
        self.snowflake.faults.clear()
        self.released.set()
        self.released = threading.Event()

    def value(self) -> dict[str, Any]:
        """Return AWSCURRENT's content."""
        content: dict[str, Any] = json.loads(self.watch.stored()[self.watch.current()])
        return content

    def admin_secret(self) -> list[str]:
        """Return the value of the rotation admin's secret, if there is one."""
        arn = self.function.environment.get("ADMIN_SECRET_ARN")
        if arn is None:
            return []
        with self.aws._backend.lock:
            held = self.aws._backend.live_secret(arn).versions.values()
            return [one["secret_string"] for one in held]

    def _encrypt(self) -> None:
        content = self.value()
        key = load_pem_private_key(content["privateKey"].encode(), None)
        kind = BestAvailableEncryption(PASSPHRASE.encode())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, kind).decode()
        content |= {"privateKey": pem, "passphrase": PASSPHRASE}
        self.secret.versions[self.watch.current()]["secret_string"] = json.dumps(content)

    def _look(self) -> None:
        if self._looking:
            self.watch.look()

    def _lambda(self, name: str, environment: Mapping[str, str]) -> LambdaFunction:
        plain = super()._lambda(name, environment)
        if name != ROTATION:
            return plain
        given = {one.name: getattr(plain, one.name) for one in fields(LambdaFunction)}
        return TappedFunction(
            **{**given, "handler": self.handler, "python": self.python}, tap=self.tap
        )
