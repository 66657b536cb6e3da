"""Every code and message with which this Snowflake says no, each with its source.

Sources: [D] a docs.snowflake.com page; [C] source of a released client; [L] what a client needed
of a local server of ours, which proves nothing about what Snowflake answers; [2nd] second-hand:
quoted by users or other projects, never seen on the wire here.
SQLSTATE of a login refusal is not on the wire (``data`` is null, [L]): each client
chooses its own, so it is kept here only for the record.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

# JWT refusals, [D] user-guide/key-pair-auth-troubleshooting. Most accounts tell the client 390144
# for all of them: tests of gosnowflake and of the JDBC driver on real accounts ([C]).
JWT_INVALID = "390144"
JWT_ISSUER_UNKNOWN = "394300"
JWT_TIMES_MISSING = "394301"
JWT_ISSUED_TOO_LONG_AGO = "394302"
JWT_EXPIRED = "394303"
JWT_FINGERPRINT_MISMATCH = "394304"
JWT_ALGORITHM = "394305"
JWT_SIGNATURE = "394306"
JWT_ACCOUNT_MISMATCH = "394307"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal as it goes to the client: six-digit code, message, five-character SQLSTATE."""

    code: str
    message: str
    sqlstate: str


class SnowflakeError(Exception):
    """Snowflake refused; ``refusal`` says how."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.code} ({refusal.sqlstate}): {refusal.message}")
        self.refusal = refusal


def jwt_invalid(code: str) -> Refusal:
    """Refuse a JWT; the UUID is what an administrator would look up ([D])."""
    return Refusal(code, f"JWT token is invalid. [{uuid.uuid4()}]", "28000")


def wrong_credentials() -> Refusal:
    """Refuse every authenticator but SNOWFLAKE_JWT as a wrong password is ([2nd])."""
    return Refusal(
        "390100", f"Incorrect username or password was specified. [{uuid.uuid4()}]", "28000"
    )


def attestation_refused(why: str) -> Refusal:
    """Refuse a workload's attestation; no page says with which code and words."""
    return Refusal("390100", f"The workload identity was rejected: {why}.", "28000")


# [2nd], quoted the same by several projects, e.g. Sigma's connection guide.
USER_DISABLED = Refusal(
    "390101", "User access disabled. Contact your local system administrator.", "08001"
)
# [2nd]; five failures and 15 minutes are [D] user-guide/admin-user-management.
USER_LOCKED = Refusal(
    "390102",
    "Your user account has been temporarily locked due to too many failed attempts. Try again "
    "after 15 minutes, or contact your account administrator for assistance.",
    "08001",
)
# [2nd]; the code is quoted by Terraform users.
NETWORK_POLICY = Refusal(
    "390422",
    "Incoming request with IP/Token 127.0.0.1 is not allowed to access Snowflake. Contact your "
    "account administrator. For more information about this error, go to "
    "https://community.snowflake.com/s/ip-xxxxxxxxxxxx-is-not-allowed-to-access.",
    "08001",
)
# [D] developer-guide/snowflake-rest-api/tutorials, which shows code and message.
AUTHENTICATION_POLICY = Refusal(
    "390202", "Authentication attempt rejected by the current authentication policy.", "08001"
)
# [C] network.py of connector 4.x; the texts [L].
NO_SUCH_SESSION = Refusal("390104", "Session does not exist. Please login again.", "08001")
SESSION_GONE = Refusal(
    "390111", "Session no longer exists. New login required to access the service.", "08001"
)
SESSION_EXPIRED = Refusal("390112", "Your session has expired. Please login again.", "08001")
MASTER_NOT_FOUND = Refusal("390113", "Master token not found. Please login again.", "08001")
MASTER_EXPIRED = Refusal(
    "390114", "Authentication token has expired. The user must authenticate again.", "08001"
)


def role_unknown(role: str) -> Refusal:
    """Refuse a login whose connect string names no existing role ([2nd])."""
    return Refusal(
        "390189",
        f"Role '{role}' specified in the connect string does not exist or not authorized. Contact "
        "your local system administrator, or attempt to login with another role, e.g. PUBLIC.",
        "08001",
    )


def role_not_granted(role: str) -> Refusal:
    """Refuse a login whose role exists but is not granted ([2nd]; 390189 is quoted too)."""
    return Refusal(
        "390186",
        f"Role '{role}' specified in the connect string is not granted to this user. Contact your "
        "local system administrator, or attempt to login with another role, e.g. PUBLIC.",
        "08001",
    )


def default_role_not_granted(role: str) -> Refusal:
    """Refuse a login whose DEFAULT_ROLE is not granted ([2nd]; its code is a guess)."""
    return Refusal(
        "390186",
        f"User's configured default role '{role}' is not granted to this user. Contact your local "
        "system administrator, or attempt to login using a CLI client with a connect string "
        "selecting another role, e.g. PUBLIC.",
        "08001",
    )


def syntax_error(line: int, position: int, unexpected: str) -> Refusal:
    """Refuse a statement that is not supported or no SQL; the text is a guess ([L])."""
    return Refusal(
        "001003",
        "SQL compilation error:\n"
        f"syntax error line {line} at position {position} unexpected '{unexpected}'.",
        "42000",
    )


def user_unknown(name: str) -> Refusal:
    """Refuse a statement about a user that does not exist ([2nd])."""
    return Refusal(
        "002003",
        f"SQL compilation error:\nUser '{name}' does not exist or not authorized.",
        "02000",
    )


def key_pair_refused(name: str) -> Refusal:
    """Refuse a named key pair; code and text are a guess."""
    return Refusal("390000", f"Key pair '{name}' was rejected.", "22023")


def key_pair_unknown(name: str) -> Refusal:
    """Refuse a named key pair that the user does not have; a guess."""
    return Refusal("002003", f"Key pair '{name}' does not exist or not authorized.", "02000")


def no_privilege_on_user(name: str) -> Refusal:
    """Refuse ALTER or DESC of a user without the privilege ([2nd])."""
    return Refusal(
        "003001",
        f"SQL access control error:\nInsufficient privileges to operate on user '{name}'",
        "42501",
    )


def role_not_usable(role: str) -> Refusal:
    """Refuse USE ROLE of a role the user does not hold ([2nd])."""
    return Refusal(
        "003013",
        f"SQL access control error:\nRequested role '{role}' is not assigned to the executing "
        "user. Specify another role to activate.",
        "42501",
    )


# [2nd]; USE ROLE of a role that does not exist.
OBJECT_UNKNOWN = Refusal(
    "002043",
    "SQL compilation error:\nObject does not exist, or operation cannot be performed.",
    "02000",
)


def key_rejected(reason: str) -> Refusal:
    """Refuse a public key; texts [2nd]; code and SQLSTATE are a guess ([L])."""
    return Refusal(
        "390000",
        f"SQL execution error:\nNew public key rejected by current policy. Reason: '{reason}'",
        "22023",
    )
