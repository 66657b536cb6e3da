"""Every refusal and failure, as one tree.

A message has three parts: what was found, what was left untouched, what to do next.
Each class is one reason; its name is what logs, metrics and alarms show. Messages are
made from names, codes and fingerprints only, never from key material, and nothing of the
library error below is kept: its text might hold what must not be printed.
"""

from typing import ClassVar

NOTHING_CHANGED = "Nothing was changed."


class RotationError(Exception):
    """Base of all errors of this package.

    ``found`` says what happened. ``untouched`` and ``remedy`` default to those of the
    class. ``str(error)`` is the three in that order.
    """

    untouched: ClassVar[str] = NOTHING_CHANGED
    remedy: ClassVar[str] = ""

    def __init__(self, found: str, *, untouched: str = "", remedy: str = "") -> None:
        self.found = found
        parts = (found, untouched or self.untouched, remedy or self.remedy)
        super().__init__(" ".join(part for part in parts if part))

    @property
    def reason(self) -> str:
        """The class's name: the one word for logs, metrics and the runbook."""
        return type(self).__name__


# --- the function's own set-up and time ---------------------------------------------------------


class InvalidSettings(RotationError):
    """An environment variable of the function holds a value that can't be used."""

    remedy = "Correct the function's environment (in the stack's parameters) and rotate again."


class OutOfTime(RotationError):
    """Too little of the invocation's time is left to begin the next request."""

    untouched = "The request was not begun."
    remedy = (
        "Rotate again: the steps resume. If this repeats, raise the function's time-out and "
        "check how long Snowflake takes to answer."
    )


class UnexpectedError(RotationError):
    """A defect of this function, or an error that it does not know."""

    untouched = "What the step had done before stays done; repeating the step is safe."
    remedy = "Rotate again; if it repeats, report it with the stack from this log line."


# --- the event ----------------------------------------------------------------------------------


class InvalidEvent(RotationError):
    """The event is not what Secrets Manager sends to a rotation function."""

    remedy = (
        "Start a rotation with `aws secretsmanager rotate-secret --secret-id NAME`; "
        "to invoke the function by hand, take a file of events/ as the model."
    )


class UnknownStep(InvalidEvent):
    """The event names a step other than the four."""


# --- the secret's labels ------------------------------------------------------------------------


class RotationNotEnabled(RotationError):
    """The secret has no rotation switched on."""

    remedy = "Switch rotation on for this secret, naming this function, and rotate again."


class UnknownVersion(RotationError):
    """The event's version is not among the secret's labelled versions."""

    remedy = "Start a new rotation; this one was abandoned or belongs to another secret."


class VersionNotPending(RotationError):
    """The event's version is labelled, but neither AWSPENDING nor AWSCURRENT."""

    remedy = "Start a new rotation: another one has replaced this version."


class NoCurrentVersion(RotationError):
    """No version of the secret is labelled AWSCURRENT, or it has no value."""

    remedy = (
        "Put the secret's value in place (account, user, privateKey of a key that is "
        "installed in Snowflake), then rotate."
    )


class PendingVersionEmpty(RotationError):
    """A step after createSecret finds no value in the AWSPENDING version."""

    remedy = "Rotate again: createSecret fills it."


# --- the secret's content -----------------------------------------------------------------------


class MalformedSecret(RotationError):
    """Base: the secret's value can't be used as a Snowflake key-pair credential."""

    remedy = "Correct the secret's value and rotate again."


class SecretNotJson(MalformedSecret):
    """The value is not text that holds one JSON object."""


class SecretFieldInvalid(MalformedSecret):
    """A field is missing, has the wrong type, or stands twice."""


class InvalidAccount(MalformedSecret):
    """``account`` is none of Snowflake's identifier forms."""

    remedy = (
        "Write the account as ORGANIZATION-ACCOUNT, or as LOCATOR with region and cloud "
        "(xy12345.eu-west-1), without https:// and without .snowflakecomputing.com."
    )


class InvalidUser(MalformedSecret):
    """``user`` can't be the name of a Snowflake user."""


class UnreadableKey(MalformedSecret):
    """A key is not an RSA key in PEM or base64, or is damaged."""


