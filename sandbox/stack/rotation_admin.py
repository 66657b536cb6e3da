"""A rotation admin for the stack: who alters the service user when it does not alter itself.

Each function here sets an admin up in Snowflake, and returns the rotation function's environment
for it. setup/snowflake/rotation_admin.sql is the same as an administrator would do it.
"""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

from sandbox.snowflake import AwsWorkload
from sandbox.stack.key_pair import new_key_pair

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.aws.secrets_manager import SecretsManagerServer
    from sandbox.snowflake import Account

__all__ = ["ADMIN", "ADMIN_ROLE", "ADMIN_SECRET", "IAM_ROLE", "from_secret", "workload_identity"]

ADMIN = "KEY_ROTATION_ADMIN"
ADMIN_ROLE = "KEY_ROTATION"
ADMIN_SECRET = "snowflake/key-rotation-admin"  # noqa: S105 (a name)
IAM_ROLE = "arn:aws:iam::123456789012:role/snowflake-key-rotation"
_ACCESS_KEY = "ASIAROTATIONROLE0000"
MODIFY = "MODIFY PROGRAMMATIC AUTHENTICATION METHODS"

if TYPE_CHECKING:
    Admin = Callable[[Account, SecretsManagerServer], Mapping[str, str]]


def from_secret(account: Account, aws: SecretsManagerServer) -> Mapping[str, str]:
    """Create an admin whose key pair is in a secret, and who may rotate that key pair too."""
    private_key, public_key = new_key_pair()
    account.create_user(ADMIN, rsa_public_key=public_key)
    _give_role(account)
    account.grant(MODIFY, on_user=ADMIN, to_role=ADMIN_ROLE)
    content = {"account": account.name, "user": ADMIN, "privateKey": private_key}
    answer = aws.client().create_secret(Name=ADMIN_SECRET, SecretString=json.dumps(content))
    return {
        "ROTATION_IDENTITY": "admin-secret",
        "ADMIN_SECRET_ARN": answer["ARN"],
        "ADMIN_ROLE": ADMIN_ROLE,
    }


def workload_identity(account: Account, aws: SecretsManagerServer) -> Mapping[str, str]:
    """Create an admin without a key, known by the IAM role of the function."""
    account.create_user(ADMIN, workload_arn=IAM_ROLE)
    _give_role(account)
    workload = AwsWorkload(IAM_ROLE, secrets.token_urlsafe(30), secrets.token_urlsafe(90))
    account.aws_workloads[_ACCESS_KEY] = workload
    return {
        "ROTATION_IDENTITY": "workload-identity",
        "ADMIN_ROLE": ADMIN_ROLE,
        "AWS_ACCESS_KEY_ID": _ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": workload.secret_access_key,
        "AWS_SESSION_TOKEN": workload.session_token or "",
        # The request is for AWS's own STS, and only signed: connector 4.x asks boto3 for the host.
        "AWS_ENDPOINT_URL_STS": f"https://sts.{aws.region}.amazonaws.com",
        # Without it the connector attests itself to Snowflake's own hosts only.
        "SNOWFLAKE_WIF_ALLOWED_HOST_SUFFIXES": "127.0.0.1",
    }


def _give_role(account: Account) -> None:
    account.create_role(ADMIN_ROLE)
    account.grant_role(ADMIN_ROLE, to_user=ADMIN)
