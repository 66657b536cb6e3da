"""Key material under another name than the one that was asked for.

A secret whose key stands elsewhere is not one without a key: a first key beside it would cut off
whoever reads the other field.
"""

from collections.abc import Iterator, Mapping

from rotation.keys.document import SecretDocument
from rotation.keys.text import BEGIN, decode

# A PKCS#8 or SPKI of RSA is longer than 255 bytes: its length takes two bytes more.
_LONG_SEQUENCE = b"\x30\x82"


def is_met(document: SecretDocument) -> bool:
    """Tell whether anything in the secret looks like a key, at whatever depth."""
    return any(map(_looks_like_key, _texts(document.content)))


def told(document: SecretDocument, field: str, setting: str) -> str:
    """Return what stands where for a secret that lacks ``field``; empty for one without a key.

    ``setting`` is AWS's name of the field, as FieldNames takes it. Names are shown, no value.
    """
    content = document.content
    beside = [name for name, value in content.items() if _looks_like_key(value)]
    inside = [
        name
        for name, value in content.items()
        if not isinstance(value, str) and any(map(_looks_like_key, _texts(value)))
    ]
    said = ""
    if beside:
        example = f"{setting}={beside[0]}"
        said = f" What looks like a key stands in {_listed(beside)}: FieldNames can say {example}."
    if inside:
        said += (
            f" Inside {_listed(inside)} stands what looks like a key: FieldNames reaches top-level "
            f"fields only, so that it has to stand in {field}."
        )
    return said


def _looks_like_key(value: object) -> bool:
    if not isinstance(value, str):
        return False
    octets = decode(value) or b""
    length = int.from_bytes(octets[2:4], "big")
    is_der = octets.startswith(_LONG_SEQUENCE) and len(octets) == length + 4
    return BEGIN in value or BEGIN.encode() in octets or is_der


def _texts(value: object) -> Iterator[str]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def _listed(names: list[str]) -> str:
    return ", ".join(repr(name) for name in names)
