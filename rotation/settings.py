"""The function's settings: the only reader of ``os.environ``.

========================  ==========  ==========================================================
variable                  default     meaning
========================  ==========  ==========================================================
``KEY_SIZE``              2048        bits of a new key: 2048, 3072 or 4096
``SNOWFLAKE_ROLE``        none        role to connect with; the user's default role when unset
``SNOWFLAKE_HOST``        none        another host than the account's own (local use)
``SNOWFLAKE_PORT``        none        another port than 443 (local use)
``SNOWFLAKE_PROTOCOL``    ``https``   ``http`` is taken for a loopback host only
========================  ==========  ==========================================================

An empty value counts as unset, as CloudFormation parameters can't be left out. boto3 and
Powertools read their own variables (``AWS_…``, ``POWERTOOLS_…``).
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from rotation.errors import InvalidSettings
from rotation.keypair import KEY_SIZES_BITS

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_ROLE = re.compile(r"[^\x00-\x1f\x7f]{1,255}")
_NUMBER = re.compile(r"[0-9]{1,5}")
_LARGEST_PORT = 65535
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})


@dataclass(frozen=True)
class Settings:
    """Validated settings. ``key_size_bits`` is one of keypair.KEY_SIZES_BITS."""

    key_size_bits: int = 2048
    role: str | None = None
    host: str | None = None
    port: int | None = None
    protocol: str = "https"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read and check every variable. Raises InvalidSettings that names the bad one."""
        host = _matching(environment, "SNOWFLAKE_HOST", _HOST)
        settings = cls(
            key_size_bits=_one_of(environment, "KEY_SIZE", KEY_SIZES_BITS) or 2048,
            role=_matching(environment, "SNOWFLAKE_ROLE", _ROLE),
            host=host,
            port=_one_of(environment, "SNOWFLAKE_PORT", range(1, _LARGEST_PORT + 1)),
            protocol=_value(environment, "SNOWFLAKE_PROTOCOL") or "https",
        )
        if settings.protocol not in {"https", "http"}:
            raise InvalidSettings("SNOWFLAKE_PROTOCOL is neither https nor http.")
        if settings.protocol == "http" and host not in _LOOPBACK:
            raise InvalidSettings(
                "SNOWFLAKE_PROTOCOL is http, but SNOWFLAKE_HOST is not 127.0.0.1 or localhost; "
                "login tokens would cross the network unencrypted."
            )
        return settings


def _value(environment: Mapping[str, str], name: str) -> str | None:
    return environment.get(name, "").strip() or None


def _matching(environment: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> str | None:
    value = _value(environment, name)
    if value is not None and not pattern.fullmatch(value):
        raise InvalidSettings(f"{name} holds {value!r}, which can't be used.")
    return value


def _one_of(
    environment: Mapping[str, str], name: str, allowed: range | tuple[int, ...]
) -> int | None:
    value = _value(environment, name)
    if value is None:
        return None
    if not _NUMBER.fullmatch(value) or int(value) not in allowed:
        choice = ", ".join(map(str, allowed)) if isinstance(allowed, tuple) else "a port number"
        raise InvalidSettings(f"{name} holds {value!r}; it takes {choice}.")
    return int(value)
