"""Snowflake's answers."""

from rotation.errors.base import RotationError


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
    """Snowflake does not accept the login token, be it for the clock, the account or the user."""

    remedy = (
        "Check what the code does not tell apart: the account's form, the user's LOGIN_NAME, the "
        "function's clock, and whether the key is in a slot."
    )


class KeyRejected(LoginRejected, reason="LoginRejected"):
    """The token may be refused because its key is in no slot: another key may log in.

    What that means is for the steps to say. To people it is a rejected login like any other.
    """


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
