"""The service user that the stack is about, and the secret with its key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sandbox.stack.rotation_admin import MODIFY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_secretsmanager import SecretsManagerClient

    from sandbox.snowflake import Account

__all__ = ["ACCOUNT", "ROLE", "SECRET_NAME", "USER", "create"]

ACCOUNT = "MYORG-SANDBOX"
USER = "SVC_PIPELINE"
ROLE = "SVC_PIPELINE_ROTATION"
SECRET_NAME = "snowflake/svc-pipeline"  # noqa: S105 (a name)


def create(
    account: Account,
    client: SecretsManagerClient,
    secret_fields: Mapping[str, object],
    *,
    key_pair: tuple[str, str] | None,
    altering_role: str,
) -> str:
    """Create both; return the secret's ARN.

    ``secret_fields`` add to or replace the secret's. ``altering_role`` may set the user's keys.
    ``key_pair`` holds the first key as PEM, private and public; without one that role owns the
    user.
    """
    keys = dict(zip(("privateKey", "publicKey"), key_pair or (), strict=False))
    account.create_user(USER, rsa_public_key=keys.get("publicKey"))
    account.create_role(ROLE)
    account.grant_role(ROLE, to_user=USER)
    account.grant(MODIFY, on_user=USER, to_role=altering_role)
    if key_pair is None:
        account.grant("OWNERSHIP", on_user=USER, to_role=altering_role)
    content = {
        "account": ACCOUNT,
        "user": USER,
        **keys,
        "warehouse": "PIPELINE_WH",
        **secret_fields,
    }
    answer = client.create_secret(Name=SECRET_NAME, SecretString=json.dumps(content))
    return answer["ARN"]
