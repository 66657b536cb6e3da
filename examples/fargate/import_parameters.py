"""Move a Snowflake key pair from Parameter Store into a secret that is to be rotated.

Reads SecureString parameters and puts them into the secret as its first value. It changes nothing
in Parameter Store, writes nothing to the disk, and shows fingerprints only. It needs
ssm:GetParameters (and kms:Decrypt) for the parameters, and secretsmanager:DescribeSecret,
GetSecretValue and PutSecretValue for the secret.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from types_boto3_secretsmanager import SecretsManagerClient

# https://docs.snowflake.com/en/user-guide/key-pair-auth
MINIMUM_BITS = 2048
NEXT = """\
Next, in this order:
1. Execution role of the tasks: secretsmanager:GetSecretValue for {arn}, and kms:Decrypt if the
   secret has a key of your own.
2. Task definitions, in "secrets": replace the parameter by the secret. The variable's name stays.
{moves}
3. Deploy every service that reads the parameter, and see that its new tasks log in.
4. Only now switch rotation on: the first one makes the parameter's key useless.
5. When nothing reads the parameters any more, delete them."""


class RefusedError(Exception):
    """Nothing was written. The text says why, and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; 0 when the secret holds the key, 1 when it was refused."""
    asked = _parsed(arguments)
    try:
        report = _import(asked)
    except RefusedError as refusal:
        print(f"Nothing was written. {refusal}", file=sys.stderr)
        return 1
    except (ClientError, BotoCoreError) as error:
        # What AWS and the SDK say about a call; its parameters are not in it.
        print(f"Stopped. {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    print(report)
    return 0


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    for name, meaning, needed in (
        ("private-key-parameter", "name or ARN of the parameter with the private key", True),
        ("passphrase-parameter", "the same for its passphrase, if the key is encrypted", False),
        ("account", "Snowflake account, such as MYORG-MYACCOUNT", True),
        ("user", "the Snowflake user's name to log in with", True),
        ("secret-id", "name or ARN of a secret without a value", True),
    ):
        parser.add_argument(f"--{name}", help=meaning, required=needed)
    return parser.parse_args(arguments)


def _import(asked: argparse.Namespace) -> str:
    pem, passphrase = _parameters(asked.private_key_parameter, asked.passphrase_parameter)
    public_key = _opened(pem, passphrase)
    value = {
        "account": asked.account,
        "user": asked.user,
        "privateKey": pem,
        "publicKey": _written(public_key, Encoding.PEM).decode(),
        **({"passphrase": passphrase} if passphrase else {}),
    }
    client = boto3.client("secretsmanager")
    arn = _arn(client, asked.secret_id)
    found = _value(client, arn)
    if found is None:
        client.put_secret_value(SecretId=arn, SecretString=json.dumps(value))
        done = "is in"
    elif _is_same(found, value, public_key):
        done = "was already in"
    else:
        raise RefusedError(
            f"{arn} has a value, and not this key for {asked.user}. This program writes only the "
            "first value: name a secret without one."
        )
    fields = {"privateKey": asked.private_key_parameter, "passphrase": asked.passphrase_parameter}
    moves = [f"     {name}  ->  {arn}:{field}::" for field, name in fields.items() if name]
    shown = NEXT.format(arn=arn, moves="\n".join(moves))
    return f"{fingerprint(public_key)} {done} {arn}, for {asked.user}.\n\n{shown}"


def _parameters(private_key: str, passphrase: str | None) -> tuple[str, str | None]:
    names = [name for name in (private_key, passphrase) if name]
    # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
    answer = boto3.client("ssm").get_parameters(Names=names, WithDecryption=True)
    if missing := answer["InvalidParameters"]:
        raise RefusedError(f"Parameter Store has no {' and no '.join(missing)} in this Region.")
    values = {
        name: one["Value"]
        for one in answer["Parameters"]
        for name in (one["Name"] + one.get("Selector", ""), one["ARN"])
    }
    return values[private_key], values[passphrase] if passphrase else None


def _opened(pem: str, passphrase: str | None) -> RSAPublicKey:
    """Return the public half. Raises RefusedError."""
    try:
        key = load_pem_private_key(pem.encode(), passphrase.encode() if passphrase else None)
    except TypeError:
        raise RefusedError(
            "The key is not encrypted: leave --passphrase-parameter out."
            if passphrase
            else "The key is encrypted: name its passphrase with --passphrase-parameter."
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise RefusedError(
            "The key can't be opened with this passphrase, or it is damaged."
            if passphrase
            else "The key's parameter holds no private key as PEM, with its BEGIN and END lines."
        ) from None
    if not isinstance(key, RSAPrivateKey):
        raise RefusedError("The key is of another kind than RSA, and can't be rotated here.")
    if key.key_size < MINIMUM_BITS:
        raise RefusedError(f"The key has {key.key_size} bits; Snowflake takes {MINIMUM_BITS} up.")
    return key.public_key()


def _arn(client: SecretsManagerClient, secret_id: str) -> str:
    try:
        return client.describe_secret(SecretId=secret_id)["ARN"]
    except client.exceptions.ResourceNotFoundException:
        raise RefusedError(
            f"There is no secret {secret_id} in this Region. Create it without a value first; "
            "the stack's parameter SecretName does."
        ) from None


def _value(client: SecretsManagerClient, arn: str) -> str | None:
    """Return the current value; None when there has never been one."""
    try:
        return client.get_secret_value(SecretId=arn).get("SecretString", "")
    except client.exceptions.ResourceNotFoundException:
        return None


def _is_same(found: str, wanted: dict[str, str], public_key: RSAPublicKey) -> bool:
    """Tell whether a value is for the same account and user, with the same key."""
    try:
        there = json.loads(found)
        same_user = all(there[name] == wanted[name] for name in ("account", "user"))
        key = _opened(there["privateKey"], there.get("passphrase"))
    except (ValueError, TypeError, KeyError, AttributeError, RefusedError):
        return False
    return same_user and fingerprint(key) == fingerprint(public_key)


def fingerprint(key: RSAPublicKey) -> str:
    """Return the name that DESC USER shows for the key."""
    digest = hashlib.sha256(_written(key, Encoding.DER)).digest()
    return f"SHA256:{base64.b64encode(digest).decode()}"


def _written(key: RSAPublicKey, encoding: Encoding) -> bytes:
    return key.public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)


if __name__ == "__main__":
    sys.exit(main())
