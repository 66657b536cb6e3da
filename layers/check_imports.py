"""Import each built function against its built layer, as the runtime would.

Usage: python -m layers.check_imports arm64=.aws-sam/arm64/build x86_64=.aws-sam/x86_64/build
Shows that nothing a function needs was trimmed. Runs where a python3.13 is at hand, and on
this machine's architecture: the other one holds the same Python modules. What can't be
checked is said, and isn't an error; exit status 1 if an import fails.
"""

import os
import subprocess
import sys
from pathlib import Path

from layers.built import HOST_ARCHITECTURE, BuiltFunction, functions
from layers.bytecode import find_interpreter

# -S: no site-packages of this machine stand in for a module that the layer lacks.
_ISOLATED = ("-I", "-S", "-B")
# A Region of each of three partitions, and its domain: the list of endpoints is a cut one.
_HOSTS = {
    "eu-west-1": "amazonaws.com",
    "cn-north-1": "amazonaws.com.cn",
    "us-gov-west-1": "amazonaws.com",
}
_PROGRAM = f"""
HOSTS = {_HOSTS!r}"""
_PROGRAM += """
import importlib, pkgutil, sys
sys.path[:0] = sys.argv[1:]
import rotation
from botocore.session import Session
session = Session()
for region, domain in HOSTS.items():
    for service in ("secretsmanager", "ecs", "lambda", "sts"):
        client = session.create_client(service, region)
        assert client.meta.endpoint_url == f"https://{service}.{region}.{domain}", client.meta
from aws_lambda_powertools import Logger, Metrics
from cryptography.hazmat.primitives.asymmetric import rsa
import snowflake.connector
for module in pkgutil.walk_packages(rotation.__path__, "rotation."):
    importlib.import_module(module.name)
"""
# A handler may make its loggers and clients while it is imported; Lambda sets the Region.
_ENVIRONMENT = {"PATH": os.defpath, "AWS_DEFAULT_REGION": "us-east-1"}


def import_all(function: BuiltFunction, interpreter: str) -> bool:
    """Import every module of ``function``; tell whether that worked."""
    paths = [str(path) for path in (function.code, *function.import_paths)]
    command = [interpreter, *_ISOLATED, "-c", _PROGRAM, *paths]
    result = subprocess.run(command, check=False, env=_ENVIRONMENT)  # noqa: S603 - our own arguments
    return result.returncode == 0


def main(arguments: list[str]) -> int:
    """Check each ``architecture=build folder`` argument that can run here."""
    interpreter = find_interpreter()
    status = 0
    for argument in arguments:
        architecture, _, build = argument.partition("=")
        if interpreter is None or architecture != HOST_ARCHITECTURE:
            lacking = (
                "no python3.13 on this machine"
                if interpreter is None
                else f"runs on {HOST_ARCHITECTURE}"
            )
            sys.stdout.write(f"imports {architecture}: not checked ({lacking})\n")
            continue
        for function in functions(Path(build)):
            good = import_all(function, interpreter)
            verdict = "ok" if good else "FAILED"
            sys.stdout.write(f"imports {architecture} {function.logical_id}: {verdict}\n")
            status = status if good else 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
