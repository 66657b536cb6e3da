"""What the layer leaves out, and why.

Everything here is needed to build, to test, or to serve something else than a rotation;
`make package` imports the function against what is left.
"""

import shutil
from pathlib import Path

from layers import botocore_data

# Patterns under the layer's python/ folder. One that matches nothing stops the build, so that
# the list stays true when a dependency changes.
UNUSED: dict[str, str] = {
    "bin": "console scripts",
    "**/*.pyi": "type stubs",
    "*.dist-info/RECORD": "installer's notes; METADATA and licences stay, scanners read them",
    "*.dist-info/INSTALLER": "same",
    "*.dist-info/REQUESTED": "same",
    "botocore/data/*/*/examples-1.json": "documentation",
    "pytz/zoneinfo": "a session's time zone is for timestamps, and only text is read",
    "cffi": "compiles C; cryptography needs only _cffi_backend, which stays",
    "pycparser*": "parses C for cffi",
    "snowflake/connector/_internal/nanoarrow_cpp": "C++ sources of the arrow library beside it",
    "snowflake/connector/_internal/*.cpython-311-*.so": "the arrow library for another Python",
    "snowflake/connector/_internal/*.cpython-312-*.so": "same",
    "aws_lambda_powertools/event_handler": "HTTP routing and its Swagger page",
    "aws_lambda_powertools/utilities/auth_alpha": "HTTP authorisation",
    "aws_lambda_powertools/utilities/batch": "queues",
    "aws_lambda_powertools/utilities/circuit_breaker": "calls between services",
    "aws_lambda_powertools/utilities/data_classes": "events of other services",
    "aws_lambda_powertools/utilities/data_masking": "needs packages that aren't here",
    "aws_lambda_powertools/utilities/feature_flags": "AppConfig",
    "aws_lambda_powertools/utilities/idempotency": "DynamoDB; the labels are our idempotency",
    "aws_lambda_powertools/utilities/kafka": "queues",
    "aws_lambda_powertools/utilities/parameters": "caches secrets; a rotation must not",
    "aws_lambda_powertools/utilities/parser": "needs Pydantic, which isn't here",
    "aws_lambda_powertools/utilities/streaming": "S3 objects",
    "aws_lambda_powertools/utilities/validation": "needs packages that aren't here",
}

# botocore carries a model of every AWS service. Named here: what the functions call, and what
# botocore's own credential providers call (sts: AssumeRole; sso, sso-oidc, signin: profiles).
KEPT_SERVICES = frozenset({"ecs", "lambda", "secretsmanager", "signin", "sso", "sso-oidc", "sts"})


def trim(site: Path) -> None:
    """Delete the unused parts of the installed tree ``site``.

    Raises LookupError if a pattern or a service of the lists above is not in ``site``.
    """
    for pattern in UNUSED:
        matches = list(site.glob(pattern))
        if not matches:
            raise LookupError(f"nothing matches {pattern!r} any more: take it off layers/trim.py")
        for path in matches:
            _delete(path)
    _delete_other_services(site / "botocore" / "data")
    botocore_data.cut(site / "botocore" / "data", KEPT_SERVICES)


def _delete_other_services(data: Path) -> None:
    """Keep the models of KEPT_SERVICES and the files beside them: endpoints, partitions, retry."""
    missing = sorted(name for name in KEPT_SERVICES if not (data / name).is_dir())
    if missing:
        raise LookupError(f"botocore has no {missing}: correct KEPT_SERVICES in layers/trim.py")
    for entry in data.iterdir():
        if entry.is_dir() and entry.name not in KEPT_SERVICES:
            _delete(entry)


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
