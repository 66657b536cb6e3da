"""The functions' settings: the only reader of ``os.environ``.

==============================  ==========  ====================================================
variable                        default     meaning
==============================  ==========  ====================================================
``ALLOWED_SNOWFLAKE_ACCOUNTS``  required    what a secret's ``account`` must match
``ALLOWED_USERS``               required    what a secret's ``user`` must match
``KEY_SIZE``                    2048        bits of a new key: 2048, 3072 or 4096
``KEY_FORMATS``                 none        further shapes of the private key to write, by commas
``FIELD_NAMES``                 AWS's       ``privateKey=pem_private_key,user=sfUser``
``ENCRYPT_PRIVATE_KEY``         ``keep``    ``keep``: as the current key is; or ``always``
``SNOWFLAKE_ROLE``              none        role to connect with, else the user's default role
                                            (PUBLIC when a rotation admin alters the user)
``ROTATION_IDENTITY``           ``self``    who alters the user: ``self``, ``admin-secret`` or
                                            ``workload-identity``
``ADMIN_SECRET_ARN``            none        the rotation admin's secret, for ``admin-secret``
``ADMIN_ROLE``                  none        the rotation admin's role, required with an admin
``GRACE_PERIOD_HOURS``          0           hours that an old key stays installed at least
``CONSUMER_CLUSTERS``           none        ARNs of ECS clusters whose tasks keep it installed
``RETIREMENT_FUNCTION_NAME``    none        the retirement function's, for messages
``SNOWFLAKE_HOST``              none        another host than the account's own (local use)
``SNOWFLAKE_PORT``              none        another port than 443 (local use)
``SNOWFLAKE_PROTOCOL``          ``https``   ``http`` is taken for a loopback host only
``ROTATION_FUNCTION_ARN``       required    the watch function's only one: whose secrets to watch;
                                            the retirement function's first
==============================  ==========  ====================================================

The two lists take patterns between commas; ``*`` stands for any characters and ``?`` for one,
and ``*`` alone allows all. See rotation/rules/who.py for what is compared, and how.

An empty value counts as unset, as CloudFormation parameters can't be left out. boto3 and
Powertools read their own variables (``AWS_…``, ``POWERTOOLS_…``).
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Self

from rotation.errors.function import InvalidSettings
from rotation.keys.form import AWS_FORM, SecretForm
from rotation.keys.pair import KEY_SIZES_BITS
from rotation.rules.retention import AT_ONCE, Retention
from rotation.rules.who import AllowedIdentities, NamePatterns

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_ROLE = re.compile(r"[^\x00-\x1f\x7f]{1,255}")
_NUMBER = re.compile(r"[0-9]{1,5}")
# What an account identifier is made of (rotation/keys/credential.py), and the two wildcards.
_ACCOUNT_PATTERN = re.compile(r"[A-Za-z0-9._*?-]{1,255}")
_USER_PATTERN = re.compile(r"[^\x00-\x1f\x7f,]{1,255}")
_FUNCTION_ARN = re.compile(
    r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}"
)
_SECRET_ARN = re.compile(
    r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]{1,519}"
)
_CLUSTER_ARN = re.compile(r"arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:cluster/[A-Za-z0-9_-]{1,255}")
_FUNCTION_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LONGEST_GRACE_HOURS = 90 * 24
_LARGEST_PORT = 65535
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})


class RotationIdentity(StrEnum):
    """Who alters the service user; see docs/identities.md."""

    SELF = "self"
    ADMIN_SECRET = "admin-secret"  # noqa: S105 (a setting's value)
    WORKLOAD_IDENTITY = "workload-identity"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Validated settings of the rotation function.

    ``allowed`` allows nothing unless it is given. ``key_size_bits`` is one of
    keypair.KEY_SIZES_BITS.
    """

    allowed: AllowedIdentities = field(default_factory=AllowedIdentities)
    key_size_bits: int = 2048
    form: SecretForm = AWS_FORM
    role: str | None = None
    rotation_identity: RotationIdentity = RotationIdentity.SELF
    admin_secret_arn: str | None = None
    admin_role: str | None = None
    retention: Retention = AT_ONCE
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
            form=_form(environment),
            role=_matching(environment, "SNOWFLAKE_ROLE", _ROLE),
            rotation_identity=_rotation_identity(environment),
            admin_secret_arn=_matching(environment, "ADMIN_SECRET_ARN", _SECRET_ARN),
            admin_role=_matching(environment, "ADMIN_ROLE", _ROLE),
            retention=_retention(environment),
            host=host,
            port=_one_of(environment, "SNOWFLAKE_PORT", range(1, _LARGEST_PORT + 1)),
            protocol=_value(environment, "SNOWFLAKE_PROTOCOL") or "https",
        )
        _check_admin(settings)
        if settings.protocol not in {"https", "http"}:
            raise InvalidSettings("SNOWFLAKE_PROTOCOL is neither https nor http.")
        if settings.protocol == "http" and host not in _LOOPBACK:
            raise InvalidSettings(
                "SNOWFLAKE_PROTOCOL is http, but SNOWFLAKE_HOST is not 127.0.0.1 or localhost; "
                "login tokens would cross the network unencrypted."
            )
        return settings

    @property
    def service_user_role(self) -> str | None:
        """The role of the service user's own session.

        Beside an admin that session only looks at itself. PUBLIC is enough for that, and every
        user has it, whatever its default role is.
        """
        return self.role if self.rotation_identity is RotationIdentity.SELF else "PUBLIC"

    def for_secret(self, secret_id: str) -> Self:
        """Return the settings for rotating one secret: the admin alters its own keys itself."""
        if secret_id != self.admin_secret_arn:
            return self
        return replace(
            self,
            rotation_identity=RotationIdentity.SELF,
            role=self.admin_role,
            admin_secret_arn=None,
            admin_role=None,
        )


