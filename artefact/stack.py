"""The sandbox's stack with the functions that `sam build` made.

A function gets the variables that the built template names, and those that point it at the
sandbox. One that the template forgot is not there, as it would not be on Lambda.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from sandbox.stack import RETIREMENT, ROTATION, SIZES, Stack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.built import BuiltFunction
    from sandbox.aws.lambda_runtime import LambdaFunction
    from sandbox.aws.lambda_runtime.invocation import Invocation

__all__ = ["RETIREMENT_HANDLER", "ROTATION_HANDLER", "BuiltStack"]

ROTATION_HANDLER, RETIREMENT_HANDLER = (SIZES[name].handler for name in (ROTATION, RETIREMENT))
# The template's default of each parameter behind these, and its mildest choice where it has none;
# the sandbox has no value of its own.
DEFAULTS = {
    "KEY_SIZE": "2048",
    "POWERTOOLS_LOG_LEVEL": "INFO",
    "ROTATION_IDENTITY": "self",
    "ADMIN_SECRET_ARN": "",
    "ADMIN_ROLE": "",
    "KEY_FORMATS": "",
    "FIELD_NAMES": "",
    "ENCRYPT_PRIVATE_KEY": "keep",
    "GRACE_PERIOD_HOURS": "0",
    "CONSUMER_CLUSTERS": "none",
}
# Lambda's /var/task and /opt are read-only: nothing is compiled into them there, nor here.
READ_ONLY = {"PYTHONDONTWRITEBYTECODE": "1"}
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
ENDPOINT = "AWS_ENDPOINT_URL_"
POINTERS = {"SNOWFLAKE_HOST", "SNOWFLAKE_PORT", "SNOWFLAKE_PROTOCOL"}


@dataclass(kw_only=True)
class BuiltStack(Stack):
    """``functions`` are the build's, ``python`` runs them; ``extra`` comes on top for all.

    ``pythons`` has the program that runs a function in place of ``python``, by its handler.

    While ``always_cold`` is true, every invocation of the rotation function starts a process.
    Raises ValueError on entering when the build has no rotation function, a handler that is not
    known here, or a variable for which there is no value.
    """

    functions: list[BuiltFunction]
    python: str
    pythons: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    always_cold: bool = False

    @property
    def logical_ids(self) -> dict[str, str]:
        """Logical id of each function of the build by its handler."""
        return {function.handler: function.logical_id for function in self.functions}

    @property
    def has_retirement(self) -> bool:
        """Whether the build has a retirement function."""
        return RETIREMENT_HANDLER in self.logical_ids

    def __enter__(self) -> Self:
        """Check the build's handlers, and start."""
        unknown = self.logical_ids.keys() - {ROTATION_HANDLER, RETIREMENT_HANDLER}
        if unknown or ROTATION_HANDLER not in self.logical_ids:
            raise ValueError(f"the build's handlers are {sorted(self.logical_ids)}")
        return super().__enter__()

    def invoke(self, event: Mapping[str, str]) -> Invocation:
        """Invoke the rotation function as Secrets Manager does."""
        if self.always_cold:
            self.function.kill()
        return super().invoke(event)

    def _lambda(self, name: str, environment: Mapping[str, str]) -> LambdaFunction:
        function = super()._lambda(name, environment)
        return self._as_built(function) if function.handler in self.logical_ids else function

    def _as_built(self, function: LambdaFunction) -> LambdaFunction:
        built = next(one for one in self.functions if one.handler == function.handler)
        return replace(
            function,
            code_root=built.code,
            layer_paths=built.import_paths,
            python=self.pythons.get(function.handler, self.python),
            environment=self._environment(built, function.environment),
        )

    def _environment(self, built: BuiltFunction, values: Mapping[str, str]) -> dict[str, str]:
        pointers = POINTERS | self.aws.environment().keys()
        environment = {
            name: value
            for name, value in values.items()
            if name in pointers or name.startswith(ENDPOINT)
        }
        for name, value in built.environment.items():
            if isinstance(value, str):
                environment[name] = value
            elif (found := values.get(name, DEFAULTS.get(name))) is not None:
                environment[name] = found
            else:
                raise ValueError(f"{built.logical_id}: no value for {name} is known here")
        return environment | READ_ONLY | dict(self.extra)
