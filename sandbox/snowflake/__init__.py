"""An embedded Snowflake: real clients log in to it with a key pair, and it can say no.

What is here is what key rotation meets: logins verified against two key slots, sessions, users,
roles, privileges, a handful of statements, and faults. What is not here is an error, never a
silent success. It is never deployed.

=================  =======================================================
``server``         all of it behind a port
``protocol``       requests, replies, and what each request does
``execution``      what a statement does to the account
``login``          who is let in, and for how long
``sql``            text to statements
``account``        the model: users, roles, privileges, policies
``answers``        every code and message, with its source; result sets
``faults``         what a test asks for
``record``         what it looks at afterwards
=================  =======================================================
"""

from sandbox.snowflake.account.accounts import Account
from sandbox.snowflake.account.users import User
from sandbox.snowflake.answers.refusals import SnowflakeError
from sandbox.snowflake.faults import (
    EXPIRED_SESSION,
    LOCKED_USER,
    Call,
    CutAfter,
    CutBefore,
    Delay,
    Fault,
    Garbage,
    Hang,
    Kind,
    Refuse,
    Unavailable,
    When,
    missing_privilege,
)
from sandbox.snowflake.login.aws_attestation import AwsWorkload
from sandbox.snowflake.record import LoginEntry, Record, RequestEntry, StatementEntry
from sandbox.snowflake.server import SnowflakeServer

__all__ = [
    "EXPIRED_SESSION",
    "LOCKED_USER",
    "Account",
    "AwsWorkload",
    "Call",
    "CutAfter",
    "CutBefore",
    "Delay",
    "Fault",
    "Garbage",
    "Hang",
    "Kind",
    "LoginEntry",
    "Record",
    "Refuse",
    "RequestEntry",
    "SnowflakeError",
    "SnowflakeServer",
    "StatementEntry",
    "Unavailable",
    "User",
    "When",
    "missing_privilege",
]
