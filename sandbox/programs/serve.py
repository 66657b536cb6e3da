"""Keep the servers up for other clients: the AWS CLI, ``snow``, a driver in any language."""

from __future__ import annotations

import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.stack import SECRET_NAME, USER, Stack

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

__all__ = ["serve"]

TEXT = """\
Snowflake       {snowflake}   account {account}, user {user}
Secrets Manager {aws}   secret {secret}
Function        {arn}

Paste into another shell:

{exports}

Then, for example:

  snow --config-file {folder}/config.toml sql -q 'SELECT CURRENT_USER()' -c sandbox
  aws secretsmanager rotate-secret --secret-id {secret}

The key file is from before the rotation. To log in again, take the new key from the secret:

  aws secretsmanager get-secret-value --secret-id {secret} --query SecretString --output text \\
    | python3 -c 'import json,sys; print(json.load(sys.stdin)["privateKey"])' > {folder}/rsa_key.p8

Ctrl-C ends everything and removes {folder}.
"""
CONFIG = """\
[connections.sandbox]
account = "{account}"
user = "{user}"
host = "{host}"
port = {port}
protocol = "http"
authenticator = "SNOWFLAKE_JWT"
private_key_file = "{folder}/rsa_key.p8"
"""


def serve(interruptible: Callable[[], AbstractContextManager[None]]) -> int:
    """Print how to reach the servers and wait for Ctrl-C or SIGTERM. Returns 0.

    ``interruptible`` makes the block in which KeyboardInterrupt is raised for them.
    """
    try:
        with (
            Stack() as stack,
            tempfile.TemporaryDirectory(prefix="sandbox-") as folder,
            interruptible(),
        ):
            stack.attach()
            _write_client_files(stack, Path(folder))
            print(_instructions(stack, folder), flush=True)
            while True:
                signal.pause()
    except KeyboardInterrupt:
        return 0


def _instructions(stack: Stack, folder: str) -> str:
    exports = stack.aws.environment() | {
        "SNOWFLAKE_HOST": stack.snowflake.host,
        "SNOWFLAKE_PORT": str(stack.snowflake.port),
        "SNOWFLAKE_PROTOCOL": "http",
        "SNOWFLAKE_ACCOUNT": stack.account.name,
        "SNOWFLAKE_USER": USER,
        "SNOWFLAKE_PRIVATE_KEY_FILE": f"{folder}/rsa_key.p8",
    }
    return TEXT.format(
        snowflake=stack.snowflake.url,
        aws=stack.aws.url,
        account=stack.account.name,
        user=USER,
        secret=SECRET_NAME,
        arn=stack.function.arn,
        folder=folder,
        exports="\n".join(f"  export {name}={value}" for name, value in exports.items()),
    )


def _write_client_files(stack: Stack, folder: Path) -> None:
    """Write the key and a ``snow`` configuration, readable by their owner only."""
    config = CONFIG.format(
        account=stack.account.name,
        user=USER,
        host=stack.snowflake.host,
        port=stack.snowflake.port,
        folder=folder,
    )
    for name, text in {
        "rsa_key.p8": stack.read_current()["privateKey"],
        "config.toml": config,
    }.items():
        path = folder / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
