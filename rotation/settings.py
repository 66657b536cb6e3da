"""The functions' settings: the only reader of ``os.environ``.

==============================  ==========  ====================================================
variable                        default     meaning
==============================  ==========  ====================================================
``ALLOWED_SNOWFLAKE_ACCOUNTS``  required    what a secret's ``account`` must match
``ALLOWED_USERS``               required    what a secret's ``user`` must match
``KEY_SIZE``                    2048        bits of a new key: 2048, 3072 or 4096
``SNOWFLAKE_ROLE``              none        role to connect with, else the user's default role
``SNOWFLAKE_HOST``              none        another host than the account's own (local use)
``SNOWFLAKE_PORT``              none        another port than 443 (local use)
``SNOWFLAKE_PROTOCOL``          ``https``   ``http`` is taken for a loopback host only
``ROTATION_FUNCTION_ARN``       required    the watch function's only one: whose secrets to watch
==============================  ==========  ====================================================

The two lists take patterns between commas; ``*`` stands for any characters and ``?`` for one,
and ``*`` alone allows all. See rotation/name_patterns.py for what is compared, and how.

An empty value counts as unset, as CloudFormation parameters can't be left out. boto3 and
Powertools read their own variables (``AWS_…``, ``POWERTOOLS_…``).
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from rotation.errors import InvalidSettings
from rotation.keypair import KEY_SIZES_BITS
from rotation.name_patterns import AllowedIdentities, NamePatterns

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_ROLE = re.compile(r"[^\x00-\x1f\x7f]{1,255}")
_NUMBER = re.compile(r"[0-9]{1,5}")
# What an account identifier is made of (rotation/credential.py), and the two wildcards.
_ACCOUNT_PATTERN = re.compile(r"[A-Za-z0-9._*?-]{1,255}")
_USER_PATTERN = re.compile(r"[^\x00-\x1f\x7f,]{1,255}")
_FUNCTION_ARN = re.compile(
    r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}"
)
_LARGEST_PORT = 65535
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Validated settings of the rotation function.

    ``allowed`` allows nothing unless it is given. ``key_size_bits`` is one of
    keypair.KEY_SIZES_BITS.
    """

    allowed: AllowedIdentities = field(default_factory=AllowedIdentities)
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
            allowed=AllowedIdentities(
                accounts=_patterns(environment, "ALLOWED_SNOWFLAKE_ACCOUNTS", _ACCOUNT_PATTERN),
                users=_patterns(environment, "ALLOWED_USERS", _USER_PATTERN),
            ),
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


@dataclass(frozen=True)
class WatchSettings:
    """Validated settings of the watch function."""

    rotation_function_arn: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read and check the variable. Raises InvalidSettings that names it."""
        arn = _matching(environment, "ROTATION_FUNCTION_ARN", _FUNCTION_ARN)
        if arn is None:
            raise InvalidSettings("ROTATION_FUNCTION_ARN is not set.")
        return cls(arn)


def _value(environment: Mapping[str, str], name: str) -> str | None:
    return environment.get(name, "").strip() or None


def _matching(environment: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> str | None:
    value = _value(environment, name)
    if value is not None and not pattern.fullmatch(value):
        raise InvalidSettings(f"{name} holds {value!r}, which can't be used.")
    return value


def _patterns(environment: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> NamePatterns:
    """Read patterns between commas. Raises InvalidSettings; without any, nothing may rotate."""
    value = _value(environment, name)
    if value is None:
        raise InvalidSettings(f"{name} is not set; it takes patterns, and * to allow all.")
    found = tuple(part.strip() for part in value.split(","))
    for one in found:
        if not pattern.fullmatch(one):
            raise InvalidSettings(f"{name} holds the pattern {one!r}, which can't be used.")
    return NamePatterns(found)


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
