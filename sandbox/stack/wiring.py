"""Snowflake, Secrets Manager, ECS and both functions on this machine, wired together.

What the demo, ``serve`` and the tests start from: one account, one service user whose key is
in slot one, one secret that holds it, the rotation function attached to that secret, and the
retirement function.
"""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sandbox.aws.ecs import EcsServer
from sandbox.aws.lambda_runtime import LambdaFunction
from sandbox.aws.lambda_runtime.invoke_api import LambdaApi
from sandbox.aws.secrets_manager import SecretsManagerServer
from sandbox.snowflake import Account, SnowflakeServer
from sandbox.stack import pipeline_user
from sandbox.stack.functions import RETIREMENT, ROTATION, SCHEDULED_EVENT, SIZES
from sandbox.stack.key_pair import new_key_pair
from sandbox.stack.pipeline_user import ACCOUNT, ROLE, SECRET_NAME, USER
from sandbox.stack.rotation_admin import ADMIN_ROLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Literal

    from sandbox.aws.lambda_runtime.invocation import Invocation
    from sandbox.aws.secrets_manager import RotationOutcome
    from sandbox.snowflake import User
    from sandbox.stack.rotation_admin import Admin

__all__ = ["CLUSTER", "Stack"]

CLUSTER = "pipelines"
CODE_ROOT = Path(__file__).parents[2]


