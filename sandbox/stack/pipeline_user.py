"""The service user that the stack is about, and the secret with its key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sandbox.stack.key_pair import new_key_pair
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
    altering_role: str,
    first_key: bool,
) -> str:
    """Create both; return the secret's ARN.

    ``secret_fields`` add to or replace the secret's. ``altering_role`` may set the user's keys.
    With ``first_key`` there is no key yet, and that role owns the user.
    """
    private_key, public_key = new_key_pair()
    account.create_user(USER, rsa_public_key=None if first_key else public_key)
    account.create_role(ROLE)
    account.grant_role(ROLE, to_user=USER)
    account.grant(MODIFY, on_user=USER, to_role=altering_role)
    if first_key:
        account.grant("OWNERSHIP", on_user=USER, to_role=altering_role)
    keys = {} if first_key else {"privateKey": private_key, "publicKey": public_key}
    content = {
        "account": ACCOUNT,
        "user": USER,
        **keys,
        "warehouse": "PIPELINE_WH",
        **secret_fields,
    }
    answer = client.create_secret(Name=SECRET_NAME, SecretString=json.dumps(content))
    return answer["ARN"]
