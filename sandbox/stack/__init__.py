"""Snowflake, Secrets Manager, ECS and both functions, wired together around one user."""

from sandbox.stack.functions import (
    RETIREMENT,
    RETIREMENT_TIMEOUT_SECONDS,
    ROTATION,
    SIZES,
)
from sandbox.stack.key_pair import new_key_pair
from sandbox.stack.pipeline_user import ACCOUNT, ROLE, SECRET_NAME, USER
from sandbox.stack.wiring import CLUSTER, CODE_ROOT, Stack

__all__ = [
    "ACCOUNT",
    "CLUSTER",
    "CODE_ROOT",
    "RETIREMENT",
    "RETIREMENT_TIMEOUT_SECONDS",
    "ROLE",
    "ROTATION",
    "SECRET_NAME",
    "SIZES",
    "USER",
    "Stack",
    "new_key_pair",
]