class PassphraseDoesNotFit(UnreadableKey):
    """The private key is encrypted and the passphrase missing or wrong, or it needs none."""

    remedy = (
        "Put the passphrase that belongs to the key into the secret; take it out if the key is "
        "not encrypted. Then rotate again."
    )


class KeyTooShort(MalformedSecret):
    """The RSA key has fewer bits than Snowflake's minimum."""

    remedy = "Install a key of at least 2048 bits by hand, store it in the secret, then rotate."


class KeyPairMismatch(MalformedSecret):
    """``publicKey`` is not the public half of ``privateKey``."""


class SecretTooLarge(MalformedSecret):
    """The renewed value would pass Secrets Manager's size limit."""

    remedy = "Take fields out of the secret, or choose a smaller KEY_SIZE, then rotate again."


class KeyNotRenewed(RotationError):
    """AWSPENDING holds AWSCURRENT's key: someone copied it there, or a test left it."""

    remedy = "Remove AWSPENDING from that version and rotate again: a new key pair is made."


class IdentityChanged(RotationError):
    """AWSPENDING names another account or user than AWSCURRENT."""

    remedy = (
        "Cancel the rotation (`aws secretsmanager cancel-rotate-secret`), remove AWSPENDING "
        "from that version, and find out who edited it before rotating again."
    )


class IdentityNotAllowed(RotationError):
    """The secret names an account or a user that the stack does not allow."""

    untouched = "Nothing was changed, and nobody logged in with this secret."
    remedy = (
        "Find out who edited the secret, and put the intended account and user back. If they "
        "are intended, add them to the stack's parameter AllowedSnowflakeAccounts or "
        "AllowedUsers. Then rotate again."
    )


# --- what the slots hold ------------------------------------------------------------------------


class CurrentKeyNotInstalled(RotationError):
    """The key in AWSCURRENT is in neither slot: consumers can't log in with it."""

    untouched = "No slot was changed."
    remedy = (
        "First make sure that account and user in the secret are the intended ones: whoever "
        "edited them may be waiting for the next sentence. Then an administrator installs the "
        "secret's public key (ALTER USER … SET RSA_PUBLIC_KEY or RSA_PUBLIC_KEY_2) in an empty "
        "slot, or in place of a key that nobody needs; rotate again."
    )


class ForeignKey(RotationError):
    """The slot that the new key needs holds a key that no version of this secret holds."""

    untouched = "The key was left in place and nothing was changed in Snowflake."
    remedy = (
        "Find whose key it is; a version of the secret that can't be read vouches for none. When "
        "nobody needs it, an administrator unsets that slot; then rotate again."
    )


class PreviousKeyInGrace(RotationError):
    """The slot that the new key needs holds the key before AWSCURRENT's, which tasks may hold."""

    untouched = "Nothing was changed in Snowflake. AWSPENDING waits with its key."
    remedy = (
        "Nothing is to be done but to wait: the retirement function unsets the key when its grace "
        "is over and no task holds it. Then rotate again."
    )


class PendingKeyNotInstalled(RotationError):
    """The key in AWSPENDING is in neither slot, or not accepted, when it should be."""

    untouched = "AWSCURRENT was not moved."
    remedy = "Rotate again: setSecret installs it."


class KeyNotStored(RotationError):
    """ALTER USER succeeded, but the slot read back holds something else."""

    untouched = "AWSCURRENT was not moved, and its slot was not touched."
    remedy = "Look for a second process that sets this user's keys, then rotate again."


class WrongUser(RotationError):
    """The login succeeded as another user than the secret's."""

    untouched = "AWSCURRENT was not moved."
    remedy = "Check `user` and `account` in the secret."


class Overtaken(RotationError):
    """Labels or slots changed while the step found out whose key it was about to replace."""

    untouched = "No slot was changed."
    remedy = (
        "Rotate again. If it repeats, look for a second process that rotates or sets this user's "
        "keys."
    )


# --- the first key of a user, and the rotation admin --------------------------------------------


class FirstKeyNeedsAdmin(RotationError):
    """The secret holds no key yet, and nobody is set up who could install one."""

    remedy = (
        "Set the stack's parameter RotationIdentity to AdminSecret or WorkloadIdentity, or store "
        "a privateKey in the secret whose public half is installed. Then rotate again. See "
        "docs/identities.md."
    )