@dataclass(kw_only=True)
class Stack:
    """The three servers while it is entered as a context.

    ``environment`` adds to or replaces the function's environment variables. ``code_root``
    and ``layer_paths`` are where the function's code comes from: the source tree by default,
    or what ``sam build`` made.

    ``environment`` is the rotation function's; ``retention`` does the same for both functions:
    GRACE_PERIOD_HOURS and CONSUMER_CLUSTERS.

    With ``runs_tasks`` there is an ECS cluster too, named in CONSUMER_CLUSTERS, and the retirement
    function gets Secrets Manager's events, ``event_delay_seconds`` after they happened.

    ``admin`` makes a rotation admin, of sandbox.stack.rotation_admin; without one the user alters
    itself. With ``first_key`` neither secret nor user has a key yet, and the admin owns the user.

    ``function_class`` is that of the three functions, and ``key_pair`` makes the user's first key.
    """

    environment: Mapping[str, str] = field(default_factory=dict)
    retention: Mapping[str, str] = field(default_factory=dict)
    runs_tasks: bool = False
    event_delay_seconds: float = 0
    secret_fields: Mapping[str, object] = field(default_factory=dict)
    timeout_seconds: float = 70
    code_root: Path = CODE_ROOT
    layer_paths: tuple[Path, ...] = ()
    aws: SecretsManagerServer = field(default_factory=SecretsManagerServer)
    detailed_jwt_errors: bool = False
    admin: Admin | None = None
    first_key: bool = False
    function_class: type[LambdaFunction] = LambdaFunction
    key_pair: Callable[[], tuple[str, str]] = new_key_pair

    def __enter__(self) -> Self:
        """Start the servers, create the user and the secret, and attach the function."""
        with ExitStack() as opened:
            self.account = Account(ACCOUNT)
            self.snowflake = opened.enter_context(
                SnowflakeServer(self.account, detailed_jwt_errors=self.detailed_jwt_errors)
            )
            opened.enter_context(self.aws)
            self._admin = self.admin(self.account, self.aws) if self.admin else {}
            self.events_answered: list[Invocation] = []
            self._is_closing = threading.Event()
            self._ecs = opened.enter_context(EcsServer(self.aws)) if self.runs_tasks else None
            self._clusters = self._create_cluster(self._ecs) if self._ecs else {}
            self.lambda_api = opened.enter_context(LambdaApi())
            self.function = opened.enter_context(
                self._lambda(ROTATION, self.function_environment())
            )
            self.retirement_function = opened.enter_context(
                self._lambda(RETIREMENT, self._retirement_environment())
            )
            self.lambda_api.add(self.function.arn, self._invoke_for_retirement)
            self.key_errands: list[Invocation] = []
            self.invocations: list[Invocation] = []
            self.aws.register_function(self.function.arn, self.invoke)
            self.secret_arn = pipeline_user.create(
                self.account,
                self.aws.client(),
                self.secret_fields,
                key_pair=None if self.first_key else self.key_pair(),
                altering_role=ADMIN_ROLE if self.admin else ROLE,
            )
            if self.runs_tasks:
                # Not before: the event of the creation would start a process for nothing.
                self.aws.on_event(self._hand_on_event)
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything."""
        self._is_closing.set()
        self._opened.close()

    @property
    def ecs(self) -> EcsServer:
        """The embedded ECS, of a stack that ``runs_tasks``."""
        if self._ecs is None:
            raise LookupError("this stack runs no tasks")
        return self._ecs

    @property
    def user(self) -> User:
        """The service user as Snowflake has it."""
        return self.account.user(USER)

    def invoke(self, event: Mapping[str, str]) -> Invocation:
        """Invoke the function as Secrets Manager does, and keep what it answered."""
        invocation = self.function.invoke(event)
        self.invocations.append(invocation)
        return invocation

    def run_hourly(self) -> Invocation:
        """Invoke the retirement function as its schedule does."""
        return self.retirement_function.invoke(SCHEDULED_EVENT)

    def command(self, operation: Literal["end-grace", "replace-leaked-key"]) -> Invocation:
        """Invoke the retirement function as a person does."""
        return self.retirement_function.invoke({"operation": operation, "secretId": SECRET_NAME})

    def let_pass(self, days: float) -> None:
        """Let so many days have passed: every date that AWS keeps moves into the past."""
        self.aws.grow_older(self.secret_arn, days)
        self.ecs.grow_older(days)

    def _hand_on_event(self, event: dict[str, Any]) -> None:
        # The rule in template.yaml lets no other label's event through.
        if event["detail"]["labelUpdated"] != "AWSCURRENT":
            return
        if self._is_closing.wait(self.event_delay_seconds):
            return  # the function would be started again, and nobody would end it
        self.events_answered.append(self.retirement_function.invoke(event))

    @staticmethod
    def _create_cluster(ecs: EcsServer) -> dict[str, str]:
        answer = ecs.client().create_cluster(clusterName=CLUSTER)
        return {**ecs.environment(), "CONSUMER_CLUSTERS": answer["cluster"]["clusterArn"]}

    def _invoke_for_retirement(self, event: object) -> Invocation:
        invocation = self.function.invoke(event)
        self.key_errands.append(invocation)
        return invocation

    def attach(self, *, rotate_immediately: bool = False) -> None:
        """Switch rotation on for the secret and wait for the test or rotation this starts.

        Raises RuntimeError when that fails.
        """
        self.aws.client().rotate_secret(
            SecretId=self.secret_arn,
            RotationLambdaARN=self.function.arn,
            RotationRules={"ScheduleExpression": "rate(30 days)"},
            RotateImmediately=rotate_immediately,
        )
        outcome = self.aws.wait_for_rotation(self.secret_arn)
        if not outcome.succeeded:
            raise RuntimeError(f"attaching the function failed: {outcome}")

    def rotate(self) -> RotationOutcome:
        """Press "Rotate secret immediately" and wait for the end of it."""
        self.aws.client().rotate_secret(SecretId=self.secret_arn)
        return self.aws.wait_for_rotation(self.secret_arn, self.timeout_seconds * 4)

    def read_current(self) -> dict[str, Any]:
        """Read AWSCURRENT as a consumer does."""
        answer = self.aws.client().get_secret_value(SecretId=self.secret_arn)
        content: dict[str, Any] = json.loads(answer["SecretString"])
        return content

    def function_environment(self) -> dict[str, str]:
        """Return what points the function at these servers."""
        return {
            **self.aws.environment(),
            **self.snowflake.environment(),
            "SNOWFLAKE_ROLE": ROLE,
            "SNOWFLAKE_DISABLE_PLATFORM_DETECTION": "true",
            "ALLOWED_SNOWFLAKE_ACCOUNTS": "MYORG-*",
            "ALLOWED_USERS": "SVC_*",
            "POWERTOOLS_SERVICE_NAME": ROTATION,
            "RETIREMENT_FUNCTION_NAME": RETIREMENT,
            **self._admin,
            **self._clusters,
            **self.retention,
            **self.environment,
        }

    def _lambda(self, name: str, environment: Mapping[str, str]) -> LambdaFunction:
        size = SIZES[name]
        return self.function_class(
            handler=size.handler,
            code_root=self.code_root,
            layer_paths=self.layer_paths,
            environment=environment,
            timeout_seconds=size.timeout_seconds or self.timeout_seconds,
            memory_mb=size.memory_mb,
            name=name,
        )

    def _retirement_environment(self) -> dict[str, str]:
        return {
            **self.aws.environment(),
            "ROTATION_FUNCTION_ARN": self.function.arn,
            "POWERTOOLS_SERVICE_NAME": ROTATION,
            **self.lambda_api.environment(),
            **self._clusters,
            **self.retention,
        }
