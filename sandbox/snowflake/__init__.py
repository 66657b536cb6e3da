"""An embedded Snowflake: real clients log in to it with a key pair, and it can say no.

What is here is what key rotation meets: logins verified against two key slots, sessions, users,
roles, privileges, a handful of statements, and faults. What is not here is an error, never a
silent success. It is never deployed.

| module | what it holds |
|---|---|
| refusals, setup_refusals | every code and message, with its source |
| keys, users, objects, policies, accounts, privileges | the model |
| key_pair_jwt, aws_attestation, logins, sessions | who is let in, and for how long |
| tokenizer, token_cursor, parser, statements, execution, results | SQL |
| alter_user_parser, user_changes | ALTER USER |
| setup_statements, setup_parser, setup_execution, grants_execution | what sets users up |
| session_statements | autocommit, COMMIT and ROLLBACK |
| definitions, naming | what a CREATE says, and what a name means |
| faults, record | what a test asks for, and what it looks at afterwards |
| wire, endpoints, service, http_server, server | the protocol |
"""

from sandbox.snowflake.accounts import Account
from sandbox.snowflake.aws_attestation import AwsWorkload
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
from sandbox.snowflake.record import LoginEntry, Record, RequestEntry, StatementEntry
from sandbox.snowflake.refusals import SnowflakeError
from sandbox.snowflake.server import SnowflakeServer
from sandbox.snowflake.users import User

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
