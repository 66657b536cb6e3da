"""The environment variables Lambda gives a function.

Names and values follow "Working with Lambda environment variables" and what
LocalStack recorded from a python3.13 function on AWS
(tests/aws/services/lambda_/test_lambda_common.snapshot.json): no HOME, TZ as
":UTC". Nothing of the parent's environment is handed on.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["FunctionConfiguration", "process_environment"]


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionConfiguration:
    """What a person sets on a Lambda function, and where its code lies here."""

    name: str
    arn: str
    region: str
    handler: str
    code_root: Path
    layer_paths: Sequence[Path]
    environment: Mapping[str, str]
    timeout_seconds: float
    memory_mb: int
    python: str


def process_environment(function: FunctionConfiguration, runtime_api: str) -> dict[str, str]:
    """Return the whole environment of the function's process.

    ``function.environment`` comes last and wins: that is how a test points the
    function at its stand-in servers, although Lambda reserves some of the names.
    """
    return {
        **_machine(function),
        **_description(function),
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        **function.environment,
    }


def _machine(function: FunctionConfiguration) -> dict[str, str]:
    import_path = [function.code_root, *function.layer_paths]
    return {
        "PATH": os.defpath,
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "LAMBDA_TASK_ROOT": str(function.code_root),
        "PYTHONPATH": os.pathsep.join(str(path) for path in import_path),
    }


def _description(function: FunctionConfiguration) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "ASIAEXECUTIONROLEXXX",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_SESSION_TOKEN": "sandbox",
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{_python_version(function.python)}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "sandbox",
        "_HANDLER": function.handler,
    }


def _python_version(python: str) -> str:
    """Return the interpreter's "3.13": the runtime client polls differently from 3.12 on."""
    if python == sys.executable:
        return f"{sys.version_info.major}.{sys.version_info.minor}"
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    # The interpreter is the test's own choice, not input.
    return subprocess.check_output([python, "-c", code], text=True).strip()  # noqa: S603
