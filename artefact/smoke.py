"""Rotate with the built artefact: `make smoke`.

Usage: python -m artefact.smoke .aws-sam/x86_64/build
Three rotations, each with a cold start, and one run of the other function. It needs a CPython
3.13 for Linux and the build for this machine's processor. Without them it says that it did not
run and ends with 0; with PYTHON313 set, a Python that can't be used is an error.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from artefact import origins, runtime
from artefact.consumers import Consumers, Outcome
from artefact.metrics import metric
from artefact.origins import Origins
from artefact.stack import BuiltStack
from layers.built import HOST_ARCHITECTURE, BuiltFunction, functions
from layers.bytecode import find_interpreter

if TYPE_CHECKING:
    from sandbox.aws.lambda_runtime.invocation import Invocation

ROTATIONS = 3
SNOWFLAKE_REQUESTS = 13
AWS_CALLS = 14


class SmokeFailed(Exception):
    """What did not work, in one or more sentences."""


def rotate_cold(stack: BuiltStack) -> None:
    """Rotate once in a new process, count, and log in with the result. Raises SmokeFailed."""
    stack.function.kill()
    stack.invocations.clear()
    stack.aws.record.clear()
    stack.snowflake.record.clear()
    outcome = stack.rotate()
    if not outcome.succeeded:
        raise SmokeFailed(f"the rotation failed: {outcome.steps[-1]}\n{stack.invocations[-1].log}")
    cold = [invocation.cold_start for invocation in stack.invocations]
    calls = len([c for c in stack.aws.record.calls if c.operation != "RotateSecret"])
    _expect("cold starts", sum(cold), 1)
    _expect("calls to AWS", calls, AWS_CALLS)
    _expect("Snowflake requests", len(stack.snowflake.record.calls), SNOWFLAKE_REQUESTS)
    with Consumers(stack, 1) as consumers:
        consumers.wait_for_more(1)
    _expect("consumer's failed logins", consumers.count(Outcome.FAILED), 0)


def run_hourly(stack: BuiltStack) -> Invocation:
    """Run the retirement function once, with an errand for the rotation function.

    Raises SmokeFailed.
    """
    invocation = stack.run_hourly()
    if invocation.function_error:
        told = f"{invocation.payload}\n{invocation.log}"
        raise SmokeFailed(f"the retirement function failed: {told}")
    _expect("secrets watched", metric(invocation.log, "SecretsWatched"), 1)
    _expect("secrets looked at", metric(invocation.log, "SecretsLookedAt"), 1)
    return invocation


def check_origins(function: BuiltFunction, python: Path, log: str) -> str:
    """Say where the modules came from. Raises SmokeFailed when one is from elsewhere."""
    environment = python.parents[1]
    known = Origins(
        {
            function.code.resolve(): origins.FUNCTION,
            **{path.resolve(): origins.LAYER for path in function.import_paths},
            runtime.site_packages(environment).resolve(): origins.CLIENT,
            runtime.standard_library(python).resolve(): origins.STANDARD_LIBRARY,
        }
    )
    files = [path.resolve() for path in origins.loaded_files(log)]
    if findings := list(known.findings(files)):
        raise SmokeFailed("\n".join(findings))
    counted = ", ".join(f"{count} {origin}" for origin, count in known.count(files).items())
    return f"smoke: {function.logical_id}: modules: {counted}, none from elsewhere"


def run(build: Path, python: Path) -> list[str]:
    """Return what was seen, one line each. Raises SmokeFailed."""
    built = functions(build)
    stack = BuiltStack(functions=built, python=str(python), extra=origins.VERBOSE)
    with stack:
        try:
            stack.attach()
        except RuntimeError as error:
            raise SmokeFailed(str(error)) from error
        logs = {}
        for _ in range(ROTATIONS):
            rotate_cold(stack)
        logs[stack.function.handler] = "".join(one.log for one in stack.invocations)
        if stack.has_retirement:
            logs[stack.retirement_function.handler] = run_hourly(stack).log
    told = f"smoke: {ROTATIONS} rotations from {build}, {ROTATIONS} cold starts; in each "
    told += f"{SNOWFLAKE_REQUESTS} Snowflake requests, {AWS_CALLS} AWS calls, AWSCURRENT logs in"
    return [told, *(check_origins(one, python, logs[one.handler]) for one in built)]


def main(arguments: list[str]) -> int:
    """Smoke-test the build folder given; return the exit status."""
    (build,) = arguments
    try:
        interpreter = find_interpreter()
    except LookupError as error:
        sys.stderr.write(f"error: smoke: {error}\n")
        return 1
    if interpreter is None or HOST_ARCHITECTURE is None:
        lacking = "no python3.13 on this machine" if interpreter is None else "not a Linux machine"
        sys.stdout.write(f"smoke: not run: {lacking} (see docs/measurements.md)\n")
        return 0
    # The consumer's login runs here; the connector would ask metadata services where it is.
    os.environ["SNOWFLAKE_DISABLE_PLATFORM_DETECTION"] = "true"
    environment = Path(build).parent / "runtime"
    python = runtime.create(environment, interpreter, HOST_ARCHITECTURE)
    try:
        lines = run(Path(build).resolve(), python.absolute())
    except SmokeFailed as error:
        sys.stderr.write(f"error: smoke: {error}\n")
        return 1
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _expect(what: str, found: float | None, expected: float) -> None:
    if found != expected:
        raise SmokeFailed(f"{what}: {found} instead of {expected}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