class SlotsNotEmpty(RotationError):
    """The secret holds no key yet, but its user does: nothing tells whose key that is."""

    untouched = "The key was left in place and nothing was changed in Snowflake."
    remedy = (
        "Find whose key it is. When nobody needs it, an administrator unsets that slot; if its "
        "private half is known, store it in the secret instead. Then rotate again."
    )


class AdminSecretUnusable(RotationError):
    """The rotation admin's secret can't be read, or holds no credential."""

    remedy = (
        "Check the stack's parameter AdminSecretArn, the function's permission to read the "
        "admin's secret (and its KMS key), and the admin's account, user and privateKey in it. "
        "Then rotate again."
    )


class AdminInOtherAccount(RotationError):
    """The rotation admin's secret names another Snowflake account than the secret."""

    untouched = "Nothing was changed, and nobody logged in."
    remedy = (
        "Write the account in the same way in the admin's secret and in this one, if they are "
        "one account; else find out who edited them. Then rotate again."
    )


# --- Snowflake's answers ------------------------------------------------------------------------


class SnowflakeError(RotationError):
    """Base: Snowflake answered with an error, or did not answer.

    ``code`` is Snowflake's error number, or None when there was no answer.
    """

    def __init__(
        self, found: str, *, code: int | None = None, untouched: str = "", remedy: str = ""
    ) -> None:
        self.code = code
        super().__init__(found, untouched=untouched, remedy=remedy)


class LoginRejected(SnowflakeError):
    """Snowflake does not accept the login token.

    ``key_unknown`` is True when the reason may be that the key is in no slot; False when
    it is the clock, the account or the user's name.
    """

    remedy = "Check the account, the user and the key that is installed for it."

    def __init__(self, found: str, *, code: int, key_unknown: bool, remedy: str = "") -> None:
        self.key_unknown = key_unknown
        super().__init__(found, code=code, remedy=remedy)


class UserLockedOrDisabled(SnowflakeError):
    """The user is locked after failed logins, or disabled."""

    remedy = (
        "Wait 15 minutes or unlock it (ALTER USER … SET MINS_TO_UNLOCK = 0); enable a disabled "
        "user (SET DISABLED = FALSE). Then rotate again."
    )


class NetworkPolicyBlocked(SnowflakeError):
    """A network policy refuses the address that the function comes from."""

    remedy = "Allow the function's outgoing address in the user's or account's network policy."


class AuthenticationPolicyBlocked(SnowflakeError):
    """An authentication policy refuses the login's method or client."""

    remedy = (
        "Let the user's or account's authentication policy allow the method KEYPAIR and the "
        "client type DRIVERS, as setup/snowflake/service_user.sql does. Then rotate again."
    )


class RoleNotGranted(SnowflakeError):
    """The role to connect with does not exist or is not granted to the user."""

    remedy = "Grant the role to the user, or correct SNOWFLAKE_ROLE."


class InsufficientPrivilege(SnowflakeError):
    """The role may not set the user's keys."""

    remedy = (
        "GRANT MODIFY PROGRAMMATIC AUTHENTICATION METHODS ON USER … TO ROLE … for a role that "
        "the user holds, and name that role in SNOWFLAKE_ROLE."
    )


class LoginFailed(SnowflakeError):
    """Snowflake refused the login for a reason that has no class of its own."""

    remedy = "Look the code up in Snowflake's documentation; then rotate again."


class SnowflakeUnreachable(SnowflakeError):
    """No usable answer came from Snowflake in time."""

    untouched = (
        "What the step had done before stays done; a statement that got no answer may have "
        "taken effect, which the next try reads back."
    )
    remedy = (
        "Check the account in the secret, Snowflake's status, and the function's network path "
        "(VPC, NAT, PrivateLink, DNS). Then rotate again."
    )


class StatementFailed(SnowflakeError):
    """Snowflake refused a statement for a reason that has no class of its own."""

    untouched = "The statement had no effect."
    remedy = "Look the code up in Snowflake's documentation; then rotate again."


