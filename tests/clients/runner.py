"""Runs every client with every form, against a key that was just rotated."""

from __future__ import annotations

import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.snowflake.account.keys import fingerprint, parse_public_key
from sandbox.snowflake.record import SUCCESS
from sandbox.stack import Stack
from tests.clients.judgement import FORMATS, Ending, Result, judge
from tests.clients.model import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.clients.model import Client, Form, Start

_LONGEST_SECONDS = 120


@contextmanager
def rotated(*, encrypted: bool) -> Iterator[tuple[Stack, dict[str, str]]]:
    """Run a sandbox whose secret was just rotated. Raises RuntimeError when that failed."""
    settings = {
        "KEY_FORMATS": ",".join(FORMATS),
        "ENCRYPT_PRIVATE_KEY": "always" if encrypted else "keep",
    }
    with Stack(environment=settings) as stack:
        stack.attach()
        outcome = stack.rotate()
        if not outcome.succeeded:
            raise RuntimeError(f"the rotation failed: {outcome}")
        secret = stack.read_current()
        if ("passphrase" in secret) != encrypted or not secret.keys() >= set(FORMATS):
            raise RuntimeError(f"the secret has not the fields wanted: {sorted(secret)}")
        yield stack, secret


def run(
    form: Form, client: Client, environments: Path, stack: Stack, secret: Mapping[str, str]
) -> Result:
    """Start the client, and compare what it did with what the sandbox saw."""
    # a form that fails must not lock the user for those after it
    stack.user.failed_logins, stack.user.locked_until = 0, None
    seen = len(stack.snowflake.record.logins)
    with tempfile.TemporaryDirectory(prefix="clients-") as folder:
        place = Place(
            account=stack.account.name,
            user=stack.user.name,
            host=stack.snowflake.host,
            port=stack.snowflake.port,
            environment=environments / client.environment,
            folder=Path(folder),
        )
        ended, output = _start(form.start(secret, place), place)
    logins = stack.snowflake.record.logins[seen:]
    key = fingerprint(parse_public_key(secret["publicKey"]))
    logged_in = any(each.outcome == SUCCESS and each.fingerprint == key for each in logins)
    return judge(form, secret, Ending(ended, output, logged_in=logged_in))


def _start(start: Start, place: Place) -> tuple[int, str]:
    """Run to the end, with nothing of this process's environment but the path."""
    variables = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(place.folder),
        "NO_PROXY": "127.0.0.1",
        "SNOWFLAKE_DISABLE_PLATFORM_DETECTION": "true",
        **start.variables,
    }
    try:
        ended = subprocess.run(
            start.arguments,
            env=variables,
            cwd=place.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_LONGEST_SECONDS,
            check=False,
            text=True,
        )
    except subprocess.TimeoutExpired:
        return -1, f"did not end in {_LONGEST_SECONDS} s"
    return ended.returncode, ended.stdout
