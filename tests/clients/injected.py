"""What a task gets from its task definition: a field of the secret in a variable."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.clients.model import Place

WHOLE = "(whole secret)"
# the two characters, which nothing turns into line breaks
ESCAPED = "privateKey with \\n"


def variables(secret: Mapping[str, str], place: Place, field: str) -> dict[str, str]:
    """Return SNOWFLAKE_KEY and, for an encrypted key, SNOWFLAKE_PASSPHRASE."""
    found = place.variables()
    found["SNOWFLAKE_KEY"] = _content(secret, field)
    if "passphrase" in secret:
        found["SNOWFLAKE_PASSPHRASE"] = secret["passphrase"]
    return found


def _content(secret: Mapping[str, str], field: str) -> str:
    if field == WHOLE:
        return json.dumps(dict(secret))
    return secret["privateKey"].replace("\n", "\\n") if field == ESCAPED else secret[field]
