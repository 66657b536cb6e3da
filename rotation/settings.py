"""The functions' settings: the only reader of ``os.environ``.

docs/settings.md has them as the stack's parameters, from which template.yaml makes the variables.
``ROTATION_FUNCTION_ARN`` is the retirement function's: whose secrets these are. The two lists of
patterns are explained in rotation/rules/who.py.

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

from rotation.environment import between_commas, matching, number, patterns, text
from rotation.errors.function import InvalidSettings
from rotation.keys.form import AWS_FORM, SecretForm
from rotation.keys.sizes import KEY_SIZES_BITS
from rotation.rules.retention import ALL_CLUSTERS, AT_ONCE, Retention
from rotation.rules.who import AllowedIdentities

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_ROLE = re.compile(r"[^\x00-\x1f\x7f]{1,255}")
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


@dataclass(frozen=True)
class Endpoint:
    """Where Snowflake is when not at the account's own host: local use, and no parameter.

    ``http`` is taken for a loopback host only.
    """

    host: str | None = None
    port: int | None = None
    protocol: str = "https"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Validated settings of the rotation function.

    ``allowed`` allows nothing unless it is given. ``key_size_bits`` is one of
    keys.sizes.KEY_SIZES_BITS.
    """

    allowed: AllowedIdentities = field(default_factory=AllowedIdentities)
    key_size_bits: int = 2048
    form: SecretForm = AWS_FORM
    role: str | None = None
    rotation_identity: RotationIdentity = RotationIdentity.SELF
    admin_secret_arn: str | None = None
    admin_role: str | None = None
    retention: Retention = AT_ONCE
    endpoint: Endpoint = Endpoint()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read and check every variable. Raises InvalidSettings that names the bad one."""
        settings = cls(
            allowed=AllowedIdentities(
                accounts=patterns(environment, "ALLOWED_SNOWFLAKE_ACCOUNTS", _ACCOUNT_PATTERN),
                users=patterns(environment, "ALLOWED_USERS", _USER_PATTERN),
            ),
            key_size_bits=number(environment, "KEY_SIZE", KEY_SIZES_BITS) or 2048,
            form=_form(environment),
            role=matching(environment, "SNOWFLAKE_ROLE", _ROLE),
            rotation_identity=_rotation_identity(environment),
            admin_secret_arn=matching(environment, "ADMIN_SECRET_ARN", _SECRET_ARN),
            admin_role=matching(environment, "ADMIN_ROLE", _ROLE),
            retention=_retention(environment),
            endpoint=_endpoint(environment),
        )
        _check_admin(settings)
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
class HourlySettings:
    """Validated settings of the retirement function."""

    rotation_function_arn: str
    retention: Retention = AT_ONCE

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read and check the variables. Raises InvalidSettings that names the bad one."""
        arn = matching(environment, "ROTATION_FUNCTION_ARN", _FUNCTION_ARN)
        if arn is None:
            raise InvalidSettings("ROTATION_FUNCTION_ARN is not set.")
        return cls(arn, _retention(environment))


def _rotation_identity(environment: Mapping[str, str]) -> RotationIdentity:
    value = text(environment, "ROTATION_IDENTITY") or RotationIdentity.SELF
    if value not in set(RotationIdentity):
        raise InvalidSettings(
            f"ROTATION_IDENTITY holds {value!r}; it takes {', '.join(RotationIdentity)}."
        )
    return RotationIdentity(value)


def _endpoint(environment: Mapping[str, str]) -> Endpoint:
    host = matching(environment, "SNOWFLAKE_HOST", _HOST)
    port = number(environment, "SNOWFLAKE_PORT", range(1, _LARGEST_PORT + 1))
    protocol = text(environment, "SNOWFLAKE_PROTOCOL") or "https"
    if protocol not in {"https", "http"}:
        raise InvalidSettings("SNOWFLAKE_PROTOCOL is neither https nor http.")
    if protocol == "http" and host not in _LOOPBACK:
        raise InvalidSettings(
            "SNOWFLAKE_PROTOCOL is http, but SNOWFLAKE_HOST is not 127.0.0.1 or localhost; "
            "login tokens would cross the network unencrypted."
        )
    return Endpoint(host, port, protocol)


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
        names=text(environment, "FIELD_NAMES") or "",
        formats=text(environment, "KEY_FORMATS") or "",
        encryption=text(environment, "ENCRYPT_PRIVATE_KEY") or "",
    )


def _retention(environment: Mapping[str, str]) -> Retention:
    hours = number(environment, "GRACE_PERIOD_HOURS", range(_LONGEST_GRACE_HOURS + 1)) or 0
    clusters = _clusters(between_commas(environment, "CONSUMER_CLUSTERS"))
    name = matching(environment, "RETIREMENT_FUNCTION_NAME", _FUNCTION_NAME) or ""
    return Retention(timedelta(hours=hours), clusters, name)


def _clusters(named: tuple[str, ...]) -> tuple[str, ...]:
    """Read none, all, or ARNs. Not set is none: finishSecret unsets an old key at once."""
    if named == ("none",):
        return ()
    for one in () if named == ALL_CLUSTERS else named:
        if not _CLUSTER_ARN.fullmatch(one):
            raise InvalidSettings(f"CONSUMER_CLUSTERS holds {one!r}, which is no cluster's ARN.")
    return named
