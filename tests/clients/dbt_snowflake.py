"""dbt: ``dbt debug`` tests the connection of a profile."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.clients.injected import ESCAPED, variables
from tests.clients.model import Client, Form, Place, Start

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PROJECT = "name: sandbox\nprofile: sandbox\nversion: '1.0'\nconfig-version: 2\n"
_FROM_KEY = "\"{{ env_var('SNOWFLAKE_KEY') }}\""
# As in docs/clients.md: a secret without a passphrase leaves the variable away.
_PROFILE = """\
sandbox:
  target: sandbox
  outputs:
    sandbox:
      type: snowflake
      account: {account}
      user: {user}
      host: {host}
      port: {port}
      protocol: http
      database: SANDBOX
      schema: PUBLIC
      {setting}: {value}
      private_key_passphrase: "{{{{ env_var('SNOWFLAKE_PASSPHRASE', '') or none }}}}"
"""


def _starter(form: str, field: str) -> Callable[[Mapping[str, str], Place], Start]:
    def start(secret: Mapping[str, str], place: Place) -> Start:
        found = variables(secret, place, field) | {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
        setting, value = _setting(form, place, found)
        place.write("dbt_project.yml", _PROJECT)
        place.write("profiles.yml", _PROFILE.format(**_names(place), setting=setting, value=value))
        folder = str(place.folder)
        dbt = str(place.environment / "bin" / "dbt")
        return Start((dbt, "debug", "--project-dir", folder, "--profiles-dir", folder), found)

    return start


def _setting(form: str, place: Place, found: dict[str, str]) -> tuple[str, str]:
    if form == "variable":
        return "private_key", _FROM_KEY
    key = found.pop("SNOWFLAKE_KEY")
    if form == "file":
        return "private_key_path", place.write("rsa_key.p8", key)
    # a JSON string is a YAML string: the line breaks stand there as \n
    return "private_key", json.dumps(key)


def _names(place: Place) -> dict[str, str | int]:
    return {
        "account": place.account,
        "user": place.user,
        "host": place.host,
        "port": place.port,
    }


_ROWS = (
    ("private_key, env_var", "variable", "privateKey"),
    ("private_key, env_var", "variable", "privateKeyBase64"),
    ("private_key, env_var", "variable", ESCAPED),
    ("private_key, \\n", "written", "privateKey"),
    ("private_key_path", "file", "privateKey"),
)
DBT = Client(
    "dbt",
    ".venv-client-dbt",
    ("dbt-snowflake", "dbt-core", "snowflake-connector-python"),
    tuple(
        Form(name, field, _starter(form, field), encrypted=encrypted, taken=field != ESCAPED)
        for encrypted in (False, True)
        for name, form, field in _ROWS
    ),
)