class AdminLoginRejected(SnowflakeError):
    """Snowflake does not let the rotation admin in."""

    untouched = "No slot was changed."
    remedy = (
        "Check the rotation admin in Snowflake: its key or its workload identity, its role (the "
        "stack's parameter AdminRole), its policies. Then rotate again."
    )


class AdminPrivilegeMissing(SnowflakeError):
    """The rotation admin's role may not set the user's keys."""

    untouched = "No slot was changed."
    remedy = (
        "GRANT MODIFY PROGRAMMATIC AUTHENTICATION METHODS ON USER … TO ROLE …, the admin's role, "
        "which the stack's parameter AdminRole names. Then rotate again."
    )


class SlotsNotVisible(SnowflakeError):
    """The rotation admin may not see whether a user without a key in its secret has one."""

    untouched = "No slot was changed."
    remedy = (
        "For its first rotation the admin's role has to own the user: GRANT OWNERSHIP ON USER … "
        "TO ROLE … COPY CURRENT GRANTS. Rotate, then give the ownership back. The secret's user "
        "has to be the user's NAME. See docs/identities.md."
    )


# --- Secrets Manager's answers ------------------------------------------------------------------


class SecretsManagerError(RotationError):
    """Base: Secrets Manager answered with an error, or did not answer."""

    untouched = "What the step had done before stays done; repeating the step is safe."
    remedy = "Rotate again; if it repeats, look the error code up in the Secrets Manager API pages."


class SecretsManagerDenied(SecretsManagerError):
    """The function's role, the secret's resource policy or the KMS key denies the call."""

    remedy = "Give the function's role the permission that the message names; see template.yaml."


class InvalidCall(SecretsManagerError):
    """boto3 refused to send the call: a parameter, the Region or the credentials are unusable."""

    untouched = "The call was not sent."
    remedy = "Check the event's version and token, and the function's Region and role."


class SecretsManagerUnreachable(SecretsManagerError):
    """No answer from Secrets Manager in time."""

    remedy = "Check the function's network path (VPC endpoint or NAT), then rotate again."


class SecretNotFound(SecretsManagerError):
    """The secret, or the value of the version asked for, does not exist."""

    remedy = "Check the secret's ARN and whether it is scheduled for deletion."


# --- the retirement function --------------------------------------------------------------------


class SecretNotAttached(RotationError):
    """The secret does not name the rotation function, or does not exist."""

    remedy = (
        "Check the secret's name. `aws secretsmanager describe-secret` shows the rotation "
        "function that it names."
    )


class RotationFunctionFailed(RotationError):
    """The rotation function could not look at a user's keys, or could not retire one.

    ``code`` is its own error's class, or None when it gave none.
    """

    untouched = "What it had done before stays done; its log has a line with the reason."
    remedy = "Go on at the heading of that reason in docs/runbook.md."

    def __init__(
        self, found: str, *, code: str | None = None, untouched: str = "", remedy: str = ""
    ) -> None:
        self.code = code
        super().__init__(found, untouched=untouched, remedy=remedy)


class RotationNotFinished(RotationError):
    """A rotation was asked for, and AWSCURRENT has not moved in time."""

    untouched = "The key in AWSCURRENT is still installed."
    remedy = (
        "Look at the rotation function's log for the reason and mend it. If there was no attempt, "
        "remove AWSPENDING from the version of the rotation that is incomplete. Then give the "
        "same command again."
    )


class RolloutNotStarted(RotationError):
    """The new deployment of a service could not be begun."""

    untouched = "The services that are not named were rolled; no key was retired."
    remedy = (
        "The retirement function tries again at its next run. To roll a service yourself: `aws "
        "ecs update-service --force-new-deployment`."
    )


class EcsError(RotationError):
    """ECS answered with an error, or not at all."""

    untouched = "No key was retired."
    remedy = (
        "It is tried again at the next run; if this repeats, look the error code up in the ECS "
        "API pages, and check the stack's parameter ConsumerClusters."
    )


class EcsDenied(EcsError):
    """The retirement function's role denies the call."""

    remedy = "Give the function's role the permission that the message names; see template.yaml."


class EcsUnreachable(EcsError):
    """No answer from ECS in time."""

    remedy = "Check the function's network path (VPC endpoint or NAT) to ECS."
