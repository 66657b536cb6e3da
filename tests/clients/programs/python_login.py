"""Log in from Python and ask who we are. Runs in the client's environment, not in ours.

Its arguments are ``connector`` or ``sqlalchemy``, and the form in which it takes the key from its
environment: SNOWFLAKE_KEY or SNOWFLAKE_KEY_FILE, and SNOWFLAKE_PASSPHRASE.
"""

import base64
import json
import os
import sys
from typing import Any

import snowflake.connector
from cryptography.hazmat.primitives.serialization import load_pem_private_key

QUERY = "SELECT CURRENT_USER()"


def key_arguments(form: str) -> dict[str, Any]:
    """Return what one form hands to the connector, besides where to log in."""
    match form:
        case "text":
            return {"private_key": os.environ["SNOWFLAKE_KEY"]} | _passphrase_beside()
        case "der":
            der = base64.b64decode(os.environ["SNOWFLAKE_KEY"])
            return {"private_key": der} | _passphrase_beside()
        case "file":
            path = os.environ["SNOWFLAKE_KEY_FILE"]
            return {"private_key_file": path} | _passphrase_beside("private_key_file_pwd")
        case "object":
            return {"private_key": _opened(os.environ["SNOWFLAKE_KEY"])}
        case "whole":
            return {"private_key": _opened(json.loads(os.environ["SNOWFLAKE_KEY"])["privateKey"])}
        case _:
            raise ValueError(form)


def _passphrase() -> bytes | None:
    passphrase = os.environ.get("SNOWFLAKE_PASSPHRASE")
    return passphrase.encode() if passphrase else None


def _passphrase_beside(name: str = "private_key_passphrase") -> dict[str, bytes]:
    # as bytes: the 4.x line takes no text beside a key that is not in a file
    passphrase = _passphrase()
    return {name: passphrase} if passphrase else {}


def _opened(pem: str) -> object:
    return load_pem_private_key(pem.encode(), _passphrase())


def _arguments(form: str) -> dict[str, Any]:
    names = ("account", "user", "host", "port", "protocol", "authenticator")
    where = {name: os.environ[f"SNOWFLAKE_{name.upper()}"] for name in names}
    return where | key_arguments(form)


def ask_connector(form: str) -> object:
    """Ask with snowflake-connector-python; in the form ``named`` all is in connections.toml."""
    given = {"connection_name": "sandbox"} if form == "named" else _arguments(form)
    with snowflake.connector.connect(**given) as connection:
        row = connection.cursor().execute(QUERY).fetchone()
    return row and row[0]


def ask_sqlalchemy(form: str) -> object:
    """Ask through an engine."""
    from sqlalchemy import create_engine, text  # noqa: PLC0415 (one environment has it)

    given = _arguments(form)
    url = f"snowflake://{given.pop('user')}@{given['account']}/"
    engine = create_engine(url, connect_args=given)
    with engine.connect() as connection:
        answer: object = connection.execute(text(QUERY)).scalar_one()
    engine.dispose()
    return answer


def main(via: str, form: str) -> None:
    """Log in and ask. Raises SystemExit when the answer is another user."""
    answer = ask_sqlalchemy(form) if via == "sqlalchemy" else ask_connector(form)
    if answer != os.environ["SNOWFLAKE_USER"]:
        raise SystemExit(f"CURRENT_USER() answered {answer!r}")


if __name__ == "__main__":
    main(*sys.argv[1:])
