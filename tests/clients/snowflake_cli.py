"""Snowflake CLI: ``snow sql`` with a connection of its own making, or one of config.toml."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.clients.injected import ESCAPED, variables
from tests.clients.model import QUERY, Client, Form, Place, Start

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _starter(
    form: str, command: tuple[str, ...], field: str, *, passphrase_in_file: bool = False
) -> Callable[[Mapping[str, str], Place], Start]:
    def start(secret: Mapping[str, str], place: Place) -> Start:
        found = variables(secret, place, field)
        key, passphrase = found.pop("SNOWFLAKE_KEY"), found.pop("SNOWFLAKE_PASSPHRASE", None)
        settings: dict[str, str] = {}
        if passphrase and passphrase_in_file:
            settings["private_key_file_pwd"] = passphrase
        elif passphrase:
            found["PRIVATE_KEY_PASSPHRASE"] = passphrase
        match form:
            case "variable":
                found["SNOWFLAKE_PRIVATE_KEY_RAW"] = key
            case "file":
                settings["private_key_file"] = place.write("rsa_key.p8", key)
            case "written":
                settings["private_key_raw"] = key
        snow = str(place.environment / "bin" / "snow")
        config = _config(place, settings)
        return Start((snow, "--config-file", config, *command, "-c", "sandbox"), found)

    return start


def _config(place: Place, settings: dict[str, str]) -> str:
    """Write config.toml; what it leaves out comes from the variables."""
    # a JSON string without characters beyond ASCII is a TOML string too
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    text = "\n".join(["[cli.logs]", "save_logs = false", "[connections.sandbox]", *lines, ""])
    return place.write("config.toml", text)


_SQL = ("sql", "-q", QUERY)
_TEST = ("connection", "test")
_ROWS = (
    ("SNOWFLAKE_PRIVATE_KEY_RAW", "variable", _SQL, "privateKey"),
    ("… connection test", "variable", _TEST, "privateKey"),
    ("SNOWFLAKE_PRIVATE_KEY_RAW", "variable", _SQL, ESCAPED),
    ("private_key_raw, \\n", "written", _SQL, "privateKey"),
    ("private_key_file", "file", _SQL, "privateKey"),
)
SNOW = Client(
    "Snowflake CLI",
    ".venv-client-snow",
    ("snowflake-cli", "snowflake-connector-python"),
    (
        *(
            Form(
                name,
                field,
                _starter(form, command, field),
                encrypted=encrypted,
                taken=field != ESCAPED,
            )
            for encrypted in (False, True)
            for name, form, command, field in _ROWS
        ),
        Form(
            "private_key_file, …_pwd",
            "privateKey",
            _starter("file", _SQL, "privateKey", passphrase_in_file=True),
            encrypted=True,
        ),
    ),
)
