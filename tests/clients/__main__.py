"""``python -m tests.clients``: every client with every form of the key, and a table.

Exit status 1 when one failed. A client that is not installed is in the table as not run.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.clients.dbt_snowflake import DBT
from tests.clients.installed import NotInstalledError, versions
from tests.clients.model import Client
from tests.clients.node_driver import NODE
from tests.clients.python_connector import CONNECTOR_4, CONNECTOR_5, SQLALCHEMY
from tests.clients.runner import rotated, run
from tests.clients.snowflake_cli import SNOW
from tests.clients.table import Row, report

CLIENTS = (CONNECTOR_4, CONNECTOR_5, SQLALCHEMY, DBT, SNOW, NODE)


def main(arguments: list[str]) -> int:
    """Run what is installed, print the table, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.clients", description=__doc__)
    parser.add_argument("--environments", type=Path, default=Path.cwd(), help="folder of .venv-…")
    parser.add_argument("--logs", type=Path, default=Path("build/clients"), help="installations'")
    options = parser.parse_args(arguments)
    # boto3 takes a proxy even for 127.0.0.1
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"
    environments = options.environments.absolute()
    found: dict[Client, list[str]] = {}
    not_run: dict[Client, str] = {}
    for client in CLIENTS:
        try:
            found[client] = versions(client, environments, options.logs)
        except NotInstalledError as error:
            not_run[client] = str(error)
    rows = [row for encrypted in (False, True) for row in _rows(found, environments, encrypted)]
    return report(found, rows, not_run)


def _rows(clients: Iterable[Client], environments: Path, encrypted: bool) -> Iterator[Row]:  # noqa: FBT001
    with rotated(encrypted=encrypted) as (stack, secret):
        for client in clients:
            for form in client.forms:
                if form.encrypted is encrypted:
                    yield Row(client, form, run(form, client, environments, stack, secret))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
