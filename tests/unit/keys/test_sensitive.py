"""What holds a key or a passphrase can't be printed, pickled, copied, logged or serialised."""

import base64
import copy
import dataclasses
import json
import logging
import pickle
import pprint
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from rotation.keys import credential, pair, renewal
from rotation.keys import text as key_text
from rotation.keys.form import AWS_FORM
from rotation.rules.words import Sensitive
from tests.shared import keys

WORDS = "the passphrase itself"
PEM = keys.locked("current", WORDS)
OLD = (
    keys.key("current")
    .private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(WORDS.encode())
    )
    .decode()
)
TEXT = keys.secret_text("current", privateKey=PEM, passphrase=WORDS)
_DER = base64.b64decode("".join(PEM.splitlines()[1:-1]))
_CLEAR = pair.private_key_der(keys.key("current"))
OCTETS = [
    f(der[200:216]) for der in (_DER, _CLEAR) for f in (str, bytes.hex, lambda b: repr(b)[2:-1])
]
HELD: dict[str, object] = {
    "a sensitive value": Sensitive(TEXT),
    "a credential": credential.read(Sensitive(TEXT), AWS_FORM),
    "an identity": credential.read_identity(Sensitive(TEXT), AWS_FORM),
    "a document": credential.read(Sensitive(TEXT), AWS_FORM).document,
    "a renewed secret": renewal.renewed(
        credential.read(Sensitive(TEXT), AWS_FORM), keys.key("current")
    ),
    "a key's octets": key_text.read(PEM, key_text.PRIVATE_LABELS),
    "an old key's PEM": key_text.read(OLD, key_text.PRIVATE_LABELS),
}


def logged(value: object) -> str:
    record = logging.LogRecord("n", logging.ERROR, "p", 1, "%s %r", (value, value), None)
    return logging.Formatter("%(message)s %(args)s").format(record)


def raised(value: object) -> str:
    try:
        raise ValueError(value)  # noqa: TRY301
    except ValueError as error:
        return "".join(traceback.format_exception(error))


def formatted(value: object) -> str:
    return f"{value} {value!r} {value!s} {value!a} {[value]} {({'a': value},)} %s" % (value,)


def fields(value: object) -> str:
    """Show what vars() shows, two floors deep."""
    floors = [value, *vars(value).values()]
    for one in list(floors):
        floors += one.values() if isinstance(one, dict) else []
    return pprint.pformat([getattr(one, "__dict__", one) for one in floors])


WAYS: dict[str, Callable[[Any], object]] = {
    "formatting": formatted,
    "logging": logged,
    "an exception": raised,
    "pprint": pprint.pformat,
    "vars": fields,
    "asdict": lambda value: pprint.pformat(dataclasses.asdict(value)),
    "json": lambda value: json.dumps(value, default=str),
    "json of vars": lambda value: json.dumps(value, default=vars),
    "pickle": pickle.dumps,
    "an old pickle": lambda value: pickle.dumps(value, protocol=0),
    "deepcopy": lambda value: pprint.pformat(vars(copy.deepcopy(value))),
    "the state": lambda value: value.__getstate__(),
    "a set width": lambda value: format(value, ">9"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("held", HELD)
def test_nothing_comes_out(held: str, way: str) -> None:
    try:
        shown = WAYS[way](HELD[held])
    except (TypeError, AttributeError):
        return  # refused
    text = shown.decode("latin-1") if isinstance(shown, bytes) else str(shown)
    assert WORDS not in text
    assert not any(line in text for line in (PEM + OLD).splitlines() if line)
    assert "PRIVATE KEY" not in text
    assert not any(piece in text for piece in OCTETS)


@pytest.mark.parametrize(
    "way", [pickle.dumps, copy.copy, copy.deepcopy, lambda v: v.__getstate__()]
)
def test_a_sensitive_value_refuses(way: Callable[[object], object]) -> None:
    with pytest.raises(TypeError, match="sensitive value"):
        way(Sensitive("hunter2"))


def test_a_credential_does_not_say_whether_it_has_a_passphrase() -> None:
    found = credential.read(Sensitive(TEXT), AWS_FORM)
    assert repr(found) == f"Credential(account={keys.ACCOUNT!r}, user={keys.USER!r})"
