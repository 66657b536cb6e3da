"""Import the built function against the built layer, as the runtime would.

Usage: python -m layers.check_imports arm64=.aws-sam/arm64 x86_64=.aws-sam/x86_64
Shows that nothing the function needs was trimmed. Runs where a python3.13 is at hand, and on
this machine's architecture: the other one holds the same Python modules. What can't be
checked is said, and isn't an error; exit status 1 if an import fails.
"""

import os
import platform
import subprocess
import sys
from pathlib import Path

from layers.bytecode import find_interpreter

_HOST = {"aarch64": "arm64", "arm64": "arm64", "x86_64": "x86_64"}.get(platform.machine())

# -S: no site-packages of this machine stand in for a module that the layer lacks.
_ISOLATED = ("-I", "-S", "-B")
_PROGRAM = """
import importlib, pkgutil, sys
sys.path[:0] = sys.argv[1:]
import boto3, rotation
boto3.client("secretsmanager")
from aws_lambda_powertools import Logger, Metrics
from cryptography.hazmat.primitives.asymmetric import rsa
import snowflake.connector
for module in pkgutil.iter_modules(rotation.__path__, "rotation."):
    importlib.import_module(module.name)
"""


def import_all(build: Path, interpreter: str) -> bool:
    """Import every module of the function in ``build``; tell whether that worked."""
    paths = [str(build / "RotationFunction"), str(build / "DependenciesLayer" / "python")]
    command = [interpreter, *_ISOLATED, "-c", _PROGRAM, *paths]
    environment = {"PATH": os.defpath, "AWS_DEFAULT_REGION": "us-east-1"}
    result = subprocess.run(command, check=False, env=environment)  # noqa: S603 - our own arguments
    return result.returncode == 0


def main(arguments: list[str]) -> int:
    """Check each ``architecture=build folder`` argument that can run here."""
    interpreter = find_interpreter()
    status = 0
    for argument in arguments:
        architecture, _, build = argument.partition("=")
        if interpreter is None or architecture != _HOST:
            lacking = "no python3.13 on the PATH" if interpreter is None else f"runs on {_HOST}"
            sys.stdout.write(f"imports {architecture}: not checked ({lacking})\n")
            continue
        good = import_all(Path(build), interpreter)
        sys.stdout.write(f"imports {architecture}: {'ok' if good else 'FAILED'}\n")
        status = status if good else 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
