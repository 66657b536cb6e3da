"""Every refusal and failure, as one tree.

A message has three parts: what was found, what was left untouched, what to do next.
Each class is one reason; its name is what logs, metrics and alarms show. Messages are
made from names, codes and fingerprints only, never from key material, and nothing of the
library error below is kept: its text might hold what must not be printed.

=====================  ==================================================================
``base``               the base of the tree
``function``           the function's own set-up, time and event
``secret``             what is wrong with a secret: its labels, its content, whose it is
``slots``              what a user's slots hold, and what keeps a step from changing them
``admin``              the rotation admin
``snowflake_answers``  what Snowflake answered
``aws_answers``        what Secrets Manager and ECS answered
``retirement``         the retirement function, and what a person asks of it
=====================  ==================================================================
"""

from rotation.errors.admin import (
    AdminInOtherAccount,
    AdminLoginRejected,
    AdminPrivilegeMissing,
    AdminSecretUnusable,
    SlotsNotVisible,
)
from rotation.errors.aws_answers import (
    EcsDenied,
    EcsError,
    EcsUnreachable,
    InvalidCall,
    SecretNotFound,
    SecretsManagerDenied,
    SecretsManagerError,
    SecretsManagerUnreachable,
)
from rotation.errors.base import (
    RotationError,
)
from rotation.errors.function import (
    InvalidEvent,
    InvalidSettings,
    OutOfTime,
    UnexpectedError,
    UnknownStep,
)
from rotation.errors.retirement import (
    LeakedKeyStays,
    RolloutNotStarted,
    RotationFunctionFailed,
    RotationNotFinished,
    SecretNotAttached,
)
from rotation.errors.secret import (
    IdentityChanged,
    IdentityNotAllowed,
    InvalidAccount,
    InvalidUser,
    KeyNotRenewed,
    KeyPairMismatch,
    KeyTooShort,
    MalformedSecret,
    NoCurrentVersion,
    PassphraseDoesNotFit,
    PendingVersionEmpty,
    RotationNotEnabled,
    SecretFieldInvalid,
    SecretNotJson,
    SecretTooLarge,
    UnknownVersion,
    UnreadableKey,
    VersionNotPending,
)
from rotation.errors.slots import (
    CurrentKeyNotInstalled,
    FirstKeyNeedsAdmin,
    ForeignKey,
    KeyNotStored,
    Overtaken,
    PendingKeyNotInstalled,
    PreviousKeyInGrace,
    SlotsNotEmpty,
    WrongUser,
)
from rotation.errors.snowflake_answers import (
    AuthenticationPolicyBlocked,
    InsufficientPrivilege,
    LoginFailed,
    LoginRejected,
    NetworkPolicyBlocked,
    RoleNotGranted,
    SnowflakeError,
    SnowflakeUnreachable,
    StatementFailed,
    UserLockedOrDisabled,
)

__all__ = [
    "AdminInOtherAccount",
    "AdminLoginRejected",
    "AdminPrivilegeMissing",
    "AdminSecretUnusable",
    "AuthenticationPolicyBlocked",
    "CurrentKeyNotInstalled",
    "EcsDenied",
    "EcsError",
    "EcsUnreachable",
    "FirstKeyNeedsAdmin",
    "ForeignKey",
    "IdentityChanged",
    "IdentityNotAllowed",
    "InsufficientPrivilege",
    "InvalidAccount",
    "InvalidCall",
    "InvalidEvent",
    "InvalidSettings",
    "InvalidUser",
    "KeyNotRenewed",
    "KeyNotStored",
    "KeyPairMismatch",
    "KeyTooShort",
    "LeakedKeyStays",
    "LoginFailed",
    "LoginRejected",
    "MalformedSecret",
    "NetworkPolicyBlocked",
    "NoCurrentVersion",
    "OutOfTime",
    "Overtaken",
    "PassphraseDoesNotFit",
    "PendingKeyNotInstalled",
    "PendingVersionEmpty",
    "PreviousKeyInGrace",
    "RoleNotGranted",
    "RolloutNotStarted",
    "RotationError",
    "RotationFunctionFailed",
    "RotationNotEnabled",
    "RotationNotFinished",
    "SecretFieldInvalid",
    "SecretNotAttached",
    "SecretNotFound",
    "SecretNotJson",
    "SecretTooLarge",
    "SecretsManagerDenied",
    "SecretsManagerError",
    "SecretsManagerUnreachable",
    "SlotsNotEmpty",
    "SlotsNotVisible",
    "SnowflakeError",
    "SnowflakeUnreachable",
    "StatementFailed",
    "UnexpectedError",
    "UnknownStep",
    "UnknownVersion",
    "UnreadableKey",
    "UserLockedOrDisabled",
    "VersionNotPending",
    "WrongUser",
]