@dataclass(frozen=True)
class WatchSettings:
    """Validated settings of the watch function, and of the retirement function."""

    rotation_function_arn: str
    retention: Retention = AT_ONCE

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read and check the variables. Raises InvalidSettings that names the bad one."""
        arn = _matching(environment, "ROTATION_FUNCTION_ARN", _FUNCTION_ARN)
        if arn is None:
            raise InvalidSettings("ROTATION_FUNCTION_ARN is not set.")
        return cls(arn, _retention(environment))


def _value(environment: Mapping[str, str], name: str) -> str | None:
    return environment.get(name, "").strip() or None


def _matching(environment: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> str | None:
    value = _value(environment, name)
    if value is not None and not pattern.fullmatch(value):
        raise InvalidSettings(f"{name} holds {value!r}, which can't be used.")
    return value


def _rotation_identity(environment: Mapping[str, str]) -> RotationIdentity:
    value = _value(environment, "ROTATION_IDENTITY") or RotationIdentity.SELF
    if value not in set(RotationIdentity):
        raise InvalidSettings(
            f"ROTATION_IDENTITY holds {value!r}; it takes {', '.join(RotationIdentity)}."
        )
    return RotationIdentity(value)


def _check_admin(settings: Settings) -> None:
    """Refuse an admin that is half set up: it must not be left out in silence."""
    identity = settings.rotation_identity
    from_secret = identity is RotationIdentity.ADMIN_SECRET
    if from_secret != (settings.admin_secret_arn is not None):
        raise InvalidSettings(
            f"ROTATION_IDENTITY is {identity}, and ADMIN_SECRET_ARN is "
            f"{'not set' if from_secret else 'set'}; {RotationIdentity.ADMIN_SECRET} takes both."
        )
    if (identity is not RotationIdentity.SELF) != (settings.admin_role is not None):
        raise InvalidSettings(
            f"ROTATION_IDENTITY is {identity}, and ADMIN_ROLE is "
            f"{'set' if settings.admin_role else 'not set'}; an admin has a role, and "
            f"{RotationIdentity.SELF} has none."
        )


def _form(environment: Mapping[str, str]) -> SecretForm:
    return SecretForm.from_texts(
        names=_value(environment, "FIELD_NAMES") or "",
        formats=_value(environment, "KEY_FORMATS") or "",
        encryption=_value(environment, "ENCRYPT_PRIVATE_KEY") or "",
    )


def _retention(environment: Mapping[str, str]) -> Retention:
    hours = _one_of(environment, "GRACE_PERIOD_HOURS", range(_LONGEST_GRACE_HOURS + 1)) or 0
    clusters = _value(environment, "CONSUMER_CLUSTERS")
    found = tuple(part.strip() for part in clusters.split(",")) if clusters else ()
    for one in found:
        if not _CLUSTER_ARN.fullmatch(one):
            raise InvalidSettings(f"CONSUMER_CLUSTERS holds {one!r}, which is no cluster's ARN.")
    name = _matching(environment, "RETIREMENT_FUNCTION_NAME", _FUNCTION_NAME) or ""
    return Retention(timedelta(hours=hours), found, name)


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
        several = isinstance(allowed, tuple)
        choice = ", ".join(map(str, allowed)) if several else f"{allowed[0]} to {allowed[-1]}"
        raise InvalidSettings(f"{name} holds {value!r}; it takes {choice}.")
    return int(value)
