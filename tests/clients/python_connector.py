"""snowflake-connector-python, and SQLAlchemy, which hands all to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tests.clients.injected import ESCAPED, WHOLE, variables
from tests.clients.model import Client, Form, Place, Start

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PROGRAM = str(Path(__file__).parent / "programs" / "python_login.py")


def _starter(via: str, form: str, field: str) -> Callable[[Mapping[str, str], Place], Start]:
    def start(secret: Mapping[str, str], place: Place) -> Start:
        found = variables(secret, place, field)
        argument = form
        if form == "file":
            found["SNOWFLAKE_KEY_FILE"] = place.write("rsa_key.p8", found.pop("SNOWFLAKE_KEY"))
        if form.startswith("private_key"):
            found = _with_connections(place, found, form.split())
            argument = "named"
        return Start((place.python, _PROGRAM, via, argument), found)

    return start


def _with_connections(place: Place, found: dict[str, str], names: list[str]) -> dict[str, str]:
    """Write connections.toml, where a PEM's line breaks stand as ``\\n``.

    ``names`` are the setting of the key and, if it is encrypted, that of the passphrase.
    """
    key = found.pop("SNOWFLAKE_KEY")
    in_file = names[0] == "private_key_file"
    settings = {names[0]: place.write("rsa_key.p8", key) if in_file else key}
    if len(names) > 1:
        settings[names[1]] = found.pop("SNOWFLAKE_PASSPHRASE")
    for name in ("account", "user", "host", "port", "protocol", "authenticator"):
        settings[name] = found[f"SNOWFLAKE_{name.upper()}"]
    # a JSON string without characters beyond ASCII is a TOML string too
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    place.write("connections.toml", "\n".join(["[sandbox]", *lines, ""]))
    return found | {"SNOWFLAKE_HOME": str(place.folder)}


def _forms(via: str, *, pem_text: bool) -> tuple[Form, ...]:
    rows = (
        ("private_key, text", "text", "privateKeyBase64", True),
        ("private_key, DER bytes", "der", "privateKeyBase64", True),
        ("private_key, text", "text", "privateKey", pem_text),
        ("private_key, text", "text", ESCAPED, False),
        ("private_key, key object", "object", "privateKey", True),
        ("private_key, key object", "whole", WHOLE, True),
        ("private_key_file", "file", "privateKey", True),
    )
    return tuple(
        Form(name, field, _starter(via, form, field), encrypted=encrypted, taken=taken)
        for encrypted in (False, True)
        for name, form, field, taken in rows
    )


def _connections(*, pem_text: bool, text_passphrase: str) -> tuple[Form, ...]:
    """Return the forms of connections.toml; a passphrase there is text, never bytes."""
    base64, pem = "privateKeyBase64", "privateKey"
    rows = (
        ("private_key", base64, True),
        ("private_key", pem, pem_text),
        ("private_key_file", pem, True),
        ("private_key private_key_passphrase", base64, False),
        (f"private_key {text_passphrase}", base64, pem_text),
        (f"private_key {text_passphrase}", pem, pem_text),
        ("private_key_file private_key_file_pwd", pem, True),
    )
    return tuple(
        Form(
            "connections.toml: " + names.replace(" ", ", …").replace("…private_key", "…"),
            field,
            _starter("connector", names, field),
            encrypted=" " in names,
            taken=taken,
        )
        for names, field, taken in rows
    )


_CONNECTOR = "snowflake-connector-python"
CONNECTOR_5 = Client(
    "Python connector",
    ".venv",
    (_CONNECTOR,),
    _forms("connector", pem_text=True)
    + _connections(pem_text=True, text_passphrase="private_key_password"),
)
CONNECTOR_4 = Client(
    "Python connector",
    ".venv-connector-4",
    (_CONNECTOR,),
    _forms("connector", pem_text=False)
    + _connections(pem_text=False, text_passphrase="private_key_file_pwd"),
)
SQLALCHEMY = Client(
    "SQLAlchemy",
    ".venv-client-sqlalchemy",
    ("snowflake-sqlalchemy", "sqlalchemy", _CONNECTOR),
    _forms("sqlalchemy", pem_text=True),
)
